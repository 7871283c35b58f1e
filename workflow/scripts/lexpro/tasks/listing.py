"""Statutes in a prompt: best first, each with its version, as many as the budget has room for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from lexpro.config.tasks import Form
from lexpro.law import builtin_law
from lexpro.law.numerals import NUMERAL
from lexpro.tasks.context import UsualSentence
from lexpro.tasks.form import clip

# The number at the head of an article's text: the prompt gives its ref instead.
_HEAD = re.compile(rf"^第\s*{NUMERAL}\s*条(?:之{NUMERAL})?\s*")
_CRIME = re.compile("[^：；，。、]{1,20}罪")
_PIECE = re.compile(r"[A-Za-z]{1,3}|\S")


def tokens(text: str) -> int:
    """An upper estimate of a text's tokens: one a character, one for three Latin letters.

    The statutes of a prompt are chosen before there is a model whose tokenizer could be asked. A
    vocabulary that knows Chinese has about as many tokens at most.
    """
    return len(_PIECE.findall(text))


def version(article: dict) -> str:
    """The days of an article's version: （2011-05-01起）, or （1997-10-01至2011-05-01）.

    "" where the table does not say since when a text is in force.
    """
    begin, end = article.get("valid_from", ""), article.get("valid_to", "")
    return f"（{begin}至{end}）" if begin and end else f"（{begin}起）" if begin else ""


def shown(articles: Sequence[dict], form: Form) -> list[dict]:
    """The articles that fit into the budgets of the form; the first always does, but for numbers.

    Args:
        articles: rows with ref and text, best first; or what this function has returned.
        form: its budgets. The style `compact` names no versions: its models are too small to read
            them. A listing of numbers has another limit (`least_tenths`).

    Returns:
        {ref, text, version, tenths, name} of each, text cut to `form.article_chars`; tenths: of
        such cases that cite it, None where `form.citing_shares` is off or nothing is known; name:
        what the text begins with and the style `compact` writes before the number, or "".
    """
    if form.listing == "numbers":
        return _likely(articles, form)
    kept: list[dict] = []
    characters = counted = 0
    for article in articles:
        text = clip(_HEAD.sub("", " ".join(article["text"].split())), form.article_chars)
        # What was shown once (a prompt is built from shown articles too) keeps its version.
        label = article.get("version", version(article)) if form.style == "full" else ""
        tenths = article.get("tenths", tenths_of(article.get("share"))) if form.citing_shares else None
        name = article.get("name", _name(text) if form.style == "compact" else "")
        entry = {"ref": article["ref"], "text": text, "version": label, "tenths": tenths, "name": name}
        characters += len(text)
        counted += tokens(line(entry))
        full = form.articles_chars and characters > form.articles_chars
        if kept and (full or (form.articles_tokens and counted > form.articles_tokens)):
            break
        kept.append(entry)
    return kept


@cache
def _names() -> frozenset[str]:
    law = builtin_law.load()
    return frozenset((*law.charges, *law.circumstances, *law.rules))


def _name(text: str) -> str:
    """What a text of the built-in law begins with, 盗窃罪：秘密窃取…; "" for any other.

    Small models copy a number from behind its name, as they write it: 盗窃罪264.
    """
    name, colon, _ = text.partition("：")
    # Crimes under a drawn name (`examples/new_crimes.py`) are in no list.
    return name if colon and (name in _names() or _CRIME.fullmatch(name)) else ""


def _likely(articles: Sequence[dict], form: Form) -> list[dict]:
    """The articles that enough of such cases cite, without texts."""
    kept = []
    for article in articles:
        tenths = article.get("tenths", tenths_of(article.get("share")))
        if tenths is None or tenths >= form.least_tenths:
            kept.append({"ref": article["ref"], "text": "", "version": "", "tenths": None, "name": ""})
    return kept


def tenths_of(share: float | None) -> int | None:
    """A share in tenths, 0 to 10; None for None."""
    return None if share is None else min(max(round(share * 10), 0), 10)


def charges_line(shares: Mapping[str, float], form: Form) -> str:
    """How the likeliest charges stand in the prompt: 罪名：诈骗罪（8成）、合同诈骗罪（2成）.

    With a listing of numbers as in the answer, 罪名："诈骗罪", those alone that at least
    `form.least_tenths` of ten such cases have, and the likeliest.

    Args:
        shares: charge → about the share of such cases that have it, highest first.
        form: `charges_shown` is how many are named at most.
    """
    named = list(shares.items())[: form.charges_shown]
    if form.listing == "texts":
        return f"罪名：{_likeliest(named)}"
    likely = [name for name, share in named if (tenths_of(share) or 0) >= form.least_tenths]
    return f"罪名：{_quoted(likely or [name for name, _ in named[:1]])}"


def sentences_line(sentences: Sequence[UsualSentence], most: int) -> str:
    """How the usual punishments stand in the prompt: 主刑：有期徒刑36个月（9成）、拘役4个月（1成）.

    Args:
        sentences: the one with the highest share first.
        most: those that are named.
    """
    named = [
        (one.kind if one.months is None else f"{one.kind}{one.months}个月", one.share)
        for one in sentences[:most]
    ]
    return f"主刑：{_likeliest(named)}"


def _likeliest(named: Sequence[tuple[str, float]]) -> str:
    """Names with their tenths; of those after the first, none that fewer than one of ten have."""
    told = [(name, tenths_of(share)) for name, share in named]
    return "、".join(f"{name}（{tenths}成）" for name, tenths in told if tenths or name == told[0][0]) or "无"


def line(article: dict) -> str:
    """How a shown article stands in the prompt: 264（2011-05-01起） 盗窃公私…, 264（9成） 盗窃….

    One with a name, as answers name it: 盗窃罪264：秘密窃取….
    """
    tenths = "" if article["tenths"] is None else f"（{article['tenths']}成）"
    number = f"{article['ref']}{article['version']}{tenths}"
    name = article["name"]
    return f"{name}{number}{article['text'][len(name) :]}" if name else f"{number} {article['text']}"


def numbers_line(articles: Sequence[dict]) -> str:
    """How shown articles stand in a prompt without their texts: 法条："264","52","67".

    As in the answer, so that it can be a copy.
    """
    return f"法条：{_quoted(article['ref'] for article in articles)}"


def _quoted(names: Iterable[str]) -> str:
    return ",".join(f'"{name}"' for name in names) or "无"
