"""Which prompts GRPO learns from, and in which order.

A group whose completions all earn the same has no gradient. So prompts that the SFT model always or
never gets right are left out, where `grpo.pass_rate` asks for it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from lexpro.config.grpo import PassRate
from lexpro.workflow.errors import UserError

# Reward functions and their weights.
Rewards = Sequence[tuple[Callable, float]]


def earned(completions: list[str], row: dict, rewards: Rewards) -> float:
    """Mean over the completions of a prompt of what each earns of what it could.

    Args:
        completions: whole answers to the prompt.
        row: its row of `grpo.jsonl`; rewards get its columns.
        rewards: those of the training.

    Returns:
        The weighted mean in [0, 1] of the rewards that apply. Rewards with no positive weight, and
        those that punish, do not count.
    """
    columns = {name: [value] * len(completions) for name, value in row.items()}
    total = [0.0] * len(completions)
    possible = [0.0] * len(completions)
    for reward, weight in rewards:
        for at, value in enumerate(reward(completions=completions, **columns)):
            if value is not None and weight > 0:
                total[at] += weight * max(0.0, value)
                possible[at] += weight
    shares = [got / most for got, most in zip(total, possible, strict=True) if most]
    return sum(shares) / len(shares) if shares else 0.0


def rates(rows: Iterable[dict], samples: Iterable[dict], rewards: Rewards) -> dict[str, float]:
    """What each prompt earns, by its id.

    Args:
        rows: of `grpo.jsonl`.
        samples: rows {id, completion, …} of `samples.jsonl`; a prompt without any is left out.
        rewards: those of the training.
    """
    completions: dict[str, list[str]] = defaultdict(list)
    for answer in samples:
        completions[answer["id"]].append(answer["completion"])
    return {row["id"]: earned(completions[row["id"]], row, rewards) for row in rows if completions[row["id"]]}


def within(rows: Sequence[dict], shares: dict[str, float], bounds: PassRate) -> list[dict]:
    """The rows whose mean share of the maximum reward lies in [low, high].

    Args:
        rows: of `grpo.jsonl`.
        shares: what each prompt earns, in [0, 1], by its id, as `rates` gives it; 0 where it is
            missing.
        bounds: `low` and `high`, both allowed.

    Returns:
        In the order of `rows`.

    Raises:
        UserError: there is none.
    """
    kept = [row for row in rows if bounds.low <= shares.get(row["id"], 0.0) <= bounds.high]
    if not kept:
        lowest, highest = min(shares.values(), default=0.0), max(shares.values(), default=0.0)
        raise UserError(
            f"grpo.pass_rate: no prompt of {len(rows)} earns between {bounds.low:g} and {bounds.high:g}; they "
            f"earn from {lowest:.2f} to {highest:.2f}. Widen the bounds, or train the SFT model longer (or less)."
        )
    return kept


def in_turn(rows: Iterable[dict], seed: int) -> list[dict]:
    """The rows in an order in which the tasks take turns, each task's own rows shuffled.

    So every step sees about the same mixture, and the curve of the mean reward is not that of its
    tasks.
    """
    rng = random.Random(seed)
    by_task: dict[str, list[dict]] = {}
    for row in rows:
        by_task.setdefault(row["task"], []).append(row)
    placed = []
    for number, own in enumerate(by_task.values()):
        rng.shuffle(own)
        # Spread evenly over [0, 1): a task with half the rows has every second place.
        placed += [((at + 0.5) / len(own), number, row) for at, row in enumerate(own)]
    return [row for _, _, row in sorted(placed, key=lambda place: place[:2])]
