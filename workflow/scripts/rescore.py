"""Score anyone's outputs of a public benchmark by its official scorer and by ours.

python workflow/scripts/rescore.py --benchmark lawbench/3-4 --predictions 3-4.json
python workflow/scripts/rescore.py --benchmark judge --predictions outputs.jsonl --baselines

Prints JSON: official.{score, abstention_rate}, normalised.{score, low, high, abstained}, failed,
truncated, n; with --baselines what gold itself, the commonest answer, the copied prompt and the
best constant answer score.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path

from lexpro.evaluation import rescoring
from lexpro.workflow.errors import UserError

ROOT = Path(__file__).resolve().parents[2]


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="rescore.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--benchmark",
        required=True,
        help="lawbench/3-4, lexeval/1_1, disc/single/nje, judge, … (docs/benchmarks.md)",
    )
    parser.add_argument("--predictions", required=True, type=Path, help="the file of outputs")
    parser.add_argument(
        "--format",
        choices=sorted(set(rescoring.FORMATS.values())),
        help="its format (default: the benchmark's own)",
    )
    parser.add_argument(
        "--baselines", action="store_true", help="score answers without any knowledge beside it"
    )
    parser.add_argument("--draws", type=int, default=2000, help="bootstrap draws (default: 2000)")
    parser.add_argument("--bert", type=Path, help="folder of bert-base-chinese, for judge's BERTScore")
    parser.add_argument(
        "--wordnet", type=Path, help="folder of nltk's data with corpora/wordnet, for judge's METEOR"
    )
    args = parser.parse_args(argv)
    if args.draws < 1:
        parser.error(f"--draws must be at least 1, not {args.draws}")
    return args


def rescore(args: argparse.Namespace, predictions: Path, models: dict) -> dict:
    """What is printed; raises `UserError` on an unknown benchmark and a file that cannot be
    read.
    """
    task = rescoring.task(args.benchmark)
    form = args.format or rescoring.FORMATS[args.benchmark.partition("/")[0]]
    outputs = rescoring.read(predictions, form, task.golds)
    found = rescoring.evaluate(task, outputs, args.draws, models)
    if args.baselines:
        found["baselines"] = rescoring.baselines(task, outputs.items)
    return found


def main(argv: list[str] | None = None) -> int:
    args = arguments(argv)
    predictions = args.predictions.resolve()
    models = {name: str(path.resolve()) for name in ("bert", "wordnet") if (path := getattr(args, name))}
    try:
        # Configuration and registry are the project's, wherever this is called from.
        with contextlib.chdir(ROOT):
            found = rescore(args, predictions, models)
    except UserError as error:
        print(f"rescore.py: {error}", file=sys.stderr)
        return 2
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
