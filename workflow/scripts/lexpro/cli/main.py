"""LexPro's commands: `lexpro COMMAND …`.

A command is a module of this package, `lexpro/cli/<command>.py`, with `add_arguments(parser)` and
`run(args)`. Only the module of the command that runs is imported, and it imports at its top only
what its arguments need, so that help and completion come at once.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib import metadata

from lexpro.cli import command

# Command → what it does: the first line of the docstring of its module.
COMMANDS = {
    "accept": "Accept a change of a stage's code without a rerun, where it cannot alter the result.",
    "article": "Show an article of a law as it reads on a day.",
    "ask": "Ask an experiment about the facts of a case.",
    "bundle": "Pack LexPro for a machine without a network: checkout, wheels, data, models, hashes.",
    "census": "Make the page of a corpus: what was kept, what was left out, and why.",
    "completion": "Print the script that completes this command in a shell.",
    "estimate": "Estimate what a training takes: memory, GPUs, tokens, hours, sbatch lines.",
    "gates": "Check every reward on gold answers and on uninformed baselines.",
    "publish": "Publish finished reports under the names of their experiments.",
    "ratings": "Have legal experts rate a sheet, and move their ratings.",
    "rescore": "Score anyone's outputs of a public benchmark, by its official scorer and by ours.",
    "schema": "Make the reference page and the JSON schemas of config/ from the schemas of the stages.",
    "serve": "Open the workbench of an experiment in a browser: 办案工作台, on this machine.",
}


def module(name: str):
    """The module of a command."""
    return importlib.import_module(f"lexpro.cli.{name}")


def parser() -> command.Parser:
    """The parser of `lexpro` itself: its help lists the commands."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:{width}}{text}" for name, text in COMMANDS.items()]
    epilog = "commands:\n" + "\n".join(lines) + "\n\nlexpro COMMAND --help tells more of one."
    made = command.Parser("lexpro", "Tools of the LexPro workflow. Run them in its checkout.")
    made.epilog = epilog
    made.usage = "lexpro [--help] [--version] COMMAND …"
    made.add_argument("--version", action="store_true", help="show the version and exit")
    made.add_argument("command", nargs="?", choices=COMMANDS, metavar="COMMAND", help="one of those below")
    return made


def version() -> str:
    """The version of the installed package."""
    try:
        return metadata.version("lexpro")
    except metadata.PackageNotFoundError:
        return "not installed"


def main(argv: Sequence[str] | None = None) -> int:
    """Run `lexpro`.

    Args:
        argv: the arguments; None takes those of the process.

    Returns:
        The exit status (lexpro/cli/command.py).
    """
    argv = sys.argv[1:] if argv is None else argv
    if argv and argv[0] in COMMANDS:
        with command.exits(f"lexpro {argv[0]}"):
            return command.run(module(argv[0]), f"lexpro {argv[0]}", argv[1:])
    top = parser()
    args = top.parse_args(argv)
    if not args.version:
        top.error("which command?")
    print(f"lexpro {version()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
