"""What `predict` wants of a benchmark: its items and their prompts. How they are scored is
elsewhere, so that a change of a scorer asks no model again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lexpro.config.tasks import Form

# The extraction of elements is asked of the document itself: statutes add nothing to it.
WITH_STATUTES = ("charge", "article", "term")


@dataclass(frozen=True, slots=True)
class Item:
    """One question. `prompt` is what was asked, `gold` the reference as the benchmark writes it,
    `text` the part of the prompt that is this question's own ("": all of it).
    """

    id: str
    prompt: str
    gold: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a run with retrieval may look up.

    `articles`: (text, date or None, law or None for any) → statutes. `court_citations`: (facts,
    name of the court, its province) → refs that it usually cites, or None.
    """

    articles: Callable[[str, str | None, str | None], list[dict]]
    court_citations: Callable[[str, str, str], list[str] | None] = lambda facts, court, province: None


class Source(Protocol):
    """`SOURCE` of a module of this package. `settings` are those of config/benchmark, `tasks` the
    folder of the tasks stage; what is asked are dicts with at least id and task.
    """

    def asked(self, tasks: Path, settings: dict, retrieval: bool) -> list[dict]: ...

    def prompt(self, item: dict, form: Form, retrieval: Retrieval | None) -> tuple[str, list[str]]: ...
