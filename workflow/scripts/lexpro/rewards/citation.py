"""Reward of citations: what is cited exists on that day, and stands in what was retrieved.

It grades the articles of the answer and those of the Criminal Law that the thought cites in full
(《刑法》第…条). It says nothing about whether they are the right ones: that is `article.f1`. So a
constant can have most of it; it keeps a model from inventing articles and is weighed lightly.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from lexpro.law import articles
from lexpro.rewards.completion import Completion, text_of
from lexpro.rewards.format import well_formed
from lexpro.statutes import table
from lexpro.tasks import answers

Spans = dict[str, list[tuple[int, int]]]


@cache
def existing(knowledge: str) -> Spans:
    """The days [from, to) on which each article of the Criminal Law exists, by its ref.

    Args:
        knowledge: path of a folder of the stage of that name; read once a process.

    Raises:
        UserError: the table is not of this version of the stage.
    """
    rows = table.read(Path(knowledge) / "articles.parquet")
    spans_of: Spans = {}
    for row, span in zip(rows, table.spans(rows), strict=True):
        if row["law"] == articles.CRIMINAL_LAW:
            spans_of.setdefault(row["ref"], []).append(span)
    return spans_of


def exists(ref: object, known: Spans, date: str | None) -> bool:
    """Whether there is an article `ref` on an ISO date; without a date, at any time.

    Args:
        ref: as an answer has it; what is no ref of the Criminal Law does not exist.
        known: days of each article, as `existing` gives them.
        date: ISO; None or "" where it is not known.
    """
    spans = known.get(str(ref), [])
    if not date:
        return bool(spans)
    day = table.as_number(date, 0)
    return any(begin <= day < end for begin, end in spans)


def cited(completion: str, gold: dict) -> list:
    """The refs of the answer to the task `article` and of the thought, each once.

    None where the form is wrong: what is no answer cites nothing, not even the articles that the
    instruction names as examples.
    """
    if not well_formed(completion, gold):
        return []
    thought, answer, _ = answers.split_think(completion)
    cited = articles.parse(thought or "")
    own = [article.ref for article in cited if article.law == articles.CRIMINAL_LAW]
    stated = (answers.parse("article", answer) or {"法条": []})["法条"]
    return list(dict.fromkeys([*stated, *own]))


def supported(
    completions: Sequence[Completion],
    task: Sequence[str],
    gold: Sequence[str],
    shown: Sequence[Sequence[str]] | None = None,
    date: Sequence[str | None] | None = None,
    knowledge: str = "",
    **_: object,
) -> list[float | None]:
    """Share in [0, 1] of the cited articles that exist and, in retrieval mode, are shown.

    0 where none is cited. An article that was not shown but is right counts as supported: retrieval
    may miss what the model knows.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each.
        gold: the true answer of each, as JSON.
        shown: refs in each prompt; empty without retrieval.
        date: day of each act, ISO.
        knowledge: path of a folder of the stage of that name; "" to check no existence.

    Returns:
        A value for each answer; None where the task is not `article` or there is nothing to grade
        by.

    Raises:
        ValueError: the batch is not of one length.
    """
    known = existing(str(knowledge)) if knowledge else None
    lists = [()] * len(completions) if shown is None else shown
    days = [None] * len(completions) if date is None else date
    scores: list[float | None] = []
    for completion, name, truth, refs, day in zip(completions, task, gold, lists, days, strict=True):
        if name != "article" or not (refs or known):
            scores.append(None)
            continue
        true = json.loads(truth)
        right = {*refs, *true["法条"]}
        stated = cited(text_of(completion), true)
        good = [
            ref for ref in stated if (known is None or exists(ref, known, day)) and (not refs or ref in right)
        ]
        scores.append(len(good) / len(stated) if stated else 0.0)
    return scores
