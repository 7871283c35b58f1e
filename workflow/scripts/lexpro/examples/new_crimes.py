"""Training prompts with crimes that nobody knows by heart.

A model soon knows the few crimes of its training and need not read what a prompt shows, so that it
has no use for a statute that is new to it. Here half of the crimes shown, that of the case or not,
bear a drawn name and a drawn number, in the statutes and in the answer alike: which one it is has
to be read (after symbol tuning, Wei et al. 2023, arXiv:2305.08298). The words that say what is
punished stay as they are. What the court usually cites is left out, since it would name the crime.

Statutes have to begin with the names of their crimes, as those of the built-in law do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from lexpro.config.tasks import Form
from lexpro.hashing import draw
from lexpro.law.articles import CRIMINAL_LAW, is_special
from lexpro.law.charges import canonical
from lexpro.records import Article, Judgment
from lexpro.retrieval.lexical import LexicalRetriever
from lexpro.tasks import listing
from lexpro.tasks.context import Context

# Share of the crimes shown that are disguised.
SHARE = 0.5
# Numbers of the articles of the special part.
FIRST, LAST = 102, 451
_LETTER = re.compile("[\u4e00-\u9fff]")


def _drawn_name(name: str, letters: Sequence[str], seed: object) -> str:
    """A name as long as that of a crime, and the name of none."""
    attempt = 0
    while True:
        places = range(len(name) - 1)
        drawn = (letters[int(draw(seed, name, place, attempt) * len(letters))] for place in places)
        if canonical(found := "".join(drawn) + "罪") is None:
            return found
        attempt += 1


@dataclass(frozen=True)
class _Known:
    """What statutes there are.

    Attributes:
        free: numbers of the special part that no article has.
        alone: refs of articles of one crime, which has no other article.
        letters: those of the articles' texts.
    """

    free: Sequence[str]
    alone: frozenset[str]
    letters: Sequence[str]


@lru_cache(maxsize=1)
def _known(retriever: LexicalRetriever) -> _Known:
    refs_of: dict[str, set[str]] = {}
    for article in retriever.articles:
        for charge in article["charges"]:
            refs_of.setdefault(charge, set()).add(article["ref"])
    taken = {article["ref"] for article in retriever.articles}
    return _Known(
        [ref for ref in map(str, range(FIRST, LAST + 1)) if ref not in taken],
        frozenset(
            article["ref"]
            for article in retriever.articles
            if len(article["charges"]) == 1 and len(refs_of[article["charges"][0]]) == 1
        ),
        sorted({one for article in retriever.articles for one in _LETTER.findall(article["text"])}),
    )


def disguised(
    context: Context, judgment: Judgment, form: Form, retriever: LexicalRetriever, seed: int
) -> tuple[Context, Judgment]:
    """What a prompt shows and what the judgment says, with half of the crimes shown under others.

    Left as they are: crimes whose names the prompt does not show, articles of several crimes and
    crimes of several articles.

    Args:
        context: of the prompt; without decisions.
        judgment: the record that the answer is made of.
        form: of the prompt, which cuts texts.
        retriever: knows the articles there are, whose numbers are not drawn.
        seed: of the draws.
    """
    own, known = (seed, judgment.doc_id), _known(retriever)
    shown = zip(context.articles, listing.shown(context.articles, form), strict=False)
    charge_of = {
        article["ref"]: article["charges"][0]
        for article, entry in shown
        if article["ref"] in known.alone
        and is_special(article["ref"])
        and entry["name"] == article["charges"][0]
        and draw(own, article["ref"]) < SHARE
    }
    numbers = sorted(known.free, key=lambda ref: draw(own, "number", ref))
    ref_of = dict(zip(charge_of, numbers, strict=False))
    name_of = {charge_of[ref]: _drawn_name(charge_of[ref], known.letters, own) for ref in ref_of}

    def renamed(article: dict) -> dict:
        if article["ref"] not in ref_of:
            return article
        charge = charge_of[article["ref"]]
        text = article["text"].replace(charge, name_of[charge])
        return {**article, "ref": ref_of[article["ref"]], "text": text}

    def renumbered(article: Article) -> Article:
        if article.law != CRIMINAL_LAW or article.ref not in ref_of:
            return article
        return replace(article, number=int(ref_of[article.ref]), sub=0)

    people = [
        replace(person, charges=[name_of.get(name, name) for name in person.charges])
        for person in judgment.defendants
    ]
    articles = [renamed(article) for article in context.articles]
    return (
        replace(context, articles=articles, court_citations=None),
        replace(judgment, articles=list(map(renumbered, judgment.articles)), defendants=people),
    )
