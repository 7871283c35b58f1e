"""Rewards: a table each, and what must not win."""

import json
import math
import random
from pathlib import Path

import corpora
import pytest

from lexpro.config.tasks import Form
from lexpro.corpus.synthetic import generate
from lexpro.dag.compose import choice
from lexpro.dag.overrides import choices
from lexpro.law import builtin_law, charges
from lexpro.records import Judgment
from lexpro.rewards import article, charge, elements, registry, term
from lexpro.rewards import format as form
from lexpro.task_names import TASKS
from lexpro.tasks import targets
from lexpro.workflow.errors import UserError

CONFIG = Path(__file__).resolve().parents[2] / "config"


def said(answer: object, thought: str = "理由") -> str:
    return f"<think>{thought}</think>{json.dumps(answer, ensure_ascii=False)}"


def one(reward, task: str, gold: dict, completion: str, **args) -> float | None:
    return reward(completions=[completion], task=[task], gold=[json.dumps(gold)], prompts=["x"], **args)[0]


CHARGE = {"罪名": ["盗窃罪", "诈骗罪"]}
ARTICLE = {"法条": ["264", "133之1", "67"]}
TERM = {"刑种": "有期徒刑", "刑期": 42}
LIFE = {"刑种": "无期徒刑", "刑期": None}
GOLD = {
    "elements": {"被告人": [{"姓名": "张某甲", "刑期": 42}], "金额": 0},
    "charge": CHARGE,
    "article": ARTICLE,
    "term": TERM,
}


@pytest.mark.parametrize(
    ("reward", "task", "gold", "answer", "value"),
    [
        (charge.f1, "charge", CHARGE, {"罪名": ["诈骗罪", "盗窃罪"]}, 1),
        (charge.f1, "charge", CHARGE, {"罪名": ["盗窃"]}, 2 / 3),
        (charge.f1, "charge", CHARGE, {"罪名": ["盗窃罪", "盗窃罪"]}, 1 / 2),
        (charge.f1, "charge", CHARGE, {"罪名": ["合同诈骗罪"]}, 0),
        (charge.f1, "charge", CHARGE, {"罪名": []}, 0),
        (charge.f1, "charge", CHARGE, {"法条": ["264"]}, 0),
        (article.f1, "article", ARTICLE, {"法条": ["67", "133之1", "264"]}, 1),
        # 条之X is another article.
        (article.f1, "article", ARTICLE, {"法条": ["264", "133", "67"]}, 2 / 3),
        (article.f1, "article", ARTICLE, {"法条": ["第二百六十四条"]}, 1 / 2),
        (article.f1, "article", {"法条": ["67"]}, {"法条": ["67", "67", "67"]}, 1 / 2),
        (term.closeness, "term", TERM, TERM, 1),
        (term.closeness, "term", TERM, {"刑种": "有期徒刑", "刑期": "三年六个月"}, 1),
        (term.closeness, "term", TERM, {"刑种": "有期徒刑", "刑期": 36}, 0.89),
        (term.closeness, "term", TERM, {"刑种": "有期徒刑", "刑期": 18}, 0.41),
        (term.closeness, "term", TERM, {"刑种": "有期徒刑", "刑期": 9}, 0),
        (term.closeness, "term", TERM, {"刑种": "有期徒刑", "刑期": -5}, 0),
        (term.closeness, "term", TERM, {"刑种": "有期徒刑", "刑期": math.inf}, 0),
        (term.closeness, "term", TERM, {"刑种": "有期徒刑"}, 0),
        # The kind comes first, however near the months.
        (term.closeness, "term", TERM, {"刑种": "拘役", "刑期": 42}, 0),
        (term.closeness, "term", LIFE, LIFE, 1),
        (term.closeness, "term", LIFE, {"刑种": "有期徒刑", "刑期": 180}, 0),
        (term.closeness, "term", {"刑种": "拘役", "刑期": 1}, {"刑种": "拘役", "刑期": 0}, 0.5),
    ],
)
def test_what_an_answer_is_worth(reward, task, gold, answer, value):
    assert one(reward, task, gold, said(answer)) == pytest.approx(value, abs=0.005)


def test_articles_of_the_general_part_can_weigh_less():
    answer = said({"法条": ["67", "264"]})
    assert one(article.f1, "article", {"法条": ["264", "52"]}, answer) == pytest.approx(1 / 2)
    assert one(article.f1, "article", {"法条": ["264", "52"]}, answer, general=0.5) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("completion", "value"),
    [
        (said(CHARGE), 1),
        (said(CHARGE).removeprefix("<think>"), 1),
        ("\n" + said(CHARGE) + "\n", 1),
        (json.dumps(CHARGE), 0),
        ("<think>" + json.dumps(CHARGE), 0),
        (said(CHARGE, ""), 0),
        (said(CHARGE) + "完", 0),
        (said(CHARGE) * 2, 0),
        ("<think><think>甲</think>" + json.dumps(CHARGE), 0),
        (said(CHARGE).replace("]", ""), 0),
        (said({"罪名": "盗窃罪"}), 0),
        (said({"罪名": [], "刑期": 3}), 0),
        (said({}), 0),
        (said(CHARGE["罪名"]), 0),
        ("", 0),
    ],
)
def test_the_form_is_one_thought_and_one_object(completion, value):
    assert one(form.think_json, "charge", CHARGE, completion) == value


def test_a_confusion_of_fine_and_compensation_can_cost():
    gold = {"被告人": [{"姓名": "张某甲", "罚金": 5000}], "退赔": 0, "赔偿": 3000}
    mixed = said({"被告人": [{"姓名": "张某甲", "罚金": 3000}], "退赔": 0, "赔偿": 3000})
    plain = one(elements.f1, "elements", gold, mixed)
    assert plain == pytest.approx(2 / 3)
    assert one(elements.f1, "elements", gold, mixed, confusion=0.2) == pytest.approx(plain - 0.2)
    assert one(elements.f1, "elements", gold, mixed, confusion=9) == 0


REWARDS = {"elements": elements.f1, "charge": charge.f1, "article": article.f1, "term": term.closeness}


def test_a_reward_says_nothing_of_other_tasks_and_reads_messages():
    completions = [[{"role": "assistant", "content": said(GOLD[task])}] for task in TASKS]
    golds = [json.dumps(GOLD[task]) for task in TASKS]
    for own, reward in REWARDS.items():
        values = reward(completions=completions, task=list(TASKS), gold=golds)
        assert values == [1.0 if task == own else None for task in TASKS]
    assert form.think_json(completions=completions, task=list(TASKS), gold=golds) == [1.0] * 4


@pytest.mark.parametrize("reward", [*REWARDS.values(), form.think_json])
def test_a_batch_of_unequal_lengths_is_an_error(reward):
    with pytest.raises(ValueError):
        reward(completions=["", ""], task=["charge"], gold=["{}"])


@pytest.fixture(scope="module")
def golds() -> dict[str, list[dict]]:
    """Gold answers of the synthetic corpus, by task."""
    settings = corpora.synthetic()
    found: dict[str, list[dict]] = {task: [] for task in TASKS}
    for number in range(120):
        judgment = Judgment.from_dict(generate.clean(settings, "湖北", number)[1])
        for task in TASKS:
            if targets.has_answer(task, judgment):
                found[task].append(targets.gold(task, judgment, Form()))
    return found


def mean(task: str, golds: list[dict], completions: list[str]) -> float:
    values = REWARDS[task](
        completions=completions, task=[task] * len(golds), gold=[json.dumps(g) for g in golds]
    )
    return sum(values) / len(values)


@pytest.mark.slow
@pytest.mark.parametrize("task", TASKS)
def test_gold_beats_constants_shuffled_gold_and_junk_by_a_margin(golds, task):
    rows = golds[task]
    shuffled = rows[:]
    random.Random(0).shuffle(shuffled)
    assert mean(task, rows, [said(row) for row in rows]) == 1
    everything = {
        "elements": {"被告人": [person for row in golds["elements"] for person in row["被告人"]]},
        "charge": {"罪名": list(charges.names())},
        "article": {"法条": [str(number) for number in range(1, 453)]},
        "term": TERM,
    }[task]
    constants = [said(row) for row in {json.dumps(row): row for row in rows}.values()][:40]
    junk = ["", "<think>", "罪" * 3000, said(everything), said(rows[0]) * 5000, "<think>" * 500 + "{" * 500]
    for constant in constants + junk:
        assert mean(task, rows, [constant] * len(rows)) < 0.75, constant[:80]
    assert mean(task, rows, [said(row) for row in shuffled]) < 0.75


def test_listing_every_article_is_worth_next_to_nothing(golds):
    every = {"法条": [charge.article for charge in builtin_law.load().charges.values()]}
    assert mean("article", golds["article"], [said(every)] * len(golds["article"])) < 0.1


def test_a_reward_is_loaded_by_name_with_weight_and_arguments():
    reward, weight = registry.load(
        {"fn": "lexpro.rewards.article.f1", "weight": 0.3, "args": {"general": 0.5}}
    )
    assert weight == 0.3 and reward.__name__ == "article.f1"
    gold = {"法条": ["264", "52"]}
    assert one(reward, "article", gold, said({"法条": ["67", "264"]})) == pytest.approx(2 / 3)
    assert registry.load({"fn": "lexpro.rewards.charge.f1"})[1] == 1


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"fn": "lexpro.rewards.charge.f1", "wieght": 1}, "unknown key wieght; allowed: args, fn, weight"),
        ({"weight": 1}, "fn is None"),
        ({"fn": "os.system"}, "write lexpro.rewards"),
        ({"fn": "lexpro.rewards.chrage.f1"}, "there is no function"),
        ({"fn": "lexpro.rewards.charge.f2"}, "there is no function"),
        ({"fn": "lexpro.rewards.completion.set_f1"}, "is no reward"),
        ({"fn": "lexpro.rewards.article.annotations"}, "there is no function"),
        (
            {"fn": "lexpro.rewards.article.f1", "args": {"special": 1}},
            "unknown argument special; allowed: general",
        ),
        ({"fn": "lexpro.rewards.charge.f1", "weight": "1"}, "a number is wanted"),
    ],
)
def test_a_wrong_entry_is_one_clear_error(spec, message):
    with pytest.raises(UserError, match=message):
        registry.load(spec)


@pytest.mark.parametrize("name", choices("grpo", CONFIG))
def test_the_rewards_of_every_configuration_load(name):
    loaded = [registry.load(spec.model_dump()) for spec in choice("grpo", name, CONFIG).rewards]
    assert {reward.__name__.split(".")[0] for reward, _ in loaded} >= set(TASKS)
