"""The published schema of a judgment's record: it is that of the code, and records of all kinds
satisfy it.
"""

from __future__ import annotations

import json
import os
from dataclasses import fields
from pathlib import Path

import corpora
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from lexpro import records
from lexpro.corpus.filtering.masking import mask_judgment
from lexpro.corpus.parsing.structure import structure
from lexpro.corpus.schema import schema
from lexpro.corpus.synthetic import generate

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs/judgment.schema.json"
JUDGE = Path(os.environ.get("LEXPRO_MIRROR", "/nonexistent")) / "oneal2000__JuDGE/data/test.json"
VALIDATOR = Draft202012Validator(schema())


def errors(data: dict) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(data)]


def test_the_published_schema_is_that_of_the_code():
    Draft202012Validator.check_schema(schema())
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == schema(), (
        "PYTHONPATH=workflow/scripts python -m lexpro.corpus.schema > docs/judgment.schema.json"
    )


@pytest.mark.parametrize("owner", ["Judgment", "Defendant", "Term", "Article"])
def test_every_field_is_there_and_no_other(owner):
    part = schema() if owner == "Judgment" else schema()["$defs"][owner]
    names = [field.name for field in fields(getattr(records, owner))]
    assert list(part["properties"]) == part["required"] == names
    assert part["additionalProperties"] is False


@pytest.mark.parametrize("style", ["compact", "full"])
def test_synthetic_records_and_their_truth(style):
    settings = corpora.synthetic(style=style, documents_per_province=5)
    for province in settings.provinces:
        for text, truth in generate.generate(settings, province):
            truth = {name: value for name, value in truth.items() if name not in ("noise", "duplicate_of")}
            assert errors(json.loads(json.dumps(truth))) == []
            read = structure(text, truth["doc_id"])
            assert errors(json.loads(read.to_json())) == []
            assert errors(json.loads(mask_judgment(text, read)[1].to_json())) == []


@pytest.mark.mirror("oneal2000__JuDGE/data/test.json")
def test_real_records():
    for line in JUDGE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        assert errors(json.loads(structure(row["fd"], row["text_id"]).to_json())) == []


@given(st.text(max_size=200))
def test_records_of_any_text(text):
    assert errors(json.loads(structure(text, "x").to_json())) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["kind"], "penal"),
        (["province"], "湖北省"),
        (["date"], "2021年3月5日"),
        (["procedure"], "特别"),
        (["sections", "appendix"], [0, 3]),
        (["sections", "facts"], [0]),
        (["defendants", 0, "fine"], "五千元"),
        (["defendants", 0, "fine"], -1),
        (["defendants", 0, "terms", 0, "kind"], "监禁"),
        (["defendants", 0, "circumstances"], ["悔罪"]),
        (["defendants", 0, "age"], 30),
        (["articles", 0, "number"], "264"),
    ],
)
def test_what_is_no_record_is_refused(path, value):
    _, truth = generate.clean(corpora.synthetic(), "湖北", 3)
    data = json.loads(json.dumps(truth))
    assert errors(data) == []
    *way, last = path
    place = data
    for step in way:
        place = place[step]
    place[last] = value
    assert errors(data)
