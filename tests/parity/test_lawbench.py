"""LawBench: the published scores of every model in the mirror, and what the two scorers make of
simple answers.
"""

import csv
import json

import pytest

from lexpro.cli.main import main
from lexpro.evaluation import rescoring
from lexpro.evaluation.tasks.lawbench import items as questions
from lexpro.evaluation.tasks.lawbench import scorer as lawbench
from lexpro.law import terms

SHIPPED = [task for task in lawbench.TASKS if task not in ("2-9", "2-10")]
FOLDER = "open-compass__LawBench"


@pytest.fixture(scope="module")
def published(mirror):
    with (mirror / FOLDER / "predictions/zero_shot/results.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {(r["model_name"], r["task"]): (float(r["score"]), float(r["abstention_rate"])) for r in rows}


@pytest.fixture(scope="module")
def items(mirror):
    return lambda task, shots="zero_shot": questions.items(mirror / FOLDER / "data" / shots, task)


# Alignments of long texts take ten seconds, its other tasks a second.
ALIGNED = "2-1"


@pytest.mark.parametrize(
    "task", [pytest.param(task, marks=[pytest.mark.slow] * (task == ALIGNED)) for task in SHIPPED]
)
def test_published_scores(mirror, published, task):
    """Score and abstention of results.csv, to 1e-9, for every model whose outputs are there (GPT4
    is).
    """
    folders = sorted(p for p in (mirror / FOLDER / "predictions/zero_shot").iterdir() if p.is_dir())
    scorer = rescoring.task(f"lawbench/{task}").official
    seen = 0
    for folder in folders:
        path = folder / f"{task}.json"
        if not path.is_file():
            continue
        outputs = rescoring.read(path, "lawbench")
        table, abstained = scorer.table(outputs.items, outputs.texts)
        score = float(scorer.metrics["score"](table.sum(axis=0)))
        expected = published[folder.name, task]
        assert (score, abstained / len(outputs.items)) == pytest.approx(expected, rel=0, abs=1e-9), (
            folder.name
        )
        seen += 1
    assert seen


@pytest.mark.parametrize("shots", ["zero_shot", "one_shot"])
@pytest.mark.parametrize("task", lawbench.TASKS)
def test_gold_is_right(items, task, shots):
    """The normalised score of the references is 1, and none of them is an abstention."""
    questions = items(task, shots)
    scorer = rescoring.task(f"lawbench/{task}").normalised
    table, abstained = scorer.table(questions, [item.gold for item in questions])
    assert len(questions) == rescoring.expected(f"lawbench/{task}") and not abstained
    assert float(scorer.metrics["score"](table.sum(axis=0))) == 1


@pytest.mark.parametrize("task", ["3-4", "3-5"])
@pytest.mark.parametrize("months", [6, 12, 18, 24, 36])
def test_a_constant_term_is_worth_little(items, task, months):
    questions = items(task)
    answers = [f"刑期:{months}个月"] * len(questions)
    both = rescoring.task(f"lawbench/{task}")
    assert both.official.score(questions, answers) > 0.75
    assert both.normalised.score(questions, answers) < both.official.score(questions, answers) - 0.2


def test_the_constant_18_months(items):
    questions = items("3-4")
    scorer = rescoring.task("lawbench/3-4").official
    assert round(scorer.score(questions, ["18个月"] * 500), 4) == 0.8197


def natural(gold: str) -> str:
    """A gold answer in the words of a judgment."""
    if not gold.endswith("个月"):
        return gold.removeprefix("刑期:") + ("徒刑" if "无期" in gold else "")
    months = int(gold[3:-2])
    return f"判处有期徒刑{terms.render_length(months)}" if months else "免予刑事处罚"


def test_a_right_answer_in_natural_chinese(items):
    """The official scorer reads 三年六个月 as 6 months, and 免予刑事处罚 as no answer."""
    questions = items("3-4")
    answers = [natural(item.gold) for item in questions]
    both = rescoring.task("lawbench/3-4")
    assert both.normalised.score(questions, answers) == 1
    assert round(both.official.score(questions, answers), 4) == 0.8549


def test_gold_charges_are_officially_wrong(items):
    questions = items("3-3")
    scorer = rescoring.task("lawbench/3-3").official
    assert round(scorer.score(questions, [item.gold for item in questions]), 4) == 0.9322


@pytest.mark.slow
def test_rescore_prints_both_scores(mirror, capsys):
    path = mirror / FOLDER / "predictions/zero_shot/GPT4/3-4.json"
    assert main(["rescore", "--benchmark", "lawbench/3-4", "--predictions", str(path), "--baselines"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 500 and found["failed"] == 0
    assert found["official"] == {
        "score": pytest.approx(0.826169798692559, abs=1e-9),
        "abstention_rate": 0.004,
    }
    assert found["normalised"]["low"] < found["normalised"]["score"] < found["normalised"]["high"]
    official, normalised = found["baselines"]["official"], found["baselines"]["normalised"]
    # The example in the prompt, 12月, is read as an answer.
    assert official["copy"] > 0.8 and normalised["copy"] == 0
    assert official["constant"] == {"answer": "刑期:18个月", "score": pytest.approx(0.81973, abs=1e-5)}
    assert official["gold"] == normalised["gold"] == 1
