"""The charge that JuDGE's evaluator takes a name for.

As evaluation/crime_extraction.py of oneal2000/JuDGE @ 2457c65 does it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from rapidfuzz.distance import Levenshtein

from lexpro.package_data import yaml_beside

# Share of a name that may be written otherwise.
_FARTHEST = 0.4
_LONGEST = 30


@cache
def _aliases() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """(a part of a name, charges that may be meant), in the order in which they are tried."""
    rows = yaml_beside(__file__)
    return tuple((key, tuple(value.split("; "))) for row in rows for key, value in row.items())


def _in_order(part: str, whole: str) -> bool:
    """Whether `whole` has the characters of `part` in their order."""
    rest = iter(whole)
    return all(character in rest for character in part)


def canonical(name: str, known: Sequence[str]) -> str | None:
    """One of the `known` charges, or of the aliases; None for a name that is like none of them.

    Of two known charges equally near, the original takes any (its set has no order); here it is the
    first.
    """
    name = name.replace(" ", "")
    name = name[1:] if name[:1] in ("有", "的", "了") else name
    if name in known:
        return name
    for key, charges in _aliases():
        if key in name:
            for charge in charges:
                if _in_order(name, charge):
                    return charge
    if not 0 < len(name) < _LONGEST:
        return None

    def distance(charge: str) -> float:
        return Levenshtein.distance(name, charge) / max(len(name), len(charge))

    nearest = min(known, key=distance)
    return nearest if distance(nearest) < _FARTHEST else None
