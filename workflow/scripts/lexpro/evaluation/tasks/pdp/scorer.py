"""PDP-Bench (lu-jun-yu/PDP @ 60cb2bd): decisions on prosecution, of four classes or of two.

The official score is that of eval/metrics.py: macro-F1 of the four decisions, read from the line
决定 below the last heading. The normalised one reads the decision in any wording, counts only
the classes that occur, and compares articles as `lexpro.law` reads them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import numpy as np

from lexpro.evaluation.items import Item
from lexpro.evaluation.references import by_id, items_of
from lexpro.evaluation.scorers import ItemScore, Scorer, Task, commonest
from lexpro.evaluation.tasks.pdp.items import LAWS, SOURCE
from lexpro.evaluation.text_overlap import set_f1
from lexpro.law import articles
from lexpro.stats import ratio

TASKS = ("",)
DECISIONS = ("起诉", "相对不起诉", "法定不起诉", "存疑不起诉")
_SECTION = re.compile(r"【适用法条】(.*?)(?=【审查分析】|【最终结论】|$)", re.S)
_CONCLUSION = re.compile(r"【最终结论】(.*?)$", re.S)
_DECISION = re.compile(r"决定[:：]\s*(.*?)(?:\n|$)")
_FEW = 20


def official_decision(text: str) -> str | None:
    """The decision of the original.

    Its line must hold one of the four words, and nothing but ** and 。 beside it.
    """
    section = _CONCLUSION.search(text)
    line = _DECISION.search(section[1]) if section else None
    if not line:
        return None
    label = line[1].strip().strip().replace("**", "")
    label = label[:-1].strip() if label.endswith("。") else label
    return label if label in DECISIONS else None


def official_articles(text: str) -> set[str]:
    """The articles as they are written, with the prefix of their law."""
    section = _SECTION.search(text)
    labels = set()
    for prefix, law in LAWS.items():
        line = re.search(rf"{law}[:：](.*?)(?:\n|$)", section[1]) if section else None
        parts = re.split("[、，,;；]", line[1].strip()) if line else []
        labels |= {f"{prefix}:{part.strip()}" for part in parts if part.strip()}
    return labels


def _behind(text: str) -> str:
    """What stands behind a thought, as the original cuts it."""
    return text.partition("</think>")[2].strip() if "</think>" in text else text.strip()


_WORD = re.compile(r"(相对|酌定|微罪|法定|绝对|存疑|证据不足)?(?:的)?(不(?:予)?起诉)|(起诉|提起公诉)")
_KIND = {"酌定": "相对", "微罪": "相对", "绝对": "法定", "证据不足": "存疑"}
_NOT_A_DECISION = re.compile(r"审查起诉|移送起诉|移送审查起诉|起诉意见书?|起诉书|起诉条件")


def decision(text: str) -> str | None:
    """The decision in any wording: what the last 决定 or 结论 states, else the only one in it.

    None where that is not clear, or the kind of a non-prosecution is not said.
    """
    text = _NOT_A_DECISION.sub("", text)
    _, head, after = max(
        (text.rpartition(word) for word in ("决定：", "决定:", "结论：", "结论:", "最终结论】")),
        key=lambda parts: len(parts[0]) if parts[1] else -1,
    )
    for part in (after, text) if head else (text,):
        labels = {
            "起诉" if plain else f"{_KIND.get(kind, kind)}不起诉" for kind, _, plain in _WORD.findall(part)
        }
        if len(labels) == 1:
            (label,) = labels
            return label if label in DECISIONS else None
    return None


def _article_set(text: str) -> set:
    return {
        (a.law, a.number, a.sub) for a in articles.parse(text.replace("刑事诉讼规则：", "《刑事诉讼规则》"))
    }


def _two(label: str | None) -> str | None:
    return label and ("起诉" if label == "起诉" else "不起诉")


def _classes(true: str | None, stated: str | None, names: tuple[str, ...]) -> list[float]:
    """Right, wrongly stated and missed, of each class in turn.

    Nothing where the truth is none of them.
    """
    if true is None:
        return [0.0] * (3 * len(names))
    return [
        float(value)
        for name in names
        for value in (true == stated == name, stated == name != true, true == name != stated)
    ]


_TWO = ("起诉", "不起诉")
_AT = 3 * len(DECISIONS)
_END = _AT + 3 * len(_TWO)
Read = tuple[Callable[[str], str | None], Callable[[str], set]]


def _score(read: Read, item: Item, text: str) -> ItemScore:
    label, cited = read
    true, stated, given, named = label(item.gold), label(text), cited(item.gold), cited(text)
    share = set_f1(named, given) if named or given else 1.0
    counts = [*_classes(true, stated, DECISIONS), *_classes(_two(true), _two(stated), _TWO), share, 1.0]
    return ItemScore(tuple(counts), abstained=stated is None)


def _micro(start: int, end: int, sums: np.ndarray) -> np.ndarray:
    right, wrong, missed = (sums[..., start + n : end : 3].sum(axis=-1) for n in range(3))
    return ratio(2 * right, 2 * right + wrong + missed, 0.0)


def _macro(start: int, end: int, present: bool, sums: np.ndarray) -> np.ndarray:
    """Mean F1 of the classes.

    Officially one that never occurs has 0; where only those `present` count, it does not.
    """
    right, wrong, missed = (sums[..., start + n : end : 3] for n in range(3))
    counted = right + wrong + missed > 0 if present else np.ones_like(right, dtype=bool)
    shares = ratio(2 * right, 2 * right + wrong + missed, 0.0)
    return ratio((shares * counted).sum(axis=-1), counted.sum(axis=-1), 0.0)


def _metrics(present: bool) -> dict:
    return {
        "score": partial(_macro, 0, _AT, present),
        "micro_f1": partial(_micro, 0, _AT),
        "two_macro_f1": partial(_macro, _AT, _END, present),
        "two_micro_f1": partial(_micro, _AT, _END),
        "article_f1": lambda sums: ratio(sums[..., -2], sums[..., -1], 0.0),
    }


_OFFICIAL: Read = (
    lambda text: official_decision(_behind(text)),
    lambda text: official_articles(_behind(text)),
)
_OURS: Read = (decision, _article_set)


def task(number: str = "") -> Task:
    """The one task; `number` is empty."""
    official, normalised = (
        Scorer(partial(_score, read), _metrics(present))
        for read, present in ((_OFFICIAL, False), (_OURS, True))
    )
    references = by_id("pdp_bench", SOURCE, "")
    return Task(
        "pdp",
        official,
        normalised,
        lambda items: commonest(items, _FEW),
        references,
        items=items_of("pdp_bench", SOURCE, ""),
    )
