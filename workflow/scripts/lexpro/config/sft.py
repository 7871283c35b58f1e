"""Settings of the `sft` stage."""

from __future__ import annotations

from pydantic import Field, model_validator

from lexpro.config.base import Positive, clash
from lexpro.config.training import NotNegative, Tuning
from lexpro.task_names import Task


class Settings(Tuning):
    tasks: list[Task] = Field(min_length=1)
    # How many times an epoch sees each task's examples; 1 where nothing is said.
    weights: dict[Task, NotNegative]
    max_length: Positive
    packing: bool

    @model_validator(mode="after")
    def _seen(self):
        if not any(self.weights.get(task, 1) for task in self.tasks):
            raise clash(
                ["weights", "tasks"], f"all weights of {', '.join(self.tasks)} are 0: nothing is learned"
            )
        return self
