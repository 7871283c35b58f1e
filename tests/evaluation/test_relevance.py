"""METEOR and BERTScore of JuDGE: computed where a model is at hand, and else said not to be."""

from importlib.util import find_spec

import pytest
import torch
from benchmark_cases import CHARGES, JUDGMENT
from transformers import BertConfig, BertModel, BertTokenizerFast

from lexpro.evaluation import rescoring
from lexpro.evaluation.items import Item
from lexpro.evaluation.tasks.judge import relevance
from lexpro.evaluation.tasks.judge import scorer as judge
from lexpro.workflow.errors import UserError

OTHER = JUDGMENT.replace("一年零六个月", "二年").replace("盗窃", "诈骗")


@pytest.fixture(scope="module")
def bert(tmp_path_factory):
    """A random model of BERT's kind with nine layers, of which the last does not count."""
    folder = tmp_path_factory.mktemp("bert")
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set(JUDGMENT + OTHER) - {"\n"})]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    tokenizer = BertTokenizerFast(vocab=str(folder / "vocab.txt"), model_max_length=64)
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 9, "num_attention_heads": 2, "intermediate_size": 16}
    BertModel(BertConfig(vocab_size=len(pieces), max_position_embeddings=64, **sizes)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_the_same_text_has_one_and_another_less(bert):
    found = relevance.scores([(JUDGMENT, JUDGMENT)], {"bert": str(bert)})["bert_score"]
    assert found == pytest.approx({"reasoning": 1, "judgment": 1}, abs=1e-5)
    other = relevance.scores([(JUDGMENT, JUDGMENT), (JUDGMENT, OTHER)], {"bert": str(bert)})["bert_score"]
    assert all(0 < other[part] < 1 for part in relevance.PARTS)
    assert list(relevance.Bert(bert).scores([("被告人", "")])) == [0]


def test_pieces_are_matched_with_their_nearest(bert):
    """By hand: cosines of the eighth layer, without the ends, which may be nearest but do not
    count.
    """
    model = relevance.Bert(bert)
    assert len(model.model.encoder.layer) == 8
    read = model.read(["被告人", "告人"])
    (a, counted), (b, _) = read["被告人"], read["告人"]
    assert counted.tolist() == [False, True, True, True, False] and len(b) == 4
    near = torch.nn.functional.cosine_similarity(b[:, None], a[None], dim=-1)
    precision, recall = near.max(1).values[1:3].mean(), near.max(0).values[1:4].mean()
    assert list(model.scores([("被告人", "告人")])) == pytest.approx(
        [float(2 * precision * recall / (precision + recall))]
    )


def test_vectors_are_held_of_a_slice_of_the_pairs(bert, monkeypatch):
    model, held = relevance.Bert(bert), []
    pairs = [(JUDGMENT[n : n + 9], OTHER[n + 2 : n + 5]) for n in range(2 * relevance.BATCH + 1)]
    alone = [value for pair in pairs for value in model.scores([pair])]
    read = model.read
    monkeypatch.setattr(model, "read", lambda texts: held.append(len(texts)) or read(texts))
    assert list(model.scores(pairs)) == pytest.approx(alone, abs=1e-5)
    assert held == [2 * relevance.BATCH, 2 * relevance.BATCH, 2]


def test_what_has_no_model_is_not_computed(tmp_path, monkeypatch):
    missing = relevance.scores([(JUDGMENT, JUDGMENT)], {"bert": None})
    assert set(missing) == {"not_computed"} and set(missing["not_computed"]) == {"meteor", "bert_score"}
    with pytest.raises(UserError, match=r"models\.bert: .*nowhere is not a folder"):
        relevance.scores([], {"bert": str(tmp_path / "nowhere")})
    if find_spec("nltk") is None:
        found = relevance.scores([], {"wordnet": str(tmp_path)})
        assert found["not_computed"]["meteor"] == "the package nltk is not installed"


def test_they_stand_beside_the_scores_of_a_file(bert, monkeypatch):
    monkeypatch.setattr(judge, "_charges", lambda: CHARGES)
    outputs = rescoring.Outputs([Item("1", "", JUDGMENT)], [OTHER])
    task = rescoring.task("judge")
    found = rescoring.evaluate(task, outputs, 20, {"bert": str(bert)})
    assert 0 < found["beside"]["bert_score"]["judgment"] < 1 and "meteor" in found["beside"]["not_computed"]
    assert "beside" not in rescoring.evaluate(rescoring.task("lawbench/3-4"), outputs_of("刑期:3个月"), 20)


def outputs_of(gold: str) -> rescoring.Outputs:
    return rescoring.Outputs([Item("0", "", gold)], [gold])
