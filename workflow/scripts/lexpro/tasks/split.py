"""Which judgments are trained on and which are held out: whole case families, balanced over
provinces and charges.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lexpro.hashing import draw

SPLITS = ("sft", "grpo", "heldout")


@dataclass(frozen=True, slots=True)
class Case:
    """What the split goes by: documents of one `family` (the same case) never part."""

    doc_id: str
    family: str
    province: str
    charge: str


def assign(cases: Iterable[Case], shares: Mapping[str, float], seed: int) -> dict[str, str]:
    """doc_id → split, by shares that sum to 1.

    Families are taken in a seeded order, each by the split that is furthest behind its share of the
    family's province, charge, both together, and everything (after Sechidis et al. 2011,
    stratification of multi-label data). The province and charge of a family are those of its first
    document. Raises ValueError if the shares do not sum to 1.
    """
    if abs(sum(shares.values()) - 1) > 1e-9 or min(shares.values()) < 0:
        raise ValueError(f"shares {dict(shares)}: none below 0, together 1")
    families: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        families[case.family].append(case)
    order = sorted(families, key=lambda family: draw(seed, "order", family))
    names = [name for name in shares if shares[name] > 0]
    # have[label][split], seen[label]: documents dealt so far.
    have: dict[tuple, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    seen: dict[tuple, int] = defaultdict(int)
    found: dict[str, str] = {}
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
        found.update((case.doc_id, chosen) for case in members)
    return found
