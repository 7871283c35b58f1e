"""Publish finished reports under the names of their experiments.

    publish.py --experiment demo --report results/report/<key> --out results/experiments/demo
    publish.py --page results/report.html results/experiments/demo [results/experiments/… …]

The first copies a report's files; the second makes one page of the published experiments, a tab each.
"""

import argparse
import os
import shutil
from pathlib import Path

from lexpro.errors import UserError
from lexpro.files import read_json, write_text
from lexpro.report.tabs import tabs

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
        shutil.rmtree(out, ignore_errors=True)
        fresh.rename(out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--experiment", help="name of the experiment")
    parser.add_argument("--report", type=Path, help="folder of its finished report")
    parser.add_argument("--out", type=Path, help="folder to publish it in")
    parser.add_argument("--page", type=Path, help="page to write, over all the experiments given")
    parser.add_argument("experiments", type=Path, nargs="*", help="folders of published experiments")
    args = parser.parse_args(argv)
    if args.page and args.experiments:
        pages = {
            folder.name: (folder / "report.html").read_text(encoding="utf-8") for folder in args.experiments
        }
        write_text(args.page, tabs(pages))
    elif args.experiment and args.report and args.out:
        try:
            publish(args.experiment, args.report, args.out)
        except UserError as error:
            parser.error(str(error))
    else:
        parser.error("give --experiment, --report and --out, or --page and the folders of the experiments")


if __name__ == "__main__":
    main()
