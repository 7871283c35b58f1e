"""Have legal experts rate a sheet, and move their ratings.

lexpro ratings serve --sheet SHEET                             serve it; a link for each expert
lexpro ratings links --sheet SHEET --address http://127.0.0.1:8765/experts/       more links
lexpro ratings export --sheet SHEET --out ratings.jsonl        or ratings.csv
lexpro ratings import --sheet SHEET --from carried-1.jsonl carried-2.csv

SHEET is the folder `sheet` of a run of expert_sheet: results/expert_sheet/default-1a2b3c4d/sheet.

Ratings are kept in a database beside the results: ratings/<id of the sheet>/ratings.sqlite3. A
sheet may also be rated without a server: open index.html of its folder (docs/experts.md).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lexpro.workflow.errors import UserError

# As `lexpro.serve.experts` has it.
STORE = "ratings/{}/ratings.sqlite3"
ADDRESS = "http://127.0.0.1:8765/experts/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("action", choices=tuple(ACTIONS), help="what to do")
    parser.add_argument(
        "--sheet", type=Path, required=True, help="the folder `sheet` of a run of expert_sheet"
    )
    parser.add_argument(
        "--from", dest="files", nargs="+", type=Path, help="exports to import (*.jsonl, *.csv)"
    )
    parser.add_argument("--store", type=Path, help=f"the database (default: {STORE.format('<id>')})")
    parser.add_argument("--out", type=Path, help="file to export to; its name says the format")
    parser.add_argument("--address", default=ADDRESS, help=f"address of the page (default: {ADDRESS})")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8766, help="its port; 0: a free one (default: 8766)")
    parser.add_argument(
        "--name", action="append", default=[], help="a name by which others call this machine; repeatable"
    )


def _print_links(page, address: str) -> None:
    for number, link in enumerate(page.links(address), 1):
        print(f"专家 {number}: {link}")


def serve(page, args: argparse.Namespace) -> None:
    """Serve the page until Ctrl-C; every expert gets a link with a token of their own."""
    from dataclasses import replace

    from lexpro.serve import app, experts, run

    # The experts' own tokens are what everybody has to know.
    policy = run.policy(args.host, args.name)
    if policy.token:
        print("其他机器也能连到这个地址：没有专家口令的人看不到题目，别的主机名一律拒绝。")
    policy = replace(policy, token=None)
    with run.listen(args.host, args.port) as listening:
        made = app.build([experts.section(page)], policy)
        address = run.address(args.host, listening.getsockname()[1], policy)
        print("每位专家用自己的链接；链接只打印这一次，按 Ctrl-C 停止。")
        _print_links(page, f"{address.rstrip('/')}{experts.ADDRESS}")
        print("", end="", flush=True)
        run.serve(made, listening)
    print("已停止。")


def links(page, args: argparse.Namespace) -> None:
    """Print new links; the old ones stay valid."""
    _print_links(page, args.address if args.address.endswith("/") else f"{args.address}/")


def export(page, args: argparse.Namespace) -> None:
    """Write the ratings that hold to a file."""
    from lexpro.experts import exports
    from lexpro.workflow.files import write_text

    if args.out is None or args.out.suffix.lower() not in (".csv", ".jsonl"):
        raise UserError("export wants --out FILE.jsonl or --out FILE.csv.")
    given = page.store.ratings(page.shown["id"])
    write = exports.to_csv if args.out.suffix.lower() == ".csv" else exports.to_json_lines
    write_text(args.out, write(given))
    print(f"{len(given)} ratings: {args.out}")


def take_over(page, args: argparse.Namespace) -> None:
    """Add the ratings of exports to the database."""
    from lexpro.experts import exports

    if not args.files:
        raise UserError("import wants --from FILE….")
    given = [rating for path in args.files for rating in exports.read(path)]
    owners = {row["id"]: row["expert"] for row in page.shown["showings"]}
    strange = [r for r in given if r.sheet != page.shown["id"] or owners.get(r.showing) != r.expert]
    if strange:
        raise UserError(
            f"{len(strange)} of {len(given)} ratings are not of sheet {page.shown['id']}: nothing was imported."
        )
    print(f"{page.store.take_over(given)} of {len(given)} ratings were new.")


ACTIONS = {"serve": serve, "links": links, "export": export, "import": take_over}


def run(args: argparse.Namespace) -> None:
    """Do it.

    Raises:
        UserError: there is no sheet, or a file cannot be read.
    """
    from lexpro.experts import sheet
    from lexpro.experts.page import Page
    from lexpro.experts.store import Store

    shown = sheet.read(args.sheet)
    page = Page(args.sheet, Store(args.store or Path(STORE.format(shown["id"]))))
    ACTIONS[args.action](page, args)
