"""Memory of scoring long outputs: LawBench 3-8 with 500 outputs of 200 kB, made up here.

LEXPRO_MIRROR=… python perf/scoring_long.py [ITEMS]

Reads the whole file of 100 MB and scores ITEMS of it by both scorers (default: 10; a second or less
each). Prints the peak of memory after each step.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from lexpro.evaluation import rescoring, text_overlap

NUMBER, CHARACTERS, PIECE = 500, 67_000, 400


def write(path: Path, items: list) -> None:
    """A file of outputs that are pieces of the references, in the order of a seed."""
    draw, pool = random.Random(0), "".join(item.gold for item in items)
    starts = range(len(pool) - PIECE)
    # Row by row, so that writing takes no memory of its own.
    with path.open("w", encoding="utf-8") as file:
        for number, item in enumerate(items[:NUMBER]):
            text = "".join(pool[at : at + PIECE] for at in draw.choices(starts, k=CHARACTERS // PIECE))
            row = {"origin_prompt": item.prompt, "prediction": text, "refr": item.gold}
            file.write(("," if number else "[") + json.dumps(row, ensure_ascii=False))
        file.write("]")


def report(step: str) -> None:
    print(f"| {step} | {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB |", flush=True)


def main(argv: list[str]) -> None:
    scored, task = int(argv[0]) if argv else 10, rescoring.task("lawbench/3-8")
    assert task.items
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "3-8.json"
        write(path, task.items())
        text_overlap.rouge_l("甲", "乙")
        report(f"imports, jieba's dictionary, writing {path.stat().st_size / 1e6:.0f} MB")
        outputs = rescoring.load(path, task, "lawbench")
        report("reading the file")
        part = replace(outputs, items=outputs.items[:scored], texts=outputs.texts[:scored])
        rescoring.evaluate(task, part, draws=20)
        report(f"scoring {scored} of {len(outputs.items)} outputs")


if __name__ == "__main__":
    main(sys.argv[1:])
