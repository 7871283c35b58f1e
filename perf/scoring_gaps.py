"""Where the normalised score of LawBench lies far from the official one: models × tasks.

LEXPRO_MIRROR=… python perf/scoring_gaps.py FOLDER [--shots 1] [--half other] [--tasks 3-3 …]

FOLDER is `predictions` of open-compass/LawBench: zero_shot and one_shot, in each a folder a model
with one JSON file of outputs a task. Prints every pair of model and task whose normalised score
lies more than .05 below the official one, or more than .10 above it. The terms of 3-4 and 3-5 are
compared on the official scale. The halves are every second model in the order of their names: the
reader is developed on the first. docs/benchmarks.md lists the causes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lexpro.evaluation import rescoring
from lexpro.evaluation.tasks.lawbench import scorer as lawbench

BELOW, ABOVE = -0.05, 0.10
SHOTS = ("zero_shot", "one_shot")
HALVES = {"first": slice(0, None, 2), "other": slice(1, None, 2), "all": slice(None)}


def both(path: Path, number: str) -> tuple[float, float]:
    """(official, normalised) scores of a file on the same scale."""
    task = lawbench.task(number)
    scores = rescoring.evaluate(task, rescoring.load(path, task, "lawbench", partial=True), draws=20)
    normalised = scores["normalised"]
    return scores["official"]["score"], normalised.get("official_scale", normalised["score"])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shots", type=int, choices=range(len(SHOTS)), default=0)
    parser.add_argument("--half", choices=HALVES, default="all", help="of the models (default: all)")
    parser.add_argument("--models", nargs="+", help="names of folders, instead of a half")
    parser.add_argument("--tasks", nargs="+", choices=lawbench.TASKS, default=lawbench.TASKS, metavar="TASK")
    args = parser.parse_args()
    folder = args.folder / SHOTS[args.shots]
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    models = args.models or names[HALVES[args.half]]
    print("| task | model | official | normalised | difference |\n| --- | --- | --- | --- | --- |")
    for number in args.tasks:
        files = [folder / model / f"{number}.json" for model in models]
        differences = []
        for path in filter(Path.is_file, files):
            official, normalised = both(path, number)
            differences.append(normalised - official)
            if not BELOW <= differences[-1] <= ABOVE:
                numbers = f"{official:.3f} | {normalised:.3f} | {differences[-1]:+.3f}"
                print(f"| {number} | {path.parent.name} | {numbers} |", flush=True)
        if differences:
            least, most = min(differences), max(differences)
            low, high = sum(d < BELOW for d in differences), sum(d > ABOVE for d in differences)
            whole = f"{len(differences)} models, {low} below, {high} above"
            print(f"| {number} | {whole} | | | {least:+.3f} to {most:+.3f} |", flush=True)


if __name__ == "__main__":
    main()
