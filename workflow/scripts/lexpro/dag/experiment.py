"""An experiment: the typed settings of its stages, and what it evaluates."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from lexpro.config import load
from lexpro.config.base import Model
from lexpro.config.benchmark import Judgments, Questions
from lexpro.config.experiment import GROUPS
from lexpro.dag.compose import compose
from lexpro.dag.runs import RUNTIME
from lexpro.evaluation.items import WITH_STATUTES

BENCHMARK = "benchmark"
# The smallest rank that vLLM reserves room for.
VLLM_RANK = 16

Benchmark = Judgments | Questions


@dataclass(frozen=True)
class Experiment:
    """An experiment as composed and checked.

    Attributes:
        name: its file in `config/experiment/`.
        settings: stage → what a user can state of it, defaults included; `pass_rate` is there only
            where GRPO asks for a selection of its prompts.
        choices: stage → the chosen file of `config/<stage>/`.
        benchmarks: name → settings of the benchmarks that it is evaluated on.
        variants: the models that are evaluated: base, sft, grpo.
        retrieval: none (no statutes in the prompt), rag (with them).
    """

    name: str
    settings: dict[str, Any]
    choices: dict[str, str]
    benchmarks: dict[str, Benchmark]
    variants: list[str]
    retrieval: list[str]


def typed(stage: str, values: dict) -> Any:
    """What a user states of a stage (or of one benchmark), as the object of its schema."""
    module = importlib.import_module(f"lexpro.config.{stage}")
    model = module.model(values) if stage == BENCHMARK else module.Settings
    return TypeAdapter(model).validate_python(values)


def read(name: str, overrides: Sequence[str] = ()) -> Experiment:
    """Read an experiment from `config/`.

    Args:
        name: its file in `config/experiment/`.
        overrides: changes on top of it.

    Raises:
        UserError: a setting is wrong; the message names file, key and what is allowed.
    """
    return of_config(name, *compose(name, tuple(overrides)))


def of_config(name: str, config: dict, choices: dict[str, str]) -> Experiment:
    """An experiment from its composed and checked configuration.

    Args:
        name: its file in `config/experiment/`.
        config: what `compose` returns first.
        choices: what `compose` returns second.
    """
    settings = {stage: typed(stage, config[stage]) for stage in GROUPS if stage != BENCHMARK}
    if settings["grpo"].pass_rate:
        settings["pass_rate"] = pass_rate_settings(settings["grpo"], settings["sft"])
        choices = choices | {"pass_rate": choices["grpo"]}
    return Experiment(
        name=name,
        settings=settings,
        choices=choices,
        benchmarks={each: typed(BENCHMARK, values) for each, values in config[BENCHMARK].items()},
        variants=config["variants"],
        retrieval=config["retrieval"],
    )


def evaluations(wanted: Experiment) -> Iterator[tuple[str, str, str]]:
    """Yield (benchmark, variant, retrieval); with retrieval only where statutes are of use."""
    for name, benchmark in wanted.benchmarks.items():
        questions = isinstance(benchmark, Questions)
        tasks = benchmark.tasks or (benchmark.expect if questions else ())
        use = benchmark.statutes if questions else WITH_STATUTES
        for variant in wanted.variants:
            for retrieval in wanted.retrieval:
                if retrieval == "none" or any(task in use for task in tasks):
                    yield name, variant, retrieval


def pass_rate_settings(grpo: Model, sft: Model) -> Model:
    """What GRPO's settings say of the sampling that its prompts are selected by.

    Rewards and bounds are not part of it, so another reward samples nothing again.

    Args:
        grpo: settings with `pass_rate`.
        sft: settings of the training whose model answers.
    """
    lengths = {name: getattr(grpo, name) for name in ("max_prompt_length", "max_completion_length")}
    shared = {name: getattr(grpo, name) for name in ("tasks", "temperature", "top_p", "seed")}
    runtime = {name: getattr(grpo.runtime, name) for name in ("gpus", "threads", "mem_mb", "minutes")}
    if grpo.runtime.vllm:
        engine: dict[str, Any] = {
            "module": "lexpro.engines.vllm",
            "dtype": "bfloat16",
            "max_model_len": sum(lengths.values()),
            "tensor_parallel": grpo.runtime.vllm_tensor_parallel,
            "gpu_memory": 0.85,
            "max_lora_rank": max(VLLM_RANK, sft.lora.rank if sft.lora else 0),
        }
    else:
        engine = {
            "module": "lexpro.engines.hf",
            "batch_size": 32,
            "dtype": "float32",
            "attention": grpo.attention,
            "merge_adapter": True,
        }
    stated = {"samples": grpo.pass_rate.samples, **shared, **lengths, "engine": engine, RUNTIME: runtime}
    return load.settings("pass_rate", stated)
