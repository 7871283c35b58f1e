"""Publish finished reports under the names of their experiments.

    publish.py --experiment demo --report results/report/<key> --out results/experiments/demo
    publish.py --page results/report.html results/experiments/demo [results/experiments/… …]

The first copies a report's files; the second makes one page of the published experiments, a tab each.
"""

import argparse
import os
import shutil
from pathlib import Path

from lexpro.files import write_text
from lexpro.report import page

PARTS = ("summary.json", "report.html", "figures", "tables")


def publish(report: Path, out: Path) -> None:
    """Replace `out` by a copy of the report; a copy that is broken off leaves the old one in place."""
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--experiment", help="name of the experiment")
    parser.add_argument("--report", type=Path, help="folder of its finished report")
    parser.add_argument("--out", type=Path, help="folder to publish it in")
    parser.add_argument("--page", type=Path, help="page to write, over all the experiments given")
    parser.add_argument("experiments", type=Path, nargs="*", help="folders of published experiments")
    args = parser.parse_args(argv)
    if args.page:
        if not args.experiments:
            parser.error("--page wants the folders of the experiments that it shows")
        write_text(args.page, page.tabs({f.name: (f / "report.html").read_text(encoding="utf-8") for f in args.experiments}))
    elif args.experiment and args.report and args.out:
        publish(args.report, args.out)
    else:
        parser.error("give --experiment, --report and --out, or --page and the experiments")


if __name__ == "__main__":
    main()
