"""The files of an index: checked against their hashes, and read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from lexpro import hashing
from lexpro.config.index import Settings
from lexpro.law import courts
from lexpro.retrieval import dense
from lexpro.retrieval.bm25 import BM25
from lexpro.retrieval.lexical import LexicalRetriever, Precedent
from lexpro.retrieval.ranker import RANKER, Ranker
from lexpro.statutes import table
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json
from lexpro.workflow.stage import MANIFEST

CARD, EMBEDDER = "index.json", "embedder"


@dataclass(frozen=True, slots=True)
class IndexFiles:
    """Everything of an index but the models and the database.

    `card` is index.json, `articles` and `cases` are the rows of the two tables, `vectors` has those
    of both ([rows, dimension] float32), `ranker` is None where none was learned.
    """

    card: dict
    settings: Settings
    articles: list[dict]
    cases: list[dict]
    lexical: LexicalRetriever
    vectors: dict[str, np.ndarray]
    ranker: Ranker | None


def read(index: Path) -> IndexFiles:
    """Check and read the files of an index.

    Raises:
        UserError: the folder is no index, or is damaged.
    """
    if not (index / CARD).is_file():
        raise UserError(
            f"{index} is not an index: no {CARD}. Run the index stage, or give its results folder."
        )
    try:
        _check(index)
        return _read(index)
    except (OSError, ValueError, KeyError, EOFError, PolarsError) as error:
        raise UserError(f"{index} is damaged ({error}). Run the index stage again.") from error


def _check(index: Path) -> None:
    """Compare the files with the hashes in the manifest, where there is one.

    The database has hashes of its own. The embedder is compared when it is loaded, so that it is
    not read twice.
    """
    manifest = index / MANIFEST
    embedder = dense.parts(index / EMBEDDER)
    for name, digest in read_json(manifest)["files"].items() if manifest.is_file() else ():
        if not (index / name).is_file():
            raise UserError(f"{index} is damaged: {name} is missing. Run the index stage again.")
        if index / name not in embedder and hashing.sha256(index / name) != digest:
            raise UserError(f"{index} is damaged: {name} is not what was written. Run the index stage again.")


def _read(index: Path) -> IndexFiles:
    card = read_json(index / CARD)
    articles = table.read(index / "articles.parquet")
    cases = pl.read_parquet(index / "cases.parquet").to_dicts()
    precedents = [
        Precedent("", case["facts"], case["refs"], courts.key(case["court"], case["province"]))
        for case in cases
    ]
    terms = {name: BM25.load(index / "bm25" / name) for name in ("articles", "cases")}
    settings = Settings.model_validate(card["settings"])
    return IndexFiles(
        card=card,
        settings=settings,
        articles=articles,
        cases=cases,
        lexical=LexicalRetriever(articles, precedents, terms["articles"], terms["cases"]),
        vectors={name: np.load(index / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in terms},
        ranker=Ranker.load(index / RANKER) if settings.ranker else None,
    )
