"""Make the reference page and the JSON schemas of config/ from the schemas of the stages.

lexpro schema --write      write docs/configuration.md and config/schema/*.json
lexpro schema              show how these files differ from the schemas; exit status 1 if they do
"""

from __future__ import annotations

import argparse
from pathlib import Path

from lexpro.workflow.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("--write", action="store_true", help="write the files")


def run(args: argparse.Namespace) -> int:
    """Write the files, or print how they differ.

    Returns:
        1 where they differ, else 0.

    Raises:
        UserError: the working directory is no checkout.
    """
    from lexpro.config import reference

    if not Path("config/config.yaml").is_file():
        raise UserError("there is no config/config.yaml here: run this in the checkout.")
    if args.write:
        reference.write(Path())
        return 0
    difference = reference.differences(Path())
    print(difference, end="")
    return int(bool(difference))
