"""Training an embedder on what courts cite, and ordering anew with a cross-encoder: tiny models,
made here.
"""

import logging
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from lexpro.config.embed import Pretrained, Training, Tuned
from lexpro.config.index import Reranker
from lexpro.retrieval import contrastive, dense, embedding, rerank, tuned
from lexpro.retrieval.cases import Case
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json

ARTICLES = [
    {"law": "刑法", "ref": ref, "heading": heading, "text": text}
    for ref, heading, text in [
        ("264", "侵犯财产罪", "盗窃公私财物"),
        ("263", "侵犯财产罪", "抢劫公私财物"),
        ("266", "侵犯财产罪", "诈骗公私财物"),
        ("133之1", "危害公共安全罪", "醉酒驾驶机动车"),
        ("133", "危害公共安全罪", "交通肇事"),
        ("67", "总则", "自动投案"),
        ("67", "总则", "自首"),
    ]
]
CHAPTERS = contrastive.chapters(ARTICLES)


def sampler(cited, negatives, hard, seed=0):
    settings = Training(
        batch_size=2, negatives=negatives, hard_negatives=hard, scale=20.0, learning_rate=0.1, seed=seed
    )
    return contrastive.Sampler(cited, CHAPTERS, settings, torch.Generator().manual_seed(seed))


def test_hard_negatives_are_of_the_chapters_of_what_is_cited():
    (step,) = sampler([[0], [0]], 0, 10).epoch()
    assert step.articles == [0, 1, 2]
    assert step.cited.tolist() == [[True, False, False]] * 2
    (step,) = sampler([[3], [6]], 0, 10).epoch()
    assert step.articles == [3, 4, 5, 6]


@pytest.mark.parametrize(("negatives", "hard"), [(0, 0), (3, 0), (0, 1), (100, 5)])
def test_each_case_comes_once_with_all_that_it_cites(negatives, hard):
    cited = [[0, 5], [3], [1], [4, 5, 6], [2]]
    steps = list(sampler(cited, negatives, hard).epoch())
    assert sorted(case for step in steps for case in step.cases) == list(range(5))
    for step in steps:
        assert step.articles == sorted(set(step.articles))
        for case, row in zip(step.cases, step.cited.tolist(), strict=True):
            assert [
                article for article, is_cited in zip(step.articles, row, strict=True) if is_cited
            ] == cited[case]
        fewest = len({article for case in step.cases for article in cited[case]})
        assert fewest <= len(step.articles) <= min(7, fewest * (1 + hard) + negatives)


def test_the_loss_is_the_softmax_of_each_cited_article_against_those_not_cited():
    similarity = torch.tensor([[2.0, 1.0, 0.0, -1.0]])
    cited = torch.tensor([[True, True, False, False]])
    others = np.exp(0.0) + np.exp(-1.0)
    expected = -np.mean([np.log(np.exp(s) / (np.exp(s) + others)) for s in (2.0, 1.0)])
    assert float(contrastive.loss(similarity, cited)) == pytest.approx(expected, abs=1e-6)


def test_the_trainer_is_given_each_case_against_all_articles_of_its_step(pretrained):
    """What the collator makes of two cases has the loss of their vectors' cosines."""
    model = dense.open_model(dense.card_of(Pretrained(**settings_of_embedder(pretrained, kind="pretrained"))))
    model.eval()
    texts, facts, cited = [a["text"] for a in ARTICLES], ["偷了手机", "喝酒开车"], [[0, 5], [3]]
    collate = tuned.StepCollator(
        preprocess_fn=model.preprocess, articles=texts, sampler=sampler(cited, 100, 0)
    )
    batch = collate([{"case": case, "facts": facts[case]} for case in (1, 0)])
    assert batch["label"].nonzero().tolist() == [[0, 3], [1, 0], [1, 5]]
    columns = [
        {key.removeprefix(prefix): value for key, value in batch.items() if key.startswith(prefix)}
        for prefix in ("facts_", "articles_")
    ]
    left, right = (torch.tensor(model.encode(t, normalize_embeddings=True)) for t in (facts[::-1], texts))
    expected = contrastive.loss(20.0 * left @ right.T, batch["label"])
    with torch.no_grad():
        value = tuned.CitedArticlesLoss(model, 20.0)(columns, batch["label"])
    assert float(value) == pytest.approx(float(expected), abs=1e-5)


@pytest.fixture(scope="module")
def pretrained(tmp_path_factory):
    """Folders of a tiny embedder and a tiny cross-encoder with random weights, as a hub would have
    them.
    """
    from sentence_transformers import CrossEncoder, SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertForSequenceClassification, BertModel, BertTokenizerFast

    root = tmp_path_factory.mktemp("models")
    characters = sorted({c for a in ARTICLES for c in a["text"]} | set("偷了手机喝酒开车打人"))
    (root / "vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]))
    tokenizer = BertTokenizerFast(str(root / "vocab.txt"))
    shape = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=64, num_labels=1, **shape)
    torch.manual_seed(0)
    for name, model in (("plain", BertModel(config)), ("pairs", BertForSequenceClassification(config))):
        model.save_pretrained(root / name)
        tokenizer.save_pretrained(root / name)
    body = Transformer(str(root / "plain"))
    SentenceTransformer(modules=[body, Pooling(32)]).save_pretrained(str(root / "embedder"))
    CrossEncoder(str(root / "pairs"), num_labels=1).save_pretrained(str(root / "reranker"))
    return root


TRAINING = {
    "epochs": 6,
    "batch_size": 4,
    "negatives": 2,
    "hard_negatives": 1,
    "scale": 20.0,
    "learning_rate": 0.003,
    "warmup": 0.1,
    "weight_decay": 0.01,
    "gradient_checkpointing": True,
    "seed": 1,
}


def settings_of_embedder(pretrained, **more):
    values = {"model": str(pretrained / "embedder"), "revision": None, "max_length": 32, "batch_size": 8}
    return {**values, "prompts": {}, **more}


def fine_tuned(pretrained, out):
    out.mkdir()
    settings = Tuned(**settings_of_embedder(pretrained, kind="tuned", training=TRAINING))
    known = [
        Case(f"d{i}", "", "", facts, (), refs, "", None)
        for i, (facts, refs) in enumerate([("偷了手机", ("264", "67")), ("喝酒开车", ("133之1",))] * 8)
    ]
    run = SimpleNamespace(settings=settings, out=out, log=logging.getLogger(), previous=None)
    return embedding.train(run, ARTICLES, known)


@pytest.mark.slow
def test_fine_tuning_brings_facts_to_what_courts_cited(pretrained, tmp_path):
    settings = Pretrained(**settings_of_embedder(pretrained, kind="pretrained"))
    before = dense.pretrained(settings, tmp_path / "plain")
    made = fine_tuned(pretrained, tmp_path / "out")

    def nearest(encoder):
        scores = (
            encoder.encode(["偷了手机", "喝酒开车"], "query")
            @ encoder.encode([a["text"] for a in ARTICLES]).T
        )
        return [set(np.argsort(-row)[:n].tolist()) for row, n in zip(scores, (3, 1), strict=True)]

    losses = read_json(tmp_path / "out/losses.json")
    assert len(losses) == TRAINING["epochs"] and losses[-1] < losses[0]
    # Both versions of article 67 are cited: none is a negative.
    assert nearest(made) == [{0, 5, 6}, {3}] != nearest(before)
    # Saved, opened and known again; the base is named.
    again = dense.load(tmp_path / "out/embedder", made.card)
    np.testing.assert_allclose(again.encode(["偷了手机"]), made.encode(["偷了手机"]), atol=1e-6)
    assert made.card["kind"] == "tuned" and made.card["model"] == str(pretrained / "embedder")
    # Again: the same weights.
    assert fine_tuned(pretrained, tmp_path / "again").card["sha256"] == made.card["sha256"]
    (tmp_path / "out/embedder/tokenizer.json").write_text("{}")
    with pytest.raises(UserError, match="not those that were saved"):
        dense.load(tmp_path / "out/embedder")


def settings_of(folder, depth=2):
    return Reranker(model=str(folder), revision=None, max_length=32, batch_size=8, depth=depth)


def test_a_cross_encoder_orders_by_its_own_scores(pretrained):
    made = rerank.Reranker(settings_of(pretrained / "reranker"))
    texts = [article["text"] for article in ARTICLES]
    order = made.order("偷了手机", texts)
    scores = [float(s) for s in made.model.predict([("偷了手机", text) for text in texts])]
    assert [place for place, _ in order] == sorted(range(7), key=lambda place: -scores[place])
    assert made.order("偷了手机", []) == []


def test_a_reranker_is_known_by_its_files(pretrained, tmp_path):
    first = rerank.identity(settings_of(pretrained / "reranker"))
    copy = shutil.copytree(pretrained / "reranker", tmp_path / "other")
    assert rerank.identity(settings_of(copy)) == first
    (copy / "config.json").write_text("{}")
    assert rerank.identity(settings_of(copy)) != first
    assert rerank.identity(settings_of("a/b").model_copy(update={"revision": "c"})) == "a/b@c"
    assert rerank.identity(None) is None


def test_a_reranker_that_is_not_there_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(UserError, match=r"index.reranker.model: .* cannot be opened"):
        rerank.Reranker(settings_of(tmp_path / "nothing"))
