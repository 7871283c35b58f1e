"""What an answer to JuDGE states: read as the corpus is, also without the formulas of a judgment.

Models leave out 判决如下, write another heading (判决结果：), give the verdict bare, only the
reasoning, or a list of fields. The parser of the corpus wants 本院认为 … 判决如下.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lexpro.corpus.parsing.structure import structure
from lexpro.law import money
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.records import Defendant, Term
from lexpro.tasks import targets
from lexpro.tasks.reading import crimes, penalties, said

_REASONING, _VERDICT = "本院认为", "判决如下："
_HEADING = re.compile(
    r"(?:判决结果|裁判结果|判决内容|判决主文|裁判主文|裁判如下|主文|判决部分|最终判决|判决)\s*(?:如下)?\s*[:：]\s*"
)
# The first clause of a verdict.
_CLAUSE = re.compile(
    r"(?:[一1][、.]\s*)?(?:被告人|被告)[^,，。;；:：\n犯]{1,20}(?:犯|以)[^,，。\n]{2,60}罪[,，]?\s*(?:，|,)?(?:判处|处)"
)
_FINE = re.compile(r"罚金(?:人民币)?\s*[:：为]?\s*")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a judgment says of the case.

    Attributes:
        charges: canonical names.
        refs: articles of 刑法.
        defendants: with sentence and fine.
    """

    charges: list[str]
    refs: list[str]
    defendants: list[Defendant]


def _forms(text: str) -> Iterator[str]:
    """The text as a judgment: as it is, then with the formulas that it lacks."""
    yield text
    for pattern in (_HEADING, _CLAUSE):
        if match := next(iter(pattern.finditer(text)), None):
            verdict = text[match.end() if pattern is _HEADING else match.start() :]
            before = text[: match.start()]
            opening = before if _REASONING in before else f"{_REASONING}，{before}"
            yield f"{opening}\n{_VERDICT}\n{verdict}"
    if _REASONING not in text and "判决如下" in text:
        yield f"{_REASONING}，{text}"


def _fields(text: str) -> list[Defendant]:
    """The one defendant of an answer that only lists what is asked."""
    sentence = penalties.term(text)
    fine = next(
        (
            sums[0]
            for match in _FINE.finditer(text)
            if (sums := money.yuan(text, match.end(), match.end() + 24))
        ),
        0,
    )
    if sentence is None and not fine:
        return []
    term = Term(sentence[0] or "有期徒刑", sentence[1] or None) if sentence else None
    return [Defendant("", sentence=term, fine=fine)]


@lru_cache(maxsize=2048)
def read(text: str, prompt: str = "") -> Stated:
    """What a document or an answer states.

    Args:
        text: the document.
        prompt: what was asked; a copy of it states nothing.
    """
    text = said.free_text(text, prompt)
    forms = [structure(form, "") for form in [text]] if text else []
    if text and not targets.charges(forms[0]):
        forms += [structure(form, "") for form in list(_forms(text))[1:]]
    judgment = next((form for form in forms if targets.charges(form)), None)
    refs = next((refs_of_form for form in forms if (refs_of_form := targets.refs(form))), None)
    if refs is None:
        cited = crimes.stated_articles(text)
        refs = list(dict.fromkeys(article.ref for article in cited if article.law == CRIMINAL_LAW))
    if judgment:
        return Stated(targets.charges(judgment), refs, judgment.defendants)
    return Stated(sorted(crimes.charge_names(text)), refs, _fields(text))
