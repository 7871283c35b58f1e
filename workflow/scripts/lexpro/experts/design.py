"""Who compares what: a balanced incomplete design of pairs, with repeats and controls.

Each item shows a few of the possible pairs of systems; over all items each pair is shown about as
often as any other, and so is each system. All pairs of an item go to the same experts, one after
the other, so that a document is read once. Nothing here depends on the order of its arguments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from lexpro.hashing import draw

Kind = Literal["pair", "repeat", "control"]
GOLD, SPOILED = "gold", "spoiled"


@dataclass(frozen=True, slots=True)
class Showing:
    """One pair before one expert.

    Attributes:
        expert: number of the expert, from 1.
        item: the item.
        left: the system on the left.
        right: the system on the right.
        kind: a pair of systems; the same pair again, sides swapped; or a right and a wrong answer.
        source: of a control, the item whose right answer is the wrong one here.
    """

    expert: int
    item: str
    left: str
    right: str
    kind: Kind = "pair"
    source: str = ""

    @property
    def pair(self) -> tuple[str, str, str]:
        """What is compared, whichever side it stands on."""
        return (self.item, *sorted((self.left, self.right)))


def pairs(
    answered: Mapping[str, Sequence[str]], per_item: int, seed: int
) -> dict[str, list[tuple[str, str]]]:
    """Item → the pairs of systems that are compared on it.

    Args:
        answered: item → the systems that answered it.
        per_item: pairs of an item, where so many are possible.
        seed: decides among pairs that are equally rare.
    """
    shown: Counter[tuple[str, str]] = Counter()
    alone: Counter[str] = Counter()
    made = {}
    for item in sorted(answered, key=lambda name: draw(seed, "order", name)):
        possible = set(combinations(sorted(answered[item]), 2))
        own: Counter[str] = Counter()
        chosen = []
        while possible and len(chosen) < per_item:
            pair = min(
                possible,
                key=lambda p: (
                    shown[p],
                    own[p[0]] + own[p[1]],
                    alone[p[0]] + alone[p[1]],
                    draw(seed, "pair", item, *p),
                ),
            )
            possible.remove(pair)
            chosen.append(pair)
            shown[pair] += 1
            own.update(pair)
            alone.update(pair)
        made[item] = chosen
    return made


def _raters(items: Sequence[str], experts: int, ratings: int, seed: int) -> dict[str, tuple[int, ...]]:
    """Item → its experts: every group of experts has about as many items as any other."""
    groups = sorted(combinations(range(1, experts + 1), ratings), key=lambda g: draw(seed, "group", *g))
    load: Counter[int] = Counter()
    used: Counter[tuple[int, ...]] = Counter()
    made = {}
    for item in sorted(items, key=lambda name: draw(seed, "raters", name)):
        group = min(groups, key=lambda g: (used[g], sum(load[e] for e in g), groups.index(g)))
        used[group] += 1
        load.update(group)
        made[item] = group
    return made


def _sided(expert: int, item: str, pair: tuple[str, str], seed: int) -> Showing:
    left, right = pair if draw(seed, "side", expert, item, *pair) < 0.5 else pair[::-1]
    return Showing(expert, item, left, right)


def _repeats(shown: list[Showing], share: float, seed: int) -> list[Showing]:
    """Some of the pairs that an expert sees early, to be seen again with their sides swapped."""
    count = round(share * len(shown))
    early = sorted(
        shown[: max(count, len(shown) // 2)], key=lambda s: draw(seed, "repeat", s.expert, *s.pair)
    )
    return [replace(s, left=s.right, right=s.left, kind="repeat") for s in early[:count]]


def _controls(expert: int, golds: Mapping[str, tuple[str, str]], count: int, seed: int) -> list[Showing]:
    """A right answer beside the right answer of another item of the same task.

    Args:
        expert: number of the expert.
        golds: item → (task, right answer).
        count: how many at most.
        seed: of the draw.
    """
    made = []
    for item in sorted(golds, key=lambda name: draw(seed, "control", expert, name)):
        task, gold = golds[item]
        others = [other for other, (same, text) in golds.items() if same == task and text and text != gold]
        if gold and others and len(made) < count:
            source = min(others, key=lambda other: draw(seed, "spoiled", expert, item, other))
            sides = (GOLD, SPOILED) if draw(seed, "side", expert, item, GOLD) < 0.5 else (SPOILED, GOLD)
            made.append(Showing(expert, item, *sides, "control", source))
    return made


def _placed(
    shown: list[Showing], controls: list[Showing], repeats: list[Showing], seed: int
) -> list[Showing]:
    """Controls anywhere, repeats in the last third."""
    order = list(shown)
    for extra in (*controls, *repeats):
        lot = draw(seed, "place", extra.kind, extra.expert, *extra.pair)
        first = len(order) * 2 // 3 if extra.kind == "repeat" else 0
        order.insert(first + int(lot * (len(order) + 1 - first)), extra)
    return order


def showings(
    compared: Mapping[str, Sequence[tuple[str, str]]],
    golds: Mapping[str, tuple[str, str]],
    *,
    experts: int,
    ratings: int,
    repeats: float,
    controls: int,
    seed: int,
) -> list[Showing]:
    """Everything that is shown, expert by expert, in the order in which it is.

    Args:
        compared: item → pairs of systems whose answers differ (`pairs`).
        golds: item → (task, right answer as it is shown).
        experts: how many share the sheet.
        ratings: experts of each pair.
        repeats: share of an expert's pairs that come again.
        controls: of each expert.
        seed: of all draws.
    """
    raters = _raters([item for item, own in compared.items() if own], experts, ratings, seed)
    made = []
    for expert in range(1, experts + 1):
        own = sorted(
            (item for item, group in raters.items() if expert in group),
            key=lambda name: draw(seed, "sequence", expert, name),
        )
        shown = [_sided(expert, item, pair, seed) for item in own for pair in compared[item]]
        again = _repeats(shown, repeats, seed)
        made += _placed(shown, _controls(expert, golds, controls, seed), again, seed)
    return made
