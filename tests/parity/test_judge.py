"""JuDGE: its evaluator's figures for the outputs in the mirror (computed with its own script), and
simple answers.
"""

import pytest

from lexpro.evaluation import rescoring
from lexpro.evaluation.tasks.judge import official as judge_official
from lexpro.evaluation.tasks.judge import scorer as judge

# term, fine, charge R / P / F1, article R / P / F1 of the evaluator at 2457c65 on outputs at
# 1e1ac5d.
FIGURES = {
    "direct/qwen2.5-3B-Instruct-direct": (0.6153, 0.4868, 0.8683, 0.8723, 0.8703, 0.5940, 0.7200, 0.6510),
    "direct/qwen2.5-7B-Instruct-direct": (0.7013, 0.5568, 0.9301, 0.9341, 0.9321, 0.6067, 0.8021, 0.6909),
    "fewshot/qwen2.5-3B-Instruct": (0.5962, 0.4584, 0.8593, 0.8460, 0.8526, 0.6094, 0.6241, 0.6166),
    "fewshot/qwen2.5-7B-Instruct": (0.6812, 0.5328, 0.9291, 0.9275, 0.9283, 0.6542, 0.7777, 0.7106),
    "finetune/qwen2.5-3B-Instruct": (0.6727, 0.5443, 0.9401, 0.9444, 0.9423, 0.7140, 0.7418, 0.7276),
    "finetune/qwen2.5-3B": (0.6024, 0.5149, 0.9381, 0.9375, 0.9378, 0.6843, 0.6326, 0.6574),
    "finetune/qwen2.5-7B-Instruct": (0.6673, 0.5526, 0.9521, 0.9518, 0.9519, 0.7747, 0.7596, 0.7671),
    "finetune/qwen2.5-7B": (0.6422, 0.5273, 0.9651, 0.9664, 0.9657, 0.7465, 0.7102, 0.7279),
    "law_llm/hanfei/hanfei-direct": (0.4900, 0.3541, 0.8623, 0.8683, 0.8653, 0.4624, 0.5306, 0.4941),
    "law_llm/hanfei/hanfei-fewshot": (0.0635, 0.0282, 0.1128, 0.1118, 0.1123, 0.0209, 0.0407, 0.0276),
    "law_llm/hanfei/hanfei-finetune": (0.6520, 0.5526, 0.9381, 0.9318, 0.9350, 0.7238, 0.6813, 0.7019),
    "law_llm/lexilaw/lexilaw-direct": (0.0408, 0.0261, 0.6178, 0.6228, 0.6202, 0.0010, 0.0040, 0.0016),
    "law_llm/lexilaw/lexilaw-fewshot": (0.0102, 0.0126, 0.4072, 0.4112, 0.4092, 0.0070, 0.0088, 0.0078),
    "law_llm/lexilaw/lexilaw-finetune": (0.5926, 0.4942, 0.9401, 0.9288, 0.9344, 0.6030, 0.6908, 0.6439),
    "multi/qwen2.5-3B-Instruct": (0.6624, 0.5296, 0.9511, 0.9531, 0.9521, 0.7231, 0.7403, 0.7316),
    "multi/qwen2.5-3B": (0.6328, 0.5132, 0.9471, 0.9511, 0.9491, 0.7530, 0.6784, 0.7138),
    "multi/qwen2.5-7B-Instruct": (0.6832, 0.5512, 0.9611, 0.9604, 0.9607, 0.7903, 0.7431, 0.7660),
    "multi/qwen2.5-7B": (0.6558, 0.5455, 0.9411, 0.9441, 0.9426, 0.7294, 0.7556, 0.7423),
}


@pytest.fixture(scope="module")
def task():
    return rescoring.task("judge")


@pytest.mark.parametrize("name", FIGURES)
def test_figures(mirror, task, name):
    path = mirror / f"oneal2000__JuDGE/baseline_results/{name}.jsonl"
    if not path.is_file():
        pytest.skip("the mirror lacks these outputs")
    outputs = rescoring.read(path, "judge", task.references)
    table, _ = task.official.table(outputs.items, outputs.texts)
    sums = table.sum(axis=0)
    names = ("term", "fine", "charge_recall", "charge_precision", "charge_f1")
    names += ("article_recall", "article_precision", "article_f1")
    found = tuple(round(float(judge_official.METRICS[metric](sums)), 4) for metric in names)
    assert len(table) == 501 and found == pytest.approx(FIGURES[name], abs=1e-9)


def test_gold_and_constants(mirror, task):
    path = mirror / "oneal2000__JuDGE/expected.jsonl"
    outputs = rescoring.read(path, "judge", task.references)
    gold = [item.gold for item in outputs.items]
    assert len(gold) == rescoring.expected("judge")
    assert task.normalised.score(outputs.items, gold) == 1
    table, _ = task.official.table(outputs.items, [judge.constants(outputs.items)[2]] * 501)
    sums = table.sum(axis=0)
    # Ten months, 2,000 yuan and the four commonest articles: what the official scorer gives for
    # knowing nothing.
    assert round(float(judge_official.METRICS["term"](sums)), 4) == 0.4855
    assert round(float(judge_official.METRICS["fine"](sums)), 4) == 0.3174
    assert round(float(judge_official.METRICS["article_f1"](sums)), 4) == 0.4624
