"""Which judgments are trained on and which are held out.

Whole case families go together, balanced over provinces and charges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lexpro.hashing import draw

SPLITS = ("sft", "grpo", "heldout")
# Of no split: judgments of charges that no training sees (`tasks.unseen_charges`).
UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class SplitRow:
    """A judgment as the split sees it; documents of one `family` (the same case) never part."""

    doc_id: str
    family: str
    province: str
    charge: str


def assign(rows: Iterable[SplitRow], shares: Mapping[str, float], seed: int) -> dict[str, str]:
    """Deal the judgments to the splits.

    Families are taken in a seeded order, each by the split that is furthest behind its share of the
    family's province, charge, both together, and everything (after Sechidis et al. 2011,
    stratification of multi-label data). The province and charge of a family are those of its first
    document.

    Args:
        rows: the judgments; their order does not matter between families.
        shares: share of each split, together 1.
        seed: of every draw.

    Returns:
        doc_id → split.

    Raises:
        ValueError: a share is below 0, or the shares do not sum to 1.
    """
    if abs(sum(shares.values()) - 1) > 1e-9 or min(shares.values()) < 0:
        raise ValueError(f"shares {dict(shares)}: none below 0, together 1")
    families: dict[str, list[SplitRow]] = defaultdict(list)
    for row in rows:
        families[row.family].append(row)
    order = sorted(families, key=lambda family: draw(seed, "order", family))
    names = [name for name in shares if shares[name] > 0]
    # have[label][split], seen[label]: documents dealt so far.
    have: dict[tuple, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    seen: dict[tuple, int] = defaultdict(int)
    splits: dict[str, str] = {}
    for family in order:
        members = families[family]
        first = members[0]
        labels = [(), ("p", first.province), ("c", first.charge), (first.province, first.charge)]
        for label in labels:
            seen[label] += len(members)
        behind = {
            name: sum(shares[name] * seen[label] - have[label][name] for label in labels) for name in names
        }
        # Ties go by chance, or small groups would all go to the first split.
        chosen = max(names, key=lambda name: (round(behind[name], 9), draw(seed, family, name)))
        for label in labels:
            have[label][chosen] += len(members)
        splits.update((row.doc_id, chosen) for row in members)
    return splits
