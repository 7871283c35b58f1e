"""Embedder, Chroma store and search, built small: what the stages `embed` and `index` do, and what they refuse."""

import json
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from lexpro import fingerprint, stage
from lexpro.errors import UserError
from lexpro.files import read_json, to_yaml, write_json, write_text
from lexpro.knowledge import table
from lexpro.knowledge.table import Row
from lexpro.retrieval import dense
from lexpro.retrieval.search import Searcher
from lexpro.retrieval.store import Store, Table, build

STATIC = {
    "dimension": 16,
    "vocabulary": 300,
    "epochs": 6,
    "batch_size": 8,
    "negatives": 8,
    "scale": 20.0,
    "learning_rate": 0.05,
    "seed": 3,
}
INDEX = {
    "tokenizer": "bigrams",
    "k1": 1.5,
    "b": 0.75,
    "max_neighbors": 16,
    "ef_construction": 100,
    "ef_search": 100,
    "weights": {"bm25": 0.2, "dense": 1.0, "cases": 1.0},
    "voters": 5,
    "rrf_k": 10,
    "recall_queries": 50,
}
ARTICLES = [
    Row("刑法", 67, 0, "自动投案如实供述。", exists_from="1997-10-01", valid_from="2011-05-01"),
    Row("刑法", 133, 1, "醉酒驾驶机动车。", exists_from="2011-05-01", valid_from="2011-05-01"),
    Row("刑法", 264, 0, "秘密窃取他人财物。", valid_from="1997-10-01", valid_to="2011-05-01"),
    Row("刑法", 264, 0, "秘密窃取他人财物，多次窃取。", valid_from="2011-05-01"),
    Row("刑事诉讼法", 15, 0, "认罪认罚从宽处理。"),
]
KINDS = {
    "theft": ("被告人{}窃得他人手机一部，后主动到公安机关投案。", "盗窃罪", [264, 67]),
    "driving": ("被告人{}酒后驾驶小型轿车在道路上行驶，被民警查获。", "危险驾驶罪", [133]),
}


def judgment(doc_id: str, facts: str, charge: str, numbers: list[int]) -> dict:
    cited = [
        {"law": "刑法", "number": n, "sub": int(n == 133), "paragraph": None, "item": None} for n in numbers
    ]
    sentence = {"kind": "拘役", "months": 2, "charge": charge}
    person = {"name": "张某甲", "charges": [charge], "terms": [sentence], "sentence": sentence}
    span = {"facts": [0, len(facts)]}
    return {"doc_id": doc_id, "kind": "criminal", "sections": span, "defendants": [person], "articles": cited}


def plan(name: str, settings: dict, inputs: dict[str, str], lock) -> list[str]:
    folder = f"results/.plan/{name}/k"
    config = {"stage": name, "key": "k", "out": f"results/{name}/k", "inputs": inputs, "settings": settings}
    write_text(Path(folder) / "config.yaml", to_yaml(config))
    write_text(Path(folder) / "code.yaml", to_yaml(fingerprint.code(name, settings, lock)))
    write_text(Path(folder) / "runtime.yaml", to_yaml({}))
    return ["--plan", folder]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """The folder of an index over 40 training cases, with its upstream runs, made by the stages themselves."""
    import embed as embed_stage
    import index as index_stage

    root = tmp_path_factory.mktemp("run")
    patch = pytest.MonkeyPatch()
    patch.chdir(root)
    lock = root / "lock.txt"
    lock.write_text("numpy==2.3.5\n")
    patch.setattr(stage, "lock_file", lambda: lock)
    kept, splits, heldout = [], [], []
    for number in range(44):
        facts, charge, cited = list(KINDS.values())[number % 2]
        facts = facts.format("甲乙丙丁"[number % 4] * 2 + str(number))
        held = number >= 40
        doc = judgment(f"d{number:03d}", facts, charge, cited)
        kept.append({"doc_id": doc["doc_id"], "province": "湖北", "text": facts, "judgment": json.dumps(doc)})
        splits.append({"doc_id": doc["doc_id"], "split": "heldout" if held else ("sft", "grpo")[number % 2]})
        if held:
            gold = {"法条": ["133之1" if n == 133 else str(n) for n in cited]}
            row = {
                "doc_id": doc["doc_id"],
                "task": "article",
                "input": facts,
                "gold": gold,
                "date": "2020-01-01",
            }
            heldout.append(json.dumps(row))
    for name in ("filter", "tasks", "knowledge"):
        write_json(root / f"results/{name}/k/manifest.json", {"files": {}, "counts": {}})
    pl.DataFrame(kept).write_parquet("results/filter/k/kept.parquet")
    pl.DataFrame(splits).write_parquet("results/tasks/k/splits.parquet")
    write_text(root / "results/tasks/k/heldout.jsonl", "\n".join(heldout) + "\n")
    table.write(ARTICLES, root / "results/knowledge/k/articles.parquet")
    inputs = {name: f"results/{name}/k" for name in ("filter", "tasks", "knowledge")}
    embed_stage.main(plan("embed", {"kind": "static", **STATIC}, inputs, lock))
    index_stage.main(plan("index", INDEX, {**inputs, "embed": "results/embed/k"}, lock))
    yield root / "results/index/k"
    patch.undo()


@pytest.fixture(scope="module")
def searcher(index):
    found = Searcher(index)
    yield found
    found.close()


def test_articles_of_a_theft(searcher):
    found = searcher.articles("被告人王某某窃得手机后投案。", 2, law="刑法")
    assert {article["ref"] for article in found} == {"264", "67"}
    assert found[0]["score"] >= found[1]["score"]


def test_only_the_version_of_the_day_is_found(searcher):
    def texts(date):
        return {a["text"] for a in searcher.articles("窃取财物，醉酒驾驶，自动投案", 10, date)}

    before, after, now = texts("2005-01-01"), texts("2015-01-01"), texts(None)
    assert "秘密窃取他人财物。" in before and "秘密窃取他人财物，多次窃取。" not in before
    # 67 was there before the version that is known; 133之1 was not there yet.
    assert "自动投案如实供述。" in before and "醉酒驾驶机动车。" not in before
    assert after == now >= {"秘密窃取他人财物，多次窃取。", "醉酒驾驶机动车。"}
    assert "秘密窃取他人财物。" not in now
    assert texts("1990-01-01") == {"认罪认罚从宽处理。"}


def test_similar_cases_are_training_cases_of_the_same_kind(searcher):
    found = searcher.cases("被告人窃得他人手机一部", 5)
    assert {tuple(case["charges"]) for case in found} == {("盗窃罪",)}
    assert all(case["doc_id"] < "d040" for case in found)
    assert found[0]["refs"] == ["264", "67"] and found[0]["months"] == 2


def test_held_out_cases_are_not_in_the_index(index):
    assert pl.read_parquet(index / "cases.parquet").height == 40
    assert read_json(index / "manifest.json")["counts"]["cases"] == 40


def test_recall_is_written_beside_the_constant_list(index):
    measured = read_json(index / "recall.json")
    assert measured["n"] == 4
    assert measured["systems"].keys() == {"bm25", "dense", "cases", "fused", "constant"}
    assert measured["recall_at_5"] == measured["systems"]["fused"]["5"] == 1.0
    # 264, 67 and 133之1 in that order: the first is right for half of the cases, and half of what those cite.
    assert measured["systems"]["constant"]["1"] == 0.25
    assert measured["chroma_recall_at_10"] == 1.0


def test_a_held_out_case_among_the_training_cases_is_refused(index):
    import index as index_stage

    with pytest.raises(UserError, match="is also a training case"):
        index_stage.queries(index.parents[1] / "tasks/k/heldout.jsonl", {"d041"}, 10)


def test_training_again_gives_the_same_vectors(index):
    from lexpro.retrieval import static

    texts = ["窃取财物", "醉酒驾驶"]
    made = [
        static.train(texts, ["窃得手机", "酒后驾车"], [[0], [1]], **STATIC)[0].encode(texts) for _ in range(2)
    ]
    np.testing.assert_array_equal(*made)


def test_training_brings_facts_to_their_articles():
    from lexpro.retrieval import static

    articles, facts = ["秘密窃取他人财物", "醉酒驾驶机动车"], ["拿走手机", "喝酒开车"] * 4
    model, losses = static.train(articles, facts, [[0], [1]] * 4, **STATIC)
    left = model.encode(facts[:2], normalize_embeddings=True)
    right = model.encode(articles, normalize_embeddings=True)
    assert (left @ right.T).argmax(1).tolist() == [0, 1]
    assert losses[-1] < losses[0]


def test_another_embedder_is_refused(index, tmp_path):
    from lexpro.retrieval import static

    card = read_json(index / "index.json")
    other = dense.save_static(static.train(["甲乙"], [], [], **{**STATIC, "dimension": 8})[0], tmp_path / "e")
    assert other.card["dimension"] == 8
    with pytest.raises(UserError, match="dimension: 8 instead of 16"):
        dense.load(tmp_path / "e", card["embedder"])


def test_changed_weights_are_refused(index, tmp_path):
    folder = shutil.copytree(index.parents[1] / "embed/k/embedder", tmp_path / "e")
    assert dense.load(folder).card["dimension"] == 16
    weights = next(folder.rglob("model.safetensors"))
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    with pytest.raises(UserError, match="not those that were saved"):
        dense.load(folder)


@pytest.mark.parametrize("missing", ["index.json", "chroma/chroma.sqlite3", "bm25/articles/bm25.json"])
def test_a_damaged_index_is_refused(index, tmp_path, missing):
    root = shutil.copytree(index.parents[2], tmp_path / "moved")
    folder = root / "results/index/k"
    Searcher(folder).close()
    (folder / missing).unlink()
    with pytest.raises(UserError, match="is not a"):
        Searcher(folder)


def test_vectors_of_another_run_are_refused(tmp_path):
    import index as index_stage

    write_json(tmp_path / "cases.json", ["a", "b"])
    np.save(tmp_path / "cases.npy", np.zeros((2, 4), np.float32))
    with pytest.raises(UserError, match="not the cases of this run"):
        index_stage.vectors(tmp_path, "cases", ["b", "a"])


def units(n: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(n, 24)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


HNSW = {"max_neighbors": 16, "ef_construction": 100, "ef_search": 100}


def test_two_builds_answer_alike_and_two_readers_do_not_disturb_each_other(tmp_path):
    vectors, queries = units(700, 1), units(20, 2)
    table_ = Table(vectors, [{"even": int(row % 2 == 0)} for row in range(700)])
    for name in "ab":
        build(tmp_path / name, {"things": table_}, **HNSW)
    first, second = Store(tmp_path / "a"), Store(tmp_path / "a")
    other = Store(tmp_path / "b")
    overlap = []
    for query in queries:
        found = first.search("things", query, 10)
        assert found == second.search("things", query, 10)
        assert [row for row, _ in found] == [row for row, _ in other.search("things", query, 10)]
        exact = np.argsort(-(vectors @ query), kind="stable")[:10]
        overlap.append(len({row for row, _ in found} & set(exact.tolist())) / 10)
        assert all(row % 2 == 0 for row, _ in first.search("things", query, 10, {"even": 1}))
    assert np.mean(overlap) >= 0.95
    for store in (first, second, other):
        store.close()


def test_building_again_replaces_and_a_failed_build_leaves_the_old(tmp_path):
    build(tmp_path / "a", {"things": Table(units(3, 1), [{"n": 1}] * 3)}, **HNSW)
    bad = Table(units(2, 1), [{"n": object()}] * 2)
    with pytest.raises((TypeError, ValueError)):
        build(tmp_path / "a", {"things": bad}, **HNSW)
    store = Store(tmp_path / "a")
    assert store.count("things") == 3
    store.close()
    build(tmp_path / "a", {"things": Table(units(5, 1), [{"n": 1}] * 5)}, **HNSW)
    store = Store(tmp_path / "a")
    assert store.count("things") == 5
    store.close()


def test_an_empty_collection_finds_nothing(tmp_path):
    build(tmp_path / "a", {"things": Table(np.zeros((0, 24), np.float32), [])}, **HNSW)
    store = Store(tmp_path / "a")
    assert store.search("things", units(1, 1)[0], 5) == []
    store.close()
