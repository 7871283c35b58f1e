"""Speed of scoring: all LawBench tasks of one model, both scorers, in one process.

LEXPRO_MIRROR=… python perf/scoring.py [FOLDER]

FOLDER holds one JSON file of outputs a task, as open-compass/LawBench ships them (default: GPT4 in
the mirror). The original needs about 250 s, of which 2-1 takes 166 to 264 s.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from lexpro.evaluation import rescoring
from lexpro.evaluation.tasks.lawbench import scorer as lawbench

SHIPPED = Path("open-compass__LawBench/predictions/zero_shot/GPT4")


def main(argv: list[str]) -> None:
    folder = Path(argv[0]) if argv else Path(os.environ["LEXPRO_MIRROR"]) / SHIPPED
    print(
        "| task | items | official | seconds | normalised | seconds |\n| --- | --- | --- | --- | --- | --- |"
    )
    whole = {"official": 0.0, "normalised": 0.0}
    for number in lawbench.TASKS:
        path = folder / f"{number}.json"
        if not path.is_file():
            continue
        task, outputs = lawbench.task(number), rescoring.read(path, "lawbench")
        texts = [text or "" for text in outputs.texts]
        cells = []
        for name in ("official", "normalised"):
            start = time.perf_counter()
            score = task.scorers[name].score(outputs.items, texts)
            seconds = time.perf_counter() - start
            whole[name] += seconds
            cells.append(f"{score:.6f} | {seconds:.2f}")
        print(f"| {number} | {len(texts)} | {' | '.join(cells)} |", flush=True)
    print(f"| all | | | {whole['official']:.2f} | | {whole['normalised']:.2f} |")


if __name__ == "__main__":
    main(sys.argv[1:])
