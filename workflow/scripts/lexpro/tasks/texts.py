"""What a task shows of a judgment: its sections, and its facts without the answer."""

from __future__ import annotations

import re

from lexpro.config.tasks import Form
from lexpro.law import charges
from lexpro.law.numerals import NUMERAL
from lexpro.records import Judgment
from lexpro.tasks.form import clip

_CLAUSE = re.compile(r"[^，,。；;：:！？\n]*[，,。；;：:！？\n]?")
# Any charge as such (犯…罪, 涉嫌…罪), a cited article (三条 of cigarettes is none), a punishment
# asked for or once given: each would give an answer away.
_ANSWER = re.compile(
    r"(?:犯|涉嫌|构成|以)[^，,。；;]{2,30}(?<!犯)罪|"
    rf"第\s*{NUMERAL}\s*条|《[^》]*(?:刑法|解释|修正案)[^》]*》|"
    r"量刑建议|有期徒刑|无期徒刑|死刑|拘役|管制刑|罚金|缓刑|刑事处罚"
)


def section(text: str, judgment: Judgment, name: str) -> str:
    """One section of the document, stripped; "" where it has none.

    The facts of a judgment whose court states none of its own are those of the accusation.

    Args:
        text: the document.
        judgment: its record, with the places of its sections.
        name: of the section, one of `records.SECTIONS`.
    """
    start, end = judgment.sections.get(name, (0, 0))
    part = text[start:end].strip()
    return part or (section(text, judgment, "accusation") if name == "facts" else "")


def document(text: str, judgment: Judgment, form: Form) -> str:
    """The document as the elements are asked of it.

    It has the sections that the form names, or all of the text where none of them is there.

    Args:
        text: the document.
        judgment: its record, with the places of its sections.
        form: names the sections; `facts_chars` is the longest that the facts may be, 0: whole.

    Returns:
        The sections that are there, joined by line ends.
    """
    limits = {"facts": form.facts_chars}
    parts = [clip(section(text, judgment, name), limits.get(name, 0)) for name in form.sections]
    return "\n".join(part for part in parts if part) or text.strip()


def facts(text: str, judgment: Judgment, limit: int = 0) -> tuple[str, int]:
    """The facts of a judgment without its answer.

    A clause is left out where it names a charge, cites an article, or states a punishment. Words
    for the conduct itself (盗窃手机) stay: they are the facts.

    Args:
        text: the document.
        judgment: its record, whose sections are offsets into `text`.
        limit: characters of the facts that are kept; 0 for all.

    Returns:
        The facts, and the number of clauses left out.
    """
    clauses = [clause for clause in _CLAUSE.findall(section(text, judgment, "facts")) if clause]
    kept = [c for c in clauses if not _ANSWER.search(c) and not charges.find(c)]
    body = "".join(kept).strip(" ，,；;：:\n")
    return clip(body, limit), len(clauses) - len(kept)
