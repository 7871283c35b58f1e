"""Score anyone's outputs of a public benchmark, by its official scorer and by ours.

lexpro rescore --benchmark lawbench/3-4 --predictions 3-4.json
lexpro rescore --benchmark judge --predictions outputs.jsonl --baselines
lexpro rescore --benchmark lawbench --predictions outputs/

Of a folder every file named by its task is scored, in one process. A file that is not all of a task
is an error; --partial scores what is there.

Prints JSON: official.{score, abstention_rate}, normalised.{score, low, high, abstained}, failed,
truncated, n; with --baselines also what gold itself, the commonest answer, the copied prompt and
the best constant answer score. docs/benchmarks.md lists the formats of files.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path

from lexpro.workflow.errors import UserError

# Configuration and registry are the project's, wherever the command is called from.
ROOT = Path(__file__).resolve().parents[4]
FORMATS = ("answers", "disc", "judge", "lawbench", "lexeval")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument(
        "--benchmark",
        required=True,
        help="lawbench/3-4, lexeval/1_1, disc/single/nje, judge, …; of a folder lawbench, …",
    )
    parser.add_argument(
        "--predictions", required=True, type=Path, help="the file of outputs, or a folder of them"
    )
    parser.add_argument("--format", choices=FORMATS, help="format of the file (default: the benchmark's own)")
    parser.add_argument("--partial", action="store_true", help="score a file that lacks items or has others")
    parser.add_argument("--baselines", action="store_true", help="also score answers without any knowledge")
    parser.add_argument("--draws", type=int, default=2000, help="bootstrap draws (default: 2000)")
    parser.add_argument("--bert", type=Path, help="folder of bert-base-chinese, for judge's BERTScore")
    parser.add_argument(
        "--wordnet", type=Path, help="folder of nltk's data with corpora/wordnet, for judge's METEOR"
    )


def _scores(args: argparse.Namespace, name: str, path: Path, models: dict[str, str | None]) -> dict:
    """The scores of one file; what was read otherwise than its format says goes to stderr."""
    from lexpro.evaluation import rescoring
    from lexpro.evaluation.baselines import question_baselines

    task = rescoring.task(name)
    form = args.format or rescoring.FORMATS[name.partition("/")[0]]
    outputs = rescoring.load(path, task, form, args.partial)
    for note in outputs.notes:
        print(f"{path}: {note}.", file=sys.stderr)
    scores = rescoring.evaluate(task, outputs, args.draws, models)
    if args.baselines:
        scores["baselines"] = question_baselines(task, outputs.items)
    return scores


def run(args: argparse.Namespace) -> None:
    """Print the scores.

    Raises:
        UserError: the benchmark is unknown, or the file cannot be read or is not all of its task.
    """
    from lexpro.evaluation import rescoring

    if args.draws < 1:
        raise UserError(f"--draws must be at least 1, not {args.draws}.")
    predictions = args.predictions.resolve()
    models: dict[str, str | None] = {
        name: str(path.resolve()) for name in ("bert", "wordnet") if (path := getattr(args, name))
    }
    with contextlib.chdir(ROOT):
        if predictions.is_dir():
            files = rescoring.files_of(args.benchmark, predictions)
            for note in rescoring.left_out(args.benchmark, predictions, files):
                print(f"{note}.", file=sys.stderr)
            by_task = {name: _scores(args, name, path, models) for name, path in files.items()}
            scores = {"benchmark": args.benchmark, "average": rescoring.average(by_task), "tasks": by_task}
        else:
            scores = _scores(args, args.benchmark, predictions, models)
    print(json.dumps(scores, ensure_ascii=False, indent=1))
