"""Make the page of a corpus: what was kept, what was left out, and why.

lexpro census --experiment demo --out results/census/demo results/ingest/<key>
    results/structure/<key> results/filter/<key> --provinces 湖北 湖南 … --charges 30 --dpi 150

`snakemake --cores all census` fills these in. The page can be made as soon as the filter has run.
It is no stage: no other stage reads it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lexpro.workflow import disk
from lexpro.workflow.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("--experiment", required=True, help="name of the experiment")
    parser.add_argument("--out", type=Path, required=True, help="folder of the page")
    parser.add_argument(
        "runs", type=Path, nargs="+", help="folders of the runs of ingest, structure and filter"
    )
    parser.add_argument("--provinces", nargs="+", required=True, help="the province folders of the runs")
    parser.add_argument(
        "--charges", type=int, required=True, help="charges in the figure of provinces and charges"
    )
    parser.add_argument(
        "--dpi", type=int, required=True, help="resolution of the PNG figures in dots an inch"
    )


def run(args: argparse.Namespace) -> None:
    """Write the page and its numbers.

    Raises:
        UserError: a run is not named, or the disk is full.
    """
    from lexpro.report import corpus_page

    inputs = {folder.parent.name: folder for folder in args.runs}
    if missing := {"ingest", "structure", "filter"} - inputs.keys():
        raise UserError(f"no folder of a run of {', '.join(sorted(missing))} is given")
    with disk.checked(args.out.parent):
        corpus_page.write(args.experiment, inputs, args.provinces, args.out, args.charges, args.dpi)
