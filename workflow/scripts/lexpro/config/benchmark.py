"""Settings of the benchmarks, each under its name: what of it is asked, and how."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from lexpro.config.base import Model, check_names, clash
from lexpro.task_names import TASKS, Task

# Answers to each prompt, each with a seed of its own: fewer say little of the spread of a score.
SEEDS = 3


class Decoding(Model):
    """What a benchmark decodes otherwise than `predict.decoding` says; null: the same."""

    max_new_tokens: PositiveInt | dict[Task, PositiveInt] | None = Field(
        None, description="Longest answer, of all tasks or by task (tokens)."
    )
    temperature: float | None = Field(
        None, ge=0, le=2, description="Temperature; 0: the likeliest token (greedy)."
    )
    top_p: float | None = Field(
        None, gt=0, le=1, description="Sample from the likeliest tokens with this probability."
    )
    samples: PositiveInt | None = Field(
        None, description="Answers to each prompt (count): 1 where greedy, at least 3 where sampled."
    )

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


class Greedy(Decoding):
    """How a public benchmark is decoded."""

    max_new_tokens: PositiveInt | dict[Task, PositiveInt] | None = Field(
        4096, description="Longest answer (tokens); null: as `predict.decoding` says."
    )
    temperature: float | None = Field(
        0.0, ge=0, le=2, description="Temperature; 0: the likeliest token (greedy)."
    )


class Judgments(Model):
    """The project's own tasks, asked of judgments."""

    source: (
        Literal[
            "lexpro.evaluation.tasks.judge_elements.items",
            "lexpro.evaluation.tasks.unseen_charges.items",
        ]
        | None
    ) = Field(None, description="Module of its items; null: the judgments that the tasks stage held out.")
    version: str | None = Field(None, description="Commit of the repository that the items come from.")
    data: dict[Literal["zero_shot"], str] = Field(
        default_factory=dict, description="Names in config/datasets.csv of the data sets that are asked."
    )
    tasks: list[Task] = Field(
        default_factory=lambda: list(TASKS),
        min_length=1,
        description="Tasks that are asked; with retrieval, elements are not.",
    )
    limit: NonNegativeInt = Field(
        0, description="Items of each task, the first of a drawn order; 0: all (count)."
    )
    decoding: Decoding | None = Field(
        None, description="What is decoded otherwise than `predict.decoding` says; null: nothing."
    )


class Asked(Model):
    """What of a public benchmark is asked."""

    source: str = Field(
        description="Module of its items and prompts: lexpro.evaluation.tasks.<benchmark>.items."
    )
    version: str = Field(description="Commit of the repository whose prompts and scores are rebuilt.")
    data: dict[str, str] = Field(
        min_length=1,
        description="Names in config/datasets.csv of the data sets that are asked: zero_shot, one_shot, expected.",
    )
    shots: list[Literal[0, 1]] = Field(
        default_factory=lambda: [0], min_length=1, description="Examples in the prompt (count)."
    )
    tasks: list[str] = Field(default_factory=list, description="Tasks that are asked; none named: all.")
    limit: NonNegativeInt = Field(0, description="Items of each task, the first; 0: all (count).")
    statutes: dict[str, str | None] = Field(
        default_factory=dict,
        description=(
            "Tasks that are asked with retrieval too, and the law that is searched; null: every law of the "
            "knowledge base."
        ),
    )
    decoding: Greedy = Field(default_factory=Greedy, description="How answers are generated.")
    expect: dict[str, PositiveInt] = Field(description="Items of each task in the whole benchmark (count).")

    @model_validator(mode="after")
    def _tasks(self):
        for name in ("tasks", "statutes"):
            try:
                check_names(list(getattr(self, name)), self.expect, "tasks")
            except ValueError as error:
                raise clash([name], str(error)) from error
        if 1 in self.shots and "one_shot" not in self.data:
            raise clash(
                ["shots", "data"], "shots: this benchmark has no items with an example (data.one_shot)"
            )
        return self


class Questions(Asked):
    """A public benchmark of questions with references, and how answers are scored."""

    scorer: str = Field(description="Module of its scorer: lexpro.evaluation.tasks.<benchmark>.scorer.")
    tables: list[str] = Field(
        default_factory=list, description="Names in config/datasets.csv of the tables that the scorer reads."
    )
    published: dict[str, str] = Field(
        default_factory=dict,
        description="Names in config/datasets.csv of published outputs and scores, to compare with.",
    )
    models: dict[Literal["bert", "wordnet"], str | None] = Field(
        default_factory=dict,
        description=(
            "Folders for BERTScore (bert: bert-base-chinese) and METEOR (wordnet: the data of nltk with "
            "corpora/wordnet; the package must be installed); null: not computed."
        ),
    )


class Pinned(Model):
    """What planning adds: hashes of the data sets, by name."""

    sha256: dict[str, str] = Field(default_factory=dict, description="Hashes of the data sets, by name.")


class PinnedJudgments(Pinned, Judgments):
    """The project's own tasks, asked of judgments of a known version."""


class PinnedAsked(Pinned, Asked):
    """What is asked of a public benchmark of a known version."""


class PinnedQuestions(Pinned, Questions):
    """A public benchmark of a known version."""


def model(settings: object) -> type[Model]:
    """The model of the settings of one benchmark: those with `expect` are questions."""
    return Questions if isinstance(settings, dict) and "expect" in settings else Judgments
