"""Scores: four outcomes, counts that become metrics, the stage."""

import json
from pathlib import Path

import planning
import pytest
from benchmark_cases import PERSON

from lexpro.config import benchmark, score
from lexpro.evaluation.grading import grade
from lexpro.evaluation.metrics import MAIN, summarise
from lexpro.workflow import stage
from lexpro.workflow.files import read_json, read_yaml, write_text

CONFIG = Path(__file__).resolve().parents[2] / "config"
SETTINGS = score.Settings(draws=200, confidence=0.95, seed=1)

GOLD = {
    "elements": {"被告人": [PERSON], "金额": 8500, "退赔": 0, "赔偿": 0},
    "charge": {"罪名": ["盗窃罪", "诈骗罪"]},
    "article": {"法条": ["264", "266", "67"]},
    "term": {"刑种": "有期徒刑", "刑期": 40},
}


def item(task: str, number: int = 0, gold: dict | None = None) -> dict:
    return {
        "id": f"d{number}:{task}",
        "doc_id": f"d{number}",
        "task": task,
        "gold": gold or GOLD[task],
        "input": "事实",
    }


def prediction(task: str, answer: object, number: int = 0, **changes) -> dict:
    text = (
        answer if isinstance(answer, str) else f"<think>理由</think>{json.dumps(answer, ensure_ascii=False)}"
    )
    row = {"id": f"d{number}:{task}", "sample": 0, "task": task, "completion": text, "finish_reason": "stop"}
    return {**row, "retrieved": [], "error": None, **changes}


def graded(task: str, answer: object, gold: dict | None = None, **changes):
    return grade(item(task, gold=gold), prediction(task, answer, **changes))


@pytest.mark.parametrize("task", GOLD)
@pytest.mark.parametrize(
    ("answer", "changes", "outcome", "truncated"),
    [
        ("gold", {}, "right", False),
        ("我不知道", {}, "abstained", False),
        ("<think>没完", {"finish_reason": "length"}, "abstained", True),
        ("", {"error": "no connection", "finish_reason": "error"}, "failed", False),
        ("gold", {"error": "broken"}, "failed", False),
    ],
)
def test_four_outcomes(task, answer, changes, outcome, truncated):
    found = graded(task, GOLD[task] if answer == "gold" else answer, **changes)
    assert (found.outcome, found.truncated) == (outcome, truncated)
    assert found.score == (1 if outcome == "right" else 0)
    assert not found.wrong and bool(found.missed) == (outcome != "right")


def test_an_answer_that_was_never_given_is_not_right_where_the_truth_is_empty():
    assert graded("article", "不知道", gold={"法条": []}).counts["exact"] == 0


@pytest.mark.parametrize(
    ("task", "answer", "score", "right", "wrong", "missed"),
    [
        ("charge", {"罪名": ["盗窃", "抢劫罪"]}, 0.5, ["盗窃罪"], ["抢劫罪"], ["诈骗罪"]),
        ("article", {"法条": ["264", "264", "133之1"]}, 0.4, ["264"], ["133之1"], ["266", "67"]),
        ("term", {"刑种": "有期徒刑", "刑期": 40}, 1, ["有期徒刑40个月"], [], []),
        ("term", {"刑种": "拘役", "刑期": 4}, 0, [], ["拘役4个月"], ["有期徒刑40个月"]),
        ("term", {"刑种": "无期徒刑", "刑期": None}, 0, [], ["无期徒刑"], ["有期徒刑40个月"]),
    ],
)
def test_what_was_right_wrong_and_missed(task, answer, score, right, wrong, missed):
    found = graded(task, answer)
    assert found.score == pytest.approx(score)
    assert (found.right, found.wrong, found.missed) == (right, wrong, missed)


def test_articles_of_crimes_are_counted_apart():
    """They say which crime it is; 67 and 52 do not."""
    golds = [["264", "67", "52"], ["133之1", "67"], ["67"]]
    said = [["264", "52"], ["266", "67"], None]
    answers = [None if refs is None else {"法条": refs} for refs in said]
    grades = [
        [graded("article", answer or "不知道", gold={"法条": gold})]
        for answer, gold in zip(answers, golds, strict=True)
    ]
    found = summarise("article", grades, SETTINGS)
    assert found["crime_f1"] == pytest.approx(2 * 1 / (2 + 2), abs=1e-6)
    assert found["f1"] == pytest.approx(2 * 3 / (4 + 6), abs=1e-6) and found["main"] == "f1"
    assert "crime_f1" in found["intervals"]
    assert graded("article", {"法条": [False, 264, None, ["67"]]}).counts["crime.right"] == 1


def test_elements_are_told_one_by_one():
    found = graded("elements", {**GOLD["elements"], "被告人": [{**PERSON, "刑期": 3.5}], "赔偿": 5000})
    assert found.wrong == [("", "赔偿", 5000), ("张某甲", "刑期", 3.5)] and found.missed == [
        ("张某甲", "刑期", 42)
    ]
    assert found.counts["years_for_months"] == found.counts["compensation_for_fine"] == 1


@pytest.mark.parametrize(
    ("answer", "kind", "near", "exact"),
    [
        ({"刑种": "有期徒刑", "刑期": 40}, 1, 1, 1),
        ({"刑种": "有期徒刑", "刑期": 30}, 1, 1, 0),
        ({"刑种": "有期徒刑", "刑期": 50}, 1, 1, 0),
        ({"刑种": "有期徒刑", "刑期": 51}, 1, 0, 0),
        ({"刑种": "有期徒刑", "刑期": "很久"}, 1, 0, 0),
        ({"刑种": "拘役", "刑期": 40}, 0, 0, 0),
    ],
)
def test_terms_by_kind_nearness_and_length(answer, kind, near, exact):
    counts = graded("term", answer).counts
    assert (counts["kind"], counts["within_25"], counts["exact"]) == (kind, near, exact)


def test_sums_become_micro_and_item_means():
    answers = [["盗窃罪", "诈骗罪"], ["盗窃罪"], []]
    grades = [[graded("charge", {"罪名": names})] for names in answers]
    found = summarise("charge", grades, SETTINGS)
    assert found["f1"] == pytest.approx(2 * 3 / (3 + 6), abs=1e-6) and found["main"] == "f1"
    assert found["item_f1"] == pytest.approx((1 + 2 / 3 + 0) / 3, abs=1e-6)
    assert (
        found["precision"] == 1
        and found["recall"] == 0.5
        and found["accuracy"] == pytest.approx(1 / 3, abs=1e-6)
    )
    assert found["low"] <= found["f1"] <= found["high"] and found["n"] == 3
    main = {"value": found["f1"], "low": found["low"], "high": found["high"]}
    assert found["intervals"]["f1"] == main | {"method": found["interval_method"]}
    assert (found["right"], found["wrong"], found["abstained"], found["failed"]) == (1, 2, 0, 0)


def test_elements_by_field_and_confusions():
    short = {**GOLD["elements"], "被告人": [{**PERSON, "刑期": 3.5}]}
    found = summarise(
        "elements", [[graded("elements", GOLD["elements"])], [graded("elements", short)]], SETTINGS
    )
    assert found["fields"]["刑期"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2}
    assert "缓刑" not in found["fields"] and found["confusions"]["years_for_months"] == 1
    assert found["micro_f1"] == pytest.approx(11 / 12, abs=1e-6)
    assert found["macro_f1"] == pytest.approx(5.5 / 6, abs=1e-6) and found["accuracy"] == 0.5
    assert found["precision"] == found["recall"] == pytest.approx(11 / 12, abs=1e-6)
    # The defendant of the second judgment has four of five elements right; both are the same person
    # twice.
    assert found["defendant_f1"] == pytest.approx((1 + 4 / 5) / 2, abs=1e-6)
    assert found["defendant_accuracy"] == 0.5
    # Counts are whole numbers, or the tables of the report would print 2.000.
    counts = [row["n"] for row in found["fields"].values()] + list(found["confusions"].values())
    assert {type(count) for count in counts} == {int}


def test_a_count_that_differs_between_samples_is_their_mean():
    short = {**GOLD["elements"], "被告人": [{**PERSON, "刑期": 3.5}]}
    samples = [[graded("elements", answer) for answer in (GOLD["elements"], short)]]
    assert summarise("elements", samples, SETTINGS)["confusions"]["years_for_months"] == 0.5


def test_a_defendant_that_is_invented_counts_against_the_others():
    answer = {**GOLD["elements"], "被告人": [PERSON, {**PERSON, "姓名": "李某"}]}
    found = summarise("elements", [[graded("elements", answer)]], SETTINGS)
    assert found["defendant_f1"] == found["defendant_accuracy"] == 0.5 and found["recall"] == 1


def test_samples_are_averaged_before_items_are_drawn():
    right, wrong = graded("term", GOLD["term"]), graded("term", {"刑种": "拘役", "刑期": 1})
    found = summarise("term", [[right, wrong], [right, wrong]], SETTINGS)
    # Every item is worth one half: no spread between items, whatever the samples do.
    assert found["accuracy"] == 0.5
    assert found["intervals"]["accuracy"]["method"] == "rule-of-three"
    assert (found["n"], found["predictions"], found["right"], found["wrong"]) == (2, 4, 2, 2)


def test_configurations_are_valid():
    score.Settings.model_validate(read_yaml(CONFIG / "score" / "default.yaml") or {})
    for path in (CONFIG / "benchmark").glob("*.yaml"):
        settings = read_yaml(path)
        benchmark.model(settings).model_validate(settings)
        assert path.read_text(encoding="utf-8").startswith(f"# @package benchmark.{path.stem}\n")


@pytest.fixture
def planned(tmp_path, monkeypatch):
    """A planned run of `score`: `plan(items, predictions)` writes what is upstream."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lock.txt").write_text("")
    monkeypatch.setattr(stage, "lock_file", lambda: tmp_path / "lock.txt")

    def plan(items: list[dict], predictions: list[dict], again: list[dict] = ()) -> list[str]:
        trained = [{"text": "另案" * 100}]
        for name, rows in (
            ("tasks/x/heldout.jsonl", items),
            ("tasks/x/pretrain.jsonl", trained),
            ("predict/x/predictions.jsonl", predictions),
            ("predict/x/repeats.jsonl", again),
        ):
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            write_text(tmp_path / "results" / name, lines)
        inputs = {"predict": "results/predict/x", "tasks": "results/tasks/x"}
        return planning.arguments(
            planning.plan("score", {**SETTINGS.model_dump(), "benchmark": "heldout"}, inputs, "y")
        )

    return plan


def test_the_stage_scores_every_task_and_keeps_every_item(planned):
    import score as script

    items = [item(task, n) for n in range(4) for task in GOLD]
    script.main(
        planned([*items, item("term", 9)], [prediction(i["task"], i["gold"], int(i["id"][1])) for i in items])
    )
    scores = read_json(Path("results/score/y/scores.json"))
    assert {task: scores[task][MAIN[task]] for task in scores} == dict.fromkeys(GOLD, 1.0)
    rows = [json.loads(line) for line in Path("results/score/y/items.jsonl").read_text().splitlines()]
    assert len(rows) == 16 and {row["outcome"] for row in rows} == {"right"}
    assert rows[0]["input"] == "事实" and rows[0]["gold"] == rows[0]["answer"] == GOLD["elements"]


def test_a_second_run_of_some_answers_is_compared_with_the_first(planned):
    """Of two answers made again one is another text, and worth nothing; what failed is left out."""
    import score as script

    items = [item("term", n) for n in range(4)]
    first = [prediction("term", GOLD["term"], n) for n in range(4)]
    again = [first[0], prediction("term", "不知道", 1), prediction("term", "", 2, error="no connection")]
    script.main(planned(items, first, again))
    found = read_json(Path("results/score/y/scores.json"))["term"]
    assert found["repeatability"] == {"items": 2, "same": 1, "first": 1.0, "second": 0.5, "difference": 0.5}
    assert found["log_score"] == 1 and found["n"] == 4


@pytest.mark.parametrize(
    "rows",
    [[], [prediction("term", GOLD["term"])] * 2, [prediction("term", GOLD["term"], 7)]],
    ids=["none", "twice", "strange"],
)
def test_predictions_that_do_not_fit_the_benchmark_are_refused(planned, rows):
    import score as script

    with pytest.raises(SystemExit) as ended:
        script.main(planned([item("term")], rows))
    assert ended.value.code == 2 and not Path("results/score/y/manifest.json").exists()
