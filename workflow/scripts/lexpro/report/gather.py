"""From predictions to worked examples: which judgments are shown, and what each variant made of them."""

from __future__ import annotations

from pathlib import Path

from lexpro.report import sources
from lexpro.report.examples import Example, choose, compare
from lexpro.tasks import answers, elements

TASK = "elements"
# Characters of the judgment, and of a completion, that are shown.
EXCERPT, COMPLETION = 1500, 3000


def predictions(inputs: dict[str, Path]) -> dict[str, dict[str, dict]]:
    """Variant → id → the first prediction of the extraction task, without retrieval."""
    found = {}
    for variant in sources.VARIANTS:
        folder = inputs.get(f"predict.{variant}.none")
        if folder is not None:
            rows = sources.jsonl(folder / "predictions.jsonl")
            found[variant] = {row["id"]: row for row in rows if row["task"] == TASK and row["sample"] == 0}
    return {variant: rows for variant, rows in found.items() if rows}


def answer(prediction: dict) -> tuple[dict | None, str]:
    """(the answer as JSON, or None, then why not)."""
    if prediction["error"]:
        return None, prediction["error"]
    _, text, finished = answers.split_think(prediction["completion"])
    found = answers.parse(TASK, text)
    if found is not None:
        return found, ""
    return None, "the answer is not complete JSON" if finished else "the reasoning never ends"


def example(item: dict, given: dict[str, dict]) -> Example:
    """The example of one held-out item: `given` is variant → prediction."""
    gold = elements.facts(item["gold"])
    read, unreadable = {}, {}
    for variant, prediction in given.items():
        found, why = answer(prediction)
        if found is None:
            unreadable[variant] = why
        else:
            read[variant] = elements.facts(found)
    return Example(
        title=f"{item['charge']}, {item['province']}",
        text=clip(item["input"], EXCERPT),
        lines=compare(gold, read),
        f1={variant: elements.prf(gold, read[variant])[2] if variant in read else 0.0 for variant in given},
        unreadable=unreadable,
        completions={variant: clip(row["completion"] or "", COMPLETION) for variant, row in given.items()},
    )


def clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]}…"


def examples(inputs: dict[str, Path], count: int) -> list[Example]:
    """`count` judgments from better to worse by the last variant's F1, with what every variant extracted."""
    by_variant = predictions(inputs)
    if not by_variant:
        return []
    items = {
        row["id"]: row for row in sources.jsonl(inputs["tasks"] / "heldout.jsonl") if row["task"] == TASK
    }
    common = [i for i in items if all(i in rows for rows in by_variant.values())]
    made = {i: example(items[i], {variant: rows[i] for variant, rows in by_variant.items()}) for i in common}
    last = list(by_variant)[-1]
    chosen = choose({i: example.f1[last] for i, example in made.items()}, count)
    return [made[i] for i in reversed(chosen)]
