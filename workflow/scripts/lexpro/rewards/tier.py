"""Reward of the tier of penalty (法定刑幅度): the sentence lies in the tier of the true one.

The tiers are those of the charge's article. Which tier that is depends on the facts (the amount,
the injury), so this carries the signal that "the term lies in the statutory range" lacks: almost
every sentence does, a constant one too. `in_range` is that metric, no reward.

A tier begins where its range does and ends where the next begins: 36 months are of 三年以上, not
of 三年以下. If they were of both, everyone who always says 36 would be right.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from lexpro.law import builtin_law
from lexpro.rewards import balance
from lexpro.rewards.completion import Completion, answer_of
from lexpro.rewards.people import amount
from lexpro.statutes import builtin_statutes
from lexpro.workflow.files import read_json

LIGHT = frozenset({"管制", "拘役"})
HEAVY = frozenset({"无期徒刑", "死缓", "死刑"})
# Tiers that allow a fine alone.
FINE_ALONE = frozenset({"either", "alternative"})
Tiers = list[dict]


@cache
def tiers(knowledge: str = "") -> dict[str, Tiers]:
    """The tiers of the article of each charge; read once a process.

    Args:
        knowledge: path of a folder of the stage of that name; "": the built-in facts.
    """
    if knowledge:
        charges, by_ref = (read_json(Path(knowledge) / f"{name}.json") for name in ("charges", "tiers"))
    else:
        known = builtin_law.load()
        charges, by_ref = builtin_statutes.charges(known), builtin_statutes.tiers(known)
    of_charge: dict[str, list[dict]] = {}
    for charge, refs in charges.items():
        own: list[dict] = next((by_ref[ref] for ref in refs if ref in by_ref), [])
        of_charge[charge] = [tier for tier in own if tier["charge"] in (None, charge)]
    return of_charge


def bounds(own: Tiers) -> list[tuple[int, int]]:
    """Ranges of the tiers in months, light to heavy.

    None where they overlap: then a term does not tell its tier.
    """
    spans = sorted({tuple(tier["months"]) for tier in own if tier["months"]})
    apart = all(high <= low for (_, high), (low, _) in zip(spans, spans[1:], strict=False))
    return spans if apart else []


def severity(sentence: dict) -> float | None:
    """Months of imprisonment; 0 for what is lighter, infinity for what is heavier.

    None for what has no tier.
    """
    kind = sentence.get("刑种")
    if kind in LIGHT or kind == "单处罚金":
        return 0.0
    if kind in HEAVY:
        return math.inf
    months = amount(sentence.get("刑期"))
    return months if kind == "有期徒刑" and months > 0 else None


def in_range(sentence: dict, own: Tiers) -> bool:
    """The metric: whether some tier allows the sentence."""
    kind, months = sentence.get("刑种"), amount(sentence.get("刑期"))
    if kind == "单处罚金":
        return any(tier["fine"] in FINE_ALONE for tier in own)
    if kind in LIGHT or kind in HEAVY:
        name = "死刑" if kind == "死缓" else kind
        return any(name in (*tier["lighter"], *tier["heavier"]) for tier in own)
    spans = (tier["months"] for tier in own if tier["months"])
    return kind == "有期徒刑" and any(low <= months <= high for low, high in spans)


def place(sentence: dict, spans: Sequence[tuple[int, int]]) -> int | None:
    """Which tier a sentence is of.

    0 is the lightest, which also has what is lighter than imprisonment.
    """
    weight = severity(sentence)
    return None if weight is None else max(0, bisect_right([low for low, _ in spans], weight) - 1)


@cache
def kind(knowledge: str) -> balance.Kind:
    """Of a true answer: `lightest` tier or one `above`; None where the reward does not apply."""

    def kind_of(task: str, gold: dict, charges: Sequence[str]) -> str | None:
        own = tiers(knowledge).get(charges[0], []) if task == "term" and len(charges) == 1 else []
        spans = bounds(own)
        if len(spans) < 2 or not in_range(gold, own):
            return None
        return "above" if place(gold, spans) else "lightest"

    return kind_of


def match(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    charges: Sequence[Sequence[str]] | None = None,
    prompts: Sequence[object] | None = None,
    knowledge: str = "",
    training: str = "",
    **_: object,
) -> list[float | None]:
    """1 for the right tier, else 0.

    Asked of the task `term`, where there is one true charge whose article has two tiers or more
    that do not overlap, and the true sentence lies in one (not mitigated, not joint); else None.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON.
        charges: true charges of each.
        prompts: decide which are asked about, with `training`.
        knowledge: path of a folder of the stage of that name.
        training: path of the prompts of the training split; with it the lightest tier is asked
            about as often as the others (`balance`).

    Raises:
        ValueError: the batch is not of one length.
    """
    kind_of = kind(str(knowledge))
    shares = balance.chances(kind_of, str(training)) if training else {}
    nothing = [()] * len(completions)
    scores: list[float | None] = []
    for completion, name, truth, accused, prompt in zip(
        completions, task, gold, charges or nothing, prompts or nothing, strict=True
    ):
        true = json.loads(truth)
        which = kind_of(name, true, accused)
        if which is None or not balance.applies(which, shares, prompt):
            scores.append(None)
            continue
        answer, spans = answer_of(name, completion), bounds(tiers(str(knowledge))[accused[0]])
        scores.append(float(answer is not None and place(answer, spans) == place(true, spans)))
    return scores
