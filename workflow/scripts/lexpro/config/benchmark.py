"""Settings of the benchmarks, each under its name (config/benchmark/<name>.yaml): what of it is
asked, and how.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from lexpro.config.base import Count, Model, Positive, clash, known
from lexpro.datasets import registered
from lexpro.task_names import Task

# Answers to each prompt, each with a seed of its own: fewer say little of the spread of a score.
SEEDS = 3
LIBRARY = Path(__file__).resolve().parents[1]
Temperature = Annotated[float, Field(ge=0, le=2)]


class Decoding(Model):
    """What a benchmark decodes otherwise than `predict.decoding` says."""

    max_new_tokens: Positive | dict[Task, Positive] | None = None
    temperature: Temperature | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    samples: Positive | None = None

    @model_validator(mode="after")
    def _greedy(self):
        if (self.samples or 1) > 1 and self.temperature == 0:
            raise clash(
                ["samples", "temperature"], f"{self.samples} samples at temperature 0 are all the same"
            )
        if self.temperature and (self.samples or 0) < SEEDS:
            raise clash(
                ["samples", "temperature"],
                f"sampling (temperature {self.temperature}) wants samples of its own, at least {SEEDS}",
            )
        return self


def _registered(names: list[str]) -> None:
    known(names, registered(), "registered in config/datasets.csv")


def _module(name: str, part: str) -> str:
    """The items or the scorer of a benchmark: `lexpro.evaluation.tasks.<benchmark>.<part>`."""
    there = (LIBRARY / "evaluation/tasks").glob(f"*/{part}.py")
    return known(
        [name], sorted(f"lexpro.evaluation.tasks.{path.parent.name}.{part}" for path in there), "modules"
    )[0]


class Judgments(Model):
    """The project's own tasks, asked of judgments."""

    source: Literal["lexpro.evaluation.tasks.judge_elements.items"] | None = None
    version: str | None = None
    data: dict[Literal["zero_shot"], str] = Field(default_factory=dict)
    tasks: list[Task] = Field(min_length=1)
    limit: Count
    decoding: Decoding | None = None

    @field_validator("data")
    @classmethod
    def _data(cls, value: dict) -> dict:
        _registered(list(value.values()))
        return value


class Asked(Model):
    """What of a public benchmark is asked."""

    source: Annotated[str, AfterValidator(partial(_module, part="items"))]
    version: str
    data: dict[str, str] = Field(min_length=1)
    shots: list[Literal[0, 1]] = Field(min_length=1)
    tasks: list[str]
    limit: Count
    statutes: dict[str, str | None]
    decoding: Decoding
    expect: dict[str, Positive]

    @field_validator("data")
    @classmethod
    def _data(cls, value: dict) -> dict:
        _registered(list(value.values()))
        return value

    @model_validator(mode="after")
    def _tasks(self):
        for name in ("tasks", "statutes"):
            try:
                known(list(getattr(self, name)), self.expect, "tasks")
            except ValueError as error:
                raise clash([name], str(error)) from error
        if 1 in self.shots and "one_shot" not in self.data:
            raise clash(
                ["shots", "data"], "shots: this benchmark has no items with an example (data.one_shot)"
            )
        return self


class Questions(Asked):
    """A public benchmark of questions with references, and how answers are scored."""

    scorer: Annotated[str, AfterValidator(partial(_module, part="scorer"))]
    tables: list[str] = Field(default_factory=list)
    published: dict[str, str] = Field(default_factory=dict)
    models: dict[Literal["bert", "wordnet"], str | None] = Field(default_factory=dict)

    @field_validator("tables")
    @classmethod
    def _tables(cls, value: list) -> list:
        _registered(value)
        return value


class Pinned(Model):
    """What the planner adds: hashes of the data sets, by name."""

    sha256: dict[str, str] = Field(default_factory=dict)


class PinnedJudgments(Pinned, Judgments):
    """The project's own tasks, asked of judgments of a known version."""


class PinnedAsked(Pinned, Asked):
    """What is asked of a public benchmark of a known version."""


class PinnedQuestions(Pinned, Questions):
    """A public benchmark of a known version."""


def model(settings: object) -> type[Model]:
    """The model of the settings of one benchmark: those with `expect` are questions."""
    return Questions if isinstance(settings, dict) and "expect" in settings else Judgments
