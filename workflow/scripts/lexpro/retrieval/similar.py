"""Why a case is like the facts that were asked about, in terms that a reader can check."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lexpro.law import circumstances, money
from lexpro.retrieval.bm25 import BM25
from lexpro.retrieval.tokenize import TOKENIZERS, bigrams

# Amounts within this factor of each other are alike.
NEAR = 2.0
_SENTENCE = re.compile(r"[^。；]+")


def told(facts: str) -> list[str]:
    """The circumstances (情节) that facts tell, in order."""
    names = (name for match in _SENTENCE.finditer(facts) for name, _ in circumstances.find(match[0]))
    return list(dict.fromkeys(names))


def amount(facts: str) -> float:
    """The largest sum of money that facts name, in yuan; 0 where they name none."""
    return float(max(money.yuan(facts), default=0))


def shared_terms(query: str, text: str, index: BM25, most: int = 5) -> list[str]:
    """The terms that query and text share, those of the highest idf first.

    Bigrams that follow one another in the query are joined to the words that they make up.

    Args:
        query: the facts asked about.
        text: the facts of a case.
        index: its tokenizer and idf are used.
        most: how many terms.
    """
    tokenize = TOKENIZERS[index.tokenizer]
    both = set(tokenize(query)) & set(tokenize(text))
    weights: dict[str, float] = {}
    spelt, worth = "", 0.0
    for term in [*tokenize(query), ""]:
        follows = tokenize is bigrams and len(term) == 2 and not term.isascii() and spelt[-1:] == term[:1]
        if term in both and follows:
            spelt, worth = spelt + term[1], worth + index.idf(term)
            continue
        if len(spelt) > 1:
            weights[spelt] = max(weights.get(spelt, 0.0), worth)
        spelt, worth = (term, index.idf(term)) if term in both else ("", 0.0)
    return sorted(weights, key=lambda term: -weights[term])[:most]


def explain(facts: str, case: dict, charges: Sequence[str], index: BM25) -> dict[str, object]:
    """What a case shares with facts.

    Args:
        facts: what was asked about.
        case: a row of cases.parquet.
        charges: those predicted for the facts.
        index: BM25 over the cases.

    Returns:
        charges, circumstances, amounts (both in yuan, where they are of the same order), terms.
        What is not shared is left out.
    """
    mine = amount(facts)
    near = bool(mine and case["amount"]) and 1 / NEAR <= case["amount"] / mine <= NEAR
    both = {
        "charges": [charge for charge in case["charges"] if charge in charges],
        "circumstances": [name for name in told(facts) if name in case["circumstances"]],
        "amounts": [mine, case["amount"]] if near else [],
        "terms": shared_terms(facts, case["facts"], index),
    }
    return {name: shared for name, shared in both.items() if shared}
