"""What each expert's own ratings tell of the expert, and who is left out by the sheet's rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from scipy import stats

from lexpro.experts.design import GOLD
from lexpro.experts.exports import Rating

# Choices that prefer a side.
SIDED = ("left", "right")


@dataclass(frozen=True, slots=True)
class Rated:
    """A rating beside the row of the key that says what was shown."""

    rating: Rating
    key: Mapping

    @property
    def preferred(self) -> str:
        """The name of what was preferred; `tie`, `bad` or `skip` where nothing was."""
        choice = self.rating.choice
        return self.key[choice] if choice in SIDED else choice

    @property
    def pair(self) -> tuple[str, str, str]:
        """What was compared, whichever side it stood on."""
        return (self.key["item"], *sorted((self.key["left"], self.key["right"])))


def _share(right: int, of: int, confidence: float) -> dict[str, float | int | None]:
    """A share with its exact interval."""
    if not of:
        return {"value": None, "low": None, "high": None, "n": 0}
    ends = stats.binomtest(right, of).proportion_ci(confidence, method="exact")
    return {"value": right / of, "low": float(ends.low), "high": float(ends.high), "n": of}


def report(rated: Sequence[Rated], showings: int, confidence: float) -> dict:
    """What one expert did.

    Args:
        rated: the ratings of the expert.
        showings: how many pairs the sheet shows to the expert.
        confidence: of the intervals.

    Returns:
        showings, rated, skipped; controls, repeats and left as shares with intervals; seconds
        (median and sum). A control that is tied or called bad is not passed; `left` is the share of
        the left side among decided pairs.
    """
    answered = [one for one in rated if one.rating.choice != "skip"]
    controls = [one for one in answered if one.key["kind"] == "control"]
    first = {one.pair: one.preferred for one in answered if one.key["kind"] == "pair"}
    repeats = [one for one in answered if one.key["kind"] == "repeat" and one.pair in first]
    decided = [one for one in answered if one.rating.choice in SIDED and one.key["kind"] != "control"]
    seconds = [one.rating.seconds for one in answered]
    return {
        "showings": showings,
        "rated": len(answered),
        "skipped": len(rated) - len(answered),
        "controls": _share(sum(one.preferred == GOLD for one in controls), len(controls), confidence),
        "repeats": _share(sum(one.preferred == first[one.pair] for one in repeats), len(repeats), confidence),
        "left": _share(sum(one.rating.choice == "left" for one in decided), len(decided), confidence),
        "seconds": {"median": median(seconds) if seconds else None, "sum": sum(seconds)},
    }


def reasons(found: Mapping, rule: Mapping) -> list[str]:
    """Why an expert is left out; empty: kept.

    Args:
        found: as of `report`.
        rule: `exclude` of the sheet.
    """
    made = []
    for name in ("controls", "repeats"):
        share, least = found[name], rule[f"min_{name}"]
        if share["n"] >= rule["at_least"] and share["value"] < least:
            made.append(f"{name}: {share['value']:.2f} of {share['n']}, at least {least:g} is asked for")
    middle = found["seconds"]["median"]
    if middle is not None and middle < rule["min_seconds"]:
        made.append(f"seconds: median {middle:.1f}, at least {rule['min_seconds']:g} is asked for")
    return made
