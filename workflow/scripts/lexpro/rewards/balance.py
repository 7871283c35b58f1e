"""Prompts that a reward asks about evenly, where most true answers are of one kind.

The classes are imbalanced, so a constant answer scores well: four of five terms are of the lightest
tier, and three of five who could have probation have none. This balances the classes for a reward
without removing prompts from the others: for some prompts of the frequent class the reward does not
apply.

All prompts of the *training* split are counted, also those that a limit of length or number, or the
pass rate, leaves out of a training. Which prompts are asked about follows from their text: all
completions of a group are, or none, on every process and after a resume.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

from lexpro.hashing import seed_of
from lexpro.workflow.errors import UserError

# (task, gold, charges) → which kind of answer is true; None where the reward does not apply.
Kind = Callable[[str, dict, Sequence[str]], str | None]


@cache
def chances(kind: Kind, training: str) -> Mapping[str, float]:
    """The share of the prompts of each kind that are asked about; counted once a process.

    Args:
        kind: of a true answer.
        training: path of a file of prompts (`grpo.jsonl`).

    Raises:
        UserError: all prompts are of one kind, so a constant would win.
    """
    with Path(training).open(encoding="utf-8") as file:
        rows = map(json.loads, file)
        kinds = [kind(row["task"], json.loads(row["gold"]), row.get("charges") or []) for row in rows]
    counts = Counter(name for name in kinds if name is not None)
    if len(counts) < 2:
        raise UserError(
            f"{training}: the true answers are all of one kind ({', '.join(counts) or 'none'}), so a constant would "
            "win this reward. Leave it out of grpo.rewards, or train on more judgments."
        )
    return {name: min(counts.values()) / count for name, count in counts.items()}


def applies(name: str, shares: Mapping[str, float], prompt: object) -> bool:
    """Whether a balanced reward applies to a prompt.

    Args:
        name: kind of its true answer. It applies to all of a kind that training lacks.
        shares: what `chances` gives.
        prompt: its text decides.
    """
    return seed_of("balance", prompt) < shares.get(name, 1.0) * 2**31
