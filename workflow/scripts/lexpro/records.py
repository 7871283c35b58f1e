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

# Kinds of punishment (Criminal Law, articles 33, 34, 37 and 48), from light to severe.
TERM_KINDS = ("免予刑事处罚", "单处罚金", "管制", "拘役", "有期徒刑", "无期徒刑", "死缓", "死刑")

# Kinds whose length is a number of months.
TIMED_KINDS = frozenset({"管制", "拘役", "有期徒刑"})

KINDS = ("criminal", "civil", "administrative", "enforcement", "other")
INSTANCES = ("first", "second", "retrial")
COURT_LEVELS = ("基层", "中级", "高级", "最高", "专门")
PROCEDURES = ("普通", "简易", "速裁")

Money = int | float


@dataclass(frozen=True, slots=True)
class Article:
    """A cited article (法条): 第一百三十三条之一 of 刑法 is `Article("刑法", 133, 1)`; `sub` 0
    means no 之.
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
    """A main punishment (主刑, or what stands in for it): one of `TERM_KINDS`, months for
    `TIMED_KINDS` else None.

    `months` is also None where a timed kind has no length that can be read (×××, or an upper bound
    is missing).
    """

    kind: str
    months: int | None = None
    charge: str | None = None


@dataclass(slots=True)
class Defendant:
    """One defendant (被告人) and what the judgment gives them.

    `terms` has one entry a charge where the judgment says so; `sentence` is what is to be
    served: the joint term (决定执行), or the only term. `fine` is the fine to be paid in all
    (yuan), `confiscation` confiscated property in yuan with `confiscation_all` for
    没收个人全部财产; `deprivation_*` is 剥夺政治权利. `restitution` (退赔, 退缴) and
    `compensation` (附带民事赔偿) are what this defendant owes, alone or jointly (each of several
    owes the whole). `amount` (涉案金额) is what the text gives for this defendant, or the case's
    where it names none of several.
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
    circumstances: list[str] = field(default_factory=list)

    @classmethod
    def from_dict(cls, data: dict) -> Defendant:
        terms = [Term(**term) for term in data["terms"]]
        sentence = Term(**data["sentence"]) if data["sentence"] else None
        return cls(**{**data, "terms": terms, "sentence": sentence})


@dataclass(slots=True)
class Judgment:
    """A judgment (裁判文书). Fields that the text does not give are None, 0 or empty; see
    docs/design.md.
    """

    doc_id: str
    case_number: str | None = None
    court: str | None = None
    court_level: str | None = None
    # Short name of one of the 31 provinces: 湖北, 内蒙古.
    province: str | None = None
    city: str | None = None
    # ISO: 2017-06-28.
    date: str | None = None
    procedure: str | None = None
    # Whether the case was tried with leniency for pleading guilty and accepting punishment
    # (认罪认罚).
    plea: bool = False
    instance: str | None = None
    kind: str = "other"
    # As the document calls itself: 刑事判决书, 刑事裁定书, 刑事附带民事判决书.
    document_type: str | None = None
    # name in SECTIONS → (start, end) in the text; only sections that the document has.
    sections: dict[str, tuple[int, int]] = field(default_factory=dict)
    defendants: list[Defendant] = field(default_factory=list)
    # Articles that the judgment is based on, of 刑法 and of other laws, in order, without
    # repetition.
    articles: list[Article] = field(default_factory=list)
    # Totals of the case in yuan: 退赔/退缴, 附带民事赔偿, 涉案金额.
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
        except TypeError:  # a number of more than 64 bits: nobody's fine, but what the text says
            return json.dumps(self.to_dict(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Judgment:
        """The inverse of `to_json`; whole numbers of more than 64 bits come back as floats."""
        return cls.from_dict(orjson.loads(text))

    @classmethod
    def from_dict(cls, data: dict) -> Judgment:
        """The inverse of `to_dict`; raises TypeError or KeyError on a dictionary that is not from
        it.
        """
        return cls(
            **{
                **data,
                "sections": {name: (span[0], span[1]) for name, span in data["sections"].items()},
                "defendants": [Defendant.from_dict(d) for d in data["defendants"]],
                "articles": [Article(**a) for a in data["articles"]],
            }
        )
