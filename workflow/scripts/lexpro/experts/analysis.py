"""Everything that the ratings of a sheet say, as one tree of numbers (ratings.json)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

import numpy as np
from scipy import stats as scipy_stats

from lexpro import stats
from lexpro.config.expert import Settings
from lexpro.experts import agreement, raters
from lexpro.experts.exports import SIDES, Rating
from lexpro.experts.raters import Rated
from lexpro.experts.rubric import KEYS, MARKS
from lexpro.experts.strengths import Vote, connected, head_to_head, points_of, strengths
from lexpro.workflow.errors import UserError

POINTS = {"tie": 0.5, "bad": 0.5}


def matched(ratings: Iterable[Rating], key: Iterable[Mapping], sheet: str) -> list[Rated]:
    """Each rating of the sheet with what it was about.

    Args:
        ratings: the latest of each showing, of any sheet.
        key: rows of key.jsonl; those of the kind `same` were never shown.
        sheet: id of the sheet; ratings of other sheets are left out.

    Returns:
        In the order of the ratings.

    Raises:
        UserError: a rating is of no showing of the sheet, or of another expert's.
    """
    rows = {row["id"]: row for row in key if row["kind"] != "same"}
    found = []
    for rating in ratings:
        if rating.sheet != sheet:
            continue
        row = rows.get(rating.showing)
        if row is None or row["expert"] != rating.expert:
            raise UserError(
                f"a rating is of showing {rating.showing}, which the sheet {sheet} does not have."
            )
        found.append(Rated(rating, row))
    return found


def votes(rated: Iterable[Rated], key: Iterable[Mapping]) -> list[Vote]:
    """The votes of pairs; two answers that are the same are tied without being shown."""
    made = []
    for one in rated:
        if one.key["kind"] == "pair" and one.rating.choice != "skip":
            item, first, second = one.pair
            points = POINTS.get(one.preferred, float(one.preferred == first))
            made.append(Vote(item, first, second, points))
    return made + [
        Vote(row["item"], row["first"], row["second"], 0.5)
        for row in key
        if row["kind"] == "same"
        for _ in range(row["ratings"])
    ]


def standings(cast: Sequence[Vote], how: Settings) -> list[dict]:
    """A row for each system: strength, share of points, votes; the strongest first.

    Strengths are None where the votes do not compare all systems.
    """
    compared = bool(cast) and connected(cast)
    found = strengths(cast, how.confidence) if compared else {}
    names = list(found) or sorted({name for vote in cast for name in (vote.first, vote.second)})
    rows = []
    for name in names:
        table = points_of(cast, name)
        share = stats.bootstrap(table, {"points": stats.Mean()}, how.draws, how.seed, how.confidence)[
            "points"
        ]
        own = found.get(name)
        rows.append(
            {
                "system": name,
                "votes": int(table[:, 1].sum()),
                "items": len(table),
                "win_rate": {"value": share.value, "low": share.low, "high": share.high},
                "strength": {"value": own.value, "low": own.low, "high": own.high} if own else None,
            }
        )
    return rows


def _agreements(rated: Sequence[Rated], how: Settings) -> dict[str, dict]:
    """Alpha and AC of choices and of marks, each with its interval over units."""
    measure = partial(agreement.with_interval, draws=how.draws, seed=how.seed, confidence=how.confidence)
    choices: dict[tuple, list[str]] = {}
    ordered: dict[tuple, list[float]] = {}
    marks: dict[tuple, list[int]] = {}
    for one in rated:
        if one.key["kind"] != "pair" or one.rating.choice == "skip":
            continue
        said = one.preferred
        known = {one.pair[1]: "first", one.pair[2]: "second"}.get(said, said)
        choices.setdefault(one.pair, []).append(known)
        ordered.setdefault(one.pair, []).append({"first": 1.0, "second": 0.0}.get(known, 0.5))
        for side in SIDES:
            for dimension in KEYS:
                if (mark := one.rating.marks.get(f"{side}_{dimension}")) is not None:
                    marks.setdefault((one.key["item"], one.key[side], dimension), []).append(mark)
    named = agreement.counts(list(choices.values()), ("first", "second", "tie", "bad"))
    scaled = agreement.counts(list(ordered.values()), (0.0, 0.5, 1.0))
    found = {
        "choices": {
            "alpha_nominal": measure(named, agreement.alpha),
            "ac1": measure(named, agreement.ac2),
            "alpha_ordinal": measure(scaled, partial(agreement.alpha, distance="ordinal")),
            "ac2_quadratic": measure(scaled, partial(agreement.ac2, weights=agreement.quadratic_weights(3))),
        }
    }
    weights = agreement.quadratic_weights(len(MARKS))
    for dimension in KEYS:
        table = agreement.counts([v for (*_, d), v in marks.items() if d == dimension], MARKS)
        if len(table):
            found[dimension] = {
                "alpha_ordinal": measure(table, partial(agreement.alpha, distance="ordinal")),
                "ac2_quadratic": measure(table, partial(agreement.ac2, weights=weights)),
            }
    return found


def _marks(rated: Sequence[Rated], how: Settings) -> list[dict]:
    """The mean mark of each system on each dimension, with its interval over items."""
    given: dict[tuple[str, str], dict[str, list[int]]] = {}
    for one in rated:
        if one.key["kind"] != "pair" or one.rating.choice == "skip":
            continue
        for name, mark in one.rating.marks.items():
            side, dimension = name.split("_", 1)
            given.setdefault((one.key[side], dimension), {}).setdefault(one.key["item"], []).append(mark)
    rows = []
    low, high = MARKS[0], MARKS[-1]
    for (system, dimension), by_item in sorted(given.items()):
        table = np.array([[sum(m - low for m in v) / (high - low), len(v)] for v in by_item.values()])
        mean = stats.bootstrap(table, {"mark": stats.Mean()}, how.draws, how.seed, how.confidence)["mark"]
        scaled = {name: low + (high - low) * getattr(mean, name) for name in ("value", "low", "high")}
        rows.append({"system": system, "dimension": dimension, "n": int(table[:, 1].sum()), **scaled})
    return rows


def _spearman(first: Sequence[float], second: Sequence[float]) -> float:
    ranks = [scipy_stats.rankdata(values) for values in (first, second)]
    if any(np.ptp(rank) == 0 for rank in ranks):
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def _differences(cast: Sequence[Vote], metric: Mapping[tuple[str, str], float]) -> dict[str, list[tuple]]:
    """Item → (difference of the metric, points over one half) of each vote, seen from both sides.

    So the result does not depend on which system is called the first.
    """
    found: dict[str, list[tuple]] = {}
    for vote in cast:
        keys = (vote.item, vote.first), (vote.item, vote.second)
        if all(key in metric for key in keys):
            apart, points = metric[keys[0]] - metric[keys[1]], vote.points - 0.5
            found.setdefault(vote.item, []).extend([(apart, points), (-apart, -points)])
    return found


def _correlated(by_item: Mapping[str, list[tuple]], how: Settings) -> dict[str, float | int | None]:
    """Spearman's rho over votes, and its interval over drawn items."""
    groups = [np.array(rows) for rows in by_item.values()]
    value = _spearman(*np.concatenate(groups).T) if groups else float("nan")
    result: dict[str, float | int | None] = {
        "value": None,
        "low": None,
        "high": None,
        "n": sum(map(len, groups)) // 2,
    }
    if not np.isfinite(value):
        return result
    generator = np.random.default_rng(how.seed)
    drawn = [
        _spearman(*np.concatenate([groups[n] for n in generator.integers(0, len(groups), len(groups))]).T)
        for _ in range(how.draws)
    ]
    finite = [one for one in drawn if np.isfinite(one)] or [value]
    low, high = np.quantile(finite, [(1 - how.confidence) / 2, (1 + how.confidence) / 2])
    return result | {"value": value, "low": min(value, float(low)), "high": max(value, float(high))}


def correlations(
    cast: Sequence[Vote], answers: Iterable[Mapping], table: Sequence[Mapping], how: Settings
) -> list[dict]:
    """A row for each automatic metric: how far its differences go with the votes.

    Args:
        cast: the votes.
        answers: rows of answers.jsonl.
        table: as of `standings`.
        how: settings of the intervals.

    Returns:
        [{metric, votes: rho with interval and n, systems: rho of the means with the strengths, and
        how many systems}]
    """
    by_metric: dict[str, dict[tuple[str, str], float]] = {}
    for row in answers:
        for name, value in row["metrics"].items():
            by_metric.setdefault(name, {})[row["item"], row["system"]] = value
    strong = {row["system"]: row["strength"]["value"] for row in table if row["strength"]}
    rows = []
    for name, metric in sorted(by_metric.items()):
        means = {
            system: float(np.mean([value for (_, s), value in metric.items() if s == system]))
            for system in {s for _, s in metric} & strong.keys()
        }
        order = sorted(means)
        rho = (
            _spearman([means[s] for s in order], [strong[s] for s in order])
            if len(order) > 2
            else float("nan")
        )
        rows.append(
            {
                "metric": name,
                "votes": _correlated(_differences(cast, metric), how),
                "systems": {"value": rho if np.isfinite(rho) else None, "n": len(order)},
            }
        )
    return rows


def _by_task(cast: Sequence[Vote], tasks: Mapping[str, str], how: Settings) -> dict[str, list[dict]]:
    wanted = sorted({tasks[vote.item] for vote in cast})
    return {task: standings([v for v in cast if tasks[v.item] == task], how) for task in wanted}


def analyse(
    shown: Mapping,
    key: Sequence[Mapping],
    answers: Sequence[Mapping],
    ratings: Sequence[Rating],
    how: Settings,
) -> dict:
    """All numbers of a sheet that experts have rated.

    Args:
        shown: sheet.json.
        key: rows of key.jsonl.
        answers: rows of answers.jsonl.
        ratings: the latest of each showing; those of other sheets do not count.
        how: settings of the stage.

    Raises:
        UserError: no rating is of this sheet, or one is of no showing.
    """
    rated = matched(ratings, key, shown["id"])
    if not rated:
        raise UserError(
            f"none of {len(ratings)} ratings is of the sheet {shown['id']}: it was rated before something changed, "
            "or the folder is another's (expert.ratings)."
        )
    due = Counter(row["expert"] for row in shown["showings"])
    experts = {}
    for number in sorted({one.rating.expert for one in rated}):
        own = [one for one in rated if one.rating.expert == number]
        found = raters.report(own, due[number], how.confidence)
        experts[str(number)] = found | {"excluded": raters.reasons(found, shown["rule"])}
    kept = [one for one in rated if not experts[str(one.rating.expert)]["excluded"]]
    tasks = {row["item"]: row["task"] for row in answers}
    tell: Callable[[Sequence[Rated]], list[Vote]] = partial(votes, key=key)
    cast = tell(kept) if kept else []
    table = standings(cast, how)
    return {
        "sheet": shown["id"],
        "confidence": how.confidence,
        "rule": shown["rule"],
        "ratings": len(rated),
        "other_sheets": len(ratings) - len(rated),
        "choices": dict(Counter(one.rating.choice for one in kept if one.key["kind"] == "pair")),
        "experts": experts,
        "systems": table,
        "with_excluded": standings(tell(rated), how) if len(kept) < len(rated) else [],
        "by_task": _by_task(cast, tasks, how),
        "pairs": head_to_head(cast),
        "agreement": _agreements(kept, how),
        "marks": _marks(kept, how),
        "metrics": correlations(cast, answers, table, how),
    }
