"""CaseGen (CSHaitao/CaseGen @ 11a468d): the writing of a defence, facts, reasons and a judgment.

The official scores are those of eval/bleu_rouge_bert_eval.py, one text at a time: BLEU of each
length of words (NLTK's, smoothed by its fourth method) and the ROUGE-L of rouge-score, which sees
Latin letters and digits only. BERTScore and the marks of a hosted model are not computed. The
normalised score is the F1 of the longest common subsequence of characters.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

import jieba
import numpy as np
from rapidfuzz.distance import LCSseq

from lexpro.evaluation.items import Item
from lexpro.evaluation.references import by_id, items_of
from lexpro.evaluation.scorers import ItemScore, Scorer, Task, commonest, points
from lexpro.evaluation.tasks.casegen.items import SOURCE
from lexpro.evaluation.text_overlap import f1, lcs_f1, plain
from lexpro.tasks.reading import said

TASKS = ("defense", "fact", "reasoning", "judgement")
# Longest run of words that BLEU counts, and the constant of NLTK's fourth smoothing.
_LONGEST, _K = 4, 5
_FEW = 5


@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[str, ...]:
    return tuple(jieba.cut(text))


def _runs(words: Sequence[str], size: int) -> Counter:
    return Counter(zip(*(words[start:] for start in range(size)), strict=False))


def bleu(prediction: str, reference: str) -> tuple[float, ...]:
    """BLEU of the runs of one, two, three and four words, each alone.

    All are 0 where no word is shared.
    """
    stated, true = _words(prediction), _words(reference)
    shares, smoothed = [], 0
    for size in range(1, _LONGEST + 1):
        said, right = _runs(stated, size), _runs(true, size)
        common, all_said = (said & right).total(), max(1, said.total())
        if size == 1 and not common:
            return (0.0,) * _LONGEST
        # What no run shares becomes a little; in a text of one word NLTK leaves it out of its
        # product, which is then 1.
        smoothed += not common
        little = math.log(len(stated)) / (2**smoothed * _K) if len(stated) > 1 else float(all_said)
        shares.append((common or little) / all_said)
    brevity = 1.0 if len(stated) > len(true) else math.exp(1 - len(true) / len(stated))
    return tuple(brevity * share for share in shares)


def latin_rouge_l(prediction: str, reference: str) -> float:
    """ROUGE-L F of rouge-score: of the Latin words and numbers alone."""
    stated, true = (re.findall("[a-z0-9]+", text.lower()) for text in (prediction, reference))
    return f1(LCSseq.similarity(stated, true), len(stated), len(true))


def _official(item: Item, text: str) -> ItemScore:
    return ItemScore((*bleu(text, item.gold), latin_rouge_l(text, item.gold), 1.0))


def _share(column: int, sums: np.ndarray) -> np.ndarray:
    return sums[..., column] / sums[..., -1]


METRICS: dict[str, Callable] = {
    # One number of the four, ours: the script prints each item's.
    "score": lambda sums: sums[..., :_LONGEST].mean(axis=-1) / sums[..., -1],
    **{f"bleu_{size}": partial(_share, size - 1) for size in range(1, _LONGEST + 1)},
    "latin_rouge_l": partial(_share, _LONGEST),
}


def _text(item: Item, text: str) -> ItemScore:
    stated = said.free_text(text, item.prompt)
    return points(lcs_f1(stated, item.gold) if plain(stated) else 0.0, abstained=not plain(stated))


def task(number: str) -> Task:
    """`defense`, `fact`, `reasoning` or `judgement`."""
    return Task(
        f"casegen/{number}",
        Scorer(_official, METRICS),
        Scorer(_text),
        lambda items: commonest(items, _FEW),
        by_id("casegen", SOURCE, number),
        items=items_of("casegen", SOURCE, number),
    )
