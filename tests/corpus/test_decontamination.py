"""Decontamination: what is in a benchmark is found in whole, by half and by its case number;
nothing else is.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import corpora
import polars as pl
import pytest

from lexpro import datasets
from lexpro.corpus.filtering.benchmark_items import items_of
from lexpro.corpus.filtering.codes import Codes
from lexpro.corpus.filtering.contamination import BenchmarkIndex
from lexpro.corpus.filtering.select import select
from lexpro.corpus.filtering.shingles import SIZE
from lexpro.corpus.parsing.structure import structure
from lexpro.corpus.synthetic import generate
from lexpro.workflow.errors import UserError

ROOT = Path(__file__).parents[2]
MIRROR = Path(os.environ.get("LEXPRO_MIRROR", "/nonexistent"))
JUDGE = MIRROR / "oneal2000__JuDGE/data/test.json"
CORPUS = corpora.synthetic(style="full", unmasked_share=0.0)
FILTER = corpora.selection()


def judgment(number: int) -> tuple[str, dict]:
    return generate.clean(CORPUS, "湖北", number)


def share(benchmarks: BenchmarkIndex, text: str, end: int | None = None) -> float:
    (found,) = benchmarks.overlaps([text], [len(text) if end is None else end])
    return found.share if found else 0.0


def runs(text: str) -> set[int]:
    return set(Codes.from_texts([text]).letters().shingles(SIZE).values.tolist())


def test_half_of_the_documents_shingles_is_too_much():
    """A document that goes on with something else: the share is that of its own shingles, counted
    one by one.
    """
    (seen, _), (other, _) = judgment(1), judgment(2)
    for length in (200, 500, 900):
        text = seen[:length] + other[:500]
        (found,) = BenchmarkIndex([("x", seen)]).overlaps([text], [len(text)])
        assert found.of_document == pytest.approx(len(runs(text) & runs(seen)) / len(runs(text)))
        assert found.of_item == pytest.approx(len(runs(text) & runs(seen)) / len(runs(seen)))


def test_half_of_the_items_shingles_is_too_much():
    """A benchmark of facts: the judgment that they were taken from is much longer."""
    text, known = judgment(1)
    facts = text[slice(*known["sections"]["evidence"])]
    benchmarks = BenchmarkIndex([("facts#1", facts), ("facts#2", judgment(2)[0])])
    (found,) = benchmarks.overlaps([text], [len(text)])
    assert found.item == "facts#1" and found.of_item == 1 and found.of_document < 0.5
    assert share(benchmarks, text.replace(facts, facts[: len(facts) // 3])) < 0.5
    assert benchmarks.detail(found, None).startswith("facts#1: ")
    assert "100% of the item" in benchmarks.detail(found, None)


def test_one_item_must_have_it_not_all_together():
    text, _ = judgment(1)
    parts = [(f"part#{n}", text[n * 250 : n * 250 + 250] + judgment(n + 3)[0][:400]) for n in range(4)]
    assert len(runs(text) & set().union(*(runs(part) for _, part in parts))) > 0.5 * len(runs(text))
    assert share(BenchmarkIndex(parts), text) < 0.5


def test_statutes_behind_a_judgment_are_no_item():
    (text, known), (statute, _) = judgment(1), judgment(2)
    start, _ = known["sections"]["ending"]
    benchmarks = BenchmarkIndex([("article", statute[:400])])
    assert share(benchmarks, text + statute[:400], start) < 0.1
    assert share(benchmarks, statute[:400] + text, start + 400) > 0.5


def test_what_many_items_share_is_boilerplate():
    text, known = judgment(1)
    formula = text[slice(*known["sections"]["evidence"])]
    items = [(f"item#{number}", formula + str(number) * 40) for number in range(40)]
    assert share(BenchmarkIndex(items), text) < 0.5 < share(BenchmarkIndex(items[:3]), text)


@pytest.mark.parametrize(
    ("number", "item"),
    [
        ("（2021）鄂0102刑初7号", "a"),
        ("(2021)鄂0102刑初7号", "a"),
        ("（２０２１）鄂０１０２刑初７号", "a"),
        ("（2015）澄刑初字第756号", "b"),
        ("（2021）鄂0102刑初71号", None),
        ("（2020）鄂0102刑初7号", None),
        ("", None),
        (None, None),
    ],
)
def test_case_numbers(number, item):
    benchmarks = BenchmarkIndex(
        [("a", "参见（2021）鄂0102刑初7号判决"), ("b", "参见(2015)澄刑初字第00756号")]
    )
    assert benchmarks.detail(None, number) == (item and f"{item}: case number {number}")
    assert BenchmarkIndex().detail(None, number) is None


def test_items_of_a_folder_and_of_a_file(tmp_path):
    (tmp_path / "a.json").write_text('[{"q": "一"}, {"q": ""}, {"q": "三"}]', encoding="utf-8")
    (tmp_path / "b.csv").write_text("q,A\n四,五\n", encoding="utf-8")
    assert list(items_of(tmp_path, "set", ["q+A", "q"])) == [
        ("set/a.json#1", "一"),
        ("set/a.json#3", "三"),
        ("set/b.csv#1", "四\n五"),
    ]
    assert list(items_of(tmp_path / "b.csv", "one", ["q"])) == [("one#1", "四")]
    with pytest.raises(UserError, match=r"a\.json: record 1"):
        list(items_of(tmp_path, "set", ["question"]))
    # Opening a pipe would wait for ever.
    os.mkfifo(tmp_path / "c.json")
    with pytest.raises(UserError, match=r"c\.json: neither a file nor a folder"):
        list(items_of(tmp_path, "set", ["q"]))


@pytest.fixture(scope="module")
def real() -> BenchmarkIndex:
    """The larger part of the benchmarks of the default configuration."""
    if not JUDGE.is_file():
        pytest.skip("LEXPRO_MIRROR with the benchmarks is not there")
    return BenchmarkIndex(
        item
        for one in FILTER.decontaminate_against
        if one.dataset not in ("lexeval", "disc_objective")
        for item in items_of(
            datasets.resolve(datasets.find(one.dataset, ROOT / "config/datasets.csv"), Path()),
            one.dataset,
            one.fields,
        )
    )


@pytest.mark.slow
def test_items_of_benchmarks_in_a_raw_corpus(real, tmp_path):
    """JuDGE's judgments as they are, by half, without their case number; a question of LawBench
    within a judgment.
    """
    assert len(real) == 2 * 501 + 10_000 + 360
    lines = [json.loads(line) for line in JUDGE.read_text(encoding="utf-8").splitlines()[:6]]
    rows = [line["fd"] for line in lines]
    question = json.loads((MIRROR / "open-compass__LawBench/data/zero_shot/3-3.json").read_text("utf-8"))[9][
        "question"
    ]
    texts = {f"whole-{n}": (text, True) for n, text in enumerate(rows)}
    for number, text in enumerate(rows[:3]):
        own, known = judgment(50 + number)
        facts = lines[number]["text"]
        place = known["sections"]["facts"][0]
        texts[f"facts-{number}"] = (own[:place] + facts + own[place:], True)
        half = len(text) * 11 // 20
        texts[f"half-{number}"] = (
            text[:half] + own[known["sections"]["reasoning"][0] :][: len(text) - half],
            True,
        )
        texts[f"little-{number}"] = (own[:place] + facts[: len(facts) // 3] + own[place:], False)
    own, known = judgment(60)
    texts["question"] = (
        own[: known["sections"]["facts"][0]] + question + own[known["sections"]["facts"][1] :],
        True,
    )
    texts |= {f"stranger-{number}": (judgment(number)[0], False) for number in range(20)}
    records = [
        {
            "doc_id": key,
            "province": "湖北",
            "charge": "盗窃罪",
            "text": text,
            "judgment": structure(text, key).to_json(),
        }
        for key, (text, _) in texts.items()
    ]
    pl.DataFrame(records).write_parquet(tmp_path / "in.parquet")
    # What one cut together may contradict itself: that is not asked here.
    settings = corpora.selection(filters=["no_reasoning"])
    select([tmp_path / "in.parquet"], settings, real, tmp_path, lambda _: None)
    dropped = pl.read_parquet(tmp_path / "dropped.parquet")
    found = {row["doc_id"]: row for row in dropped.iter_rows(named=True)}
    assert {key for key, row in found.items() if row["reason"] == "contaminated"} == {
        key for key, (_, seen) in texts.items() if seen
    }
    for number in range(6):
        assert found[f"whole-{number}"]["detail"].startswith(f"judge_test#{number + 1}: ")
    assert found["facts-2"]["detail"].startswith("judge_test#3: ")
