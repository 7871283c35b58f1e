"""What the workbench has of an experiment: its knowledge, its index, its model; loaded once.

The server answers while they load. Loading begins in the background, one after the other; a page
that needs one that is not there yet says so and comes again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from lexpro.asking import finished
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json

if TYPE_CHECKING:
    from lexpro.asking.answering import Model
    from lexpro.retrieval import cite
    from lexpro.serve.shared import SharedSearcher
    from lexpro.statutes.lookup import Law

log = logging.getLogger(__name__)
T = TypeVar("T")


class NotReady(Exception):
    """A part is still being loaded; `name` says which, in Chinese."""

    def __init__(self, name: str):
        super().__init__(name)
        self.name = name


class Part(Generic[T]):
    """Something that takes seconds to load.

    Args:
        name: in Chinese, for the page.
        load: gives it.
    """

    def __init__(self, name: str, load: Callable[[], T]):
        self.name, self._load = name, load
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._value: T | None = None
        self.error: UserError | None = None

    def fill(self) -> None:
        """Load it, where nobody has yet."""
        with self._lock:
            if not self._done.is_set():
                try:
                    self._value = self._load()
                except UserError as error:
                    self.error = error
                except (OSError, ValueError, LookupError, TypeError, RuntimeError) as error:
                    self.error = UserError(f"{self.name}: {type(error).__name__}. Run snakemake again.")
                self._done.set()

    @property
    def ready(self) -> bool:
        """Whether it was loaded, or cannot be."""
        return self._done.is_set()

    def get(self, wait: bool = False) -> T:
        """The part.

        Args:
            wait: until it is loaded.

        Raises:
            NotReady: it is being loaded.
            UserError: it cannot be.
        """
        if wait:
            self.fill()
        if not self._done.is_set():
            raise NotReady(self.name)
        if self.error:
            raise self.error
        return self._value  # type: ignore[return-value]


@dataclass
class Knowledge:
    """The files of a knowledge base, as docs/knowledge.md has them."""

    law: Law
    charges: dict[str, list[str]]
    tiers: dict[str, list[dict]]
    links: dict[str, dict]
    thresholds: list[dict]
    guideline: dict
    rows: list[dict] = field(default_factory=list)

    @cached_property
    def by_law(self) -> dict[str, list[dict]]:
        """The rows of each law, by its plain name: a check needs those of a few laws only."""
        from lexpro.statutes.lookup import plain

        names = {law: plain(law) for law in {row["law"] for row in self.rows}}
        found: dict[str, list[dict]] = {}
        for row in self.rows:
            found.setdefault(names[row["law"]], []).append(row)
        return found

    def check(
        self, cited: Sequence[tuple[str, str]], shown: Collection[str] | None, date: str | None
    ) -> list[cite.Checked]:
        """Check citations over the articles of the cited laws (`lexpro.retrieval.cite.check`).

        Args:
            cited: (law, ref) of each citation.
            shown: refs of 刑法 that the model was shown; None: no citation is marked as not shown.
            date: the day asked about, ISO; None for today.

        Returns:
            One for each citation, in order.
        """
        from lexpro.retrieval import cite
        from lexpro.statutes.lookup import plain

        names = dict.fromkeys(plain(law) for law, _ in cited)
        rows = [row for name in names for row in self.by_law.get(name, ())]
        return cite.check(cited, rows, shown, date)

    @property
    def dated(self) -> bool:
        """Whether the articles have dates: those of statutes do, the built-in ones do not."""
        return any(row["valid_from"] for row in self.rows)


def read_knowledge(folder: Path) -> Knowledge:
    """The knowledge base in a folder.

    Raises:
        UserError: it is none.
    """
    from lexpro.statutes import table
    from lexpro.statutes.lookup import Law

    if not (folder / "articles.parquet").is_file():
        raise UserError(f"{folder} is no knowledge base: no articles.parquet. Run snakemake again.")
    files = {
        name: read_json(folder / f"{name}.json")
        for name in ("charges", "tiers", "links", "thresholds", "guideline")
    }
    return Knowledge(Law.from_run(folder), rows=table.read(folder / "articles.parquet"), **files)


class Workbench:
    """A finished experiment, opened for reading.

    Args:
        name: of the experiment.
        variant: the model that answers: base, sft or grpo.
        knowledge: folder of another knowledge base than the experiment's.

    Raises:
        UserError: the experiment has not run.
    """

    def __init__(self, name: str, variant: str = "grpo", knowledge: Path | None = None):
        self.name, self.variant = name, variant
        self.plan, self.summary = finished.predictions(name, variant)
        self.knowledge: Part[Knowledge] = Part(
            "法律知识库", lambda: read_knowledge(knowledge or Path(self.plan["inputs"]["knowledge"]))
        )
        self.searcher: Part[SharedSearcher] = Part("检索索引", self._search)
        self.model: Part[Model] = Part("模型", self._load_model)

    def _search(self) -> SharedSearcher:
        from lexpro.serve.shared import SharedSearcher

        return SharedSearcher(self.plan["inputs"]["index"])

    def _load_model(self) -> Model:
        from lexpro.asking import answering

        return answering.load(self.plan)

    @property
    def parts(self) -> tuple[Part[Any], ...]:
        """What is loaded in the background, in this order."""
        return self.knowledge, self.searcher

    def start(self) -> None:
        """Begin to load in the background."""
        threading.Thread(target=self._fill, name="lexpro-load", daemon=True).start()

    def _fill(self) -> None:
        for part in self.parts:
            part.fill()
            if part.error:
                log.warning("%s", part.error)

    def close(self) -> None:
        """Give back what was opened."""
        if self.searcher.ready and not self.searcher.error:
            self.searcher.get().close()

    @property
    def synthetic(self) -> bool:
        """Whether the model learnt from a synthetic corpus."""
        return bool(self.summary.get("corpus", {}).get("synthetic"))
