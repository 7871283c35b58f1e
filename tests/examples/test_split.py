"""Who is held out: whole cases, in every province and charge alike."""

from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lexpro.examples.split import SplitRow, assign


def cases(families: int = 600) -> list[SplitRow]:
    return [
        SplitRow(f"{n}-{part}", str(n), "甲乙丙丁戊"[n % 5], f"罪{n * 7 % 11 % (1 + n % 4)}")
        for n in range(families)
        for part in range(1 + (n % 10 == 0))
    ]


SHARES = {"sft": 0.7, "grpo": 0.15, "heldout": 0.15}


def test_splits_keep_their_shares_in_every_province_and_charge():
    found = assign(cases(), SHARES, 1)
    for label in ("province", "charge"):
        counts: dict[str, Counter] = defaultdict(Counter)
        for one in cases():
            counts[getattr(one, label)][found[one.doc_id]] += 1
        for value, by_split in counts.items():
            for name, share in SHARES.items():
                assert abs(by_split[name] - share * by_split.total()) < 4, (value, by_split)


def test_documents_of_a_case_stay_together_and_order_does_not_matter():
    found = assign(cases(), SHARES, 1)
    assert assign(cases()[::-1], SHARES, 1) == found
    families = defaultdict(set)
    for one in cases():
        families[one.family].add(found[one.doc_id])
    assert all(len(splits) == 1 for splits in families.values())
    assert assign(cases(), SHARES, 2) != found == assign(cases(), SHARES, 1)


def test_shares_are_checked_and_an_empty_split_gets_nothing():
    with pytest.raises(ValueError, match="together 1"):
        assign(cases(), {"sft": 0.5, "heldout": 0.4}, 1)
    assert set(assign(cases(), {"sft": 0.9, "grpo": 0.0, "heldout": 0.1}, 1).values()) == {
        "sft",
        "heldout",
    }


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from("甲乙"), st.sampled_from("丙丁戊")), min_size=1, max_size=60),
    st.integers(0, 9),
)
def test_every_document_is_in_one_split_and_totals_are_near_their_shares(labels, seed):
    rows = [SplitRow(str(n), str(n), *label) for n, label in enumerate(labels)]
    found = assign(rows, SHARES, seed)
    assert found.keys() == {row.doc_id for row in rows} and set(found.values()) <= set(SHARES)
    sizes = Counter(found.values())
    assert all(abs(sizes[name] - share * len(rows)) <= 4 for name, share in SHARES.items())
