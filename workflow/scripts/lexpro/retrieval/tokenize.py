"""Terms of a text for BM25: Chinese character bigrams, or words."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import cache

# Runs of Chinese characters, or of Latin letters and digits; everything else separates.
_RUN = re.compile(r"[㐀-鿿豈-﫿]+|[a-z0-9]+")


def bigrams(text: str) -> list[str]:
    """Overlapping pairs within each run of Chinese characters; a lone one stays.

    Latin words and numbers are one term each.
    """
    terms = []
    for run in _RUN.findall(text.lower()):
        if run.isascii() or len(run) == 1:
            terms.append(run)
        else:
            terms += [run[i : i + 2] for i in range(len(run) - 1)]
    return terms


@cache
def _jieba():
    import jieba

    # It reports on standard error that it reads its dictionary.
    jieba.setLogLevel(logging.WARNING)
    return jieba


def words(text: str) -> list[str]:
    """All tokens of jieba that are not blank, punctuation included, as in JuDGE's published row."""
    return [token for token in _jieba().cut(text) if not token.isspace()]


TOKENIZERS: dict[str, Callable[[str], list[str]]] = {"bigrams": bigrams, "words": words}
