"""What all commands share: the parser, and how a command ends.

Exit statuses: 0 done; 1 a fault of the program (with its traceback), or a check that did not pass;
2 what the user can mend, in one line on standard error; 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import NoReturn

from lexpro.workflow.errors import UserError

INTERRUPTED, BROKEN_PIPE = 130, 141


class Parser(argparse.ArgumentParser):
    """A parser that reports wrong arguments in one line and exits with status 2."""

    def __init__(self, prog: str, description: str | None = None):
        super().__init__(prog, description=description, formatter_class=argparse.RawTextHelpFormatter)

    def error(self, message: str) -> NoReturn:
        """Exit with status 2.

        Args:
            message: what is wrong with the arguments.
        """
        self.exit(2, f"{self.prog}: {message} (see {self.prog} --help)\n")


@contextmanager
def exits(prog: str) -> Iterator[None]:
    """Turn what the user can mend into one line on standard error and an exit status.

    Args:
        prog: name of the command, which begins the line.

    Raises:
        SystemExit: instead of `UserError` (2), Ctrl-C (130) and a closed pipe (141).
    """
    try:
        yield
    except UserError as error:
        print(f"{prog}: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print(f"{prog}: interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # `| head` has closed the output: Python's own flush at exit must not fail a second time.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(BROKEN_PIPE)


def parser(module: ModuleType, prog: str) -> Parser:
    """The parser of a command.

    Args:
        module: a module of this package with `add_arguments(parser)` and `run(args)`.
        prog: name of the command in its help and its errors.
    """
    made = Parser(prog, module.__doc__)
    module.add_arguments(made)
    return made


def run(module: ModuleType, prog: str, argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        module: as of `parser`.
        prog: as of `parser`.
        argv: its arguments, without its name; None takes those of the process.

    Returns:
        The exit status.
    """
    with exits(prog):
        return module.run(parser(module, prog).parse_args(argv)) or 0
