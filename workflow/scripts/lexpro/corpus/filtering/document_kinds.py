"""What kind of document it is (裁判文书的种类), and what was done in it.

A judgment of first instance that convicts somebody is kept; each other kind has a reason of its
own.
"""

from __future__ import annotations

import re

from lexpro.corpus.parsing.sections import plain
from lexpro.records import ACQUITTED, Judgment

# What a number says: 刑核 and 刑复 review a death sentence, 刑更 and 刑执 change what is served.
_OF_NUMBER = (
    ("review", re.compile(r"刑[一二三四五]?(?:核|复)|死刑?复")),
    ("commutation", re.compile(r"刑更|刑?减|刑执字?减|假释|假字")),
    ("compulsory_treatment", re.compile(r"刑医|医强|强医")),
    ("execution", re.compile(r"执")),
)
# What is decided, in the words of the operative part, of documents that sentence nobody.
_OF_OPERATIVE = (
    ("review", re.compile(r"(?:核准|同意|不核准)[^。；]{0,80}(?:死刑|死缓|法定刑以下|假释)")),
    ("compulsory_treatment", re.compile(r"强制医疗")),
    ("commutation", re.compile(r"减去|减为|予以减刑|不予减刑|予以假释|不予假释|准予假释|刑期.{0,6}减")),
    (
        "withdrawal",
        re.compile(
            r"(?:准许|准予|同意|不准许?)[^。；]{0,60}撤(?:回|诉)|按(?:自动)?撤(?:回|诉)[^。；]{0,6}处理"
        ),
    ),
    ("release", re.compile(r"特赦|予以释放|立即释放|当庭释放")),
    ("execution", re.compile(r"(?:终结|中止|恢复|暂予监外)[^。；]{0,30}执行|收监执行")),
)
_BY_TYPE = (
    ("mediation", "调解书"),
    ("notice", "通知书"),
    ("decision", "决定书"),
    ("ruling", "裁定书"),
)
_RULES = re.compile(r"(?P<word>裁定|决定)如下")
_CONVICTS = re.compile(r"犯[^，。；]{2,60}罪")
_BLANKS = re.compile(r"\s+")


def operative(judgment: Judgment, text: str) -> str:
    """The operative part of a document, without layout; "" where it has none."""
    start, end = judgment.sections.get("judgment", (0, 0))
    return _BLANKS.sub("", plain(text[start:end]))


def _named(judgment: Judgment, decided: str) -> str:
    """What the document calls itself, by its type or else by the words of its decision."""
    ruled = _RULES.match(decided)
    if ruled and ruled["word"] == "裁定":
        return "ruling"
    kind = judgment.document_type or ""
    found = next((name for name, word in _BY_TYPE if kind.endswith(word)), "")
    return found or ("decision" if ruled and not kind else "")


def of(judgment: Judgment, text: str) -> str | None:
    """Why a document of a criminal case is no conviction, in one word; None where it is one."""
    decided = operative(judgment, text)
    if judgment.defendants and all(
        one.sentence is not None and one.sentence.kind == ACQUITTED for one in judgment.defendants
    ):
        return "acquittal"
    named = _named(judgment, decided)
    number = judgment.case_number or ""
    by_number = next((reason for reason, words in _OF_NUMBER if words.search(number)), None)
    if not named and (by_number is None or "初" in number):
        if decided and not _CONVICTS.search(decided):
            return next((reason for reason, words in _OF_OPERATIVE if words.search(decided)), None)
        return None
    return (
        by_number
        or next((reason for reason, words in _OF_OPERATIVE if words.search(decided)), None)
        or named
        or None
    )
