"""Prompts that a reward asks about evenly, where most true answers are of one kind.

Four of five terms are of the lightest tier, and three of five who could have probation have none:
whoever always says so is right that often. So the kind of answer that is frequent among the prompts
of the *training* split is asked about as often as the rare one (all its prompts are counted, also
those that a limit of length or number, or the pass rate, leaves out of a training), and for the
other prompts the reward does not apply. Which prompts these are follows from their text: all
completions of a group are asked, or none, on every process and after a resume.
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
    """{kind: share of its prompts that are asked about}, of a file of prompts (`grpo.jsonl`); read
    once a process.

    Raises `UserError` where all prompts are of one kind: a constant would win.
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


def asked(name: str, shares: Mapping[str, float], prompt: object) -> bool:
    """Whether a prompt with a true answer of this kind is asked about; kinds that training does not
    have are.
    """
    return seed_of("balance", prompt) < shares.get(name, 1.0) * 2**31
