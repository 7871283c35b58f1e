"""Settings of an experiment outside its stages: the keys of config/config.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from lexpro.config.base import Model, check_names
from lexpro.stage_names import STAGES

# Sections of the settings: one for each stage, and the benchmarks. `pass_rate` has those of `grpo`.
_AT = STAGES.index("predict")
GROUPS = (*(stage for stage in STAGES[:_AT] if stage != "pass_rate"), "benchmark", *STAGES[_AT:])
# Keys of config/config.yaml that Snakemake reads, with their descriptions. No experiment says them.
REQUEST = {
    "experiments": "Experiments to build: files of config/experiment/.",
    "overrides": "Changes on top of all of them: group=choice or stage.key=value.",
}


def _once(value: list[str]) -> list[str]:
    return check_names(value, value, "")


class Settings(Model):
    """What is evaluated: every variant of the model, with and without retrieval."""

    variants: Annotated[list[Literal["base", "sft", "grpo"]], AfterValidator(_once)] = Field(
        default_factory=lambda: ["base", "sft", "grpo"],
        min_length=1,
        description="Model variants that are evaluated: the base model, after SFT, after GRPO.",
    )
    retrieval: Annotated[list[Literal["none", "rag"]], AfterValidator(_once)] = Field(
        default_factory=lambda: ["none", "rag"],
        min_length=1,
        description="Prompts without (none) and with (rag) retrieved statutes.",
    )
