"""Publish finished reports under the names of their experiments.

    publish.py --experiment demo --report results/report/<key> --out results/experiments/demo
    publish.py --page results/report.html results/experiments/demo [results/experiments/… …]
    publish.py --tables results/tables results/experiments/paper_14b results/experiments/paper_32b …

The first copies a report's files; the second makes one page of the published experiments, a tab
each; the third puts them side by side in the paper's tables, and those that are not finished are
named and left out.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

from lexpro.report import paper
from lexpro.report.tabs import tabs
from lexpro.workflow import disk
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, replace_folder, write_text

PARTS = ("summary.json", "report.html", "figures", "tables")


def publish(experiment: str, report: Path, out: Path) -> None:
    """Replace `out` by a copy of the report; a copy that is broken off leaves the old one in place.

    Raises `UserError` if the report is of another experiment.
    """
    made = read_json(report / "summary.json")["experiment"]
    if made != experiment:
        raise UserError(f"{report} is the report of experiment {made}, not of {experiment}")
    fresh = out.with_name(f".{out.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    try:
        for name in PARTS:
            source = report / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, fresh / name)
        replace_folder(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def side_by_side(folders: list[Path], out: Path) -> list[str]:
    """The paper's tables over the finished ones of some experiments; the names of the others.

    Raises `UserError` if none is finished.
    """
    finished = [folder for folder in folders if (folder / "summary.json").is_file()]
    if not finished:
        raise UserError(f"no summary.json in {', '.join(map(str, folders))}: run these experiments first")
    summaries = [read_json(folder / "summary.json") for folder in finished]
    paper.write({name: make(summaries) for name, make in paper.TABLES.items()}, out)
    return [folder.name for folder in folders if folder not in finished]


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--experiment", help="name of the experiment")
    parser.add_argument("--report", type=Path, help="folder of its finished report")
    parser.add_argument("--out", type=Path, help="folder to publish it in")
    parser.add_argument("--page", type=Path, help="page to write, over all the experiments given")
    parser.add_argument("--tables", type=Path, help="folder for the tables over all the experiments given")
    parser.add_argument("experiments", type=Path, nargs="*", help="folders of published experiments")
    args = parser.parse_args(argv)
    try:
        with disk.checked(*(target.parent for target in (args.out, args.page, args.tables) if target)):
            run(args)
    except UserError as error:
        parser.error(str(error))


def run(args: argparse.Namespace) -> None:
    """What the arguments ask for. Raises `UserError` if they ask for nothing, or what they need is
    not there.
    """
    if args.page and args.experiments:
        pages = {
            folder.name: (folder / "report.html").read_text(encoding="utf-8") for folder in args.experiments
        }
        write_text(args.page, tabs(pages))
    elif args.tables and args.experiments:
        if missing := side_by_side(args.experiments, args.tables):
            print(f"not finished, so not in the tables: {', '.join(missing)}", file=sys.stderr)
    elif args.experiment and args.report and args.out:
        publish(args.experiment, args.report, args.out)
    else:
        raise UserError(
            "give --experiment, --report and --out, or --page or --tables and the folders of the experiments"
        )


if __name__ == "__main__":
    main()
