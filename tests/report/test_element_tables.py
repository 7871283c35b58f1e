"""Tables of the extraction of elements on every benchmark that asks it, and of consistency."""

from lexpro.report import element_tables, labels

SCORES = {
    "main": "micro_f1", "micro_f1": 0.8, "macro_f1": 0.7, "precision": 0.9, "recall": 0.72, "defendant_f1": 0.75,
    "low": 0.7, "high": 0.9, "n": 40,
    "fields": {"刑期": {"precision": 0.5, "recall": 0.4, "f1": 0.44, "n": 50}},
    "confusions": {"years_for_months": 3, "fine_for_compensation": 1},
}  # fmt: skip
AGREEMENT = {"samples": 5, "same": 0.5, "modal": 0.7, "agreement": 0.8, "unanswered": 0.1, "term_range": 4.5}


def test_elements_of_every_benchmark_stand_in_rows_with_the_typical_errors():
    summary = {
        "elements": {"sft": SCORES},
        "benchmarks": {"judge_elements": {"elements": {"sft": {"none": SCORES}}}},
    }
    table = element_tables.elements(summary)
    assert [row[0] for row in table.rows] == ["held-out"] * 6 + ["judge_elements/elements"] * 6
    assert table.rows[0] == ("held-out", "SFT", "all elements (micro)", 0.9, 0.72, 0.8, 40, None)
    assert table.rows[2] == ("held-out", "SFT", "by defendant", None, None, 0.75, 40, None)
    assert table.rows[3] == ("held-out", "SFT", "刑期 term", 0.5, 0.4, 0.44, 50, None)
    assert table.rows[4][2:] == (
        "error: a term in years where months are asked for",
        None,
        None,
        None,
        None,
        3,
    )
    assert "Noise floor" in element_tables.elements(summary | {"noise": NOISE}).note


NOISE = {"judge_elements/elements": {"sft": {"none": {"samples": 1, "redrawn": 0.05}}}}


def test_agreement_and_the_spread_of_terms_are_told_with_what_was_seen():
    row = {"main": "f1", "f1": 0.5, "n": 60, "consistency": AGREEMENT, "contamination": {"items": 2}}
    found = element_tables.consistency({"benchmarks": {"consistency": {"charge": {"grpo": {"rag": row}}}}})
    assert found.rows == [
        (
            "consistency/charge",
            labels.VARIANTS["grpo"],
            "with retrieval",
            60,
            5,
            0.5,
            0.7,
            0.8,
            0.1,
            4.5,
            None,
            2,
        )
    ]
    assert element_tables.consistency({"elements": {"sft": SCORES}}).rows == []
