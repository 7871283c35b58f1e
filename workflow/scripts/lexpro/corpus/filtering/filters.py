"""Filters: each looks at one judgment and keeps it (None) or drops it (reason, detail). The first
that drops is the verdict; what else speaks against the judgment is listed beside it.

A filter gets the typed record, the text, and the settings of the stage (config/filter/); `FILTERS`
names them, the configuration orders them. Documents are also dropped as duplicates
(`duplicates.py`), as part of a benchmark and over quota (`select.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lexpro.law import articles, charges
from lexpro.records import TIMED_KINDS, Judgment

Dropped = tuple[str, str]
Filter = Callable[[Judgment, str, dict], Dropped | None]

# Characters that stand for what was taken out before publication.
_HIDDEN = re.compile(r"[×＊*■□]|(?<![A-Za-z])[Xx]{2,}(?![A-Za-z])")


def not_criminal(judgment: Judgment, _: str, __: dict) -> Dropped | None:
    """Civil, administrative and enforcement cases, and what is no court document."""
    return None if judgment.kind == "criminal" else ("not_criminal", judgment.kind)


def not_first_instance(judgment: Judgment, _: str, settings: dict) -> Dropped | None:
    """Instances that `instances` does not list; a document that does not say is taken for a first
    instance's.
    """
    instance = judgment.instance or "first"
    return None if instance in settings["instances"] else ("not_first_instance", instance)


def no_reasoning(judgment: Judgment, text: str, _: dict) -> Dropped | None:
    """Documents without 本院认为: those that were cut before it."""
    return None if "reasoning" in judgment.sections else ("no_reasoning", f"{len(text)} characters")


def no_judgment(judgment: Judgment, text: str, _: dict) -> Dropped | None:
    """Documents without operative part (判决如下)."""
    return None if "judgment" in judgment.sections else ("no_judgment", f"{len(text)} characters")


def no_province(judgment: Judgment, _: str, __: dict) -> Dropped | None:
    """Judgments whose province neither case number nor court nor folder tells."""
    return None if judgment.province else ("no_province", judgment.court or "no court")


def too_short(_: Judgment, text: str, settings: dict) -> Dropped | None:
    """Fewer characters than `min_chars`."""
    return None if len(text) >= settings["min_chars"] else ("too_short", f"{len(text)} characters")


def too_long(_: Judgment, text: str, settings: dict) -> Dropped | None:
    """More characters than `max_chars`."""
    return None if len(text) <= settings["max_chars"] else ("too_long", f"{len(text)} characters")


def hidden_text(judgment: Judgment, text: str, settings: dict) -> Dropped | None:
    """Blanked-out text (×××) in more than `hidden_share` of the facts, or of the whole where facts
    are not marked.
    """
    start, end = judgment.sections.get("facts", (0, len(text)))
    hidden = sum(len(found[0]) for found in _HIDDEN.finditer(text, start, end))
    share = hidden / max(1, end - start)
    return None if share <= settings["hidden_share"] else ("hidden_text", f"{share:.0%} of the facts")


def parse_disagreement(judgment: Judgment, text: str, _: dict) -> Dropped | None:
    """What was read contradicts itself: it would teach wrong labels."""
    if not judgment.defendants:
        return "parse_disagreement", "no defendant"
    reasoned = {
        name for name, _, _ in charges.find(text, *judgment.sections.get("reasoning", (0, len(text))))
    }
    for defendant in judgment.defendants:
        if not defendant.charges:
            return "parse_disagreement", "a defendant without charge"
        if defendant.sentence is None:
            return "parse_disagreement", "a defendant without sentence"
        if defendant.sentence.kind in TIMED_KINDS and defendant.sentence.months is None:
            return "parse_disagreement", f"{defendant.sentence.kind} without length"
        if unnamed := set(defendant.charges) - reasoned:
            return "parse_disagreement", f"the reasoning does not name {'、'.join(sorted(unnamed))}"
    return None


def quality(judgment: Judgment) -> float:
    """How much of a good judgment is there, from 0 to 1: the share of ten things that training and
    retrieval use.
    """
    sections, defendants = judgment.sections, judgment.defendants
    present = (
        bool(judgment.case_number),
        bool(judgment.court),
        bool(judgment.date),
        bool(judgment.province),
        "parties" in sections,
        "facts" in sections,
        "reasoning" in sections and "judgment" in sections,
        any(article.law == articles.CRIMINAL_LAW for article in judgment.articles),
        bool(defendants) and all(d.charges for d in defendants),
        bool(defendants) and all(d.sentence for d in defendants),
    )
    return sum(present) / len(present)


def low_quality(judgment: Judgment, _: str, settings: dict) -> Dropped | None:
    """`quality` below `min_quality`."""
    found = quality(judgment)
    return None if found >= settings["min_quality"] else ("low_quality", f"{found:.1f}")


FILTERS: dict[str, Filter] = {
    function.__name__: function
    for function in (
        not_criminal, not_first_instance, no_reasoning, no_judgment, no_province, too_short, too_long,
        hidden_text, parse_disagreement, low_quality,
    )
}  # fmt: skip


def all_drops(names: list[str], judgment: Judgment, text: str, settings: dict) -> list[Dropped]:
    """The verdicts of all the named filters that drop the judgment, in their order."""
    found = (FILTERS[name](judgment, text, settings) for name in names)
    return [dropped for dropped in found if dropped]
