"""What is read of synthetic judgments, noise and all, against what is known of them: every field of
the record.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import fields

import corpora
import pytest

from lexpro.corpus.parsing.structure import structure
from lexpro.corpus.synthetic import generate
from lexpro.records import Defendant, Judgment


@pytest.fixture(scope="module", params=["compact", "full"])
def pairs(request) -> list[tuple[dict, dict]]:
    """(what was read, what is true) of the documents of all 31 provinces that can be read."""
    settings = corpora.synthetic(style=request.param, documents_per_province=36)
    documents = [row for province in settings.provinces for row in generate.generate(settings, province)]
    # What is rare in courts is rare there: property is confiscated of dealers in drugs.
    drugs = corpora.synthetic(
        style=request.param, charges=["走私、贩卖、运输、制造毒品罪"], documents_per_province=240, noise={}
    )
    documents += generate.generate(drugs, "云南")
    return [
        (structure(text, truth["doc_id"]).to_dict(), truth)
        for text, truth in documents
        if truth["noise"] not in ("empty", "broken")
    ]


# How sure a reading is no truth can say.
CERTAIN = "amount_certain"


def told(value: object) -> object:
    """A field of a record without what the truth cannot say; defendants are among its fields."""
    people = isinstance(value, list) and value and isinstance(value[0], dict) and CERTAIN in value[0]
    return [{name: one[name] for name in one if name != CERTAIN} for one in value] if people else value


@pytest.mark.parametrize("name", [field.name for field in fields(Judgment)])
def test_every_field_of_a_judgment(pairs, name):
    right = Counter(told(read[name]) == told(truth[name]) for read, truth in pairs)
    assert right[True] >= 0.995 * len(pairs), right
    # Nothing is right because it is always empty.
    assert any(truth[name] for _, truth in pairs)


@pytest.mark.parametrize("name", [field.name for field in fields(Defendant) if field.name != CERTAIN])
def test_every_field_of_a_defendant(pairs, name):
    right, said = Counter(), 0
    for read, truth in pairs:
        said += sum(bool(defendant[name]) for defendant in truth["defendants"])
        right[[d[name] for d in read["defendants"]] == [d[name] for d in truth["defendants"]]] += 1
    assert right[True] >= 0.995 * len(pairs), right
    assert said
