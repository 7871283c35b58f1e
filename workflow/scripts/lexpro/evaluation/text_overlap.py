"""How much two Chinese texts have in common: ROUGE-L of two packages, F1 of characters.

Sources: rouge-chinese 1.0.3 (LawBench), rouge 1.0.1 (LexEval), the CAIL 2021 reading comprehension
scorer (LawBench 2-5, 2-6, 2-10).
"""

from __future__ import annotations

import logging
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import jieba
from rapidfuzz.distance import LCSseq
from rouge_chinese import Rouge

jieba.setLogLevel(logging.WARNING)

# Chinese punctuation as these scorers share it, in their order; each adds some. 。 《 〈 and 〉 are
# not in it.
CJK_MARKS = (
    "！？｡＂＃＄％＆＇（）＊＋，－／：；＜＝＞＠［＼］＾＿｀｛｜｝～｟｠｢｣､、"
    "〃》「」『』【】〔〕〖〗〘〙〚〛〜〝〞〟"
)

# What the packages add to a denominator: a text compared with itself has 0.999999995.
_TINY = 1e-8
_SENTENCES = Rouge()


def f1(right: float, stated: float, true: float) -> float:
    """F1 of counts.

    Args:
        right: how many are stated and true, at most each of the others; shares of one are allowed.
        stated: how many are stated.
        true: how many are true.

    Returns:
        From 0 to 1; 0 where nothing is right.
    """
    if not right:
        return 0.0
    precision, recall = right / stated, right / true
    return 2 * precision * recall / (precision + recall)


def set_f1(stated: set, true: set) -> float:
    """F1 of two sets."""
    return f1(len(stated & true), len(stated), len(true))


# Characters up to which the words of a text are kept: all references, and not a book in each row.
_KEPT = 4000


def _words(text: str) -> list[str]:
    """The words that rouge-chinese compares: jieba's, sentence by sentence.

    无内容 for an empty text.
    """
    return _kept_words(text) if len(text) <= _KEPT else _cut(text)


@lru_cache(maxsize=8192)
def _kept_words(text: str) -> list[str]:
    return _cut(text)


def _cut(text: str) -> list[str]:
    cut = " ".join(jieba.cut(text))
    cut = cut if cut.strip() else "无内容"
    sentences = [" ".join(part.split()) for part in _SENTENCES.cut_sent(cut) if part]
    return [word for sentence in sentences for word in sentence.split(" ")]


def rouge_l(prediction: str, reference: str) -> float:
    """ROUGE-L F of rouge-chinese on jieba's words."""
    stated, true = _words(prediction), _words(reference)
    if not stated or not true:
        return 0.0
    common = LCSseq.similarity(stated, true)
    precision, recall = common / len(stated), common / len(true)
    return 2.0 * (precision * recall / (precision + recall + _TINY))


def _letters(text: str) -> Counter[str]:
    return Counter(c for c in text.lower() if c.isdigit() or c.isalpha())


def character_f1(prediction: str, reference: str) -> float:
    """F1 of the letters and digits in any order; two texts without any are alike."""
    stated, true = _letters(prediction), _letters(reference)
    if not stated or not true:
        return float(stated == true)
    return f1((stated & true).total(), stated.total(), true.total())


def plain(text: str) -> str:
    """A text as it is compared here: NFKC, lower case, only letters and digits."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def lcs_f1(prediction: str, reference: str) -> float:
    """F1 of the longest common subsequence of characters of two `plain` texts.

    Two empty ones are alike.
    """
    stated, true = plain(prediction), plain(reference)
    if not stated or not true:
        return float(stated == true)
    return f1(LCSseq.similarity(stated, true), len(stated), len(true))


_LEXEVAL_MARKS = frozenset(string.punctuation + CJK_MARKS + "。〰〾〿–—‘’‛“”„‟…‧﹏")
# Above so many calls of itself the recursion of rouge 1.0.1 is cut off by Python, and LexEval
# scores 0.
_RECURSIONS = 985


def lexeval_words(text: str) -> list[str]:
    """Words (jieba's) of a text without punctuation and blanks (《 and a few others are kept)."""
    kept = "".join(c for c in text.lower() if c not in _LEXEVAL_MARKS)
    return " ".join(jieba.cut("".join(kept.split()))).split()


def _table(true: Sequence[str], stated: Sequence[str]) -> list[list[int]]:
    table = [[0] * (len(stated) + 1)]
    for word in true:
        above, row = table[-1], [0]
        for j, other in enumerate(stated):
            row.append(above[j] + 1 if word == other else max(above[j + 1], row[j]))
        table.append(row)
    return table


def distinct_rouge_l(prediction: str, reference: str) -> float:
    """ROUGE-L F of rouge 1.0.1, which counts distinct words.

    0 for an empty text and for one too long for it.
    """
    stated, true = lexeval_words(prediction), lexeval_words(reference)
    if not stated or not true:
        return 0.0
    table = _table(true, stated)
    i, j, common, steps = len(true), len(stated), set(), 0
    while i and j:
        steps += 1
        if true[i - 1] == stated[j - 1]:
            common.add(true[i - 1])
            i, j = i - 1, j - 1
        elif table[i - 1][j] > table[i][j - 1]:
            i -= 1
        else:
            j -= 1
    if steps > _RECURSIONS:
        return 0.0
    precision, recall = len(common) / len(set(stated)), len(common) / len(set(true))
    return 2.0 * (precision * recall / (precision + recall + _TINY))
