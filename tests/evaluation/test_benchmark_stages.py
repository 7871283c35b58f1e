"""Public benchmarks in the stages: what is asked, both scores, what stands beside them, and data
that are missing.
"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sample_judgments import plain_form

from lexpro.config import score
from lexpro.config.benchmark import PinnedQuestions
from lexpro.dag import builder, requirements
from lexpro.evaluation import contamination, questions, score_questions
from lexpro.evaluation.baselines import judgment_baselines, margins
from lexpro.evaluation.consistency import consistency, of_samples
from lexpro.evaluation.grading import grade
from lexpro.evaluation.items import Retrieval
from lexpro.evaluation.scorers import Scorer, points
from lexpro.evaluation.tasks.disc import items as disc
from lexpro.evaluation.tasks.lawbench import items
from lexpro.evaluation.tasks.lawbench import scorer as lawbench
from lexpro.tasks import targets
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_json, write_text

ROOT = Path(__file__).resolve().parents[2]
HOW = score.Settings(draws=200, seed=1, confidence=0.95)
MONTHS = (4, 12, 12, 36)
FACTS = [
    f"被告人张某{name}在本市第{n}街道盗窃他人电动自行车一辆，价值人民币{n}千元，案发后退还。"
    for n, name in enumerate("甲乙丙丁", 1)
]
# Data sets of no registry: not validated.
SETTINGS = PinnedQuestions.model_construct(
    data={"zero_shot": "zero", "one_shot": "one"},
    shots=[0, 1],
    tasks=[],
    limit=3,
    statutes={"3-4": "刑法"},
    expect={"3-4": 4, "2-4": 4},
)


def settings(**changes) -> PinnedQuestions:
    return SETTINGS.model_copy(update=changes)


@pytest.fixture
def tasks(tmp_path, monkeypatch):
    """Two tasks of four items, and a training set that holds the first of them."""
    for shots in ("zero", "one"):
        terms = [
            {"instruction": "预测刑期", "question": fact, "answer": f"刑期:{months}个月"}
            for fact, months in zip(FACTS, MONTHS, strict=True)
        ]
        topics = [{"instruction": "选一类", "question": f, "answer": "婚姻家庭"} for f in FACTS]
        write_json(tmp_path / shots / "3-4.json", terms)
        write_json(tmp_path / shots / "2-4.json", topics)
    folders = {0: tmp_path / "zero", 1: tmp_path / "one"}
    monkeypatch.setattr(questions, "data", lambda _, shots: folders[shots])
    trained = [f"经审理查明，{FACTS[0]}上述事实清楚。", "无关的判决书。" * 20]
    lines = "".join(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in trained)
    write_text(tmp_path / "tasks/pretrain.jsonl", lines)
    return tmp_path / "tasks"


def rows(asked, answers):
    """Predictions in the order of what is asked."""
    base = {"sample": 0, "finish_reason": "stop", "retrieved": [], "error": None}
    return [
        {**base, "id": item["id"], "task": item["task"], "completion": text}
        | ({"error": "no connection", "completion": "", "finish_reason": "error"} if text is None else {})
        for item, text in zip(asked, answers, strict=True)
    ]


def test_every_task_is_asked_with_and_without_an_example(tasks):
    asked = items.SOURCE.asked_items(tasks, SETTINGS, False)
    assert [item["task"] for item in asked[::3]] == ["3-4", "2-4", "3-4/one_shot", "2-4/one_shot"]
    assert asked[0]["id"] == "3-4:0" and len(asked) == 12
    assert items.SOURCE.prompt(asked[0], plain_form(), None) == (f"预测刑期\n{FACTS[0]}", [])


def test_with_retrieval_only_where_statutes_are_of_use(tasks):
    seen = []

    def search(text, date, law):
        seen.append((text, date, law))
        return [
            {
                "ref": "264",
                "law": "刑法",
                "text": "第二百六十四条 盗窃公私财物",
                "valid_from": "",
                "valid_to": "",
            }
        ]

    asked = items.SOURCE.asked_items(tasks, settings(shots=[0]), True)
    assert {item["task"] for item in asked} == {"3-4"}
    prompt, refs = items.SOURCE.prompt(asked[0], plain_form(), Retrieval(search))
    assert refs == ["264"] and prompt.startswith("法条：\n264 ") and prompt.endswith(FACTS[0])
    assert seen == [(FACTS[0], None, "刑法")]


def test_both_scores_outcomes_and_what_stands_beside_them(tasks):
    asked = items.SOURCE.asked_items(tasks, settings(shots=[0], limit=0), False)
    terms = ["<think>先看</think>判处有期徒刑四个月", "不好说", "<think>没完", None]
    given = rows(asked, terms + ["婚姻家庭"] * 4)
    found = score_questions.score(items.SOURCE, lawbench.task, tasks, settings(shots=[0]), given, HOW)
    of_terms = found.scores["3-4"]
    assert (
        of_terms["n"],
        of_terms["right"],
        of_terms["wrong"],
        of_terms["abstained"],
        of_terms["failed"],
    ) == (
        4,
        1,
        0,
        2,
        1,
    )
    assert (
        of_terms["truncated"] == 1 and of_terms["normalised"] == 0.25 and of_terms["abstention_rate"] == 0.75
    )
    assert of_terms["low"] <= of_terms["normalised"] <= of_terms["high"] and of_terms["main"] == "normalised"
    floor = of_terms["baselines"]["normalised"]
    assert floor["gold"] == 1 and floor["constant"]["score"] >= floor["majority"] > floor["copy"] == 0
    assert of_terms["contamination"] == {"items": 1, "share": 0.25, "highest": 1.0, "unknown": 0}
    assert found.scores["2-4"]["official"] == found.scores["2-4"]["normalised"] == 1
    average = found.scores["average"]
    assert average["normalised"] == 0.625 and average["tasks"] == 2 and average["n"] == 8
    first = found.items[0]
    assert first["overlap"] == 1 and first["answer"] == "判处有期徒刑四个月" and first["outcome"] == "right"


def test_samples_of_an_item_are_averaged(tasks):
    asked = items.SOURCE.asked_items(tasks, settings(shots=[0], tasks=["3-4"]), False)[:1]
    given = rows(asked, ["4个月"]) + [rows(asked, ["不好说"])[0] | {"sample": 1}]
    scores = score_questions.score(items.SOURCE, lawbench.task, tasks, settings(shots=[0]), given, HOW).scores
    assert scores["3-4"]["normalised"] == 0.5 and (scores["3-4"]["n"], scores["3-4"]["predictions"]) == (1, 2)


def test_a_second_run_is_scored_as_the_first_where_nothing_was_answered(tasks):
    """Nothing to say may be right (LawBench 2-6), but is not what a failure said."""
    normalised = Scorer(lambda item, text: points(1.0), missing=lambda item: points(0.0))
    task = replace(lawbench.task("3-4"), normalised=normalised)
    asked = settings(shots=[0], tasks=["3-4"], limit=0)
    given = rows(items.SOURCE.asked_items(tasks, asked, False), ["", "4个月", "<think>没完", None])
    again = score_questions.main_scores(items.SOURCE, lambda _: task, asked, given)
    found = score_questions.score(items.SOURCE, lambda _: task, tasks, asked, given, HOW)
    assert again["3-4"] == found.scores["3-4"]["normalised"] == 0.5


def test_predictions_of_another_benchmark_are_refused(tasks):
    given = rows([{"id": "9-9:0", "task": "9-9"}], ["4个月"])
    with pytest.raises(UserError, match="9-9:0"):
        score_questions.score(items.SOURCE, lawbench.task, tasks, settings(shots=[0]), given, HOW)


def test_a_question_of_disc_is_asked_with_its_options(tmp_path):
    write_text(tmp_path / "mcq_mult_cpa.csv", "input,output,A,B,C,D\n何者有效,AB,甲,乙,丙,\n")
    (item,) = disc.items(tmp_path, "multi/cpa")
    assert item.gold == "AB" and item.text == "何者有效\nA. 甲\nB. 乙\nC. 丙" and item.text in item.prompt


def test_contamination_is_that_of_the_most_similar_document_without_boilerplate():
    same = "这是每一道题目开头都要写上的完全一样的一段很长很长的说明文字请认真阅读之后再回答问题"
    own = ["".join(chr(0x4E00 + 200 * n + i) for i in range(60)) for n in range(12)]
    texts = {"t": [same + text for text in own] + ["太短"]}
    found = contamination.by_task(texts, [same * 3, own[3], own[4][:45]])["t"]
    assert found[0] == 0 and found[-1] is None
    assert 0.4 < found[3] < 0.6 and 0 < found[4] < found[3]
    assert contamination.summary([0.5, 0.2, None]) == {"items": 1, "share": 0.5, "highest": 0.5, "unknown": 1}


def test_baselines_of_the_projects_own_tasks():
    golds = [{"刑种": "有期徒刑", "刑期": months} for months in (3, 3, 12, 13, 14)]
    asked = [{"task": "term", "gold": gold, "input": "事实"} for gold in golds]
    found = judgment_baselines("term", asked)
    assert found["gold"] == 1 and found["copy"] == 0
    assert (
        json.loads(found["constant"]["answer"])["刑期"] > 3 and found["constant"]["score"] > found["majority"]
    )


def test_a_model_beside_answers_that_were_made_without_it():
    """Item by item: a model that repeats a baseline is above it by nothing."""
    asked = [
        {"task": "charge", "gold": {"罪名": [name]}, "input": "事实"} for name in ("盗窃罪", "诈骗罪") * 20
    ]
    golds = [targets.dump(item["gold"]) for item in asked]
    theft = [golds[0]] * len(asked)

    def samples(texts):
        row = {"error": None, "finish_reason": "stop"}
        return [[grade(item, row | {"completion": text})] for item, text in zip(asked, texts, strict=True)]

    answers, how = {"constant": theft, "linear": golds}, score.Settings()
    perfect = margins("charge", asked, samples(golds), answers, how)
    assert perfect["constant"]["score"] == perfect["constant"]["difference"] == 0.5
    assert 0.2 < perfect["constant"]["low"] < 0.5 < perfect["constant"]["high"] < 0.8
    same = perfect["linear"]
    assert same["score"] == 1 and same["difference"] == 0 and same["low"] < 0 < same["high"]
    poor = margins("charge", asked, samples(theft), answers, how)
    assert poor["linear"]["difference"] == -0.5 and poor["linear"]["high"] < 0


@pytest.mark.parametrize(
    ("answers", "same", "modal", "agreement"),
    [
        ([{"罪名": ["盗窃罪"]}] * 3, 1, 1, 1),
        ([{"罪名": ["盗窃罪"]}, {"罪名": ["盗窃罪"]}, {"罪名": ["诈骗罪"]}], 0, 2 / 3, 1 / 3),
        ([None, None], 0, 0, 0),
    ],
)
def test_agreement_of_samples(answers, same, modal, agreement):
    found = of_samples("charge", answers)
    assert (found["same"], found["modal"], found["agreement"]) == pytest.approx((same, modal, agreement))


def test_the_spread_of_terms_is_that_of_the_worst_defendant():
    def answer(first: int, second: int) -> dict:
        terms = zip(("甲", "乙"), (first, second), strict=True)
        return {"被告人": [{"姓名": name, "刑种": "有期徒刑", "刑期": months} for name, months in terms]}

    found = consistency("elements", [[answer(6, 36), answer(8, 60)], [answer(6, 6), answer(6, 6)]])
    assert found["consistency"]["term_range"] == 12 and found["consistency"]["term_range_n"] == 2
    assert consistency("term", [[{"刑种": "拘役", "刑期": 3}]]) == {}


def test_an_experiment_may_list_benchmarks(monkeypatch):
    monkeypatch.chdir(ROOT)
    dag = builder.build(["demo"], ["benchmark=[heldout,lawbench,judge_elements]"])
    keys = [run.key.rsplit("-", 1)[0] for run in dag.runs_of("score")]
    assert {"heldout-grpo-rag", "lawbench-grpo-rag", "judge_elements-base-none"} < set(keys)
    # Of judgments, elements alone are asked: nothing that statutes would help with.
    assert "judge_elements-base-rag" not in keys
    (asked,) = [run for run in dag.runs_of("predict") if run.key.startswith("lawbench-sft-none")]
    assert "scorer" not in asked.key_settings["items"] and asked.settings.items.sha256
    without = builder.build(["demo"], [])
    assert {run.key for run in without.runs_of("score")} < {run.key for run in dag.runs_of("score")}


def test_scoring_is_told_where_the_items_come_from(monkeypatch):
    """Else it would look for those of another benchmark among the held-out judgments."""
    monkeypatch.chdir(ROOT)
    dag = builder.build(["smoke_benchmarks"], [])
    sources = {
        run.settings.benchmark: run.settings.items and run.settings.items.source
        for run in dag.runs_of("score")
    }
    own = {name for name, source in sources.items() if source is None}
    assert own == {"heldout", "consistency"} and len(sources) == 8
    for name in sources.keys() - own:
        assert sources[name] == f"lexpro.evaluation.tasks.{name}.items"


def test_missing_data_stop_the_plan_before_any_job(monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LEXPRO_MIRROR", str(tmp_path))
    dag = builder.build(["demo"], ["benchmark=[heldout,lawbench]"])
    with pytest.raises(UserError, match="(?s)lawbench needs the data set lawbench_zero_shot.*mirror has no"):
        requirements.check_data(dag)
    requirements.check_data(builder.build(["demo"], []))


@pytest.mark.slow
def test_rescore_names_what_is_wrong_and_works_from_any_folder(tmp_path):
    row = {"origin_prompt": "甲", "prediction": "有期徒刑三年六个月", "refr": "刑期:42个月"}
    script = [
        sys.executable,
        "-m",
        "lexpro",
        "rescore",
        "--benchmark",
        "lawbench/3-4",
        "--draws",
        "50",
    ]

    def run(content: object, *args: str) -> subprocess.CompletedProcess:
        write_text(tmp_path / "p.json", json.dumps(content, ensure_ascii=False))
        command = [*script, "--predictions", "p.json", *args]
        # Without a mirror: its LawBench would say that two items of 500 are not the task.
        env = os.environ | {"PYTHONPATH": str(ROOT / "workflow/scripts"), "LEXPRO_MIRROR": ""}
        return subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    unanswered = {**row, "origin_prompt": "乙", "prediction": None}
    found = json.loads(run({"0": row, "7": unanswered}).stdout)
    assert (found["n"], found["failed"], found["normalised"]["score"]) == (2, 1, 0.5)
    for content, args, said in (
        ({"0": {"origin_prompt": "甲", "refr": "刑期:42个月"}}, (), "no field 'prediction'"),
        ({"0": {**row, "refr": "很久"}}, (), "'很久' is not as lawbench/3-4 writes it"),
        ({"0": row}, ("--format", "judge"), "no field 'id', which the format 'judge' asks for"),
    ):
        wrong = run(content, *args)
        assert wrong.returncode == 2 and said in wrong.stderr and "Traceback" not in wrong.stderr
