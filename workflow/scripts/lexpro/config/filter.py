"""Settings of the `filter` stage: which judgments are kept, each once, masked."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from lexpro.config.base import Minutes, Model, Runtime, Share, Threads, clash


class FilterRuntime(Runtime):
    """How the stage runs."""

    threads: Threads = 2
    minutes: Minutes = 240


class Duplicates(Model):
    """MinHash over the character shingles of what is left without the boilerplate."""

    shingle: int = Field(5, ge=2, le=30, description="Length of a shingle (characters).")
    permutations: int = Field(128, ge=16, le=512, description="Values of a signature (count).")
    threshold: float = Field(
        0.7, ge=0.5, le=1, description="Estimated Jaccard similarity from which two judgments are duplicates."
    )
    boilerplate: PositiveInt = Field(
        20, description="A clause that more documents than this have is boilerplate (documents)."
    )


class Benchmark(Model):
    """A data set that training must not have seen."""

    dataset: str = Field(description="Name in config/datasets.csv.")
    fields: list[str] = Field(min_length=1, description="Fields of the text, as in config/ingest/.")


# The public test sets that are evaluated here, or share their documents with one that is.
PUBLIC = (
    ("judge_test", ["fd"]),
    ("judge_test", ["text"]),
    ("lawbench_zero_shot", ["question"]),
    ("lexeval", ["input"]),
    ("disc_objective", ["input+A+B+C+D", "input"]),
    ("lecard_test", ["query"]),
    ("lecard_controversial", ["query"]),
    ("lecard_procedural", ["query"]),
)


class Settings(Model):
    """Filters, deduplication, masking, decontamination, quota."""

    filters: list[str] = Field(
        default_factory=lambda: [
            "too_short", "no_conviction", "no_reasoning", "no_judgment", "not_criminal", "not_first_instance",
            "hidden_text", "no_province", "too_long", "unreadable_term", "parse_disagreement", "low_quality",
        ],
        description=(
            "Filters in order (`lexpro/corpus/filtering/filters.py`): the first that drops a judgment gives the "
            "reason. Whole documents come first: little can be said of one that was cut."
        ),
    )  # fmt: skip
    instances: list[Literal["first", "second", "retrial"]] = Field(
        default_factory=lambda: ["first"], min_length=1, description="Instances that are kept."
    )
    min_chars: NonNegativeInt = Field(100, description="Shortest document (characters).")
    max_chars: PositiveInt = Field(20000, description="Longest document (characters).")
    hidden_share: Share = Field(0.2, description="Facts that may be blanked out with × (share).")
    min_quality: Share = Field(
        0.6, description="Least share of the things that a judgment should have (`filters.quality`)."
    )
    duplicates: Duplicates = Field(
        default_factory=Duplicates, description="Near-duplicates across provinces, found by MinHash."
    )
    masking: bool = Field(
        True,
        description="Mask names, identity numbers, telephones, plates and addresses below the county.",
    )
    decontaminate_against: list[Benchmark] = Field(
        default_factory=lambda: [Benchmark(dataset=name, fields=fields) for name, fields in PUBLIC],
        description=(
            "Benchmarks that training must not have seen. A judgment is dropped that shares with one of their "
            "items its case number, half of its own 30-character shingles, or half of the item's."
        ),
    )
    decontamination_required: bool = Field(
        False,
        description=(
            "Stop where one of these benchmarks is not on this machine; false: leave it out, and say so in the "
            "log and in the manifest's counts."
        ),
    )
    quota: NonNegativeInt = Field(
        0, description="Most judgments of a charge in a province, drawn with the seed; 0: no limit (count)."
    )
    seed: NonNegativeInt = Field(2025, description="Seed of the quota's draw.")
    runtime: FilterRuntime = Field(default_factory=FilterRuntime, description="How the stage runs.")

    @model_validator(mode="after")
    def _lengths(self):
        if self.min_chars > self.max_chars:
            raise clash(
                ["min_chars", "max_chars"],
                f"min_chars ({self.min_chars}) is above max_chars ({self.max_chars}): no document is left",
            )
        return self
