"""How often the model that GRPO starts from is right on each prompt: those it always or never gets
right teach nothing.

A group whose completions all earn the same has no gradient. So a few answers to each prompt are
sampled once, before the training, and only prompts are kept whose mean reward lies within bounds.
The sampling is a process of its own: it gives the memory of its GPUs back, and the training's other
processes wait for its file, not for each other.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from lexpro import hashing
from lexpro.engines import resume
from lexpro.engines.base import Request
from lexpro.models import compute
from lexpro.training import data
from lexpro.workflow import fingerprint
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import json_line, read_json, write_json
from lexpro.workflow.stage import Run

# Prompts from one saved point of the sampling to the next.
CHUNK = 256
# Seconds between two looks for the file.
PAUSE = 2.0

Rewards = Sequence[tuple[Callable, float]]


def earned(completions: list[str], row: dict, rewards: Rewards) -> float:
    """Mean over the completions of a prompt of what each earns of what it could: the weighted mean
    in [0, 1] of the rewards that apply. Rewards with no positive weight, and those that punish, do
    not count."""
    columns = {name: [value] * len(completions) for name, value in row.items()}
    total = [0.0] * len(completions)
    possible = [0.0] * len(completions)
    for reward, weight in rewards:
        for at, value in enumerate(reward(completions=completions, **columns)):
            if value is not None and weight > 0:
                total[at] += weight * max(0.0, value)
                possible[at] += weight
    shares = [got / most for got, most in zip(total, possible, strict=True) if most]
    return sum(shares) / len(shares) if shares else 0.0


def rates(rows: list[dict], answers: list[dict], rewards: Rewards) -> dict[str, float]:
    """{id of a prompt: `earned`} of sampled answers {id, completion}."""
    completions: dict[str, list[str]] = defaultdict(list)
    for answer in answers:
        completions[answer["id"]].append(answer["completion"])
    return {row["id"]: earned(completions[row["id"]], row, rewards) for row in rows if completions[row["id"]]}


def teaching(rows: list[dict], found: dict[str, float], bounds: dict) -> list[dict]:
    """The rows within the bounds {low, high}. Raises `UserError` if there is none."""
    kept = [row for row in rows if bounds["low"] <= found.get(row["id"], 0.0) <= bounds["high"]]
    if not kept:
        lowest, highest = min(found.values(), default=0.0), max(found.values(), default=0.0)
        raise UserError(
            f"grpo.pass_rate: no prompt of {len(rows)} earns between {bounds['low']:g} and {bounds['high']:g}; they "
            f"earn from {lowest:.2f} to {highest:.2f}. Widen the bounds, or train the SFT model longer (or less)."
        )
    return kept


def measured(run: Run, rows: list[dict], rewards: Rewards) -> dict[str, float]:
    """`rates` of the SFT model on `rows`; sampled once, by the first process, and found again after
    a kill.
    """
    file = run.work_dir / "pass_rates.json"
    names = hashing.digest([[row["id"] for row in rows], run.settings["pass_rate"], run.settings["rewards"]])
    while not (file.is_file() and read_json(file)["of"] == names):
        if not compute.is_main():
            time.sleep(PAUSE)
            continue
        answers = _sample(run, rows)
        write_json(file, {"of": names, "rates": rates(rows, answers, rewards)})
    return read_json(file)["rates"]


def _sample(run: Run, rows: list[dict]) -> list[dict]:
    """Answers {id, completion} to all prompts, by a process that knows nothing of the others of
    this training.
    """
    settings, runtime = run.settings, run.runtime
    asked, told = run.work_dir / "pass_rate_prompts.jsonl", run.work_dir / "pass_rate.json"
    asked.write_text("".join(map(json_line, rows)), encoding="utf-8")
    decoding = {name: settings[name] for name in ("temperature", "top_p", "seed")}
    if runtime.get("vllm") and runtime.get("gpus"):
        engine = {
            "module": "lexpro.engines.vllm",
            "dtype": "bfloat16",
            "max_model_len": settings["max_prompt_length"] + settings["max_completion_length"],
            "tensor_parallel": runtime["vllm_tensor_parallel"],
            "gpu_memory": 0.85,
            "max_lora_rank": max(16, (settings["lora"] or {"rank": 16})["rank"]),
        }
    else:
        module = {"module": "lexpro.engines.hf", "batch_size": 32, "merge_adapter": True}
        engine = {**module, "dtype": "float32", "attention": settings["attention"]}
    write_json(
        told,
        {
            "model": str(run.inputs["sft"] / "model"),
            "base": str(run.inputs["base_model"] / "model"),
            "engine": engine,
            "decoding": decoding,
            "samples": settings["pass_rate"]["samples"],
            "tokens": settings["max_completion_length"],
            "prompts": str(asked),
            "answers": str(run.work_dir / "pass_rate_answers.jsonl"),
        },
    )
    # torch's launcher speaks through these; the sampler is not one of its processes.
    hidden = (
        "RANK",
        "LOCAL_RANK",
        "WORLD_SIZE",
        "LOCAL_WORLD_SIZE",
        "MASTER_ADDR",
        "MASTER_PORT",
        "GROUP_RANK",
    )
    env = {
        name: value for name, value in os.environ.items() if name not in hidden and "TORCHELASTIC" not in name
    }
    env["PYTHONPATH"] = os.pathsep.join([str(fingerprint.SCRIPTS), os.environ.get("PYTHONPATH", "")])
    subprocess.run([sys.executable, "-m", "lexpro.training.pass_rate", str(told)], env=env, check=True)
    return list(data.read_jsonl(run.work_dir / "pass_rate_answers.jsonl"))


def main(argv: list[str] | None = None) -> None:
    """The sampler: `python -m lexpro.training.pass_rate <file that says what>`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("told", type=Path)
    told = read_json(parser.parse_args(argv).told)
    decoding = told["decoding"]
    asks = [
        resume.Ask(
            row["id"],
            sample,
            Request(row["prompt"], told["tokens"], resume.seed_for(decoding["seed"], row["id"], sample)),
        )
        for row in data.read_jsonl(Path(told["prompts"]))
        for sample in range(told["samples"])
    ]

    def engine():
        made = importlib.import_module(told["engine"]["module"]).Engine
        return made(Path(told["model"]), Path(told["base"]), told["engine"], decoding)

    resume.run(asks, engine, Path(told["answers"]), CHUNK)


if __name__ == "__main__":
    main()
