"""Benchmarks that ask the project's own tasks of judgments: elements, charge, article, term.

A row of such a benchmark is a row of heldout.jsonl, wherever it comes from; its prompt has the form
of training.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from lexpro.config import benchmark as config
from lexpro.config.tasks import Form
from lexpro.evaluation.items import WITH_STATUTES, Retrieval
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.tasks import prompts
from lexpro.tasks.context import Context
from lexpro.workflow.errors import UserError


@dataclass(frozen=True)
class Judgments:
    """A benchmark of judgments.

    Attributes:
        rows: (folder of the tasks stage, settings of the benchmark) → its rows, in drawn order.
    """

    rows: Callable[[Path, config.PinnedJudgments | None], Iterable[dict]]

    def asked_items(self, tasks: Path, settings: config.Judgments, retrieval: bool) -> list[dict]:
        """The rows that are asked: the first of each task, in drawn order.

        Args:
            tasks: folder of the tasks stage.
            settings: of the benchmark; `tasks` names what is asked, `limit` is the most rows of
                each task (0: all).
            retrieval: whether statutes are looked up; then only the tasks of `WITH_STATUTES` are
                asked.

        Returns:
            Rows of the form of heldout.jsonl.

        Raises:
            UserError: none is left.
        """
        wanted = [task for task in settings.tasks if not retrieval or task in WITH_STATUTES]
        taken = dict.fromkeys(wanted, 0)
        chosen = []
        for row in self.rows(tasks, settings):
            task = row["task"]
            if task in taken and (not settings.limit or taken[task] < settings.limit):
                taken[task] += 1
                chosen.append(row)
        if not chosen:
            raise UserError(
                f"{tasks} has no item of the tasks {', '.join(wanted) or '(none)'} for this benchmark: see "
                "config/benchmark."
            )
        return chosen

    def prompt(self, item: dict, form: Form, retrieval: Retrieval | None) -> tuple[str, list[str]]:
        """The prompt of an item, in the form of training.

        Args:
            item: a row of `asked_items`; `date`, `court` and `province` are read for the retrieval
                only.
            form: the form of prompts that the models were trained with.
            retrieval: looks up statutes as they read on the item's date, and what its court usually
                cites; None for a run without retrieval.

        Returns:
            (the prompt, refs of the statutes that it shows or names, each once). The refs are empty
            without retrieval.
        """
        if retrieval is None:
            return prompts.build(item["task"], item["input"], form), []
        articles = retrieval.articles(item["input"], item["date"], CRIMINAL_LAW)
        usual = retrieval.court_citations(item["input"], item["court"], item["province"])
        context = Context(articles, usual, retrieval.decisions(item["input"]))
        return prompts.build(item["task"], item["input"], form, context), prompts.refs(context, form)
