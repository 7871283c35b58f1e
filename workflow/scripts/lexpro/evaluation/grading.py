"""One prediction against its gold: an outcome, what was right, and counts to be summed up.

Four outcomes: `right` (all of it), `wrong`, `abstained` (an answer came, but no readable one) and
`failed` (no answer came). `truncated` (cut at the longest answer allowed) is said beside them, as
such an answer may be any of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from lexpro.law.articles import is_special
from lexpro.records import TIMED_KINDS
from lexpro.task_names import FIELDS
from lexpro.tasks import answers, closeness, elements

OUTCOMES = ("right", "wrong", "abstained", "failed")
# Key of the list in the answers to charge and article.
LISTS = {"charge": "罪名", "article": "法条"}
PLACES = ("right", "stated", "true")
# Defendants named in truth or answer, the sum of their F1, and how many of them are right in
# everything.
PEOPLE = ("people", "people_f1", "people_exact")

# What is counted of each task, in the order of its table.
COLUMNS = {
    "elements": (
        *(f"{name}.{place}" for name in FIELDS for place in PLACES),
        "exact",
        *elements.CONFUSIONS,
        *PEOPLE,
    ),
    "charge": (*PLACES, "exact", "item_f1"),
    "article": (*PLACES, "exact", "item_f1", *(f"crime.{place}" for place in PLACES)),
    "term": ("exact", "kind", "within_25", "log_score"),
}


@dataclass(frozen=True, slots=True)
class Grade:
    """What became of one prediction.

    Attributes:
        outcome: one of `OUTCOMES`.
        truncated: the answer was cut at the longest one allowed.
        score: from 0 to 1.
        counts: column of `COLUMNS` → what this prediction adds to it.
        answer: the answer as it was read; None where there is none.
        right: elements, charges, refs or terms that are stated and true.
        wrong: those that are stated and not true.
        missed: those that are true and not stated.
    """

    outcome: str
    truncated: bool
    score: float
    counts: dict[str, float]
    answer: dict | None
    right: list = field(default_factory=list)
    wrong: list = field(default_factory=list)
    missed: list = field(default_factory=list)


def _people(true: Counter, stated: Counter) -> dict[str, float]:
    """Counts by defendant; one that is invented, or left out, is worth nothing."""
    names = {name for name, _, _ in (*true, *stated) if name}
    scores = []
    for name in names:
        own, said = (Counter({e: n for e, n in bag.items() if e[0] == name}) for bag in (true, stated))
        scores.append(elements.f1((own & said).total(), said.total(), own.total()))
    return dict(zip(PEOPLE, (len(names), sum(scores), sum(score == 1 for score in scores)), strict=True))


def _elements(gold: dict, answer: dict | None) -> tuple[dict[str, float], float, Counter, Counter]:
    true, stated = elements.facts(gold), elements.facts(answer)
    by_field = elements.counts(true, stated)
    counts = {
        f"{name}.{place}": value
        for name, row in by_field.items()
        for place, value in zip(PLACES, row, strict=True)
    }
    counts |= elements.confusions(gold, answer)
    counts["exact"] = true == stated
    counts |= _people(true, stated)
    return counts, elements.micro(by_field), true, stated


def _list(task: str, gold: dict, answer: dict | None) -> tuple[dict[str, float], float, Counter, Counter]:
    key = LISTS[task]
    # A set: naming a charge twice is no error of law.
    true, stated = Counter(set(gold[key])), Counter(set((answer or {}).get(key, [])))
    row = ((true & stated).total(), stated.total(), true.total())
    score = elements.f1(*row)
    counts = dict(zip(PLACES, row, strict=True)) | {"exact": true == stated, "item_f1": score}
    if task == "article":
        # A model may write anything there.
        crimes = [
            {ref for ref in refs if isinstance(ref, str) and is_special(ref)} for refs in (true, stated)
        ]
        row = (len(crimes[0] & crimes[1]), len(crimes[1]), len(crimes[0]))
        counts |= {f"crime.{place}": value for place, value in zip(PLACES, row, strict=True)}
    return counts, score, true, stated


def _said(answer: dict) -> Counter:
    months = answer.get("刑期")
    # A model may write anything there, a list too.
    timed = str(answer.get("刑种")) in TIMED_KINDS and isinstance(months, int | float)
    return Counter([f"{answer.get('刑种')}{f'{months}个月' if timed else ''}"])


def _term(gold: dict, answer: dict | None) -> tuple[dict[str, float], float, Counter, Counter]:
    true, stated = _said(gold), _said(answer) if answer else Counter()
    kind = answer is not None and answer.get("刑种") == gold["刑种"]
    months, goal = (answer or {}).get("刑期"), gold["刑期"]
    timed = gold["刑种"] in TIMED_KINDS
    off = closeness.log_distance(months, goal) if timed else 0
    near = kind and (not timed or (off is not None and abs(months - goal) <= 0.25 * goal))
    score = closeness.of_sentence(answer, gold) if answer else 0.0
    exact = kind and (not timed or months == goal)
    return {"exact": exact, "kind": kind, "within_25": near, "log_score": score}, score, true, stated


def grade(item: dict, prediction: dict) -> Grade:
    """The grade of a row of predictions.jsonl for a row of heldout.jsonl."""
    task, answer = item["task"], None
    if not prediction["error"]:
        _, text, finished = answers.split_think(prediction["completion"])
        answer = answers.parse(task, text) if finished else None
    if task == "elements":
        counts, score, true, stated = _elements(item["gold"], answer)
    elif task in LISTS:
        counts, score, true, stated = _list(task, item["gold"], answer)
    else:
        counts, score, true, stated = _term(item["gold"], answer)
    if prediction["error"]:
        outcome = "failed"
    elif answer is None:
        outcome = "abstained"
    else:
        outcome = "right" if counts["exact"] else "wrong"
    if answer is None:
        # No answer is never right, also where the truth is empty.
        counts["exact"], score = False, 0.0
    counts = {name: float(counts.get(name, 0)) for name in COLUMNS[task]}
    truncated = prediction["finish_reason"] == "length"
    parts = ((true & stated), stated - true, true - stated)
    return Grade(outcome, truncated, score, counts, answer, *(sorted(p.elements(), key=str) for p in parts))
