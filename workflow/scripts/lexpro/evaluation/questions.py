"""Public benchmarks: questions with a reference, from the data sets of the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lexpro import datasets
from lexpro.config.benchmark import Asked, PinnedAsked, PinnedJudgments, PinnedQuestions
from lexpro.config.tasks import Form
from lexpro.evaluation.items import Item, Retrieval
from lexpro.tasks import listing, prompts
from lexpro.workflow.errors import UserError

CACHE = datasets.CACHE
# Examples in the prompt → name of the data set in the settings.
SHOTS = ("zero_shot", "one_shot")
# Characters of a question that statutes are searched by.
QUERY = 2000


# Settings of a benchmark with the hashes of its data sets.
Pinned = PinnedAsked | PinnedQuestions | PinnedJudgments


def data(settings: Pinned, shots: int) -> Path:
    """The file or folder with the items of a benchmark that show so many examples (0 or 1).

    Raises:
        UserError: it is not at hand, or not what was planned with.
    """
    name = settings.data[SHOTS[shots]]
    return datasets.resolve(datasets.find(name), CACHE, settings.sha256.get(name, ""))


def label(number: str, shots: int) -> str:
    """The name of a task among scores: 3-4, or 3-4/one_shot.

    `all` where the benchmark is one task.
    """
    return (number or "all") + (f"/{SHOTS[shots]}" if shots else "")


def wanted(settings: Asked, retrieval: bool) -> list[str]:
    """The tasks that are asked; with retrieval, those for which statutes are of use."""
    numbers = settings.tasks or list(settings.expect)
    return [number for number in numbers if not retrieval or number in settings.statutes]


@dataclass(frozen=True)
class Questions:
    """A public benchmark.

    Attributes:
        items: (file or folder, number of a task) → its items.
    """

    items: Callable[[Path, str], list[Item]]

    def tasks(
        self, settings: PinnedAsked | PinnedQuestions, retrieval: bool
    ) -> Iterator[tuple[str, str, list[Item]]]:
        """(number, name among scores, items) of every task that is asked."""
        for shots in settings.shots:
            folder = data(settings, shots)
            for number in wanted(settings, retrieval):
                yield number, label(number, shots), self.items(folder, number.replace("all", ""))

    def asked_items(self, tasks: Path, settings: PinnedAsked, retrieval: bool) -> list[dict]:
        """The first items of each task, as they stand in the data set.

        Args:
            tasks: folder of the tasks stage; not read here, since the items are those of a data
                set.
            settings: of the benchmark; `limit` is the most items of each task (0: all).
            retrieval: whether statutes are looked up; then only the tasks of `statutes` are asked.

        Returns:
            Rows {id, task, item, law}: `task` is the name among scores, `item` the `Item`, `law`
            the one that statutes are searched in (None: every law).

        Raises:
            UserError: no task is asked with retrieval, or a data set is not at hand.
        """
        chosen = [
            {"id": f"{name}:{item.id}", "task": name, "item": item, "law": settings.statutes.get(number)}
            for number, name, items in self.tasks(settings, retrieval)
            for item in items[: settings.limit or None]
        ]
        if not chosen:
            raise UserError(
                "no task of this benchmark is asked with retrieval: see `statutes` in config/benchmark."
            )
        return chosen

    def prompt(self, row: dict, form: Form, retrieval: Retrieval | None) -> tuple[str, list[str]]:
        """The prompt of the benchmark, behind the statutes that were found.

        Args:
            row: a row of `asked_items`.
            form: its limits say how many statutes are shown, and how much of each.
            retrieval: looks up the statutes in force today by the last `QUERY` characters of the
                question; None for a run without retrieval.

        Returns:
            (the prompt, refs of the statutes that it shows). The refs are empty without retrieval.
        """
        item = row["item"]
        if retrieval is None:
            return item.prompt, []
        # Models of a listing of numbers have to read these statutes, too: nobody has ranked them.
        form = form.model_copy(update={"listing": "texts", "least_tenths": 0})
        shown = prompts.shown(retrieval.articles((item.text or item.prompt)[-QUERY:], None, row["law"]), form)
        listed = [listing.line(article) for article in shown]
        return "\n".join(["法条：", *(listed or ["无"]), item.prompt]), [article["ref"] for article in shown]
