"""The JSON schema of a judgment's record, made from the types of `lexpro.records`.

python -m lexpro.corpus.schema > docs/judgment.schema.json
"""

from __future__ import annotations

import json

from pydantic import TypeAdapter

from lexpro import records
from lexpro.law.circumstances import NAMES
from lexpro.law.provinces import PROVINCES

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# What a value may be beyond its type: (record, field) → keywords of JSON schema.
_LIMITS: dict[tuple[str, str], dict] = {
    ("Judgment", "court_level"): {"enum": [*records.COURT_LEVELS, None]},
    ("Judgment", "province"): {"enum": [*PROVINCES, None]},
    ("Judgment", "date"): {"pattern": r"^\d{4}-\d{2}-\d{2}$"},
    ("Judgment", "procedure"): {"enum": [*records.PROCEDURES, None]},
    ("Judgment", "instance"): {"enum": [*records.INSTANCES, None]},
    ("Judgment", "kind"): {"enum": list(records.KINDS)},
    ("Judgment", "sections"): {"propertyNames": {"enum": list(records.SECTIONS)}},
    ("Term", "kind"): {"enum": list(records.TERM_KINDS)},
    ("Term", "months"): {"minimum": 1},
    ("Article", "number"): {"minimum": 0},
    ("Article", "sub"): {"minimum": 0},
    ("Defendant", "circumstances"): {"items": {"enum": list(NAMES)}, "uniqueItems": True},
} | {
    (owner, name): {"minimum": 0}
    for owner, names in {
        "Judgment": ("restitution", "compensation", "amount"),
        "Defendant": (
            "probation_months",
            "fine",
            "confiscation",
            "deprivation_months",
            "restitution",
            "compensation",
            "amount",
        ),
    }.items()
    for name in names
}

_DESCRIPTIONS: dict[tuple[str, str], str] = {
    ("Judgment", "doc_id"): "identifier of the document, from where it was found",
    ("Judgment", "case_number"): "案号, brackets full-width",
    ("Judgment", "court"): "法院, as written, without spaces",
    ("Judgment", "court_level"): "法院层级",
    ("Judgment", "province"): "short name of one of the 31 provinces",
    ("Judgment", "city"): "prefecture or municipality (地级市)",
    ("Judgment", "date"): "day of the judgment",
    ("Judgment", "procedure"): "审理程序",
    ("Judgment", "plea"): "认罪认罚",
    ("Judgment", "instance"): "审级",
    ("Judgment", "kind"): "kind of case",
    ("Judgment", "document_type"): "as the document calls itself: 刑事判决书, 刑事附带民事判决书",
    (
        "Judgment",
        "sections",
    ): "name → [start, end) in characters of the text, in their order; only those it has",
    ("Judgment", "articles"): "法条 that the judgment is based on, in order, each once",
    ("Judgment", "restitution"): "退赔, 退缴: yuan in all",
    ("Judgment", "compensation"): "附带民事赔偿: yuan in all",
    ("Judgment", "amount"): "涉案金额: yuan",
    ("Defendant", "name"): "as the document has it; masked after the stage filter",
    ("Defendant", "charges"): "罪名: canonical where they are known, else as written",
    ("Defendant", "terms"): "主刑, one for each charge where the judgment says so",
    ("Defendant", "sentence"): "what is to be served: 决定执行, or the only term",
    ("Defendant", "probation_months"): "缓刑考验期; 0: none",
    ("Defendant", "fine"): "罚金: yuan in all",
    ("Defendant", "confiscation"): "没收财产: yuan",
    ("Defendant", "confiscation_all"): "没收个人全部财产",
    ("Defendant", "deprivation_months"): "剥夺政治权利: months",
    ("Defendant", "deprivation_life"): "剥夺政治权利终身",
    ("Defendant", "restitution"): "退赔, 退缴 that this defendant owes, alone or jointly: yuan",
    ("Defendant", "compensation"): "附带民事赔偿 that this defendant owes, alone or jointly: yuan",
    ("Defendant", "amount"): "涉案金额 that the text gives for this defendant, or the case's: yuan",
    ("Defendant", "amount_certain"): "whether the court's reasoning states such a sum, or there is none",
    ("Defendant", "circumstances"): "量刑情节 that the court finds",
    ("Term", "months"): "length; null where the kind has none, or it cannot be read",
    ("Term", "charge"): "null where it is for several, or joint",
    ("Article", "law"): "short name: 刑法",
    ("Article", "sub"): "X of 条之X; 0: none",
    ("Article", "paragraph"): "款",
    ("Article", "item"): "项",
}


def schema() -> dict:
    """The schema (draft 2020-12). All fields are always there, and no others."""
    judgment = TypeAdapter(records.Judgment).json_schema(mode="serialization")
    parts = {"Judgment": judgment, **judgment["$defs"]}
    for owner, part in parts.items():
        part["additionalProperties"] = False
        part["required"] = list(part["properties"])
        for name, keywords in part["properties"].items():
            # Defaults are of Python's constructor, titles repeat the names.
            keywords.pop("default", None)
            keywords.pop("title", None)
            limits = _LIMITS.get((owner, name), {})
            if "enum" in limits:
                keywords.clear()
            keywords |= limits
            if description := _DESCRIPTIONS.get((owner, name)):
                keywords["description"] = description
        part["description"] = (getattr(records, owner).__doc__ or "").partition("\n")[0]
    return {"$schema": DIALECT, "$id": "judgment.schema.json", **judgment}


if __name__ == "__main__":
    print(json.dumps(schema(), ensure_ascii=False, indent=2))
