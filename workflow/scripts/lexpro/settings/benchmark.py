"""Settings of the benchmarks, each under its name (config/benchmark/<name>.yaml): what of it is asked, and how."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from lexpro.corpus.registry import registered
from lexpro.settings.base import Count, Model, Positive
from lexpro.settings.predict import SEEDS

TASKS = Literal["elements", "charge", "article", "term"]
Temperature = Annotated[float, Field(ge=0, le=2)]


class Decoding(Model):
    """What a benchmark decodes otherwise than `predict.decoding` says."""

    max_new_tokens: Positive | dict[TASKS, Positive] | None = None
    temperature: Temperature | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    samples: Positive | None = None

    @model_validator(mode="after")
    def _greedy(self):
        if (self.samples or 1) > 1 and self.temperature == 0:
            raise ValueError(f"{self.samples} samples at temperature 0 are all the same")
        if self.temperature and (self.samples or 0) < SEEDS:
            raise ValueError(
                f"sampling (temperature {self.temperature}) wants samples of its own, at least {SEEDS}"
            )
        return self


def _known(names: list[str]) -> list[str]:
    unknown = [name for name in names if name not in registered()]
    if unknown:
        raise ValueError(f"not in config/datasets.csv: {', '.join(unknown)}")
    return names


class Judgments(Model):
    """The project's own tasks, asked of judgments."""

    source: Literal["lexpro.benchmarks.items.judge_documents"] | None = None
    version: str | None = None
    data: dict[Literal["zero_shot"], str] = Field(default_factory=dict)
    tasks: list[TASKS] = Field(min_length=1)
    limit: Count
    decoding: Decoding | None = None

    @field_validator("data")
    @classmethod
    def _registered(cls, value: dict) -> dict:
        _known(list(value.values()))
        return value


class Questions(Model):
    """A public benchmark of questions with references."""

    source: Annotated[str, Field(pattern=r"^lexpro\.benchmarks\.items\.\w+$")]
    scorer: Annotated[str, Field(pattern=r"^lexpro\.benchmarks\.\w+$")]
    version: str
    data: dict[str, str] = Field(min_length=1)
    tables: list[str] = Field(default_factory=list)
    published: dict[str, str] = Field(default_factory=dict)
    models: dict[Literal["bert", "wordnet"], str | None] = Field(default_factory=dict)
    shots: list[Literal[0, 1]] = Field(min_length=1)
    tasks: list[str]
    limit: Count
    statutes: dict[str, str | None]
    decoding: Decoding
    expect: dict[str, Positive]

    @model_validator(mode="after")
    def _tasks(self):
        for name in ("tasks", "statutes"):
            if unknown := [task for task in getattr(self, name) if task not in self.expect]:
                raise ValueError(
                    f"{name}: unknown: {', '.join(unknown)}; there are: {', '.join(self.expect)}"
                )
        if 1 in self.shots and "one_shot" not in self.data:
            raise ValueError("shots: this benchmark has no items with an example (data.one_shot)")
        _known([*self.data.values(), *self.tables])
        return self


def model(settings: object) -> type[Model]:
    """The model of the settings of one benchmark: those with `expect` are questions."""
    return Questions if isinstance(settings, dict) and "expect" in settings else Judgments
