"""Filters: each looks at one judgment and keeps it (None) or drops it (reason, detail).

A filter gets the typed record, the text, and the settings of the stage. `FILTERS` names them, the
setting `filters` orders them: the first that drops a judgment gives the reason, the others are
listed beside it. Documents are also dropped as duplicates, as part of a benchmark
(`contamination.py`) and over quota (`select.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lexpro.config.filter import Settings
from lexpro.corpus.filtering import document_kinds
from lexpro.corpus.parsing.punishments import unreadable
from lexpro.corpus.parsing.reasoned import charges_in
from lexpro.law import articles
from lexpro.records import ACQUITTED, TIMED_KINDS, Judgment

# (reason, detail)
Drop = tuple[str, str]
Filter = Callable[[Judgment, str, Settings], Drop | None]

# Characters that stand for what was taken out before publication.
_HIDDEN = re.compile(r"[×＊*■□]|(?<![A-Za-z])[Xx]{2,}(?![A-Za-z])")


def not_criminal(judgment: Judgment, _: str, __: Settings) -> Drop | None:
    """Civil, administrative and enforcement cases, and what is no court document.

    Args:
        judgment: the record; its `kind` decides.

    Returns:
        (reason, the kind), None to keep it.
    """
    return None if judgment.kind == "criminal" else ("not_criminal", judgment.kind)


def not_first_instance(judgment: Judgment, _: str, settings: Settings) -> Drop | None:
    """Instances that `instances` does not list.

    A document that does not say is taken for one of first instance.

    Args:
        judgment: the record.
        settings: `instances` lists those that are kept.

    Returns:
        (reason, the instance), None to keep it.
    """
    instance = judgment.instance or "first"
    return None if instance in settings.instances else ("not_first_instance", instance)


def no_conviction(judgment: Judgment, text: str, settings: Settings) -> Drop | None:
    """Documents that convict nobody; the reason is the kind of document.

    Reviews, rulings and decisions of all kinds, mediations, notices, and acquittals. A ruling of an
    instance that is not wanted anyhow has that reason.

    Args:
        judgment: the record.
        text: its document.
        settings: `instances` lists those that are kept.

    Returns:
        (the kind of document, its title), None to keep it. What is no criminal case is left to
        `not_criminal`.
    """
    if judgment.kind != "criminal":
        return None
    reason = document_kinds.of(judgment, text)
    if reason == "ruling" and (judgment.instance or "first") not in settings.instances:
        return None
    return (reason, judgment.document_type or "no type") if reason else None


def no_reasoning(judgment: Judgment, text: str, _: Settings) -> Drop | None:
    """Documents without 本院认为: those that were cut before it.

    Args:
        judgment: the record, with the sections that were found.
        text: its document.

    Returns:
        (reason, length of the document), None to keep it.
    """
    return None if "reasoning" in judgment.sections else ("no_reasoning", f"{len(text)} characters")


def no_judgment(judgment: Judgment, text: str, _: Settings) -> Drop | None:
    """Documents without operative part (判决如下).

    Args:
        judgment: the record, with the sections that were found.
        text: its document.

    Returns:
        (reason, length of the document), None to keep it.
    """
    return None if "judgment" in judgment.sections else ("no_judgment", f"{len(text)} characters")


def no_province(judgment: Judgment, _: str, __: Settings) -> Drop | None:
    """Judgments whose province neither case number nor court nor folder tells.

    Args:
        judgment: the record; its `province` decides.

    Returns:
        (reason, the court), None to keep it.
    """
    return None if judgment.province else ("no_province", judgment.court or "no court")


def too_short(_: Judgment, text: str, settings: Settings) -> Drop | None:
    """Fewer characters than `min_chars`.

    Args:
        text: the document.
        settings: `min_chars` is the shortest length that is kept, in characters.

    Returns:
        (reason, length of the document), None to keep it.
    """
    return None if len(text) >= settings.min_chars else ("too_short", f"{len(text)} characters")


def too_long(_: Judgment, text: str, settings: Settings) -> Drop | None:
    """More characters than `max_chars`.

    Args:
        text: the document.
        settings: `max_chars` is the greatest length that is kept, in characters.

    Returns:
        (reason, length of the document), None to keep it.
    """
    return None if len(text) <= settings.max_chars else ("too_long", f"{len(text)} characters")


def hidden_text(judgment: Judgment, text: str, settings: Settings) -> Drop | None:
    """Blanked-out text (×××) in more than `hidden_share` of the facts.

    Where no section is marked as the facts, the whole text counts.

    Args:
        judgment: the record; its sections say where the facts are.
        text: its document.
        settings: `hidden_share` of the characters, in [0, 1], may be blanked out.

    Returns:
        (reason, the share), None to keep it.
    """
    start, end = judgment.sections.get("facts", (0, len(text)))
    hidden = sum(len(match[0]) for match in _HIDDEN.finditer(text, start, end))
    share = hidden / max(1, end - start)
    return None if share <= settings.hidden_share else ("hidden_text", f"{share:.0%} of the facts")


def unreadable_term(judgment: Judgment, text: str, _: Settings) -> Drop | None:
    """Punishments whose words stand but whose measure is blank, hidden or damaged (有期徒刑×年).

    Args:
        judgment: the record, with the terms that could be read.
        text: its document.

    Returns:
        (reason, the words or the charges concerned), None to keep it.
    """
    decided = document_kinds.operative(judgment, text)
    if hidden := unreadable(decided):
        return "unreadable_term", hidden
    for defendant in judgment.defendants:
        readable = [t for t in defendant.terms if t.months is not None or t.kind not in TIMED_KINDS]
        if defendant.charges and defendant.sentence is None and not readable and "处" in decided:
            return "unreadable_term", f"{'、'.join(defendant.charges)}: no term"
    return None


def parse_disagreement(judgment: Judgment, text: str, _: Settings) -> Drop | None:
    """What was read contradicts itself: it would teach wrong labels.

    The reasoning names the charges of the operative part; where it names none but upholds the
    accusation (指控罪名成立), the accusation does.

    Args:
        judgment: the record.
        text: its document, whose reasoning is read again for charges.

    Returns:
        (reason, the contradiction), None to keep it.
    """
    if not judgment.defendants:
        return "parse_disagreement", "no defendant"
    for defendant in judgment.defendants:
        acquitted = defendant.sentence is not None and defendant.sentence.kind == ACQUITTED
        if not defendant.charges and not acquitted:
            return "parse_disagreement", "a defendant without charge"
        if defendant.sentence is None:
            return "parse_disagreement", "a defendant without sentence"
        if defendant.sentence.kind in TIMED_KINDS and defendant.sentence.months is None:
            return "parse_disagreement", f"{defendant.sentence.kind} without length"
    start, end = judgment.sections.get("reasoning", (0, len(text)))
    sentenced = {charge for defendant in judgment.defendants for charge in defendant.charges}
    reasoned = charges_in(text[start:end])
    if not (unnamed := sentenced - set(reasoned)):
        return None
    accused = charges_in(text[:start])
    others = {name for name, said in reasoned.items() if said and name not in sentenced}
    unknown = {name for name in unnamed if name in text[start:end]}
    if unnamed <= set(accused) | unknown and not others:
        return None
    return "parse_disagreement", f"the reasoning does not name {'、'.join(sorted(unnamed))}"


def quality(judgment: Judgment) -> float:
    """The share of ten things that training and retrieval use which a judgment has, from 0 to 1.

    Where defendants have an amount, that all of these are certain is an eleventh.
    """
    sections, defendants = judgment.sections, judgment.defendants
    present = [
        bool(judgment.case_number),
        bool(judgment.court),
        bool(judgment.date),
        bool(judgment.province),
        "parties" in sections,
        "facts" in sections,
        "reasoning" in sections and "judgment" in sections,
        any(article.law == articles.CRIMINAL_LAW for article in judgment.articles),
        bool(defendants)
        and all(d.charges or (d.sentence and d.sentence.kind == ACQUITTED) for d in defendants),
        bool(defendants) and all(d.sentence for d in defendants),
    ]
    if amounts := [defendant.amount_certain for defendant in defendants if defendant.amount]:
        present.append(all(amounts))
    return sum(present) / len(present)


def low_quality(judgment: Judgment, _: str, settings: Settings) -> Drop | None:
    """`quality` below `min_quality`.

    Args:
        judgment: the record that is graded.
        settings: `min_quality` is the lowest grade that is kept.

    Returns:
        (reason, the grade), None to keep it.
    """
    value = quality(judgment)
    return None if value >= settings.min_quality else ("low_quality", f"{value:.2f}")


FILTERS: dict[str, Filter] = {
    function.__name__: function
    for function in (
        not_criminal, not_first_instance, no_conviction, no_reasoning, no_judgment, no_province, too_short, too_long,
        hidden_text, unreadable_term, parse_disagreement, low_quality,
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class FilterDecision:
    """Why a document is dropped; None in place of it keeps the document.

    Attributes:
        reason: the one that counts: name of a filter, or of a comparison with other documents.
        detail: what the reason rests on.
        others: the other reasons, in their order.
    """

    reason: str
    detail: str
    others: tuple[str, ...] = ()


def decide(judgment: Judgment, text: str, settings: Settings) -> FilterDecision | None:
    """Apply the filters of `settings.filters` in their order.

    Args:
        judgment: the record.
        text: its document.
        settings: of the stage `filter`; each filter reads its own limits.

    Returns:
        The first drop, with the reasons of all others; None where every filter keeps the judgment.

    Raises:
        KeyError: `settings.filters` names one that is not in `FILTERS`.
    """
    drops = [drop for name in settings.filters if (drop := FILTERS[name](judgment, text, settings))]
    return FilterDecision(*drops[0], tuple(reason for reason, _ in drops[1:])) if drops else None
