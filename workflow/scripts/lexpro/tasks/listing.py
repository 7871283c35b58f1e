"""Statutes in a prompt: best first, each with the version that it is of, as many as the budget has
room for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lexpro.law.numerals import NUMERAL
from lexpro.tasks.form import Form, clip

# The number at the head of an article's text: the prompt gives its ref instead.
_HEAD = re.compile(rf"^第\s*{NUMERAL}\s*条(?:之{NUMERAL})?\s*")
_PIECE = re.compile(r"[A-Za-z]{1,3}|\S")


def tokens(text: str) -> int:
    """About the most tokens that a text has in a vocabulary that knows Chinese: one a character,
    one for three letters.

    The statutes of a prompt are chosen before any model is there, so its tokenizer cannot be asked.
    """
    return len(_PIECE.findall(text))


def version(article: dict) -> str:
    """（2011-05-01起）or （1997-10-01至2011-05-01）, "" where the table does not say since when
    a text is in force.
    """
    begin, end = article.get("valid_from", ""), article.get("valid_to", "")
    return f"（{begin}至{end}）" if begin and end else f"（{begin}起）" if begin else ""


def shown(articles: Sequence[dict], form: Form) -> list[dict]:
    """The articles that fit into the budgets of `form`, in rank order: {ref, text, version}, text
    cut to its share.

    The first is always shown. The style `compact` names no versions: its models are too small to
    read them.
    """
    kept: list[dict] = []
    characters = counted = 0
    for article in articles:
        text = clip(_HEAD.sub("", " ".join(article["text"].split())), form.article_chars)
        # What was shown once (a prompt is built from shown articles too) keeps its version.
        of = article.get("version", version(article)) if form.style == "full" else ""
        entry = {"ref": article["ref"], "text": text, "version": of}
        characters += len(text)
        counted += tokens(line(entry))
        full = form.articles_chars and characters > form.articles_chars
        if kept and (full or (form.articles_tokens and counted > form.articles_tokens)):
            break
        kept.append(entry)
    return kept


def line(article: dict) -> str:
    """How a shown article stands in the prompt: 264（2011-05-01起） 盗窃公私财物…."""
    return f"{article['ref']}{article['version']} {article['text']}"
