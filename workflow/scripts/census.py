"""The page of a corpus, made as soon as the filter has run: what was kept, and the reason for
each that was not.

    census.py --experiment demo --out results/census/demo results/ingest/<key>
        results/structure/<key> results/filter/<key> --provinces 湖北 湖南 … --charges 30 --dpi 150

It is no stage: it makes nothing that another stage reads, and says what files of the stages say.
"""

import argparse
from pathlib import Path

from lexpro.report import corpus_page
from lexpro.workflow import disk
from lexpro.workflow.errors import UserError


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
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
    args = parser.parse_args(argv)
    inputs = {folder.parent.name: folder for folder in args.runs}
    if missing := {"ingest", "structure", "filter"} - inputs.keys():
        parser.error(f"no folder of a run of {', '.join(sorted(missing))} is given")
    try:
        with disk.checked(args.out.parent):
            corpus_page.write(args.experiment, inputs, args.provinces, args.out, args.charges, args.dpi)
    except UserError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
