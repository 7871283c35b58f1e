"""Publish finished reports under the names of their experiments.

lexpro publish --experiment demo --report results/report/<key> --out results/experiments/demo
lexpro publish --page results/report.html results/experiments/demo [results/experiments/… …]
lexpro publish --tables results/tables results/experiments/paper_14b results/experiments/paper_32b …

The first copies a report's files. The second makes one page of the published experiments, a tab
each. The third puts them side by side in the paper's tables; experiments that are not finished are
named and left out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lexpro.workflow import disk
from lexpro.workflow.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("--experiment", help="name of the experiment")
    parser.add_argument("--report", type=Path, help="folder of its finished report")
    parser.add_argument("--out", type=Path, help="folder to publish it in")
    parser.add_argument("--page", type=Path, help="page to write, over all the experiments given")
    parser.add_argument("--tables", type=Path, help="folder for the tables over all the experiments given")
    parser.add_argument("experiments", type=Path, nargs="*", help="folders of published experiments")


def run(args: argparse.Namespace) -> None:
    """Copy a report, or write the page or the tables of several.

    Raises:
        UserError: the arguments ask for nothing, what they need is not there, or the disk is full.
    """
    from lexpro.report import publishing

    with disk.checked(*(target.parent for target in (args.out, args.page, args.tables) if target)):
        if args.page and args.experiments:
            publishing.one_page(args.experiments, args.page)
        elif args.tables and args.experiments:
            if unfinished := publishing.side_by_side(args.experiments, args.tables):
                print(f"not finished, so not in the tables: {', '.join(unfinished)}", file=sys.stderr)
        elif args.experiment and args.report and args.out:
            publishing.publish(args.experiment, args.report, args.out)
        else:
            raise UserError(
                "give --experiment, --report and --out, or --page or --tables and the folders of the experiments"
            )
