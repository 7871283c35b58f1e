"""What `predict` wants of a benchmark: its items and their prompts.

How they are scored is elsewhere, so that a change of a scorer asks no model again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lexpro.config.tasks import Form
from lexpro.tasks.context import Decisions

# The extraction of elements is asked of the document itself: statutes add nothing to it.
WITH_STATUTES = ("charge", "article", "term")


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes:
        id: its name within the task.
        prompt: what is asked.
        gold: the reference as the benchmark writes it.
        text: the part of the prompt that is this question's own; empty where that is all of it.
    """

    id: str
    prompt: str
    gold: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a run with retrieval may look up.

    Attributes:
        articles: (text, date or None, law or None for any) → statutes.
        court_citations: (facts, name of the court, its province) → refs that it usually
            cites, or None.
        decisions: facts → what courts decide in such cases; None where no ranker knows it.
    """

    articles: Callable[[str, str | None, str | None], list[dict]]
    court_citations: Callable[[str, str, str], list[str] | None] = lambda facts, court, province: None
    decisions: Callable[[str], Decisions | None] = lambda facts: None


class Source(Protocol):
    """A benchmark as `predict` sees it: `SOURCE` of its module `items`."""

    def asked_items(self, tasks: Path, settings: Any, retrieval: bool) -> list[dict]:
        """What is asked.

        Args:
            tasks: folder of the tasks stage.
            settings: of the benchmark (`lexpro.config.benchmark`).
            retrieval: whether statutes are looked up.

        Returns:
            Rows with at least `id` and `task`.
        """
        ...

    def prompt(self, item: dict, form: Form, retrieval: Retrieval | None) -> tuple[str, list[str]]:
        """The prompt of a row.

        Args:
            item: a row of `asked_items`.
            form: the form of prompts that the models were trained with.
            retrieval: what may be looked up; None for a run without retrieval.

        Returns:
            (the prompt, refs of the statutes that it shows or names). The refs are empty without
            retrieval.
        """
        ...
