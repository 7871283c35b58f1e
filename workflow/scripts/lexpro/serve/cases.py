"""类案: similar cases with why, filters, a comparison side by side, export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lexpro.law import charges, courts, money
from lexpro.law.provinces import PROVINCES
from lexpro.records import COURT_LEVELS, TIMED_KINDS
from lexpro.retrieval import similar
from lexpro.retrieval.scope import CaseScope
from lexpro.serve import elements
from lexpro.serve.documents import Document
from lexpro.serve.errors import Refused

if TYPE_CHECKING:
    from lexpro.retrieval.search import Searcher

# Cases that a page shows, and those that are compared at once.
SHOWN, COMPARED = 20, 3
SHARED = {"charges": "罪名", "circumstances": "情节", "amounts": "金额相近", "terms": "用语"}
HEAD = [
    "编号", "省份", "法院", "日期", "罪名", "刑种", "刑期（月）", "情节", "涉案金额（元）", "法条", "相似之处", "事实",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody asked for; "" for any."""

    province: str = ""
    charge: str = ""
    since: str = ""
    until: str = ""
    level: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filter:
        """From the address.

        Raises:
            Refused: a value cannot be; the sentence says which.
        """
        given = {
            name: query.get(name, "").strip() for name in ("province", "charge", "since", "until", "level")
        }
        if given["province"] and given["province"] not in PROVINCES:
            raise Refused("没有这个省份。请从列表里选。")
        if given["level"] and given["level"] not in COURT_LEVELS:
            raise Refused("没有这个法院层级。请从列表里选。")
        if given["charge"]:
            canonical = charges.canonical(given["charge"])
            if not canonical:
                raise Refused("刑法没有这个罪名。请写成“盗窃罪”的样子，或者从列表里选。")
            given["charge"] = canonical
        for name in ("since", "until"):
            if given[name] and not (
                given[name].isascii() and given[name].isdigit() and len(given[name]) == 4
            ):
                raise Refused("年份读不出来。请写成 2019 的样子，或者留空。")
        return cls(**given)

    @property
    def scope(self) -> CaseScope | None:
        """As the index takes it; None for all."""
        until = f"{int(self.until) + 1}-01-01" if self.until else None
        since = f"{self.since}-01-01" if self.since else None
        values = (self.province or None, self.charge or None, None, since, until, self.level or None)
        return CaseScope(*values) if any(values) else None


def term(case: Mapping) -> str:
    """有期徒刑 20个月."""
    months = f" {case['months']}个月" if case["months"] is not None else ""
    return f"{case['sentence'] or '—'}{months}"


def reasons(why: Mapping) -> list[str]:
    """What a case shares with the facts, in words."""
    said = {**why, "amounts": [" 与 ".join(f"{one:,.15g}元" for one in why.get("amounts", []))]}
    return [f"{name}：{'、'.join(said[key])}" for key, name in SHARED.items() if any(said.get(key, []))]


def find(document: Document, searcher: Searcher, wanted: Filter, most: int = SHOWN) -> list[dict]:
    """The most similar cases that a filter leaves.

    Args:
        document: the document at hand; its facts are compared.
        searcher: the index.
        wanted: the filter.
        most: how many cases at most.

    Returns:
        Rows of `Searcher.cases`, most similar first, each with `reasons` (what it shares with the
        facts, in Chinese) and `level` of its court.
    """
    found = searcher.cases(document.facts, most, wanted.scope)
    return [
        {**case, "reasons": reasons(case["why"]), "level": courts.level(case["court"] or "")}
        for case in found
    ]


def this(document: Document) -> dict:
    """The case at hand as a column of the comparison."""
    record = document.record
    people = record.defendants
    told = [name for person in people for name in person.circumstances] or similar.told(document.facts)
    sentences = [
        f"{person.name}：{person.sentence.kind}"
        + (f" {person.sentence.months}个月" if person.sentence.months is not None else "")
        + (f"，缓刑{person.probation_months}个月" if person.probation_months else "")
        for person in people
        if person.sentence
    ]
    return {
        "title": "本案",
        "罪名": "、".join(dict.fromkeys(name for person in people for name in person.charges)),
        "情节": "、".join(dict.fromkeys(told)),
        "金额": record.amount or max(money.yuan(document.facts), default=0),
        "结果": "；".join(sentences),
        "法条": "、".join(dict.fromkeys(a.ref for a in record.articles if a.law == "刑法")),
        "事实": document.facts,
    }


def columns(document: Document, searcher: Searcher, ids: list[str]) -> list[dict]:
    """The case at hand and others side by side.

    Args:
        document: the case at hand.
        searcher: the index that has the others.
        ids: doc_id of the others; the first `COMPARED` count, each once.

    Returns:
        The columns of the comparison, {title, 罪名, 情节, 金额, 结果, 法条, 事实}; the case at hand
        is the first.

    Raises:
        Refused: there is no such case.
    """
    by_id = {case["doc_id"]: case for case in searcher.case_rows}
    found = [this(document)]
    for id_ in dict.fromkeys(ids[:COMPARED]):
        case = by_id.get(id_)
        if case is None:
            raise Refused("索引里没有这个案件。请回到类案列表重新选择。", 404)
        found.append(
            {
                "title": f"{case['court'] or case['province']} {case['date']}",
                "罪名": "、".join(case["charges"]),
                "情节": "、".join(case["circumstances"]),
                "金额": case["amount"],
                "结果": term(case),
                "法条": "、".join(case["refs"]),
                "事实": case["facts"],
            }
        )
    return found


def as_csv(cases: list[dict]) -> str:
    """The cases as a table."""
    rows = [
        [
            case["doc_id"],
            case["province"],
            case["court"],
            case["date"],
            "、".join(case["charges"]),
            case["sentence"],
            "" if case["months"] is None else case["months"],
            "、".join(case["circumstances"]),
            case["amount"],
            "、".join(case["refs"]),
            "；".join(case["reasons"]),
            case["facts"],
        ]
        for case in cases
    ]
    return elements.to_csv(rows, HEAD)


def options(searcher: Searcher) -> dict[str, list[str]]:
    """What the filters offer: provinces and charges that the index has, and levels."""
    provinces = {case["province"] for case in searcher.case_rows}
    named = {charge for case in searcher.case_rows for charge in case["charges"]}
    return {
        "province": [name for name in PROVINCES if name in provinces],
        "charge": [name for name in charges.names() if name in named],
        "level": list(COURT_LEVELS),
    }


def timed(cases: list[dict]) -> list[int]:
    """The months of the cases with a term of imprisonment, detention or control."""
    return [
        case["months"] for case in cases if case["sentence"] in TIMED_KINDS and case["months"] is not None
    ]
