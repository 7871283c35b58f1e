"""Accept a change of a stage's code without a rerun, where it cannot alter the result.

lexpro accept --stage grpo --reason "a variable has another name"
lexpro accept --stage score --key heldout-sft-none-1f2e3d4c --reason "…"
lexpro accept --stage grpo --dry-run         show what would be accepted

The finished runs of the last plan keep their results; only the report is made again, which shows
who accepted what, when, at which commit and why. A later change runs the stage again.
"""

from __future__ import annotations

import argparse

from lexpro.workflow.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("--stage", required=True, nargs="+", help="stages whose code has changed")
    parser.add_argument("--key", help="the only run that is meant (default: all of the last plan)")
    parser.add_argument("--reason", help="why the change cannot alter the result")
    parser.add_argument("--dry-run", action="store_true", help="show what would be accepted, accept nothing")


def run(args: argparse.Namespace) -> None:
    """Print what is accepted, module by module, and accept it.

    Raises:
        UserError: there is nothing to accept, or no reason is given.
    """
    from lexpro.dag import accept

    if not args.dry_run and not (args.reason or "").strip():
        raise UserError("--reason is missing: say why the change cannot alter the result.")
    acceptances = accept.pending(args.stage, args.key)
    print("\n".join(line for one in acceptances for line in one.lines()))
    if args.dry_run:
        print("dry run: nothing is accepted")
        return
    accept.write(acceptances, args.reason)
    print("accepted; run snakemake to bring the report up to date")
