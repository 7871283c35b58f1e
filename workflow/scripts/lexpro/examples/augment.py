"""Variation of the training examples: other words, another order, other names.

The answer stays true. Each example draws for itself, so that its variant does not depend on those
before it. Shares of 0 change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from lexpro.config.tasks import Augment, Form
from lexpro.corpus.filtering.people import ORDINALS, SURNAMES
from lexpro.hashing import draw
from lexpro.records import Judgment

# What stands behind 某 to tell persons apart, as often as judgments have it, roughly.
_LAST = f"{ORDINALS[:3] * 3}{ORDINALS}某某某某某某12345678一二三"
# Where this follows a name, the name is the beginning of somebody else's.
_GOES_ON = rf"(?![某{ORDINALS}\d一二三])"


def wording(settings: Augment, seed: int, question: str, wordings: int) -> int:
    """The wording that a question is asked in.

    Args:
        settings: shares of the variants.
        seed: of the draws.
        question: its id.
        wordings: how many there are.

    Returns:
        0 for the wording of the evaluation, else one from 1 to `wordings` - 1.
    """
    if draw(seed, "reworded", question) >= settings.reworded:
        return 0
    return 1 + int(draw(seed, "wording", question) * (wordings - 1)) if wordings > 1 else 0


def order(form: Form, settings: Augment, seed: int, question: str) -> Form:
    """The form that a question is asked in, for a share of them with the elements in a drawn order.

    The prompt names the elements in that order.

    Args:
        form: with the elements in the usual order.
        settings: `shuffled` is the share, in [0, 1], that is asked in another one.
        seed: of the draws.
        question: its id.
    """
    if draw(seed, "shuffled", question) >= settings.shuffled:
        return form
    fields = sorted(form.fields, key=lambda field: draw(seed, question, field))
    return form.model_copy(update={"fields": fields})


def _alias(name: str, seed: int, doc_id: str, attempt: int) -> str:
    """A masked name as long as `name`, so that every place in the text stays where it is."""
    surname = SURNAMES[int(draw(seed, "surname", doc_id, name, attempt) * len(SURNAMES))]
    last = _LAST[int(draw(seed, "last", doc_id, name, attempt) * len(_LAST))]
    return {2: f"{surname}某", 3: f"{surname}某{last}", 4: f"{surname}某某{last}"}[len(name)]


def _like(alias: str, others: Iterable[str]) -> bool:
    """Whether one begins another."""
    return any(alias.startswith(other) or other.startswith(alias) for other in others)


def masked(text: str, judgment: Judgment, settings: Augment, seed: int) -> tuple[str, Judgment]:
    """A document and its record, for a share of them with new masked names of the defendants.

    They stay as they are where a name has not 2 to 4 characters, or is the beginning of another
    one.

    Args:
        text: the document.
        judgment: its record.
        settings: `masked` is the share of judgments, in [0, 1], that get new names.
        seed: of the draws.

    Returns:
        (text, judgment). New names are as long as the old ones, so that sections stay where they
        are.
    """
    names = [defendant.name for defendant in judgment.defendants]
    if (
        draw(seed, "masked", judgment.doc_id) >= settings.masked
        or any(not 2 <= len(name) <= 4 for name in names)
        or any(len(re.findall(re.escape(name) + _GOES_ON, text)) != text.count(name) for name in names)
    ):
        return text, judgment
    aliases: dict[str, str] = {}
    for name in names:
        tried = (_alias(name, seed, judgment.doc_id, attempt) for attempt in range(100))
        alias = next((a for a in tried if a not in text and not _like(a, aliases.values())), None)
        if alias is None:
            return text, judgment
        aliases[name] = alias
    pattern = "|".join(map(re.escape, sorted(aliases, key=len, reverse=True)))
    people = [replace(person, name=aliases[person.name]) for person in judgment.defendants]
    return re.sub(pattern, lambda match: aliases[match[0]], text), replace(judgment, defendants=people)
