"""The gates of the rewards: who plays, who wins, and that a reward that a constant wins is
refused.
"""

import json
import random
from pathlib import Path

import corpora
import pytest
from sample_judgments import plain_form

from lexpro.cli.main import main
from lexpro.corpus.synthetic import generate
from lexpro.dag.compose import choice
from lexpro.dag.overrides import choices
from lexpro.records import Judgment
from lexpro.rewards import charge, gate_check, gates, registry
from lexpro.task_names import TASKS
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml, to_yaml

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config" / "reward_gates.yaml"


@pytest.fixture(scope="module")
def arena() -> gates.Arena:
    settings = corpora.synthetic()
    made = [generate.clean(settings, "湖北", number) for number in range(40)]
    pairs = [(text, Judgment.from_dict(truth)) for text, truth in made]
    return gates.Arena(gates.cases(pairs, plain_form(style="full"), None), seed=0)


def always(completions, task, gold, **_):
    return [1.0] * len(completions)


def noise(completions, task, gold, **_):
    return [random.Random(completion).random() for completion in completions]


def test_gold_wins_of_the_charge_by_its_margins(arena):
    outcome = arena.play(charge.f1)
    assert outcome.gold == 1 and outcome.n == len(arena.by_task["charge"])
    assert outcome.lost(read_yaml(CONFIG)["default"]) == []
    assert outcome.opponents["empty"] == outcome.opponents["unclosed"] == outcome.opponents["braces"] == 0
    assert outcome.opponents["constant"] >= outcome.opponents["majority"] > 0


@pytest.mark.parametrize("reward", [always, noise])
def test_a_reward_that_does_not_look_at_gold_is_refused(arena, reward):
    lost = arena.play(reward).lost(dict.fromkeys(gates.OPPONENTS, 0.1))
    assert any("constant" in problem for problem in lost)


def test_a_reward_that_never_applies_is_refused(arena):
    outcome = arena.play(lambda completions, **_: [None] * len(completions))
    assert outcome.lost(dict.fromkeys(gates.OPPONENTS, 0)) == ["applies to no row"]


def test_constants_of_elements_know_the_names_and_nothing_else(arena):
    golds = [case.gold for case in arena.by_task["elements"]]
    two = {**golds[0], "被告人": [{**golds[0]["被告人"][0], "姓名": name} for name in ("甲", "乙")]}
    answer = gates.constants("elements", golds)[0]
    named = gates.renamed(answer, two)
    assert [person["姓名"] for person in named["被告人"]] == ["甲", "乙"]
    for case in arena.by_task["elements"]:
        stated = gates.renamed(answer, case.gold)["被告人"]
        assert [p["姓名"] for p in stated] == [p["姓名"] for p in case.gold["被告人"]]
        assert {json.dumps({**p, "姓名": ""}) for p in stated} == {
            json.dumps({**answer["被告人"][0], "姓名": ""})
        }


def test_the_sum_weighs_rewards_and_passes_over_those_that_do_not_apply(arena):
    summed = gates.total([(always, 0.2), (charge.f1, 2.0)])
    own = arena.by_task
    for task, worth in (("charge", 2.2), ("term", 0.2)):
        case = own[task][0]
        assert summed([case.completion], [task], [json.dumps(case.gold)]) == [pytest.approx(worth)]


def test_the_configuration_names_every_reward_and_only_opponents():
    settings = gate_check.read_settings(CONFIG)
    named = {entry.fn for entry in settings.rewards}
    assert set(settings.default) == set(gates.OPPONENTS)
    for entry in settings.rewards:
        registry.load({"fn": entry.fn, "args": entry.args})
    for name in choices("grpo", ROOT / "config"):
        assert {spec.fn for spec in choice("grpo", name, ROOT / "config").rewards} <= named, name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"default": {"constnat": 1}}, "no opponent constnat; there are constant"),
        ({"margin": 1}, "margin: Extra inputs are not permitted"),
    ],
)
def test_a_wrong_configuration_is_one_clear_error(tmp_path, change, message):
    path = tmp_path / "gates.yaml"
    path.write_text(to_yaml({**read_yaml(CONFIG), **change}), encoding="utf-8")
    with pytest.raises(UserError, match=message):
        gate_check.read_settings(path)


def run(tmp_path, monkeypatch, margin: float, fn: str = "charge.f1", cases: int = 20) -> int:
    """The whole command on a few synthetic judgments and one reward."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("LEXPRO_MIRROR", raising=False)
    settings = read_yaml(CONFIG)
    settings["rewards"] = [{"fn": f"lexpro.rewards.{fn}", "margins": {"constant": margin}}]
    settings["totals"] = []
    path = tmp_path / "gates.yaml"
    path.write_text(to_yaml(settings), encoding="utf-8")
    return main(["gates", "--config", str(path), "--cases", str(cases)])


def test_the_command_prints_and_passes(tmp_path, monkeypatch, capsys):
    assert run(tmp_path, monkeypatch, 0.3) == 0
    out = capsys.readouterr().out
    assert "synthetic judgments" in out and "\nok   charge.f1" in out
    assert "metric, no reward: the term lies in the statutory range" in out


def test_the_command_fails_where_gold_does_not_win_by_the_margin(tmp_path, monkeypatch, capsys):
    assert run(tmp_path, monkeypatch, 1.1) == 1
    printed = capsys.readouterr()
    assert "\nFAIL charge.f1" in printed.out and "FAIL charge.f1: gold 1.000 beats constant" in printed.err


@pytest.mark.slow
def test_a_reward_that_asks_evenly_counts_on_the_other_half(tmp_path, monkeypatch, capsys):
    """Of the same judgments, a constant wins without (`test_rewards_more`), and not with it."""
    run(tmp_path, monkeypatch, 0.3, "probation.closeness", 120)
    line = next(row for row in capsys.readouterr().out.splitlines() if "probation" in row)
    asked, gold, constant = (float(value) for value in line.split()[2:5])
    assert gold == 1 and 20 < asked < 120 and constant < 0.75


def test_every_task_is_played(arena):
    assert all(arena.by_task[task] for task in TASKS)
