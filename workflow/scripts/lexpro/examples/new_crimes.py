"""Training prompts with crimes that nobody knows by heart.

A model soon knows the few crimes of its training and need not read what a prompt shows, so that it
has no use for a statute that is new to it. Here half of the crimes shown, that of the case or not,
bear a drawn name and a drawn number, in the statutes and in the answer alike: which one it is has
to be read (after symbol tuning, Wei et al. 2023, arXiv:2305.08298). The words that say what is
punished stay as they are. What the court usually cites is left out, since it would name the crime.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache

from lexpro.config.tasks import Form
from lexpro.hashing import draw
from lexpro.law.articles import CRIMINAL_LAW, is_special
from lexpro.law.charges import names
from lexpro.records import Article, Judgment
from lexpro.tasks import listing
from lexpro.tasks.context import Context

# Articles of the special part have these numbers.
FIRST, LAST = 102, 451
SHARE = 0.5


@cache
def _letters() -> list[str]:
    return sorted({letter for name in names() for letter in name if letter not in "罪、"})


def _drawn_name(seed: object) -> str:
    """Characters of the names of crimes, in an order that is no name."""
    letters = _letters()
    length = 2 + int(draw(seed, "length") * 5)
    return "".join(letters[int(draw(seed, place) * len(letters))] for place in range(length)) + "罪"


def _drawn_refs(count: int, taken: Collection[str], seed: object) -> Sequence[str]:
    free = [ref for ref in map(str, range(FIRST, LAST + 1)) if ref not in taken]
    return sorted(free, key=lambda ref: draw(seed, ref))[:count]


def _disguisable(article: dict, shown: str) -> bool:
    """Whether an article of a crime shows all of its names or none: one alone would be known."""
    names_shown = {name in shown for name in article["charges"]}
    return is_special(article["ref"]) and len(names_shown) == 1


def disguised(
    context: Context, judgment: Judgment, form: Form, taken: Collection[str], seed: int
) -> tuple[Context, Judgment]:
    """What a prompt shows and what the judgment says, with half of the crimes shown under others.

    Args:
        context: of the prompt; without decisions.
        judgment: the record that the answer is made of.
        form: of the prompt, which cuts texts.
        taken: refs of the articles there are, which are not drawn.
        seed: of the draws.
    """
    own = (seed, judgment.doc_id)
    chosen = {
        article["ref"]: (article, entry["text"])
        for article, entry in zip(context.articles, listing.shown(context.articles, form), strict=False)
        if _disguisable(article, entry["text"]) and draw(own, article["ref"]) < SHARE
    }
    ref_of = dict(zip(chosen, _drawn_refs(len(chosen), taken, own), strict=True))
    name_of = {
        name: _drawn_name((own, name))
        for article, text in chosen.values()
        for name in article["charges"]
        if name in text
    }
    pattern = re.compile("|".join(map(re.escape, sorted(name_of, key=len, reverse=True))) or r"(?!)")

    def renamed(article: dict) -> dict:
        if article["ref"] not in ref_of:
            return article
        text = pattern.sub(lambda match: name_of[match[0]], article["text"])
        return {**article, "ref": ref_of[article["ref"]], "text": text}

    def renumbered(article: Article) -> Article:
        if article.law != CRIMINAL_LAW or article.ref not in ref_of:
            return article
        return replace(article, number=int(ref_of[article.ref]), sub=0)

    people = [
        replace(person, charges=[name_of.get(name, name) for name in person.charges])
        for person in judgment.defendants
    ]
    return (
        replace(context, articles=[renamed(article) for article in context.articles], court_citations=None),
        replace(
            judgment,
            articles=[renumbered(article) for article in judgment.articles],
            defendants=people,
        ),
    )
