"""Selecting, on synthetic judgments whose noise is known: every kind is found, and nothing good is
lost.
"""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import corpora
import polars as pl
import pytest

from lexpro.config.corpus import Noise
from lexpro.config.filter import Settings
from lexpro.corpus.filtering import filter_passes, filters
from lexpro.corpus.filtering.contamination import BenchmarkIndex
from lexpro.corpus.filtering.select import select
from lexpro.corpus.parsing.structure import structure
from lexpro.corpus.synthetic import generate
from lexpro.records import Judgment

CONFIG = Path(__file__).parents[2] / "config"
QUERIES = Path(os.environ.get("LEXPRO_MIRROR", "/nonexistent")) / "THUIR__LeCaRDv2/query"
REASONS = {
    "second_instance": "not_first_instance",
    "civil": "not_criminal",
    "cut": "no_reasoning",
    "hidden": "hidden_text",
}


@pytest.fixture(scope="module")
def settings() -> Settings:
    return corpora.selection()


def judgments(path: Path, documents) -> dict[str, dict]:
    """judgments.parquet as the stage structure writes it; returns the truth by doc_id."""
    rows, truth = [], {}
    for text, known in documents:
        if known["noise"] in ("empty", "broken"):
            continue
        truth[known["doc_id"]] = known
        judgment = structure(text, known["doc_id"])
        charge = next((c for d in judgment.defendants for c in d.charges), None)
        record = json.dumps(judgment.to_dict(), ensure_ascii=False)
        rows.append(
            {
                "doc_id": known["doc_id"],
                "province": judgment.province,
                "charge": charge,
                "text": text,
                "judgment": record,
            }
        )
    pl.DataFrame(rows).write_parquet(path)
    return truth


@pytest.fixture(scope="module", params=["compact", "full"])
def selected(request, settings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("select")
    corpus = corpora.synthetic(
        style=request.param,
        documents_per_province=120,
        provinces=corpora.synthetic().provinces[:6],
        noise=dict.fromkeys(Noise.model_fields, 0.05),
    )
    truth, files = {}, []
    for province in corpus.provinces:
        files.append(folder / f"{province}.parquet")
        truth |= judgments(files[-1], generate.generate(corpus, province))
    counts = select(files, settings, BenchmarkIndex(), folder, lambda _: None)
    return (
        truth,
        pl.read_parquet(folder / "kept.parquet"),
        pl.read_parquet(folder / "dropped.parquet"),
        counts,
        folder,
    )


def test_every_document_is_kept_or_dropped_once(selected):
    truth, kept, dropped, counts, folder = selected
    assert sorted([*kept["doc_id"], *dropped["doc_id"]]) == sorted(truth)
    assert counts["read"] == counts["kept"] + counts["dropped"] == len(truth)
    with (folder / "funnel.csv").open(encoding="utf-8") as file:
        *rows, total = csv.DictReader(file)
    for row in [*rows, total]:
        numbers = {name: int(value) for name, value in row.items() if name != "province"}
        assert numbers.pop("read") == sum(numbers.values())
    assert int(total["kept"]) == len(kept)


@pytest.mark.parametrize("noise", list(REASONS))
def test_noise_is_found_and_nothing_else(selected, noise):
    truth, _, dropped, _, _ = selected
    found = {
        key
        for key, reason in zip(dropped["doc_id"], dropped["reason"], strict=True)
        if reason == REASONS[noise]
    }
    meant = {key for key, known in truth.items() if known["noise"] == noise}
    assert meant
    assert len(found & meant) >= 0.99 * len(meant)
    assert len(found & meant) >= 0.99 * len(found)


def test_one_of_each_family_of_duplicates_is_kept(selected):
    truth, kept, dropped, _, _ = selected
    # The original of a copy may be in a province that is not read here: the copies are a family all
    # the same.
    sources = Counter(
        k["duplicate_of"] or k["doc_id"]
        for k in truth.values()
        if k["noise"] in (None, "exact_duplicate", "near_duplicate")
    )
    meant = sum(count - 1 for count in sources.values())
    copies = dropped.filter(pl.col("reason").str.ends_with("duplicate"))
    right = 0
    for key, detail in zip(copies["doc_id"], copies["detail"], strict=True):
        own, other = truth[key], truth[detail.split()[0]]
        right += (own["duplicate_of"] or own["doc_id"]) == (other["duplicate_of"] or other["doc_id"])
    assert meant
    assert right >= 0.99 * meant
    assert right >= 0.99 * len(copies)
    assert set(kept["family"]) == set(kept["doc_id"])


def test_good_documents_are_kept(selected):
    truth, _, dropped, _, _ = selected
    lost = [
        (key, reason)
        for key, reason in zip(dropped["doc_id"], dropped["reason"], strict=True)
        if truth[key]["noise"] is None and not reason.endswith("duplicate")
    ]
    assert lost == []


def test_masking_keeps_records_and_texts_together(selected):
    truth, kept, _, counts, _ = selected
    assert counts["masked_name"] > 0
    for row in kept.iter_rows(named=True):
        judgment = Judgment.from_dict(json.loads(row["judgment"]))
        again = structure(row["text"], row["doc_id"])
        assert [d.name for d in judgment.defendants] == [d.name for d in again.defendants]
        assert judgment.sections == again.sections
        for defendant in truth[row["doc_id"]]["defendants"]:
            name = defendant["name"]
            assert "某" in name or name not in row["text"]


def test_quota_is_seeded_and_holds(tmp_path):
    corpus = corpora.synthetic(documents_per_province=60, charges=["盗窃罪"], cross_province_share=0.0)
    judgments(tmp_path / "in.parquet", generate.generate(corpus, "湖北"))
    chosen = []
    for seed in (1, 1, 2):
        out = tmp_path / f"{len(chosen)}"
        out.mkdir()
        select(
            [tmp_path / "in.parquet"],
            corpora.selection(quota=5, seed=seed),
            BenchmarkIndex(),
            out,
            lambda _: None,
        )
        chosen.append(sorted(pl.read_parquet(out / "kept.parquet")["doc_id"]))
    assert len(chosen[0]) == 5
    assert chosen[0] == chosen[1] != chosen[2]


def test_copies_are_found_among_all_that_was_read(settings, tmp_path):
    """A copy that fails the filters is a duplicate first; of copies of which one passes, that one
    stays.
    """
    text, known = generate.clean(corpora.synthetic(style="full"), "湖北", 3)
    record = json.dumps({**known, "province": None}, ensure_ascii=False)
    lost = {"province": None, "charge": None, "text": text, "judgment": record}
    cut = text[: known["sections"]["reasoning"][0]]
    part = {**lost, "text": cut, "judgment": json.dumps({**known, "sections": {}, "kind": "civil"})}
    good = {**lost, "province": "湖北", "judgment": json.dumps(known)}
    rows = [
        {**lost, "doc_id": "a"},
        {**part, "doc_id": "b"},
        {**part, "doc_id": "c"},
        {**good, "doc_id": "d"},
    ]
    pl.DataFrame(rows).write_parquet(tmp_path / "in.parquet")
    select([tmp_path / "in.parquet"], settings, BenchmarkIndex(), tmp_path, lambda _: None)
    assert pl.read_parquet(tmp_path / "kept.parquet")["doc_id"].to_list() == ["d"]
    dropped = pl.read_parquet(tmp_path / "dropped.parquet").select("doc_id", "reason", "detail", "reasons")
    assert dropped.rows() == [
        ("a", "exact_duplicate", "d 1.00", ["exact_duplicate", "no_province"]),
        ("b", "no_reasoning", f"{len(cut)} characters", ["no_reasoning", "no_judgment", "not_criminal"]),
        (
            "c",
            "exact_duplicate",
            "b 1.00",
            ["exact_duplicate", "no_reasoning", "no_judgment", "not_criminal"],
        ),
    ]


@pytest.mark.mirror("THUIR__LeCaRDv2/query")
def test_lecard_is_cut_before_the_reasoning_and_40_cases_are_there_twice(settings, tmp_path):
    """360 records, 320 of them distinct: what is no copy has no reasoning, and a copy has none
    either.
    """
    ids, rows = [], []
    for name in ("test", "controversial", "procedural"):
        for line in (QUERIES / f"{name}_query.json").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            ids.append(str(row["id"]))
            rows.append((row["query"], {"doc_id": f"{name}-{row['id']}", "noise": None}))
    judgments(tmp_path / "in.parquet", rows)
    counts = select([tmp_path / "in.parquet"], settings, BenchmarkIndex(), tmp_path, lambda _: None)
    assert (counts["read"], counts["kept"]) == (360, 0)
    dropped = pl.read_parquet(tmp_path / "dropped.parquet")
    assert Counter(dropped["reason"]) == {"no_reasoning": 320, "exact_duplicate": 40}
    assert all("no_reasoning" in reasons for reasons in dropped["reasons"])
    copies = dropped.filter(pl.col("reason") == "exact_duplicate")
    assert {key.partition("-")[2] for key in copies["doc_id"]} == {
        i for i, n in Counter(ids).items() if n > 1
    }
    for key, detail in copies.select("doc_id", "detail").iter_rows():
        assert key.partition("-")[2] == detail.split()[0].partition("-")[2]
    # They are criminal cases; those without a list of parties too.
    assert not any("not_criminal" in reasons for reasons in dropped["reasons"])


@pytest.mark.slow
def test_several_processes_and_chunks_select_the_same(settings, tmp_path):
    corpus = corpora.synthetic(
        documents_per_province=60,
        provinces=["湖北", "湖南"],
        noise=dict.fromkeys(Noise.model_fields, 0.08),
    )
    for province in corpus.provinces:
        judgments(tmp_path / f"{province}.parquet", generate.generate(corpus, province))
    whole = pl.concat([pl.read_parquet(tmp_path / f"{province}.parquet") for province in corpus.provinces])
    whole.write_parquet(tmp_path / "in.parquet", row_group_size=7)
    found = []
    for files, workers in ((corpus.provinces, 1), (["in"], 2)):
        out = tmp_path / f"{workers}"
        out.mkdir()
        paths = [tmp_path / f"{name}.parquet" for name in files]
        counts = select(paths, settings, BenchmarkIndex(), out, lambda _: None, workers)
        tables = [pl.read_parquet(out / f"{name}.parquet") for name in ("kept", "dropped")]
        found.append((counts, *(table.rows() for table in tables)))
    assert found[0] == found[1]
    assert found[0][0]["drop_near_duplicate"] and found[0][0]["drop_exact_duplicate"]


def test_quotas_are_of_a_charge_in_a_province(tmp_path):
    corpus = corpora.synthetic(
        documents_per_province=60, charges=["盗窃罪", "诈骗罪"], noise={}, multi_charge_share=0.0
    )
    files = [tmp_path / f"{province}.parquet" for province in ("湖北", "湖南")]
    for path in files:
        judgments(path, generate.generate(corpus, path.stem))
    select(files, corpora.selection(quota=4), BenchmarkIndex(), tmp_path, lambda _: None)
    kept = (
        pl.read_parquet(tmp_path / "kept.parquet")
        .group_by("province", "charge")
        .len()
        .sort("province", "charge")
    )
    assert kept.rows() == [
        ("湖北", "盗窃罪", 4),
        ("湖北", "诈骗罪", 4),
        ("湖南", "盗窃罪", 4),
        ("湖南", "诈骗罪", 4),
    ]
    over = pl.read_parquet(tmp_path / "dropped.parquet").filter(pl.col("reason") == "quota")
    assert set(over["detail"]) == {"湖北/盗窃罪", "湖北/诈骗罪", "湖南/盗窃罪", "湖南/诈骗罪"}


def test_an_empty_corpus_is_an_empty_selection(settings, tmp_path):
    pl.DataFrame(
        schema=dict.fromkeys(("doc_id", "province", "charge", "text", "judgment"), pl.String)
    ).write_parquet(tmp_path / "in.parquet")
    counts = select([tmp_path / "in.parquet"], settings, BenchmarkIndex(), tmp_path, lambda _: None)
    assert (counts["read"], counts["kept"]) == (0, 0)
    assert len(pl.read_parquet(tmp_path / "kept.parquet")) == 0


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ({}, []),
        ({"kind": "civil"}, ["not_criminal"]),
        ({"instance": "retrial"}, ["not_first_instance"]),
        ({"province": None}, ["no_province"]),
        ({"defendants": []}, ["parse_disagreement"]),
        # All of them, in the order of the configuration.
        ({"kind": "civil", "sections": {}}, ["no_reasoning", "no_judgment", "not_criminal"]),
    ],
)
def test_reasons(settings, change, reasons):
    text, known = generate.clean(corpora.synthetic(), "湖北", 3)
    judgment = Judgment.from_dict({**known, **change})
    decision = filters.decide(judgment, text, settings)
    assert ([decision.reason, *decision.others] if decision else []) == reasons


@pytest.mark.slow
def test_a_judgment_that_is_lost_between_reading_and_writing_is_noticed(settings, tmp_path, monkeypatch):
    judgments(tmp_path / "in.parquet", generate.generate(corpora.synthetic(), "湖北"))
    rows_to_write = filter_passes.rows_to_write

    def loses_one(shared, item):
        chunk, decisions, qualities = item
        shorter = SimpleNamespace(read=lambda: chunk.read().slice(1))
        return rows_to_write(shared, (shorter, decisions[1:], qualities[1:]))

    monkeypatch.setattr(filter_passes, "rows_to_write", loses_one)
    with pytest.raises(RuntimeError, match="judgments were read"):
        select([tmp_path / "in.parquet"], settings, BenchmarkIndex(), tmp_path, lambda _: None)
