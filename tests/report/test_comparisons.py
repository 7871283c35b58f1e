"""Comparisons of variants and the noise floor, from items.jsonl of made-up runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from lexpro.report import comparisons, effects, labels, noise, score_tables
from lexpro.workflow.files import read_json, write_json, write_text

MEAN = "log_score"


def run(folder: Path, worth: dict[str, list[list[float]]], main: str = MEAN) -> Path:
    """A scored run: task → item → the scores of its samples."""
    rows = [
        {"id": f"{task}{number}", "task": task, "sample": sample, "outcome": "wrong", "score": score}
        for task, items in worth.items()
        for number, samples in enumerate(items)
        for sample, score in enumerate(samples)
    ]
    write_text(folder / "items.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    scores = {
        task: {"main": main, main: float(np.mean([np.mean(s) for s in items])), "confidence": 0.95}
        for task, items in worth.items()
    }
    write_json(folder / "scores.json", scores)
    return folder


@pytest.fixture
def inputs(tmp_path):
    generator = np.random.default_rng(0)
    hard = generator.random(60) / 2
    made = {
        "base.none": {"term": [[v] for v in hard], "charge": [[v] for v in hard]},
        "sft.none": {"term": [[v + 0.3] for v in hard], "charge": [[v] for v in generator.permutation(hard)]},
        "sft.rag": {"term": [[v + 0.3, v + 0.4, v + 0.2] for v in hard]},
    }
    return {f"score.{name}": run(tmp_path / name, worth) for name, worth in made.items()}


def compared(inputs) -> dict[tuple[str, str, str], dict]:
    found = comparisons.build(inputs)["comparisons"]
    assert found["family"] == len(found["tests"]) and found["correction"] == "Holm"
    return {(row["task"], row["first"], row["second"]): row for row in found["tests"]}


def test_a_better_variant_is_found_and_an_equal_one_is_not(inputs):
    found = compared(inputs)
    assert set(found) == {
        ("term", "base.none", "sft.none"),
        ("term", "sft.none", "sft.rag"),
        ("charge", "base.none", "sft.none"),
    }
    better, equal = found["term", "base.none", "sft.none"], found["charge", "base.none", "sft.none"]
    assert better["difference"] == pytest.approx(0.3) and better["p_holm"] == pytest.approx(3 * better["p"])
    assert better["p"] < 0.001 and better["n"] == 60
    # All differ by the same, so no draw says how far other items might.
    assert better["interval_method"] == "rule-of-three" and 0.2 < better["low"] < 0.3 <= better["high"]
    assert equal["difference"] == pytest.approx(0) and equal["p"] > 0.5 and equal["low"] < 0 < equal["high"]


def test_items_that_only_one_run_has_are_left_out(inputs, tmp_path):
    run(tmp_path / "sft.none", {"term": [[0.9]] * 40})
    assert compared(inputs)["term", "base.none", "sft.none"]["n"] == 40


def test_a_score_that_is_no_function_of_its_rows_is_not_compared(inputs, tmp_path):
    """A corpus-level score, such as F0.5 of LawBench 2-1, or a score of other items."""
    write_json(tmp_path / "sft.none/scores.json", {"term": {"main": MEAN, MEAN: 0.123, "confidence": 0.95}})
    assert set(compared(inputs)) == set()


def test_f1_is_compared_over_sums():
    rows = [
        {"id": "a", "task": "charge", "sample": 0, "outcome": "wrong", "score": 0}
        | {"right": ["x"], "wrong": ["y", "z"], "missed": []},
        {"id": "b", "task": "charge", "sample": 0, "outcome": "wrong", "score": 0}
        | {"right": ["x"], "wrong": [], "missed": ["y"]},
    ]
    made = comparisons.scored(rows, {"main": "f1", "f1": 4 / 7, "confidence": 0.95})
    assert made.items["a"].tolist() == [[1, 3, 1]] and made.items["b"].tolist() == [[1, 1, 2]]
    assert comparisons.scored(rows, {"main": "f1", "f1": 0.5, "confidence": 0.95}) is None


def test_items_that_do_not_count_are_skipped():
    rows = [{"id": i, "task": "3-4", "sample": 0, "outcome": o, "score": s} for i, o, s in
            (("a", "wrong", 0.5), ("b", "skipped", 0.0))]  # fmt: skip
    made = comparisons.scored(rows, {"main": "normalised", "normalised": 0.5, "confidence": 0.95})
    assert list(made.items) == ["a"]


def test_other_benchmarks_are_compared_under_their_name(inputs, tmp_path):
    for variant, worth in (("base", 0.2), ("grpo", 0.4)):
        folder = run(tmp_path / f"lawbench-{variant}", {"3-4": [[worth]] * 9}, main="normalised")
        inputs[f"score.{variant}.none.lawbench"] = folder
    found = compared(inputs)
    assert found["lawbench/3-4", "base.none", "grpo.none"]["difference"] == pytest.approx(0.2)
    assert "lawbench/3-4" in comparisons.build(inputs)["noise"]


def test_the_floor_of_samples_and_of_items(inputs):
    found = comparisons.build(inputs)["noise"]["term"]["sft"]
    assert found["none"]["samples"] == 1 and "mean" not in found["none"]
    assert found["rag"]["samples"] == 3
    assert found["rag"]["largest"] == pytest.approx(0.2) and found["rag"]["mean"] == pytest.approx(
        0.4 / 3, abs=1e-6
    )
    assert 0 < found["none"]["redrawn"] < 0.2


def test_the_floor_stands_in_words_under_a_table(inputs):
    summary = comparisons.build(inputs)
    sampled = noise.note([summary], ["term"])
    assert "0.133 (at most 0.200) between samples" in sampled and "greedy" not in sampled
    assert "Decoding is greedy" in noise.note([summary], ["charge"])
    assert noise.note([summary], ["article"]) == noise.note([{}], ["term"]) == ""
    table = score_tables.comparisons(summary)
    assert "corrected for all 3 comparisons" in table.note and "Noise floor" in table.note
    assert table.rows[0][1:3] == ("Base, without retrieval", "SFT, without retrieval")


def test_a_second_greedy_run_is_the_floor_where_there_are_no_samples(inputs, tmp_path):
    for variant, difference in (("base", 0.0), ("sft", 0.0125)):
        path = tmp_path / f"{variant}.none/scores.json"
        scores = read_json(path)
        scores["charge"]["repeatability"] = {
            "items": 8,
            "same": 7,
            "first": 0.5,
            "second": 0.5,
            "difference": difference,
        }
        write_json(path, scores)
    summary = comparisons.build(inputs)
    assert summary["noise"]["charge"]["sft"]["none"]["repeatability"]["difference"] == 0.0125
    told = noise.note([summary], ["charge"])
    assert "a second run of 16 answers in other batches gave the same text 14 times" in told
    assert "at most 0.013 apart" in told and "second run" not in noise.note([summary], ["term"])
    rows = [row for row in noise.table(summary).rows if row[0] == labels.TASKS["charge"]]
    assert [row[-3:] for row in rows] == [(8, 7, 0.0), (8, 7, 0.0125)]


def test_public_benchmarks_stand_under_their_name(tmp_path):
    row = {
        "main": "normalised",
        "normalised": 0.4,
        "official": 0.8,
        "low": 0.3,
        "high": 0.5,
        "confidence": 0.9,
        "n": 9,
    }
    constant = {"answer": "刑期:18个月", "score": 0.82}
    scorer = {"gold": 1.0, "majority": 0.8, "copy": 0.1, "constant": constant}
    folder = tmp_path / "lawbench-base-none-01234567"
    write_json(
        folder / "scores.json", {"3-4": row | {"baselines": {"official": scorer, "normalised": scorer}}}
    )
    summary = {"benchmarks": score_tables.public({"score.base.none.lawbench": folder})}
    assert summary["benchmarks"]["lawbench"]["3-4"]["base"]["none"]["official"] == 0.8
    assert score_tables.benchmarks(summary).rows[0][:7] == (
        "lawbench/3-4", "Base", "without retrieval", 0.8, 0.4, 0.3, 0.5,
    )  # fmt: skip
    assert score_tables.baselines(summary).rows[-1] == (
        "lawbench/3-4", "official", 1.0, 0.8, 0.1, 0.82, "刑期:18个月",
    )  # fmt: skip


def test_a_model_stands_beside_what_was_answered_without_it(tmp_path):
    beside = {
        "constant": {"score": 0.2, "difference": 0.5, "low": 0.4, "high": 0.6},
        "linear": {"score": 0.8, "difference": -0.1, "low": -0.2, "high": -0.05},
    }
    row = {"main": "f1", "f1": 0.7, "low": 0.6, "high": 0.8, "confidence": 0.9, "n": 9, "margins": beside}
    folder = tmp_path / "judge_elements-sft-rag-01234567"
    write_json(folder / "scores.json", {"charge": row})
    summary = {"benchmarks": score_tables.public({"score.sft.rag.judge_elements": folder})}
    about = ("judge_elements/charge", "SFT", "with retrieval", 9, 0.7)
    made = score_tables.margins(summary)
    assert made.rows == [
        (*about, "constant", 0.2, 0.5, 0.4, 0.6),
        (*about, "linear", 0.8, -0.1, -0.2, -0.05),
    ]
    assert len(made.columns) == len(made.rows[0])


def summary_of(
    *differences: tuple[float, float, float], second: str = "grpo", p: float = 0.01, n: int = 120
) -> dict:
    """A summary with comparisons to SFT, one a task: (difference, low, high)."""
    tests = [
        {"task": task, "first": "sft.none", "second": f"{second}.none", "metric": "f1", "n": n, "p": p}
        | dict(zip(("difference", "low", "high"), given, strict=True))
        for task, given in zip(labels.TASKS, differences, strict=False)
    ]
    curves = {"grpo": {"total": {"steps": 2, "first": 0.5, "last": 0.6}}}
    return {"comparisons": {"confidence": 0.9, "tests": tests}, "training": curves}


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (
            (0.02, 0.01, 0.03),
            "+0.0200 micro-F1 (n = 120, 90 % interval of the paired difference +0.0100 to",
        ),
        ((0.02, 0.01, 0.03), "the whole interval says that GRPO is better than SFT here."),
        ((-0.02, -0.03, -0.01), "the whole interval says that GRPO is worse than SFT here."),
        (
            (-0.02, -0.05, 0.01),
            "GRPO lies below SFT, but the interval holds 0: neither a gain nor a loss is shown.",
        ),
        (
            (0.02, -0.01, 0.05),
            "GRPO lies above SFT, but the interval holds 0: neither a gain nor a loss is shown.",
        ),
        (
            (-0.0, 0.0, 0.0),
            "+0.0000 micro-F1 (n = 120, 90 % interval of the paired difference +0.0000 to",
        ),
        ((0.0, 0.0, 0.0), "GRPO lies level with SFT, but the interval holds 0"),
    ],
)
def test_what_grpo_adds_is_said_as_the_interval_has_it(difference, said):
    assert said in effects.of_grpo(summary_of(difference))


def test_an_interval_of_a_handful_of_items_decides_nothing():
    """All of the draws of one item are that item: its interval is a point, beside 0 or not."""
    text = effects.of_grpo(summary_of((0.5, 0.5, 0.5), (-0.5, -0.5, -0.5), p=1.0, n=1))
    assert (
        "GRPO lies above SFT, but the permutation test says p = 1.00: neither a gain nor a loss is shown."
        in text
    )
    assert "(all tasks, with and without retrieval: 1): better in 0, worse in 0, open in 1." in text


def test_of_grpo_without_a_step_nothing_is_said_to_be_gained():
    """Fewer prompts than a step takes: nothing was logged, and the model is the one that SFT
    made.
    """
    summary = summary_of((0, 0, 0)) | {"training": {"grpo": {}}}
    assert "it logged no step" in effects.of_grpo(summary)


def test_the_other_tasks_are_counted_by_what_their_intervals_say():
    text = effects.of_grpo(summary_of((0, -1, 1), (1, 0.5, 2), (0, 0, 0), (-1, -2, -0.5)))
    assert "(all tasks, with and without retrieval: 3): better in 1, worse in 1, open in 1." in text


def test_nothing_is_said_of_grpo_where_it_is_not_compared_with_sft(inputs):
    assert effects.of_grpo(comparisons.build(inputs)) == ""
    assert effects.of_grpo({}) == effects.of_grpo(summary_of((0, 0, 0), second="rag")) == ""


def test_what_retrieval_adds_is_said_of_the_last_variant_task_by_task():
    def row(task, variant, *values):
        pair = {
            "task": task,
            "first": f"{variant}.none",
            "second": f"{variant}.rag",
            "metric": "f1",
            "p": 0.01,
        }
        return pair | dict(zip(("difference", "low", "high"), values, strict=True))

    tests = [
        row("article", "sft", 0.5, 0.4, 0.6),
        row("charge", "grpo", -0.0, -0.01, 0.01),
        row("article", "grpo", 0.08, 0.05, 0.1),
    ]
    text = effects.of_retrieval({"comparisons": {"confidence": 0.9, "tests": tests}})
    assert text.startswith(
        "What retrieval adds to SFT + GRPO, with the 90 % interval of the paired difference: "
        "Charge 罪名预测 +0.0000 (-0.0100 to +0.0100, open); Articles 法条预测 +0.0800 (+0.0500 to +0.1000, better)."
    )
    only = {"comparisons": {"confidence": 0.9, "tests": tests[:1]}}
    assert effects.of_retrieval(only).startswith("What retrieval adds to SFT, with")
    assert effects.of_retrieval({}) == effects.of_retrieval(summary_of((0, 0, 0))) == ""
