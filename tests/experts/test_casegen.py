"""Known truth: the marks of nine systems in CaseGen's repository, turned into pairwise votes.

The marks are those of a model as a judge (CSHaitao/CaseGen, eval/llm_eval_result): 综合得分 on 500
items and four tasks. Whoever rates a pair here prefers the higher mark. Nothing of the repository
is kept in this one.
"""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from lexpro import datasets
from lexpro.config.expert import Settings as How
from lexpro.config.expert_sheet import Settings
from lexpro.experts import analysis, sheet
from lexpro.experts.design import GOLD
from lexpro.experts.exports import Rating
from lexpro.experts.systems import Answer, Question

TASKS = ("defense", "fact", "reasoning", "judgement")
REGISTERED = "CSHaitao__CaseGen/eval/llm_eval_result"

pytestmark = [pytest.mark.slow, pytest.mark.mirror(REGISTERED)]


@pytest.fixture(scope="module")
def marks() -> dict[tuple[str, str], dict[str, float]]:
    """(task, item) → system → mark; answers without a readable mark are left out."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for path in sorted((Path(os.environ["LEXPRO_MIRROR"]) / REGISTERED).glob("*/*_handled.json")):
        task = path.name.removesuffix("_handled.json")
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            mark = row.get("综合得分")
            if isinstance(mark, int | float) and mark >= 0:
                found.setdefault((task, str(row["id"])), {})[path.parent.name] = float(mark)
    return found


@pytest.fixture(scope="module")
def truth(marks) -> dict[str, float]:
    """System → mean mark over all items and tasks."""
    return {
        s: float(np.mean([m[s] for m in marks.values() if s in m]))
        for s in sorted(next(iter(marks.values())))
    }


def questions(marks, tasks) -> dict[str, Question]:
    return {
        f"{task}:{item}": Question(
            f"{task}:{item}", task, f"第{item}件", f"{task}{item}的参考答案", "", "",
            {system: Answer(f"{system}:{task}:{item}", "", {"score": mark}) for system, mark in own.items()},
        )
        for (task, item), own in marks.items()
        if task in tasks
    }  # fmt: skip


def order(marks, tasks, items, per_item=3, seed=1) -> dict[str, float]:
    """System → strength, by way of a sheet, ratings and their analysis."""
    asked = questions(marks, tasks)
    wanted = Settings(
        items=items,
        pairs_per_item=per_item,
        experts=3,
        ratings_per_pair=1,
        repeats=0.05,
        controls=2,
        seed=seed,
    )
    made = sheet.build(asked, wanted)
    ratings = []
    for row in made.key:
        if row["kind"] == "same":
            continue
        if row["kind"] == "control":
            choice = "left" if row["left"] == GOLD else "right"
        else:
            task, item = row["item"].split(":")
            gap = marks[task, item][row["left"]] - marks[task, item][row["right"]]
            choice = "left" if gap > 0 else "right" if gap < 0 else "tie"
        ratings.append(Rating(made.shown["id"], row["expert"], row["id"], choice, seconds=30.0))
    found = analysis.analyse(made.shown, made.key, made.answers, ratings, How(draws=100))
    assert not any(expert["excluded"] for expert in found["experts"].values())
    return {row["system"]: row["strength"]["value"] for row in found["systems"]}


def rho(strengths, truth) -> float:
    return float(spearmanr([strengths[s] for s in truth], list(truth.values())).statistic)


def test_the_marks_are_those_of_the_registry():
    folder = Path(os.environ["LEXPRO_MIRROR"]) / REGISTERED
    assert datasets.hash_of(folder) == datasets.find("casegen_marks").sha256


def test_nine_systems_five_hundred_items_four_tasks(marks, truth):
    assert len(truth) == 9 and len(marks) == 2000
    assert {task for task, _ in marks} == set(TASKS)


@pytest.mark.parametrize("items", [2000, 400])
def test_votes_bring_the_order_back(marks, truth, items):
    assert rho(order(marks, TASKS, items), truth) >= 0.9


@pytest.mark.parametrize("task", TASKS)
def test_votes_bring_the_order_of_each_task_back(marks, task):
    own = {
        s: float(np.mean([m[s] for (t, _), m in marks.items() if t == task and s in m]))
        for s in sorted(next(iter(marks.values())))
    }
    assert rho(order(marks, (task,), 500), own) >= 0.9


def test_a_sheet_as_small_as_three_experts_can_rate(marks, truth):
    """120 pairs, as a sheet of the default size has: on average over ten draws."""
    found = [rho(order(marks, TASKS, 40, seed=seed), truth) for seed in range(10)]
    assert np.mean(found) >= 0.85
