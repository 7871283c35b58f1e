"""Embedder, Chroma store and search, built small: what the stages `embed` and `index` do, and what
they refuse.
"""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from planning import arguments, plan
from pydantic import ValidationError

from lexpro import hashing
from lexpro.cli.main import main
from lexpro.config.embed import Static
from lexpro.config.index import Settings, Weights
from lexpro.config.tasks import Form
from lexpro.retrieval import dense, indexing, search, static
from lexpro.retrieval.scope import CaseScope, Scope
from lexpro.retrieval.search import Searcher
from lexpro.statutes import table
from lexpro.statutes.table import Row
from lexpro.tasks.form import write_form
from lexpro.workflow import stage
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, to_yaml, write_json, write_text

STATIC = {
    "dimension": 16,
    "vocabulary": 300,
    "epochs": 6,
    "max_steps": 1000,
    "batch_size": 8,
    "negatives": 8,
    "hard_negatives": 2,
    "scale": 20.0,
    "learning_rate": 0.05,
    "seed": 3,
}
EMBEDDER = Static(kind="static", **STATIC)
INDEX = {
    "tokenizer": "bigrams",
    "k1": 1.5,
    "b": 0.75,
    "max_neighbors": 16,
    "ef_construction": 100,
    "ef_search": 100,
    "weights": {"bm25": 0.2, "dense": 1.0, "cases": 1.0, "charges": 0.0},
    "voters": 5,
    "rrf_k": 10,
    "query": "facts",
    "reranker": None,
    "server": None,
    "recall_queries": 50,
}
PATH = "第二编 分则 / 第一章"
ARTICLES = [
    Row("刑法", 67, 0, "自动投案如实供述。", heading=PATH, exists_from="1997-10-01", valid_from="2011-05-01"),
    Row(
        "刑法",
        133,
        1,
        "醉酒驾驶机动车。",
        ["危险驾驶罪"],
        PATH,
        exists_from="2011-05-01",
        valid_from="2011-05-01",
    ),
    Row("刑法", 264, 0, "秘密窃取他人财物。", valid_from="1997-10-01", valid_to="2011-05-01"),
    Row("刑法", 264, 0, "秘密窃取他人财物，多次窃取。", ["盗窃罪"], PATH, valid_from="2011-05-01"),
    Row("刑事诉讼法", 15, 0, "认罪认罚从宽处理。"),
]
COURTS = ("湖北省武汉市江岸区人民法院", "长沙市芙蓉区人民法院")
KINDS = {
    "theft": ("被告人{}窃得他人手机一部，后主动到公安机关投案。", "盗窃罪", [264, 67]),
    "driving": ("被告人{}酒后驾驶小型轿车在道路上行驶，被民警查获。", "危险驾驶罪", [133]),
}


def judgment(doc_id: str, facts: str, charge: str, numbers: list[int], date: str | None = None) -> dict:
    cited = [
        {"law": "刑法", "number": n, "sub": int(n == 133), "paragraph": None, "item": None} for n in numbers
    ]
    sentence = {"kind": "拘役", "months": 2, "charge": charge}
    person = {"name": "张某甲", "charges": [charge], "terms": [sentence], "sentence": sentence}
    person["circumstances"] = ["自首"] if 67 in numbers else []
    return {
        "doc_id": doc_id,
        "kind": "criminal",
        "date": date,
        "sections": {"facts": [0, len(facts)]},
        "defendants": [person],
        "articles": cited,
        "amount": 3000 * (67 in numbers),
    }


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """The folder of an index over 40 training cases, with its upstream runs, made by the stages
    themselves.
    """
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
        doc = judgment(f"d{number:03d}", facts, charge, cited, f"20{10 + number % 8}-01-01")
        doc["court"] = COURTS[number >= 30]
        province = "湖北" if number < 30 else "湖南"
        kept.append(
            {"doc_id": doc["doc_id"], "province": province, "text": facts, "judgment": json.dumps(doc)}
        )
        splits.append(
            {
                "doc_id": doc["doc_id"],
                "family": doc["doc_id"],
                "split": "heldout" if held else ("sft", "grpo")[number % 2],
            }
        )
        if held:
            gold = {"法条": ["133之1" if n == 133 else str(n) for n in cited]}
            row = {
                "doc_id": doc["doc_id"],
                "task": "article",
                "input": facts,
                "gold": gold,
                "date": "2020-01-01",
            }
            heldout += [json.dumps(row), json.dumps({**row, "task": "charge", "gold": {"罪名": [charge]}})]
    for name in ("filter", "tasks", "knowledge"):
        write_json(root / f"results/{name}/k/manifest.json", {"files": {}, "counts": {}})
    pl.DataFrame(kept).write_parquet("results/filter/k/kept.parquet")
    pl.DataFrame(splits).write_parquet("results/tasks/k/splits.parquet")
    write_form(Form(), root / "results/tasks/k")
    write_text(root / "results/tasks/k/heldout.jsonl", "\n".join(heldout) + "\n")
    table.write(ARTICLES, root / "results/knowledge/k/articles.parquet")
    inputs = {name: f"results/{name}/k" for name in ("filter", "tasks", "knowledge")}
    embed_stage.main(arguments(plan("embed", {"kind": "static", **STATIC}, inputs)))
    index_stage.main(arguments(plan("index", INDEX, {**inputs, "embed": "results/embed/k"})))
    yield root / "results/index/k"
    patch.undo()


@pytest.fixture(scope="module")
def learned(index):
    """The same with a ranker, whose ranking is the answer."""
    import index as index_stage

    inputs = {name: f"results/{name}/k" for name in ("filter", "tasks", "knowledge", "embed")}
    weights = {"bm25": 0.0, "dense": 0.0, "cases": 0.0, "charges": 0.0, "learned": 1.0}
    index_stage.main(arguments(plan("index", INDEX | {"ranker": {}, "weights": weights}, inputs, "learned")))
    found = Searcher(index.with_name("learned"))
    yield found
    found.close()


@pytest.fixture(scope="module")
def searcher(index):
    found = Searcher(index)
    yield found
    found.close()


def test_articles_of_a_theft(searcher):
    found = searcher.articles("被告人王某某窃得手机后投案。", 2, law="刑法")
    assert {article["ref"] for article in found} == {"264", "67"}
    assert found[0]["score"] >= found[1]["score"]


def test_a_crime_that_no_case_has_is_found_by_its_words(searcher, monkeypatch):
    facts = "被告人醉酒，窃得他人手机一部，后主动到公安机关投案。"
    weights = searcher.settings.weights.model_copy(update={"bm25": 0.0, "dense": 0.0, "cases": 1.0})
    monkeypatch.setattr(searcher.settings, "weights", weights)
    assert {article["ref"] for article in searcher.articles(facts, 2, "2015-01-01", "刑法")} == {"264", "67"}
    monkeypatch.setattr(searcher.settings, "by_words", 1)
    found = searcher.articles(facts, 2, "2015-01-01", "刑法")
    assert [article["ref"] for article in found][-1] == "133之1" and len(found) == 2
    # Its place has no score of its own, and on a day when it was no crime it is not there.
    assert found[-1]["score"] is None
    # Not where any law is searched, for any question.
    assert "133之1" not in {article["ref"] for article in searcher.articles(facts, 2, "2015-01-01")}
    assert "133之1" not in {article["ref"] for article in searcher.articles(facts, 2, "2010-01-01", "刑法")}


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


def test_a_court_usually_cites_what_its_own_similar_cases_cite(searcher, monkeypatch):
    cases = [
        replace(precedent, refs=[*precedent.refs, "61"]) if case["court"] == COURTS[1] else precedent
        for case, precedent in zip(searcher.case_rows, searcher.lexical.cases, strict=True)
    ]
    monkeypatch.setattr(searcher.lexical, "cases", cases)
    assert searcher.court_citations("窃得他人手机一部后投案", COURTS[0], 5) == ["264", "67"]
    assert searcher.court_citations("酒后驾驶小型轿车", "武汉市江岸区人民法院", 5) == ["133之1"]
    assert searcher.court_citations("酒后驾驶小型轿车", COURTS[1], 5) == ["133之1", "61"]
    assert searcher.court_citations("酒后驾驶小型轿车", "长沙市芙蓉区人民法院", 5, "湖南") == ["133之1", "61"]
    assert searcher.court_citations("酒后驾驶小型轿车", "北京市朝阳区人民法院", 5) is None
    assert searcher.court_citations("酒后驾驶小型轿车", "", 5) is None
    assert searcher.court_citations("酒后驾驶小型轿车", COURTS[0], 0) is None


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        (CaseScope(province="湖南"), lambda case: case["province"] == "湖南"),
        (CaseScope(charge="危险驾驶罪"), lambda case: case["charges"] == ["危险驾驶罪"]),
        (CaseScope(ref="133之1"), lambda case: "133之1" in case["refs"]),
        (CaseScope(since="2014-01-01"), lambda case: case["date"] >= "2014"),
        (
            CaseScope(until="2012-01-01", province="湖北"),
            lambda case: case["date"] < "2012" and case["province"] == "湖北",
        ),
    ],
)
def test_cases_are_filtered(searcher, scope, holds):
    everything = searcher.cases("被告人窃得他人手机一部", 40)
    found = searcher.cases("被告人窃得他人手机一部", 40, scope)
    assert found and all(map(holds, found))
    assert {c["doc_id"] for c in found} == {c["doc_id"] for c in everything if holds(c)}
    assert searcher.cases("窃得手机", 5, CaseScope(province="西藏")) == []


def test_it_is_said_why_a_case_is_similar(searcher):
    first = searcher.cases("被告人陈某窃得手机一部，价值4000元，案发后自首。", 1)[0]
    assert first["why"]["charges"] == ["盗窃罪"] and first["why"]["circumstances"] == ["自首"]
    assert first["why"]["amounts"] == [4000.0, 3000.0]
    assert "窃得" in "".join(first["why"]["terms"])
    other = searcher.cases("被告人酒后驾驶小型轿车，骗得90000元。", 1)[0]
    assert other["why"].keys() == {"charges", "terms"}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("依照刑法第二百六十四条，酒后驾驶", "264"),
        ("酒驾，《中华人民共和国刑法》第67条", "67"),
        ("窃得手机，第一百三十三条之一", "133之1"),
        ("窃得手机，第１３３条之一和第６７条", "133之1"),
    ],
)
def test_an_article_that_is_named_comes_first_whole_and_with_its_path(searcher, text, first):
    found = searcher.articles(text, 3, named=True)
    assert found[0]["ref"] == first and found[0]["score"] is None
    assert found[0]["text"] in {row.text for row in ARTICLES} and found[0]["heading"] == PATH
    assert len({article["ref"] for article in found}) == 3


@pytest.mark.parametrize(
    ("question", "options", "said"),
    [
        ("窃得手机，第２６４条", [], "1. 刑法 第264条（2011-05-01起）"),
        ("窃得手机，第二六四条", ["--date", "20050101"], "1. 刑法 第264条（1997-10-01起）"),
        ("窃得手机，第264条之一", [], "问题所引 刑法 264之1: 不存在"),
        (
            "《中华人民共和国刑事诉讼法》第15条",
            ["--law", "《中华人民共和国刑事诉讼法》"],
            "1. 刑事诉讼法 第15条",
        ),
        ("第一百三十三条之一", ["--date", "2010-01-01"], "问题所引 刑法 133之1: 当日不生效"),
        ("x" * 3000, ["--charge", "盗窃", "--cases", "0"], "【类案】没有找到"),
        ("\x00 ？", ["-k", "9999", "--cases", "9999"], "【类案】"),
    ],
)
def test_ask_by_whatever_is_written(index, capsys, question, options, said):
    summary = {"stages": {"predict": {"grpo": {"rag": {"key": "p"}}}}}
    write_json(Path("results/experiments/demo/summary.json"), summary)
    write_text(Path("results/.plan/predict/p/config.yaml"), to_yaml({"inputs": {"index": str(index)}}))
    main(["ask", question, "--no-model", *options])
    assert said in capsys.readouterr().out


def test_charges_are_predicted_and_lead_to_their_articles(searcher, monkeypatch):
    (charge, share), *_ = searcher.charges("酒后驾驶小型轿车被查获")
    assert charge == "危险驾驶罪" and share > 0.5
    only = Weights(bm25=0.0, dense=0.0, cases=0.0, charges=1.0)
    monkeypatch.setattr(searcher.settings, "weights", only)
    assert searcher.articles("酒后驾驶", 5) == []
    assert [a["ref"] for a in searcher.articles("酒后驾驶", 5, charges=["盗窃罪"])] == ["264"]
    monkeypatch.setattr(searcher.settings, "query", "charges")
    assert searcher.articles("酒后驾驶小型轿车被查获", 5)[0]["ref"] == "133之1"


def test_a_wide_filter_finds_what_a_narrow_one_finds(searcher, monkeypatch):
    vector = searcher.encoder.encode(["窃得手机"])[0]
    allowed = np.arange(40) % 3 > 0
    exact = searcher.nearest("cases", vector, 5, allowed)
    monkeypatch.setattr(search, "EXACT", 0)
    asked_of_chroma = searcher.nearest("cases", vector, 5, allowed)
    assert dict(asked_of_chroma).values() != {} and len(asked_of_chroma) == 5
    assert [s for _, s in asked_of_chroma] == pytest.approx([s for _, s in exact], abs=1e-5)
    assert searcher.nearest("cases", vector, 5, np.zeros(40, bool)) == []


def test_what_is_learned_answers_with_the_version_of_the_day(learned):
    found = learned.articles("被告人王某某窃得手机后投案。", 2, law="刑法")
    assert {article["ref"] for article in found} == {"264", "67"}
    texts = {a["text"] for a in learned.articles("窃得手机", 9, "2005-01-01")}
    assert "秘密窃取他人财物。" in texts and "秘密窃取他人财物，多次窃取。" not in texts
    assert learned.charges("酒后驾驶小型轿车被查获")[0][0] == "危险驾驶罪"
    assert {tuple(case["charges"]) for case in learned.cases("窃得手机一部", 5)} == {("盗窃罪",)}
    assert learned.cases("窃得手机一部", 5, CaseScope(charge="危险驾驶罪"))
    measured = read_json(Path("results/index/learned/recall.json"))
    assert measured["weights"] == {"learned": 1.0} and measured["systems"]["learned"]["3"] == 1.0
    assert "learned" in measured["similar_cases"]


def test_weights_without_a_ranker_are_refused():
    with pytest.raises(ValidationError, match="nothing is learned"):
        Settings(weights={"learned": 1.0})


def test_chroma_answers_where_a_filter_leaves_a_part(searcher, monkeypatch):
    """As many rows as the filter leaves are enough, though more were wanted; a narrow filter of a
    large collection is compared row by row.
    """
    vector = searcher.vector("窃得手机")
    allowed = searcher.lexical.mask(Scope(None, "刑法"))
    exact = np.argsort(-(searcher.vectors["articles"] @ vector))
    asked = []
    search_chroma = searcher.store.search
    monkeypatch.setattr(searcher.store, "search", lambda *args: asked.append(args) or search_chroma(*args))
    found = searcher.nearest("articles", vector, 100, allowed)
    assert asked and [row for row, _ in found] == [row for row in exact if allowed[row]]
    monkeypatch.setattr(search, "WIDE", 1)
    asked.clear()
    assert searcher.nearest("articles", vector, 100, allowed)[0][0] == found[0][0] and not asked


def test_held_out_cases_are_not_in_the_index(index):
    assert pl.read_parquet(index / "cases.parquet").height == 40
    assert read_json(index / "manifest.json")["counts"]["cases"] == 40


def test_recall_is_written_beside_the_constant_list(index):
    measured = read_json(index / "recall.json")
    assert measured["n"] == 4
    assert measured["systems"].keys() == {"bm25", "dense", "cases", "fused", "constant"}
    assert measured["recall_at_5"] == measured["systems"]["fused"]["5"] == 1.0
    # 264, 67 and 133之1 in that order: the first is right for half of the cases, and half of what
    # those cite.
    assert measured["systems"]["constant"]["1"] == 0.25
    assert measured["chroma_recall_at_10"] == 1.0
    cases = measured["similar_cases"]
    assert cases["fused"] == {"charge": 1.0, "articles": 1.0}
    assert cases["same charge, bm25"]["articles"] == cases["same charge, random"]["articles"] == 1.0


def test_an_index_is_whole_by_itself_and_another_embedder_is_refused(index, tmp_path):
    moved = shutil.copytree(index, tmp_path / "moved")
    found = Searcher(moved)
    assert found.articles("窃得手机", 1)
    found.close()
    card = read_json(moved / "chroma/store.json")
    card["card"]["embedder"] |= {"sha256": "f", "dimension": 8}
    write_json(moved / "chroma/store.json", card)
    with pytest.raises(UserError, match="vectors of another embedder"):
        Searcher(moved)


def test_a_reranker_orders_the_first_articles(searcher, monkeypatch):
    class Backwards:
        depth = 2

        def order(self, facts, texts):
            return [(place, float(place)) for place in reversed(range(len(texts)))]

    plain = searcher.articles("窃得手机后投案", 3)
    monkeypatch.setattr(searcher, "reranker", Backwards())
    found = searcher.articles("窃得手机后投案", 3)
    assert [a["ref"] for a in found] == [plain[place]["ref"] for place in (1, 0, 2)]
    assert [a["score"] for a in found[:2]] == [1.0, 0.0]


def test_another_reranker_is_refused(index, tmp_path):
    moved = shutil.copytree(index, tmp_path / "moved")
    write_json(moved / "index.json", read_json(moved / "index.json") | {"reranker": "a/b@c"})
    (moved / "manifest.json").unlink()
    with pytest.raises(UserError, match="another reranker"):
        Searcher(moved)


def test_a_server_by_configuration_finds_the_same(index, searcher, tmp_path):
    moved = shutil.copytree(index, tmp_path / "served")
    card = read_json(moved / "index.json")
    card["settings"]["server"] = {"host": "127.0.0.1", "port": 0}
    write_json(moved / "index.json", card)
    (moved / "manifest.json").unlink()
    served = Searcher(moved)
    for facts in ("窃得手机后投案", "酒后驾驶轿车"):
        assert served.articles(facts, 4) == searcher.articles(facts, 4)
        assert served.cases(facts, 4) == searcher.cases(facts, 4)
    served.close()


def test_the_stage_starts_a_server_and_stops_it(index, monkeypatch):
    import index as index_stage
    from lexpro.retrieval import store

    servers = []

    class Noted(store.Server):
        def __init__(self, *args):
            super().__init__(*args)
            servers.append(self.process)
            assert self.process.poll() is None

    monkeypatch.setattr(store, "Server", Noted)
    inputs = {name: f"results/{name}/k" for name in ("filter", "tasks", "knowledge", "embed")}
    settings = {**INDEX, "server": {"host": "127.0.0.1", "port": 0}}
    index_stage.main(arguments(plan("index", settings, inputs, "served")))
    assert len(servers) == 1 and servers[0].poll() is not None
    assert read_json(index.with_name("served") / "recall.json") == read_json(index / "recall.json")


def test_a_held_out_case_among_the_training_cases_is_refused(index):
    with pytest.raises(UserError, match="is also a training case"):
        indexing.read_queries(index.parents[1] / "tasks/k/heldout.jsonl", {"d041"}, 10)


def test_training_again_gives_the_same_vectors(index):
    texts = ["窃取财物", "醉酒驾驶"]
    made = [
        static.train(texts, ["窃得手机", "酒后驾车"], [[0], [1]], [[0, 1]] * 2, EMBEDDER)[0].encode(texts)
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*made)


@pytest.mark.slow
def test_sentence_transformers_opens_the_embedder_and_makes_the_same_vectors(index):
    from sentence_transformers import SentenceTransformer

    folder = index.parents[1] / "embed/k/embedder"
    texts = ["被告人窃取财物价值人民币2000元。", "", "醉酒驾驶" * 50, "𠮷"]
    theirs = SentenceTransformer(str(folder), device="cpu").encode(texts, normalize_embeddings=True)
    np.testing.assert_array_equal(dense.load(folder).encode(texts), theirs)


def test_training_brings_facts_to_their_articles():
    articles, facts = ["秘密窃取他人财物", "醉酒驾驶机动车"], ["拿走手机", "喝酒开车"] * 4
    model, losses = static.train(articles, facts, [[0], [1]] * 4, [[0], [1]], EMBEDDER)
    left, right = model.encode(facts[:2]), model.encode(articles)
    assert (left @ right.T).argmax(1).tolist() == [0, 1]
    assert losses[-1] < losses[0] and len(losses) == 6
    # Eight facts are one step: of six epochs four steps are taken, then it is over.
    stopped = static.train(
        articles, facts, [[0], [1]] * 4, [[0], [1]], EMBEDDER.model_copy(update={"max_steps": 4})
    )[1]
    assert stopped == losses[:4]


def test_another_embedder_is_refused(index, tmp_path):
    card = read_json(index / "index.json")
    other = dense.save(
        static.train(["甲乙"], [], [], [[0]], EMBEDDER.model_copy(update={"dimension": 8}))[0],
        tmp_path / "e",
        "static",
    )
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


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("index.json", "no index.json"),
        ("chroma/chroma.sqlite3", "no chroma.sqlite3"),
        ("bm25/articles/bm25.json", "bm25/articles/bm25.json is missing"),
        ("articles.npy", "articles.npy is missing"),
    ],
)
def test_an_index_that_is_not_whole_is_refused(index, tmp_path, missing, reason):
    folder = shutil.copytree(index, tmp_path / "moved")
    Searcher(folder).close()
    (folder / missing).unlink()
    with pytest.raises(UserError, match=reason):
        Searcher(folder)


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize(
    "name", ["index.json", "articles.parquet", "cases.parquet", "articles.npy", "bm25/cases/weights.npz"]
)
def test_a_damaged_index_is_refused(index, tmp_path, name, signed):
    folder = shutil.copytree(index, tmp_path / "moved")
    (folder / name).write_bytes(b"x" * (folder / name).stat().st_size)
    if not signed:
        (folder / "manifest.json").unlink()
    with pytest.raises(UserError, match=f"{name} is not what was written" if signed else "damaged|is not a"):
        Searcher(folder)


def test_a_damaged_embedder_is_refused_and_a_whole_one_is_hashed_once(index, tmp_path, monkeypatch):
    folder = shutil.copytree(index, tmp_path / "moved")
    read = []
    hashed = hashing.sha256
    monkeypatch.setattr(hashing, "sha256", lambda path: read.append(path) or hashed(path))
    Searcher(folder).close()
    files = [path for path in (folder / "embedder").rglob("*") if path.is_file()]
    assert len(files) > 2 and all(read.count(path) == 1 for path in files)
    (weights,) = (folder / "embedder").rglob("*.safetensors")
    weights.write_bytes(b"x" * weights.stat().st_size)
    with pytest.raises(UserError, match="the embedder's files are not those that were saved"):
        Searcher(folder)


def test_a_manifest_that_cannot_be_read_is_said(index, tmp_path):
    folder = shutil.copytree(index, tmp_path / "moved")
    (folder / "manifest.json").write_text("{")
    with pytest.raises(UserError, match="is damaged"):
        Searcher(folder)


def test_vectors_of_another_run_are_refused(tmp_path):
    write_json(tmp_path / "cases.json", ["a", "b"])
    np.save(tmp_path / "cases.npy", np.zeros((2, 4), np.float32))
    with pytest.raises(UserError, match="not the cases of this run"):
        indexing.read_vectors(tmp_path, "cases", ["b", "a"])


def test_building_again_takes_over_what_has_not_changed(index, monkeypatch):
    """The last test of the fixture: it changes it. A run that is cut off leaves what was there."""
    import embed as embed_stage
    import index as index_stage

    def run(stage_, name):
        stage_.main(["--plan", f"results/.plan/{name}/k"])

    def cut_off(*_, **__):
        raise KeyboardInterrupt

    run(embed_stage, "embed")
    before = read_json(index / "manifest.json")
    with monkeypatch.context() as patch:
        patch.setattr(indexing.recall, "measure", cut_off)
        with pytest.raises(SystemExit):
            run(index_stage, "index")
    assert read_json(index / "manifest.json") == before
    Searcher(index).close()
    counts = []
    with monkeypatch.context() as patch:
        build = indexing.build
        patch.setattr(indexing, "build", lambda *args: counts.append(build(*args)) or counts[0])
        run(index_stage, "index")
    assert counts == [
        {name: {"kept": n, "written": 0, "removed": 0} for name, n in (("articles", 5), ("cases", 40))}
    ]
    assert read_json(index / "manifest.json") == before
