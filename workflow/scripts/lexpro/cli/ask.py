"""Ask an experiment about the facts of a case.

lexpro ask --experiment demo "被告人张某甲窃得他人手机一部，价值3000元。"
lexpro ask --experiment demo --facts facts.txt --task term --province 湖北

Prints articles, similar cases, and the model's answer with its citations checked.
"""

from __future__ import annotations

import argparse
import datetime
import logging
from pathlib import Path

from lexpro.law import charges, provinces
from lexpro.workflow.cli_files import read_text
from lexpro.workflow.errors import UserError

# What the model can be asked, in the words of the output.
TASKS = {"charge": "罪名", "article": "法条", "term": "刑期"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("question", nargs="?", help="the facts (事实) of a case")
    parser.add_argument("--facts", type=Path, help="a UTF-8 text file with the facts")
    parser.add_argument("--experiment", default="demo", help="an experiment that was run (default: demo)")
    parser.add_argument(
        "--task", choices=TASKS, default="article", help="what the model is asked (default: article)"
    )
    parser.add_argument(
        "--variant", choices=("base", "sft", "grpo"), default="grpo", help="the model (default: grpo)"
    )
    parser.add_argument("--date", help="the day to answer for, as 2017-06-28 (default: today)")
    parser.add_argument(
        "--law", help="only articles of this law, as 刑法 (the model is shown these only anyway)"
    )
    parser.add_argument("--province", help="only similar cases of this province, as 湖北")
    parser.add_argument(
        "--court", help="the court that decides: what it usually cites is shown, and told the model"
    )
    parser.add_argument("--charge", help="only similar cases with this charge, as 盗窃罪")
    parser.add_argument(
        "-k", type=int, default=5, help="articles to show, and to give the model (default: 5)"
    )
    parser.add_argument("--cases", type=int, default=3, help="similar cases to show (default: 3)")
    parser.add_argument("--no-model", action="store_true", help="retrieve only")


def check(args: argparse.Namespace) -> None:
    """Bring `args.date` and `args.charge` into their one form.

    Raises:
        UserError: an option cannot be; the message names it.
    """
    if args.k < 1 or args.cases < 0:
        raise UserError("-k must be 1 or more, --cases 0 or more.")
    if args.date:
        try:
            args.date = datetime.date.fromisoformat(args.date).isoformat()
        except ValueError as error:
            raise UserError(f"--date {args.date}: not a day as 2017-06-28.") from error
    if args.charge:
        charge = charges.canonical(args.charge)
        if not charge:
            raise UserError(f"--charge {args.charge}: no crime of the Criminal Law. Write it as 盗窃罪.")
        args.charge = charge
    if args.province and args.province not in provinces.PROVINCES:
        raise UserError(f"--province {args.province}: none of {'、'.join(provinces.PROVINCES)}.")


def facts_of(args: argparse.Namespace) -> str:
    """The facts from the command line or the file.

    Raises:
        UserError: none, both, empty, or a file that cannot be read.
    """
    if (args.question is None) == (args.facts is None):
        raise UserError("give the facts either as text or with --facts FILE.")
    text = args.question if args.facts is None else read_text(args.facts, "--facts")
    if not text.strip():
        raise UserError("the facts are empty.")
    return text.strip()


def run(args: argparse.Namespace) -> None:
    """Print what is retrieved and what the model answers.

    Raises:
        UserError: an option cannot be, or the experiment has not run.
    """
    check(args)
    facts = facts_of(args)
    # Minutes of imports begin only after the arguments are right.
    from lexpro.cli import ask_case

    logging.basicConfig(level=logging.WARNING)
    ask_case.ask(args, facts, TASKS[args.task])
