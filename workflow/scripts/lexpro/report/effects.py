"""What GRPO adds to SFT, and retrieval to a model, in words.

The sentences are read off the paired comparisons of the summary, whatever these say.
"""

from __future__ import annotations

from collections import Counter

from lexpro.report import labels

FIRST, SECOND = "sft", "grpo"
NO_STEP = (
    "What GRPO adds to SFT cannot be said: it logged no step. Its metrics are empty: see the log of the "
    "stage grpo."
)


def held_out_tests(summary: dict, pairs: dict[tuple[str, str], str]) -> list[dict]:
    """The paired tests of some pairs on the held-out judgments, in the order of the tasks.

    Args:
        summary: of the experiment.
        pairs: (first, second) → what the pair stands for, which a test gets as `pair`.

    Returns:
        None of a pair of which one is not evaluated.
    """
    return [
        row | {"pair": pairs[row["first"], row["second"]]}
        for row in summary.get("comparisons", {"tests": []})["tests"]
        if row["task"] in labels.TASKS and (row["first"], row["second"]) in pairs
    ]


def _signed(value: float) -> str:
    """+0.0012; adding 0 makes +0 of -0."""
    return f"{value + 0.0:+.4f}"


def _verdict(row: dict, level: float) -> str:
    """`better` or `worse` where interval and permutation test agree on that, else `open`.

    They disagree on a handful of items, whose interval may be a point.
    """
    if row["p"] >= level or row["low"] <= 0 <= row["high"]:
        return "open"
    return "better" if row["low"] > 0 else "worse"


def _meaning(row: dict, level: float) -> str:
    """What the difference of one test can be taken for."""
    if (verdict := _verdict(row, level)) != "open":
        return f"the whole interval says that GRPO is {verdict} than SFT here"
    lies = "below" if row["difference"] < 0 else "above" if row["difference"] > 0 else "level with"
    why = (
        "the interval holds 0"
        if row["low"] <= 0 <= row["high"]
        else f"the permutation test says p = {row['p']:.2f}"
    )
    return f"GRPO lies {lies} SFT, but {why}: neither a gain nor a loss is shown"


def of_grpo(summary: dict) -> str:
    """Two sentences to stand beside the scores; "" where GRPO and SFT are not both scored.

    The first is about the first task (the extraction of elements, where it is asked), the second
    counts the other comparisons.
    """
    tests = held_out_tests(
        summary, {(f"{FIRST}.{kind}", f"{SECOND}.{kind}"): kind for kind in labels.RETRIEVAL}
    )
    if not tests:
        return ""
    if not summary["training"]["grpo"]:
        return NO_STEP
    row, *others = tests
    difference, low, high = (_signed(row[name]) for name in ("difference", "low", "high"))
    confidence = summary["comparisons"]["confidence"]
    level = 1 - confidence
    said = (
        f"What GRPO adds to SFT: {labels.TASKS[row['task']]}, {labels.RETRIEVAL[row['pair']]}, "
        f"{difference} {labels.METRICS.get(row['metric'], row['metric'])} (n = {row['n']:,}, {100 * confidence:g} % "
        f"interval of the paired difference {low} to {high}); {_meaning(row, level)}."
    )
    if not others:
        return said
    counts = Counter(_verdict(other, level) for other in others)
    said_of = ", ".join(f"{verdict} in {counts[verdict]}" for verdict in ("better", "worse"))
    return (
        f"{said} The other comparisons (all tasks, with and without retrieval: {len(others)}): {said_of}, open in "
        f"{counts['open']}. The intervals say what other items would give, not what another seed of the training "
        "would, and are not corrected for their number."
    )


def of_retrieval(summary: dict) -> str:
    """What retrieval adds to the last variant that is scored with it and without, by task.

    It also says what retrieval shows the model. "" where there is no such variant.
    """
    tests = held_out_tests(
        summary, {(f"{variant}.none", f"{variant}.rag"): variant for variant in (FIRST, SECOND)}
    )
    if not tests:
        return ""
    variant = SECOND if any(row["pair"] == SECOND for row in tests) else FIRST
    confidence = summary["comparisons"]["confidence"]
    said = "; ".join(
        f"{labels.TASKS[row['task']]} {_signed(row['difference'])} ({_signed(row['low'])} to {_signed(row['high'])}, "
        f"{_verdict(row, 1 - confidence)})"
        for row in tests
        if row["pair"] == variant
    )
    return (
        f"What retrieval adds to {labels.VARIANTS[variant]}, with the {100 * confidence:g} % interval of "
        f"the paired difference: {said}. The prompt then lists statutes that were found for the facts and, where "
        "tasks.form.court_cases asks for it, names the articles that the deciding court itself usually cites "
        "(本院多引); which of the two helps, these scores do not tell apart."
    )
