"""The ranker made to answer: the linear model that a language model is held against.

It names every charge, or article, of which at least a share of such cases is said to have it, and
the punishment that most of them have, of its usual length. That share is the one of the best micro
F1 on a fifth of the training cases, asked of a ranker that has learned from the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lexpro.config.index import Ranker as Settings
from lexpro.hashing import draw
from lexpro.retrieval.cases import Case
from lexpro.retrieval.ranker import Ranker
from lexpro.tasks.form import clip

# Of the index: task → share.
FILE = "linear.json"
TASKS = ("charge", "article")
# Shares that are tried; training cases that are asked (share).
TRIED = np.arange(0.05, 0.85, 0.025)
ASKED = 0.2


def answer(ranker: Ranker, task: str, facts: str, least: float) -> list[str]:
    """What at least a share of such cases has, or else the likeliest one; the likeliest first.

    Args:
        ranker: what it was learned by.
        task: one of `TASKS`.
        facts: what happened.
        least: that share.
    """
    said = ranker.shares(facts, task)
    return [name for name, share in said.items() if share >= least] or list(said)[:1]


def sentence(ranker: Ranker, facts: str) -> dict[str, str | int | None]:
    """The main punishment that most of such cases have, of its usual length, as an answer.

    Args:
        ranker: what it was learned by.
        facts: what happened.
    """
    usual = ranker.decisions(facts).sentences
    return {"刑种": usual[0].kind, "刑期": usual[0].months} if usual else {"刑种": "", "刑期": None}


def choose(
    cases: Sequence[Case],
    family_of: Mapping[str, str],
    articles: Sequence[dict],
    settings: Settings,
    longest: int = 0,
) -> dict[str, float]:
    """The share of the best micro F1 of each task, on training cases only.

    Args:
        cases: the training cases.
        family_of: doc_id → the case that the document is of; a case is asked or learned from whole.
        articles: rows of articles.parquet.
        settings: of the ranker.
        longest: characters of the facts that prompts show; 0 for all.

    Returns:
        Task → share; 0.5 where there is no case to ask.
    """
    asked, known = [], []
    for case in cases:
        held = draw(settings.seed, "linear", family_of[case.doc_id]) < ASKED
        (asked if held else known).append(case)
    ranker = Ranker.learn(known, articles, settings)
    counts = {task: np.zeros((len(TRIED), 3)) for task in TASKS}
    for case in asked:
        facts = clip(case.facts, longest)
        for task, true in zip(TASKS, (case.charges, case.refs), strict=True):
            if true:
                counts[task] += _counts(ranker.shares(facts, task), {*true})
    return {
        task: float(TRIED[(2 * right / np.maximum(stated + true, 1)).argmax()]) if true.any() else 0.5
        for task, (right, stated, true) in ((task, table.T) for task, table in counts.items())
    }


def _counts(said: dict[str, float], true: set[str]) -> np.ndarray:
    """(right, stated, true) at each share of `TRIED`."""
    own = np.array([said.get(name, 0.0) for name in true])
    every = np.fromiter(said.values(), float)
    right, stated = ((values >= TRIED[:, None]).sum(axis=1) for values in (own, every))
    return np.stack([right, stated, np.full(len(TRIED), len(true))], axis=1)
