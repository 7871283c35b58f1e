"""Settings of the `expert_sheet` stage: what legal experts are shown, and who is left out."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from lexpro.config.base import Memory, Model, Runtime, Share, clash


class SheetRuntime(Runtime):
    """How the stage runs."""

    mem_mb: Memory = 2000
    minutes: int = Field(20, gt=0, description="Time limit (minutes).")


class OtherSystem(Model):
    """A file of another system's outputs, as `lexpro rescore` reads them."""

    path: str = Field(description="The file.")
    format: Literal["answers", "disc", "judge", "lawbench", "lexeval"] = Field(
        "answers", description="Its format (docs/benchmarks.md); answers: JSON lines with id and response."
    )
    task: str | None = Field(
        None, description="Task of a public benchmark that the file answers, such as 3-4; null: its only one."
    )


class Exclusion(Model):
    """Who is left out: the rule is written into the sheet before anybody rates."""

    min_controls: Share = Field(0.7, description="Fewest controls that must be passed (share).")
    min_repeats: Share = Field(0.5, description="Fewest repeats that must be answered the same (share).")
    min_seconds: float = Field(3.0, ge=0, description="Shortest median time for a pair (seconds).")
    at_least: PositiveInt = Field(
        4, description="Controls, or repeats, from which on their share is asked for (count)."
    )


class Settings(Model):
    """What is drawn, how it is paired, and how many experts share it."""

    benchmark: str | None = Field(
        None,
        description="Benchmark of the experiment whose answers are compared; null: its first.",
    )
    tasks: list[str] = Field(default_factory=list, description="Tasks that are drawn; none named: all.")
    systems: dict[str, OtherSystem] = Field(
        default_factory=dict, description="Other systems by name, and the files of their outputs."
    )
    items: PositiveInt = Field(
        40, description="Items that are drawn, evenly by charge, province and difficulty (count)."
    )
    pairs_per_item: PositiveInt = Field(
        3, description="Pairs of systems that are compared on an item (count)."
    )
    experts: PositiveInt = Field(3, description="Experts who share the sheet (count).")
    ratings_per_pair: PositiveInt = Field(2, description="Experts who rate the same pair (count).")
    repeats: Share = Field(
        0.1, description="Pairs that an expert sees a second time, sides swapped (share of their pairs)."
    )
    controls: NonNegativeInt = Field(
        4, description="Pairs of a right and a wrong answer that each expert sees (count)."
    )
    thoughts: bool = Field(True, description="Show what a system wrote between <think> and </think>, folded.")
    exclude: Exclusion = Field(default_factory=Exclusion, description="The rule of who is left out.")
    seed: int = Field(11, description="Seed of the draws, the pairs, the sides and the order.")
    runtime: SheetRuntime = Field(default_factory=SheetRuntime, description="How the stage runs.")

    @model_validator(mode="after")
    def _enough(self):
        if self.ratings_per_pair > self.experts:
            raise clash(
                ["ratings_per_pair", "experts"],
                f"{self.ratings_per_pair} experts rate a pair, but there are only {self.experts}",
            )
        return self
