"""Charges that the reasoning finds, and those of the operative part in its words.

An operative part may leave a charge out (被告人张某判处…) or misspell it (故意毁坏财物易罪). The
reasoning has it in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher

from lexpro.corpus.parsing.sections import plain
from lexpro.law import charges
from lexpro.records import ACQUITTED, Defendant

# A crime that the reasoning finds: what it is said to be, or to be punished as.
_FOUND = re.compile(r"(?:构成|触犯|犯|以|成立|系)[^，。；]{0,40}$")
_ACCUSED = re.compile(r"指控[^，。；]{0,40}$")
# What others say that it is (构成猥亵儿童罪的意见).
_CLAIMED = re.compile(r"[^，。；]{0,6}(?:意见|辩解|观点|主张|理由)")
_REMARK = re.compile(r"\s+|（(?!边）)[^（）]{0,20}）")
# 毒品 that was masked as if it were a name.
_MASKED = re.compile("毒某(?=罪)")
# How much of a misspelt charge must be right.
_LIKE = 0.75


def _found(text: str) -> Iterator[tuple[str, str, bool]]:
    """(charge, its words, whether it is said to be committed) of a passage."""
    tight = _MASKED.sub("毒品", _REMARK.sub("", plain(text)))
    for name, start, end in charges.find(tight):
        near = max(0, start - 44)
        said = bool(_FOUND.search(tight, near, start)) and not (
            _ACCUSED.search(tight, near, start) or _CLAIMED.match(tight, end)
        )
        yield name, tight[start:end], said


def charges_in(text: str) -> dict[str, bool]:
    """Charge → whether it is said to be committed (构成…罪), of a passage."""
    found: dict[str, bool] = {}
    for name, _, said in _found(text):
        found[name] = found.get(name, False) or said
    return found


def settle(defendants: list[Defendant], reasoning: str) -> None:
    """Give charges that the operative part leaves out or misspells as the reasoning has them.

    Left out: where the reasoning finds one crime only. Misspelt: where one that it finds, and that
    nobody is sentenced for otherwise, is nearly the same.
    """
    odd = [
        charge for defendant in defendants for charge in defendant.charges if not charges.canonical(charge)
    ]
    bare = [
        defendant
        for defendant in defendants
        if not defendant.charges and defendant.sentence and defendant.sentence.kind != ACQUITTED
    ]
    if not odd and not bare:
        return
    found = [(name, words) for name, words, said in _found(reasoning) if said]
    for charge in dict.fromkeys(odd):
        like = {name for name, words in found if _alike(charge, words)}
        if len(like) == 1:
            for defendant in defendants:
                _rename(defendant, charge, *like)
    names = list(dict.fromkeys(name for name, _ in found))
    if len(names) == 1:
        for defendant in bare:
            defendant.charges = list(names)
            defendant.terms = [replace(term, charge=names[0]) for term in defendant.terms]


def _alike(charge: str, words: str) -> bool:
    """Whether a charge is another's words, misspelt or in another order (环境污染罪)."""
    return SequenceMatcher(None, charge, words).ratio() >= _LIKE or sorted(charge) == sorted(words)


def _rename(defendant: Defendant, charge: str, name: str) -> None:
    renamed = [name if one == charge else one for one in defendant.charges]
    defendant.charges = list(dict.fromkeys(renamed))
    defendant.terms = [
        replace(term, charge=name) if term.charge == charge else term for term in defendant.terms
    ]
