"""A judgment as a typed record: what `structure` makes of a text and every later stage reads.

Money is in yuan (an int where the amount is whole, else a float), terms are in whole months,
section offsets count characters of the document's text. `to_dict` and `from_dict` go to plain JSON
values and back without loss; `to_json` and `from_json` do so with text.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

import orjson

# In the order in which they stand in a judgment.
SECTIONS = ("header", "parties", "accusation", "facts", "evidence", "reasoning", "judgment", "ending")

# Not guilty, and a fine without any term: two results that are told apart everywhere.
ACQUITTED = "无罪"
ALONE = "单处罚金"

# Kinds of result, from light to severe: acquittal, and the punishments of Criminal Law, articles
# 33, 34, 37 and 48.
TERM_KINDS = (ACQUITTED, "免予刑事处罚", "单处罚金", "管制", "拘役", "有期徒刑", "无期徒刑", "死缓", "死刑")

# Kinds whose length is a number of months.
TIMED_KINDS = frozenset({"管制", "拘役", "有期徒刑"})

KINDS = ("criminal", "civil", "administrative", "enforcement", "other")
INSTANCES = ("first", "second", "retrial")
COURT_LEVELS = ("基层", "中级", "高级", "最高", "专门")
PROCEDURES = ("普通", "简易", "速裁")

Money = int | float


@dataclass(frozen=True, slots=True)
class Article:
    """A cited article (法条).

    第一百三十三条之一 of 刑法 is `Article("刑法", 133, 1)`.

    Attributes:
        law: short name of the law, as `lexpro.law.articles.law_name` gives it.
        number: number of the article (条).
        sub: X of 条之X; 0 where there is none.
        paragraph: 款, from 1; None where none is named.
        item: 项, from 1; None where none is named.
    """

    law: str
    number: int
    sub: int = 0
    paragraph: int | None = None
    item: int | None = None

    @property
    def ref(self) -> str:
        """`264`, or `133之1`: the article without its law, paragraph and item."""
        return f"{self.number}之{self.sub}" if self.sub else str(self.number)


@dataclass(frozen=True, slots=True)
class Term:
    """A main punishment (主刑), or what stands in for it.

    Attributes:
        kind: one of `TERM_KINDS`.
        months: length of `TIMED_KINDS` in whole months; None for other kinds, and where no length
            can be read (×××, or an upper bound is missing).
        charge: the charge that it is for; None where it is for several, or joint.
    """

    kind: str
    months: int | None = None
    charge: str | None = None


@dataclass(slots=True)
class Defendant:
    """One defendant (被告人) and what the judgment gives them.

    Attributes:
        name: as the document has it.
        charges: 罪名, canonical where they are known, else as written.
        terms: main punishments, one a charge where the judgment says so.
        sentence: what is to be served: the joint term (决定执行), or the only term.
        probation_months: 缓刑考验期; 0 for none.
        fine: 罚金 to be paid in all, in yuan.
        confiscation: confiscated property in yuan.
        confiscation_all: 没收个人全部财产.
        deprivation_months: 剥夺政治权利 in months.
        deprivation_life: 剥夺政治权利终身.
        restitution: 退赔, 退缴 that the defendant owes, alone or jointly (each of several owes the
            whole), in yuan.
        compensation: 附带民事赔偿, likewise.
        amount: 涉案金额 that the text gives for this defendant, or the case's where it names none
            of several, in yuan.
        amount_certain: of criminal cases, whether the reasoning of the court states such a sum
            (within 2 %), or there is none. Others are wrong more often (docs/data.md).
        circumstances: 量刑情节 that the court finds.
    """

    name: str
    charges: list[str] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    sentence: Term | None = None
    probation_months: int = 0
    fine: Money = 0
    confiscation: Money = 0
    confiscation_all: bool = False
    deprivation_months: int = 0
    deprivation_life: bool = False
    restitution: Money = 0
    compensation: Money = 0
    amount: Money = 0
    amount_certain: bool = False
    circumstances: list[str] = field(default_factory=list)

    @classmethod
    def from_dict(cls, data: dict) -> Defendant:
        """The inverse of `dataclasses.asdict`."""
        terms = [Term(**term) for term in data["terms"]]
        sentence = Term(**data["sentence"]) if data["sentence"] else None
        return cls(**{**data, "terms": terms, "sentence": sentence})


@dataclass(slots=True)
class Judgment:
    """A judgment (裁判文书); what the text does not give is None, 0 or empty.

    Attributes:
        doc_id: identifier, from where the document was found.
        case_number: 案号, its brackets full-width.
        court: 法院 as written, without spaces.
        court_level: one of `COURT_LEVELS`.
        province: short name of one of the 31 provinces: 湖北, 内蒙古.
        city: prefecture or municipality (地级市).
        date: day of the judgment, ISO: 2017-06-28.
        procedure: one of `PROCEDURES`.
        plea: whether the case was tried with leniency for pleading guilty and accepting punishment
            (认罪认罚).
        instance: one of `INSTANCES`.
        kind: kind of case, one of `KINDS`.
        document_type: as the document calls itself: 刑事判决书, 刑事附带民事判决书.
        sections: name in `SECTIONS` → [start, end) in characters of the text, in their order; only
            those that the document has.
        defendants: as the list of parties names them, else the operative part.
        articles: 法条 that the judgment is based on, of 刑法 and of other laws, in order, each
            once.
        restitution: 退赔, 退缴 of the case, in yuan.
        compensation: 附带民事赔偿 of the case, in yuan.
        amount: 涉案金额 of the case, in yuan.
    """

    doc_id: str
    case_number: str | None = None
    court: str | None = None
    court_level: str | None = None
    province: str | None = None
    city: str | None = None
    date: str | None = None
    procedure: str | None = None
    plea: bool = False
    instance: str | None = None
    kind: str = "other"
    document_type: str | None = None
    sections: dict[str, tuple[int, int]] = field(default_factory=dict)
    defendants: list[Defendant] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    restitution: Money = 0
    compensation: Money = 0
    amount: Money = 0

    def to_dict(self) -> dict:
        """Plain JSON values (offsets as two-element lists)."""
        data = asdict(self)
        data["sections"] = {name: list(span) for name, span in self.sections.items()}
        return data

    def to_json(self) -> str:
        """`to_dict` as JSON without spaces."""
        try:
            return orjson.dumps(self).decode()
        except TypeError:
            # A number of more than 64 bits: nobody's fine, but what the text says.
            return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Judgment:
        """The inverse of `to_json`; whole numbers of more than 64 bits come back as floats."""
        return cls.from_dict(orjson.loads(text))

    @classmethod
    def from_dict(cls, data: dict) -> Judgment:
        """The inverse of `to_dict`.

        Raises:
            TypeError: the dictionary has other keys.
            KeyError: the dictionary lacks keys.
        """
        return cls(
            **{
                **data,
                "sections": {name: (span[0], span[1]) for name, span in data["sections"].items()},
                "defendants": [Defendant.from_dict(d) for d in data["defendants"]],
                "articles": [Article(**a) for a in data["articles"]],
            }
        )
