"""What an experiment says of the facts of a case: its index, and its model, citations checked."""

from __future__ import annotations

import argparse
from pathlib import Path

from lexpro.asking.answering import answer, citations
from lexpro.asking.finished import predictions
from lexpro.cli import ask_print
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cite
from lexpro.retrieval.scope import CaseScope
from lexpro.retrieval.search import Searcher
from lexpro.statutes.lookup import plain
from lexpro.tasks.context import Context
from lexpro.tasks.form import read_form
from lexpro.workflow.errors import UserError


def indexed_law(name: str | None, rows: list[dict]) -> str | None:
    """A law by the name that the index has for it.

    Raises:
        UserError: the index has none of that name.
    """
    if name is None:
        return None
    names = {plain(row["law"]): row["law"] for row in rows}
    if plain(name) not in names:
        raise UserError(f"--law {name}: the index of this experiment has none of that name.")
    return names[plain(name)]


def usual_articles(searcher: Searcher, plan: dict, args: argparse.Namespace, facts: str) -> list[str] | None:
    """Refs that the court of `--court` usually cites in such cases; None where that is not known.

    Args:
        searcher: the index of the experiment.
        plan: plan of the stage that made the predictions; the form of its prompts is read from its
            input `tasks`.
        args: the checked arguments of `lexpro ask`, with `court` and `experiment`.
        facts: the facts of the case.

    Returns:
        Refs of 刑法, most cited first, as of `Searcher.court_citations`; None where the court has
        too few cases, or is not known.

    Raises:
        UserError: the models were trained without this.
    """
    form = read_form(Path(plan["inputs"]["tasks"]))
    if not form.court_cases:
        raise UserError(f"--court: the models of {args.experiment} were not shown what courts usually cite.")
    return searcher.court_citations(facts, args.court, form.court_cases)


def ask(args: argparse.Namespace, facts: str, heading: str) -> None:
    """Print articles, charges and similar cases, and the model's answer.

    Args:
        args: the checked arguments of `lexpro ask`.
        facts: the facts of the case.
        heading: what the model is asked, in Chinese.

    Raises:
        UserError: the experiment has not run, or cannot do what an option asks.
    """
    plan, summary = predictions(args.experiment, args.variant)
    searcher = Searcher(plan["inputs"]["index"])
    law = indexed_law(args.law, searcher.article_rows)
    ask_print.articles(searcher.articles(facts, args.k, args.date, law, named=True))
    ask_print.named_articles(cite.check(cite.cited_in(facts), searcher.article_rows, None, args.date))
    ask_print.charges(searcher.charges(facts)[:3])
    ask_print.cases(searcher.cases(facts, args.cases, CaseScope(province=args.province, charge=args.charge)))
    usual = None
    if args.court:
        usual = usual_articles(searcher, plan, args, facts)
        ask_print.court_citations(args.court, usual)
    if not args.no_model:
        # Answers name articles by number alone: those of 刑法.
        shown = searcher.articles(facts, args.k, args.date, CRIMINAL_LAW, named=True)
        completion, refs = answer(plan, args.task, facts, Context(shown, usual, searcher.decisions(facts)))
        checked = cite.check(citations(args.task, completion), searcher.article_rows, set(refs), args.date)
        ask_print.heading(f"{heading}（{args.experiment}，{args.variant}）", summary["corpus"]["synthetic"])
        ask_print.answer(args.task, completion, checked)
    searcher.close()
