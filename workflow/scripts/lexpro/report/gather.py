"""From scored items to worked examples: which judgments, and what each variant made of them."""

from __future__ import annotations

from pathlib import Path

from lexpro.report import sources
from lexpro.report.examples import Example, choose, compare
from lexpro.tasks import answers, elements

TASK = "elements"
# Characters of the judgment, and of a completion, that are shown.
EXCERPT, COMPLETION = 1500, 3000


def items(inputs: dict[str, Path]) -> dict[str, dict[str, dict]]:
    """Variant → id → the first scored sample of the extraction task, without retrieval."""
    by_variant = {}
    for variant in sources.VARIANTS:
        folder = inputs.get(f"score.{variant}.none")
        if folder is not None:
            rows = sources.jsonl(folder / "items.jsonl")
            by_variant[variant] = {
                row["id"]: row for row in rows if row["task"] == TASK and row["sample"] == 0
            }
    return {variant: rows for variant, rows in by_variant.items() if rows}


def unreadable(item: dict) -> str:
    """Why an item has no answer."""
    if item["error"]:
        return item["error"]
    if item["truncated"]:
        return "the text is cut at the longest length allowed"
    _, _, finished = answers.split_think(item["completion"])
    return "there is no whole JSON object in it" if finished else "the reasoning never ends"


def example(title: str, by_variant: dict[str, dict]) -> Example:
    """The example of one held-out judgment: `by_variant` is variant → scored item."""
    first = next(iter(by_variant.values()))
    read = {variant: item for variant, item in by_variant.items() if item["answer"] is not None}
    return Example(
        title=title,
        text=clip(first["input"], EXCERPT),
        lines=compare(
            elements.facts(first["gold"]), {v: elements.facts(item["answer"]) for v, item in read.items()}
        ),
        f1={variant: item["score"] for variant, item in by_variant.items()},
        unreadable={variant: unreadable(item) for variant, item in by_variant.items() if variant not in read},
        completions={
            variant: clip(item["completion"] or "", COMPLETION) for variant, item in by_variant.items()
        },
    )


def clip(text: str, limit: int) -> str:
    """The first `limit` characters, with an ellipsis where there are more."""
    return text if len(text) <= limit else f"{text[:limit]}…"


def examples(inputs: dict[str, Path], count: int) -> list[Example]:
    """Worked examples, from better to worse by the last variant's F1 (`choose`).

    Args:
        inputs: the folders of the runs.
        count: how many.
    """
    by_variant = items(inputs)
    if not by_variant:
        return []
    last = list(by_variant.values())[-1]
    common = [i for i in last if all(i in rows for rows in by_variant.values())]
    chosen = choose({i: last[i]["score"] for i in common}, count)
    heldout = {row["id"]: row for row in sources.jsonl(inputs["tasks"] / "heldout.jsonl")}
    titles = {i: f"{heldout[i]['charge']}, {heldout[i]['province']}" for i in chosen}
    return [example(titles[i], {v: rows[i] for v, rows in by_variant.items()}) for i in reversed(chosen)]
