"""grpo as a stage, and its rewards under a chat template that opens <think>."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
import torch
import yaml
from killing import Killed
from trainings import ALL, CHANGE, INPUTS, favour, metrics

import base_model
import grpo
import sft
from lexpro.config.grpo import PassRate, Settings
from lexpro.dag.compose import compose
from lexpro.models import loading
from lexpro.models.compute import ROUND
from lexpro.rewards import registry
from lexpro.training import from_scratch, selection
from lexpro.training import grpo as training
from lexpro.training.completions import Completions, zero_variance
from lexpro.training.cpu import trim
from lexpro.training.cpu.grpo import Trainer
from lexpro.training.selection import in_turn
from lexpro.training.trl_grpo import GRPOTrainer
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json

ROOT = Path(__file__).parents[2]


def test_the_share_of_groups_without_variance_is_by_group():
    rewards = torch.tensor([1.0, 1.0, 0.2, 0.7, 0.0, 0.0, 0.5, 0.5])
    assert zero_variance(rewards, 2) == 0.75
    assert zero_variance(rewards, 4) == 0.0


def test_rewards_see_the_whole_answer():
    seen = []

    def reward(completions, **_):
        seen.extend(completions)
        return [1.0] * len(completions)

    reward.__name__ = "format.think_json"
    (wrapped,) = Completions(Path("none.jsonl"), [(reward, 1.0)], num_generations=2, every=2).functions
    step = {"trainer_state": SimpleNamespace(global_step=1), "log_metric": lambda *_: None}
    assert wrapped(
        prompts=["…<think>\n", "…assistant\n"],
        completions=["a</think>{}", "<think>b</think>{}"],
        completion_ids=[[1], [1]],
        **step,
    ) == [1.0, 1.0]
    assert seen == ["<think>\na</think>{}", "<think>b</think>{}"]
    assert wrapped.__name__ == "format.think_json", "so it is called in the logs"


def test_rewards_of_each_component_are_recorded(tuned, monkeypatch):
    favour(monkeypatch)
    grpo.main(["--plan", str(tuned("grpo", "g", ALL, **CHANGE))])
    steps = metrics("results/grpo/g")
    assert [row["step"] for row in steps] == [1, 2]
    for row in steps:
        assert row["rewards/length/mean"] > 0 and row["rewards/length/std"] >= 0
        assert row["rewards/length/none"] == 0.0 and row["rewards/never/none"] == 1.0
        assert 0 <= row["zero_variance_groups"] <= 1
        assert row["reward"] == pytest.approx(0.5 * row["rewards/length/mean"], abs=1e-5)
    table = pd.read_parquet("results/grpo/g/completions.parquet")
    assert table.step.value_counts().to_dict() == {0: 5, 1: 5}
    assert {"id", "task", "prompt", "completion", "rewards/length", "rewards/never"} <= set(table.columns)
    assert read_json(Path("results/grpo/g/manifest.json"))["counts"]["tensors_changed"] > 0


@pytest.mark.parametrize("oversampling", [1, 2])
def test_a_kill_costs_only_the_steps_after_the_checkpoint(tuned, monkeypatch, oversampling):
    favour(monkeypatch)
    change = {
        **CHANGE,
        "oversampling": oversampling,
        "max_steps": 4,
        "runtime": {"per_device_batch_size": 8, "save_every": 2},
    }
    grpo.main(["--plan", str(tuned("grpo", "whole", ALL, **change))])
    folder = tuned("grpo", "killed", ALL, **change)
    score = GRPOTrainer._calculate_rewards

    def killed(self, *args):
        if self.state.global_step == 3:
            raise Killed
        return score(self, *args)

    with monkeypatch.context() as patch:
        patch.setattr(GRPOTrainer, "_calculate_rewards", killed)
        with pytest.raises(Killed):
            grpo.main(["--plan", str(folder)])
    grpo.main(["--plan", str(folder)])
    whole, resumed = (
        pd.read_parquet(f"results/grpo/{key}/completions.parquet") for key in ("whole", "killed")
    )
    assert resumed.step.tolist() == whole.step.tolist()
    assert resumed.id.tolist() == whole.id.tolist(), "the same prompts in the same order"
    assert [row["step"] for row in metrics("results/grpo/killed")] == [1, 2, 3, 4]


def test_a_model_that_earns_nothing_is_an_honest_result(tuned, capfd):
    """All completions of a group earn the same: nothing to learn, said so, and the experiment goes
    on.
    """
    # Eight tokens of a model that is hardly trained are no thought with an object after it.
    change = {**CHANGE, "rewards": CHANGE["rewards"][:1], "max_steps": 1}
    grpo.main(["--plan", str(tuned("grpo", "g", ALL, **change))])
    assert [row["reward"] for row in metrics("results/grpo/g")] == [0.0]
    assert read_json(Path("results/grpo/g/manifest.json"))["counts"]["tensors_changed"] == 0
    assert "no gradient in any step" in capfd.readouterr().err


def test_prompts_that_are_too_long_are_counted(tuned, monkeypatch, capfd):
    favour(monkeypatch)
    with pytest.raises(SystemExit):
        grpo.main(["--plan", str(tuned("grpo", "g", ALL, **{**CHANGE, "max_prompt_length": 3}))])
    assert "max_prompt_length" in capfd.readouterr().err


def test_a_step_that_samples_more_prompts_than_there_are_is_told(tuned, capfd):
    with pytest.raises(SystemExit):
        grpo.main(["--plan", str(tuned("grpo", "g", ALL, **CHANGE, oversampling=7))])
    assert "samples 14 prompts at a time" in capfd.readouterr().err


def test_the_head_on_a_processor_computes_what_trl_computes(tuned, monkeypatch):
    favour(monkeypatch)
    ours, trls = Trainer._get_per_token_logps_and_entropies, GRPOTrainer._get_per_token_logps_and_entropies
    compared = []

    def both(self, model, input_ids, attention_mask, logits_to_keep, *args, **more):
        arguments = (self, model, input_ids, attention_mask, logits_to_keep, *args)
        found, expected = ours(*arguments, **more), trls(*arguments, **more)
        scored = attention_mask[:, -logits_to_keep:].bool()
        for mine, theirs in zip(found[:2], expected[:2], strict=True):
            assert torch.allclose(mine[scored], theirs[scored], atol=2e-5)
        compared.append(int(scored.sum()))
        return found

    monkeypatch.setattr(Trainer, "_get_per_token_logps_and_entropies", both)
    change = {**CHANGE, "temperature": 0.7, "precision": "fp32"}
    grpo.main(["--plan", str(tuned("grpo", "g", ALL, **change))])
    assert compared and min(compared) > 0


def test_what_is_left_out_of_a_step_has_no_part_in_the_gradient(tuned, monkeypatch):
    favour(monkeypatch)
    ours, trls = Trainer._compute_loss, GRPOTrainer._compute_loss
    left_out = []

    def both(self, model, inputs):
        # One group of two earned the same.
        inputs = {**inputs, "advantages": inputs["advantages"].clone()}
        inputs["advantages"][:4] = 0.0
        # A block of padding more on either side, as a longer prompt and completion in another
        # micro-batch make it.
        for part, sides in (("prompt", (ROUND, 0)), ("completion", (0, ROUND))):
            for name in (f"{part}_ids", f"{part}_mask"):
                inputs[name] = torch.nn.functional.pad(inputs[name], sides)
        assert all(
            trim.columns(inputs)[name].shape[1] < inputs[name].shape[1]
            for name in ("prompt_ids", "completion_mask")
        )
        weights = [weight for weight in model.parameters() if weight.requires_grad]
        found, expected = ours(self, model, inputs), trls(self, model, inputs)
        gradients = [torch.autograd.grad(loss, weights) for loss in (found, expected)]
        assert torch.allclose(found, expected, atol=1e-6)
        assert any(gradient.abs().max() > 0 for gradient in gradients[1])
        for mine, theirs in zip(*gradients, strict=True):
            assert torch.allclose(mine, theirs, atol=1e-5)
        left_out.append(len(inputs["advantages"]) - len(trim.rows(inputs)["advantages"]))
        return ours(self, model, inputs)

    monkeypatch.setattr(Trainer, "_compute_loss", both)
    grpo.main(["--plan", str(tuned("grpo", "g", ALL, **{**CHANGE, "precision": "fp32"}))])
    assert left_out and min(left_out) >= 4


def test_a_batch_is_trimmed_to_its_longest_prompt_and_completion():
    width, longest = 96, 64
    inputs = {
        "prompt_ids": torch.arange(2 * width).view(2, width),
        "prompt_mask": torch.tensor([[0] * 60 + [1] * 36, [0] * 50 + [1] * 46]),
        "completion_ids": torch.arange(2 * longest).view(2, longest),
        "completion_mask": torch.tensor([[1] * 7 + [0] * 57, [1] * 32 + [0] * 32]),
        "old_per_token_logps": torch.zeros(2, longest),
        "advantages": torch.tensor([0.0, 0.0]),
        "num_items_in_batch": torch.tensor(39),
    }
    found = trim.columns(inputs)
    assert found["prompt_ids"].tolist() == inputs["prompt_ids"][:, 32:].tolist()
    assert found["completion_ids"].tolist() == inputs["completion_ids"][:, :32].tolist()
    assert found["old_per_token_logps"].shape == found["completion_mask"].shape == (2, 32)
    # Of completions that were all cut off no token counts; one block stays.
    cut = trim.columns({**inputs, "completion_mask": torch.zeros(2, longest, dtype=torch.long)})
    assert cut["completion_ids"].shape == (2, ROUND)
    # Where none teaches, one is kept: there must be a loss.
    alone = trim.rows(inputs)
    assert len(alone["prompt_ids"]) == len(alone["advantages"]) == 1 and alone["num_items_in_batch"] == 39


def test_completions_that_are_all_cut_off_teach_nothing_and_break_nothing(tuned, monkeypatch):
    favour(monkeypatch)
    monkeypatch.setattr(Trainer, "eos_token_ids", [], raising=False)
    change = {**CHANGE, "mask_truncated_completions": True, "loss_type": "dapo"}
    grpo.main(["--plan", str(tuned("grpo", "g", ALL, **change))])
    steps = metrics("results/grpo/g")
    assert [step["completions/clipped_ratio"] for step in steps] == [1.0, 1.0]
    assert [step["grad_norm"] for step in steps] == [0.0, 0.0]


def test_every_step_sees_the_same_mixture_of_tasks():
    rows = [
        {"task": task, "id": i}
        for task, n in (("elements", 40), ("term", 20), ("charge", 4))
        for i in range(n)
    ]
    placed = in_turn(rows, seed=3)
    assert sorted(placed, key=str) == sorted(rows, key=str) and placed == in_turn(rows, seed=3) != in_turn(
        rows, seed=4
    )
    for start in range(0, 64, 16):
        counts = Counter(row["task"] for row in placed[start : start + 16])
        assert counts["elements"] in (9, 10, 11) and counts["term"] in (4, 5, 6) and counts["charge"] == 1


def test_what_cannot_be_is_said_before_a_model_is_loaded(tuned, monkeypatch, capsys):
    def refused(name, main, inputs, **change) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["--plan", str(tuned(name, "refused", inputs, **change))])
        assert ended.value.code == 2
        return capsys.readouterr().err

    for module in (loading, from_scratch):
        name = "model" if module is loading else "make_model"
        monkeypatch.setattr(module, name, lambda *_, **__: pytest.fail("a model is loaded"))
    even = [{"fn": "lexpro.rewards.probation.closeness", "weight": 1.0, "args": {}}]
    said = refused("grpo", grpo.main, ALL, **{**CHANGE, "rewards": even})
    assert "the true answers are all of one kind" in said
    monkeypatch.setenv("WANDB_MODE", "of-line")
    tasks = {"tasks": "results/tasks/t"}
    for name, main, inputs in (
        ("base_model", base_model.main, tasks),
        ("sft", sft.main, INPUTS),
        ("grpo", grpo.main, ALL),
    ):
        change = CHANGE if name == "grpo" else {}
        assert "WANDB_MODE is 'of-line'" in refused(name, main, inputs, **change)


def test_bounds_of_the_pass_rate():
    rows_ = [{"id": name} for name in "abc"]
    found = {"a": 0.0, "b": 0.5, "c": 1.0}
    assert selection.within(rows_, found, PassRate(samples=2, low=0.05, high=0.95)) == [{"id": "b"}]
    with pytest.raises(
        UserError, match="no prompt of 3 earns between 0.6 and 0.9; they earn from 0.00 to 1.00"
    ):
        selection.within(rows_, found, PassRate(samples=2, low=0.6, high=0.9))


def test_what_a_prompt_earns_is_a_share_of_what_it_could():
    def long(completions, task, **_):
        return [float(len(text) > 1) for text in completions]

    def never(completions, **_):
        return [None] * len(completions)

    def punishing(completions, **_):
        return [-1.0] * len(completions)

    rewards = [(long, 2.0), (never, 5.0), (punishing, 1.0), (long, 0.0)]
    answers = [{"id": "a", "completion": text} for text in ("x", "xx", "xxx")]
    found = selection.rates([{"id": "a", "task": "term"}, {"id": "b", "task": "term"}], answers, rewards)
    assert found == {"a": pytest.approx(2 / 3 * 2 / 3)}


@pytest.mark.parametrize("name", ["grpo", "dr_grpo", "dapo", "cispo", "gspo", "multi_reward", "raft"])
def test_every_variant_of_the_loss_is_a_file_that_trl_takes(name, monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    settings = compose("demo", (f"+grpo_loss={name}",))[0]["grpo"]
    config = training.config(Settings.model_validate(settings), tmp_path)
    variant = yaml.safe_load((ROOT / f"config/grpo_loss/{name}.yaml").read_text(encoding="utf-8"))
    steps = variant.pop("steps_per_sampling", 1)
    # Not TRL's.
    assert variant.pop("raft", False) == settings["raft"] == (name == "raft")
    assert config.steps_per_generation == steps * config.gradient_accumulation_steps
    found = {key: getattr(config, key) for key in variant}
    # TRL's name of the clip above where none is given is the one below.
    assert {key: value for key, value in found.items() if variant[key] is not None} == {
        key: value for key, value in variant.items() if value is not None
    }
    assert (config.importance_sampling_level == "sequence") == (name == "gspo")
    assert (config.multi_objective_aggregation == "normalize_then_sum") == (name == "multi_reward")


def test_completions_of_every_second_step_are_kept(tuned, monkeypatch):
    favour(monkeypatch)
    grpo.main(["--plan", str(tuned("grpo", "g", ALL, **{**CHANGE, "max_steps": 3, "sampled_every": 2}))])
    assert pd.read_parquet("results/grpo/g/completions.parquet").step.value_counts().to_dict() == {0: 5, 2: 5}


def test_rewards_get_the_knowledge_and_the_columns_that_they_ask_for(monkeypatch):
    seen = {}

    def supported(completions, task, gold, shown=None, date=None, knowledge="", **_):
        seen.update(shown=shown, date=date, knowledge=knowledge)
        return [1.0]

    monkeypatch.setattr("lexpro.rewards.citation.supported", supported)
    spec = {"fn": "lexpro.rewards.citation.supported"}
    columns = {"task": ["article"], "gold": ["{}"], "shown": [["264"]], "date": ["2019-01-01"]}
    registry.load(spec, {"knowledge": "k"})[0](["x"], **columns)
    assert seen == {"shown": [["264"]], "date": ["2019-01-01"], "knowledge": "k"}
    registry.load(spec | {"args": {"knowledge": "own"}}, {"knowledge": "k"})[0](["x"], **columns)
    assert seen["knowledge"] == "own", "what the configuration says wins"
    # One that does not take it is not given it.
    assert registry.load({"fn": "lexpro.rewards.charge.f1"}, {"knowledge": "k"})[1] == 1.0
