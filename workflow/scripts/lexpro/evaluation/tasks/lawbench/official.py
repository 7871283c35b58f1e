"""The official scorers of LawBench @ e30981b (evaluation/), with all they get wrong.

Each is a pure function of item and prediction; README.md lists their defects. Of a
longer run of digits the first hundred count here, of one of Chinese numerals the first thousand:
the original needs hours for it, or fails.
"""

from __future__ import annotations

import math
import re
import warnings
from collections import Counter
from collections.abc import Callable
from functools import lru_cache, partial

import cn2an

from lexpro.evaluation.scorers import SKIPPED, Item, ItemScore, Scorer, points
from lexpro.evaluation.tasks.lawbench import edits as lawbench_edits
from lexpro.evaluation.tasks.lawbench.align import Tables
from lexpro.evaluation.tasks.lawbench.labels import labels
from lexpro.evaluation.text_overlap import character_f1, rouge_l, set_f1

# The distance of an answer that has no term, and the scale of all: months between 0 and 18 years.
_FARTHEST = math.log(216)


def _named(text: str, names: tuple[str, ...] | str) -> set[str]:
    """The names that occur anywhere in a text, also inside longer words."""
    return {name for name in names if name in text}


def _choice(names: tuple[str, ...] | str, cut: slice, item: Item, text: str) -> ItemScore:
    """Right where the gold label is the only one that occurs."""
    named = _named(text, names)
    return points(named == {item.gold[cut]}, abstained=not named)


def _dispute(item: Item, text: str) -> ItemScore:
    return SKIPPED if item.gold[7:-1] == "赔偿" else _choice(labels("disputes"), slice(7, -1), item, text)


def _labels(
    names: Callable[[], tuple[str, ...]], true: Callable[[str], set[str]], item: Item, text: str
) -> ItemScore:
    """F1 of the labels that occur."""
    named = _named(text, names())
    return points(set_f1(named, true(item.gold)), abstained=not named)


def _rouge(item: Item, text: str, prefix: str = "") -> ItemScore:
    return points(rouge_l(text, item.gold.replace(prefix, "") if prefix else item.gold))


def _reading(item: Item, text: str) -> ItemScore:
    return points(character_f1(text, item.gold.replace("回答:", "")))


def _entities(text: str) -> dict[str, str]:
    """Type → what follows its last mention with a colon, up to a blank or the end of the line."""
    values = {}
    for name in labels("entities"):
        for match in re.finditer(name, text):
            end = match.end()
            if end < len(text) - 2 and text[end] in ":：":
                value = re.split("\n| ", text[end + 1 :].strip())[0].strip()
                if value not in ("无", "未提及"):
                    values[name] = value
    return values


def _extraction(item: Item, text: str) -> ItemScore:
    stated = _entities(text)
    true = dict(part.split(":")[:2] for part in item.gold.split(";")) if item.gold.strip() else {}
    if not true:
        return points(not stated)
    return points(
        _soft_f1([character_f1(stated[n], true[n]) for n in stated.keys() & true], len(stated), len(true))
    )


def _soft_f1(shares: list[float], stated: int, true: int) -> float:
    precision = sum(shares) / stated if stated else 0.0
    recall = sum(shares) / true if true else 0.0
    return 2 * precision * recall / (precision + recall + 1e-10)


def _triggers(item: Item, text: str) -> ItemScore:
    stated, true = text.split(";"), item.gold.split(";")
    shares = [character_f1(b, a) for a, b in zip(true, stated, strict=False)]
    return points(_soft_f1(shares, len(stated), len(true)))


_DIGITS = re.compile(r"(\d{100})\d+")
_NUMERALS = re.compile(
    r"([零一二三四五六七八九十百千万亿廿两半点]{1000})[零一二三四五六七八九十百千万亿廿两半点]+"
)


@lru_cache(maxsize=8192)
def _arabic(text: str) -> str:
    """Chinese numerals in a text written as digits, by cn2an."""
    with warnings.catch_warnings():
        # It warns of every 万 that is no number.
        warnings.simplefilter("ignore")
        return cn2an.transform(_NUMERALS.sub(r"\1", _DIGITS.sub(r"\1", text)), "cn2an")


def _article_numbers(text: str) -> set[int]:
    cited = set()
    for chunk in text.split("、"):
        chunk = re.sub(r"第(.*?)款", "", chunk.replace("万元", "元"))
        numbers = re.findall(r"\d+", _arabic(re.sub(r"第(.*?)条", r"\1", chunk)))
        if numbers:
            cited.add(int(numbers[0]))
    return cited


def _articles(item: Item, text: str) -> ItemScore:
    true = {int(n) for n in item.gold.replace("法条:刑法第", "").replace("条", "").split("、")}
    cited = _article_numbers(text)
    return points(set_f1(cited, true), abstained=not cited)


def months(text: str) -> int | None:
    """The months that 3-4 and 3-5 read.

    The first N个月, else the first N月, else twelve times the first N年.
    """
    text = _arabic(text)
    for pattern, size in ((r"(\d+)个月", 1), (r"(\d+)月", 1), (r"(\d+)年", 12)):
        match = re.search(pattern, text)
        if match:
            return int(match[1]) * size
    return None


def _term(item: Item, text: str) -> ItemScore:
    if "死刑" in item.gold or "无期" in item.gold:
        return SKIPPED
    true, stated = int(item.gold.replace("刑期:", "").replace("个月", "")), months(text)
    distance = _FARTHEST if stated is None else abs(math.log(true + 1) - math.log(stated + 1))
    return points((_FARTHEST - distance) / _FARTHEST, abstained=stated is None)


def _amount(item: Item, text: str) -> ItemScore:
    true = float(item.gold.replace("上文涉及到的犯罪金额:", "").replace("元。", ""))
    stated = [float(number) for number in re.findall(r"\d+\.?\d*", text)]
    return points(true in stated, abstained=not stated)


def _after(prefix: int, end: int | None, separator: str) -> Callable[[str], set[str]]:
    return lambda gold: set(gold[prefix:end].split(separator))


# Task → score of a prediction. 2-1 needs tables and is made by `proofreading_scorer`.
ITEM_SCORERS: dict[str, Callable[[Item, str], ItemScore]] = {
    "1-1": partial(_rouge, prefix="答案:"),
    "1-2": partial(_choice, "ABCD", slice(5, 6)),
    "2-2": _dispute,
    "2-3": partial(_labels, partial(labels, "marriage"), _after(3, -1, "、")),
    "2-4": lambda item, text: _choice(labels("topics"), slice(None), item, text),
    "2-5": _reading,
    "2-6": _extraction,
    "2-7": _rouge,
    "2-8": partial(_choice, "ABCDE", slice(6, 7)),
    "2-9": partial(_labels, partial(labels, "events"), _after(0, None, ";")),
    "2-10": _triggers,
    "3-1": _articles,
    "3-2": _rouge,
    "3-3": partial(
        _labels, partial(labels, "charges"), lambda gold: set(gold.replace("罪名:", "").split(";"))
    ),
    "3-4": _term,
    "3-5": _term,
    "3-6": partial(_choice, "ABCD", slice(5, 6)),
    "3-7": _amount,
    "3-8": _rouge,
}


def proofreading_scorer(tables: Callable[[], Tables]) -> Scorer:
    """The scorer of 2-1: (right, wrong, missed) edits of the sentence that follows 句子：.

    Args:
        tables: called when the first prediction is scored.

    Returns:
        A scorer that raises ValueError on an item whose prompt has no such sentence.
    """

    @lru_cache(maxsize=4096)
    def edits(source: str, target: str) -> Counter[lawbench_edits.Edit]:
        return lawbench_edits.annotate(source, target, tables())

    def score(item: Item, text: str) -> ItemScore:
        if "句子：\n" not in item.prompt:
            raise ValueError("its prompt has no 句子：, behind which the sentence stands")
        source = item.prompt.partition("句子：\n")[2].split("\n")[0]
        source, stated, true = (re.sub(r"\n|\t", "", part) for part in (source, text, item.gold))
        # Longer answers are cut off, so that the length of the reference helps.
        if len(stated) - len(item.gold) > 5:
            stated = stated[: len(item.gold) + 5]
        counts = lawbench_edits.compare(edits(source, stated or lawbench_edits.EMPTY), edits(source, true))
        return ItemScore(tuple(map(float, counts)))

    return Scorer(score, {"score": lawbench_edits.f_half})
