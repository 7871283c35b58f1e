"""The stage pass_rate, and which prompts GRPO keeps of what it has sampled."""

from pathlib import Path

import pandas as pd
import planning
import pytest
from killing import Killed
from trainings import ALL, CHANGE

import grpo
import pass_rate
from lexpro.config.pass_rate import Settings
from lexpro.config.predict import Transformers
from lexpro.engines import hf, resume
from lexpro.engines.base import Request, Sampling
from lexpro.hashing import seed_of
from lexpro.models import loading
from lexpro.rewards import registry
from lexpro.training import prompts, selection
from lexpro.workflow import fingerprint
from lexpro.workflow.files import read_json, read_json_lines

ENGINE = {
    "module": "lexpro.engines.hf",
    "batch_size": 32,
    "merge_adapter": True,
    "dtype": "float32",
    "attention": "eager",
}
SETTINGS = {
    "samples": 2,
    "tasks": ["term"],
    "max_prompt_length": 640,
    "max_completion_length": 8,
    "temperature": 1.0,
    "top_p": 1.0,
    "seed": 7,
    "engine": ENGINE,
}
SAMPLES = Path("results/pass_rate/p/samples.jsonl")


def planned(key: str = "p", **change) -> list[str]:
    """The arguments of a planned run of the stage."""
    folder = planning.plan("pass_rate", SETTINGS | change, ALL, key, {"threads": 1})
    return ["--plan", str(folder)]


def test_every_prompt_is_answered_so_many_times(tuned):
    pass_rate.main(planned())
    rows = list(read_json_lines(SAMPLES))
    assert [(row["id"], row["sample"]) for row in rows] == [(f"x-{n}", s) for n in range(12) for s in (0, 1)]
    columns = ["id", "task", "sample", "completion", "tokens", "finish_reason"]
    assert all(list(row) == columns and row["task"] == "term" for row in rows)
    assert len({row["completion"] for row in rows}) > 12, "sampled, each with a seed of its own"
    manifest = read_json(SAMPLES.with_name("manifest.json"))
    assert list(manifest["files"]) == ["samples.jsonl"], "the same bytes each time"
    tokens = sum(row["tokens"] for row in rows)
    counts = {"prompts": 12, "skipped": 0, "samples": 24, "failed": 0, "tokens": tokens}
    assert manifest["counts"] == counts


def test_it_goes_on_where_it_was_killed(tuned, monkeypatch):
    monkeypatch.setattr("lexpro.training.pass_rate.CHUNK", 8)
    pass_rate.main(planned())
    whole = SAMPLES.read_bytes()
    generate, asked = hf.Engine.generate, []

    def killed(self, requests):
        asked.append(len(requests))
        if len(asked) == 3:
            raise Killed
        return generate(self, requests)

    monkeypatch.setattr(hf.Engine, "generate", killed)
    with pytest.raises(Killed):
        pass_rate.main(planned("killed"))
    pass_rate.main(planned("killed"))
    assert Path("results/pass_rate/killed/samples.jsonl").read_bytes() == whole
    assert asked == [8, 8, 8, 8], "two chunks were there"


def length(completions, **_):
    """A reward that depends on what was sampled."""
    return [min(1.0, len(text) / 12) for text in completions]


def test_the_prompts_are_those_that_grpo_chose_when_it_sampled_by_itself(tuned, tmp_path):
    """The very requests, engine and chunks of before; the same shares of what they earn."""
    sft, base = (Path(ALL[name], "model") for name in ("sft", "base_model"))
    tokenizer = loading.tokenizer(sft)
    rows, _, _ = prompts.fitting(Path(ALL["tasks"], "grpo.jsonl"), tokenizer, ["term"], 640)
    asks = [
        resume.Ask(row["id"], sample, Request(row["prompt"], 8, seed_of(7, row["id"], sample)))
        for row in rows
        for sample in range(2)
    ]
    engine = hf.Engine(sft, base, Transformers(**ENGINE), Sampling(1.0, 1.0))
    resume.run(asks, lambda: engine, tmp_path / "answers.jsonl", 256)
    before = list(read_json_lines(tmp_path / "answers.jsonl"))

    pass_rate.main(planned())
    samples = list(read_json_lines(SAMPLES))
    assert {(row["id"], row["sample"]): row["completion"] for row in samples} == {
        (row["id"], row["sample"]): row["completion"] for row in before
    }
    shares = selection.rates(rows, samples, [(length, 0.5)])
    assert shares == selection.rates(rows, before, [(length, 0.5)]) and len(set(shares.values())) > 2


def test_only_prompts_that_teach_are_kept(tuned, monkeypatch):
    """GRPO grades the samples with its own rewards: another reward samples nothing again."""

    def known(completions, id=(), **_):
        # Every second prompt is always answered right, the others by half.
        return [1.0 if int(name.removeprefix("x-")) % 2 else 0.5 for name in id]

    pass_rate.main(planned())
    monkeypatch.setattr(registry, "load", lambda spec, given=None: (known, spec["weight"]))
    change = {**CHANGE, "rewards": CHANGE["rewards"][:1], "max_steps": 1}
    change["pass_rate"] = {"samples": 2, "low": 0.0, "high": 0.5}
    inputs = {**ALL, "pass_rate": "results/pass_rate/p"}
    grpo.main(["--plan", str(tuned("grpo", "g", inputs, **change))])
    counts = read_json(Path("results/grpo/g/manifest.json"))["counts"]
    assert counts["prompts"] == counts["pass_rate_left_out"] == 6
    asked = set(pd.read_parquet("results/grpo/g/completions.parquet").id)
    assert asked and asked <= {f"x-{number}" for number in range(0, 12, 2)}


def test_prompts_that_are_too_long_are_not_asked(tuned, capfd):
    with pytest.raises(SystemExit) as ended:
        pass_rate.main(planned(max_prompt_length=3))
    assert ended.value.code == 2 and "Raise grpo.max_prompt_length" in capfd.readouterr().err


def test_neither_rewards_nor_bounds_are_settings_of_the_sampling():
    assert not {"rewards", "low", "high", "pass_rate"} & Settings.model_fields.keys()


def test_sampling_knows_no_reward_and_grpo_no_engine():
    """So a changed reward samples nothing again, and a changed engine trains nothing again."""
    reached = {name: set(fingerprint.closure([name])[0]) for name in ("pass_rate", "grpo")}
    assert not [name for name in reached["pass_rate"] if "lexpro.rewards" in name or "selection" in name]
    assert "lexpro.rewards.registry" in reached["grpo"]
    assert not [name for name in reached["grpo"] if "lexpro.engines" in name]
