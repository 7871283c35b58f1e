"""Settings of the `corpus` stage: where the raw judgments come from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, field_validator, model_validator

from lexpro.config.base import Memory, Model, Runtime, Share


class CorpusRuntime(Runtime):
    """How the stage runs."""

    mem_mb: Memory = 2000


class Noise(Model):
    """Shares of the kinds of noise among the generated documents; together at most 0.9."""

    exact_duplicate: Share = Field(0.03, description="Exact copies of another document (share).")
    near_duplicate: Share = Field(0.03, description="Copies with small changes (share).")
    second_instance: Share = Field(0.02, description="Judgments of second instance (share).")
    civil: Share = Field(0.02, description="Civil judgments (share).")
    cut: Share = Field(0.02, description="Documents that end before 本院认为 (share).")
    hidden: Share = Field(0.01, description="Judgments whose facts are blanked out with × (share).")
    empty: Share = Field(0.01, description="Empty files (share).")
    broken: Share = Field(0.01, description="Damaged JSON, and bytes that are no text (share).")

    @model_validator(mode="after")
    def _leave_room(self):
        total = sum(self.model_dump().values())
        if total > 0.9:
            raise ValueError(f"the shares of noise sum to {total:.2f}; at most 0.90, or nothing good is left")
        return self


class Synthetic(Model):
    """Judgments made by the seeded generator (`lexpro/corpus/synthetic/generate.py`)."""

    kind: Literal["synthetic"] = Field(description="Judgments are generated here.")
    seed: NonNegativeInt = Field(2025, description="Seed of every draw; the same seed gives the same bytes.")
    style: Literal["compact", "full"] = Field(
        "full", description="Length; compact: 150 to 330 characters; full: 1,000 to 3,000, as real judgments."
    )
    documents_per_province: PositiveInt = Field(
        3000, description="Documents of each province, noise included (count)."
    )
    provinces: list[str] = Field(min_length=1, description="Province folders to make, by their short names.")
    charges: list[str] = Field(
        min_length=1, description="Charges, the most frequent first: names of `lexpro/law/builtin_law.yaml`."
    )
    charge_skew: float = Field(
        0.6,
        ge=0,
        le=5,
        description="Long tail: charge i is drawn with weight 1 / i ** charge_skew; 0: all alike.",
    )
    multi_defendant_share: Share = Field(0.12, description="Cases with two or three defendants (share).")
    multi_charge_share: Share = Field(
        0.04, description="Cases with two charges and a joint term, 数罪并罚 (share)."
    )
    unmasked_share: Share = Field(
        0.1, description="Cases whose defendants bear made-up full names, for the masking to find (share)."
    )
    restitution_share: Share = Field(
        0.55, description="Property cases with restitution, 退赔 or 退缴 (share)."
    )
    compensation_share: Share = Field(
        0.3, description="Cases with injury that order civil compensation, 附带民事赔偿 (share)."
    )
    citing_habits: dict[Literal["52", "53"], Share] = Field(
        default_factory=lambda: {"52": 0.53, "53": 0.84},
        description=(
            "Probability that a court habitually cites an article that it may leave out: 52 where there is a "
            "fine, 53 where it cites 52 (rates of real judgments: docs/assumptions.md)."
        ),
    )
    habits_kept: Share = Field(0.97, description="Judgments in which a court keeps to a habit (share).")
    noise: Noise = Field(default_factory=Noise, description="Noise among the documents; the rest is good.")
    cross_province_share: Share = Field(
        0.3, description="Duplicates whose original is in another province (share)."
    )
    formats: dict[Literal["jsonl", "jsonl_gz", "csv", "txt", "gb18030", "utf16", "html"], Share] = Field(
        default_factory=lambda: {
            "jsonl": 0.55,
            "jsonl_gz": 0.1,
            "csv": 0.1,
            "txt": 0.05,
            "gb18030": 0.1,
            "utf16": 0.02,
            "html": 0.08,
        },
        description="Relative shares of the raw formats (`lexpro/corpus/synthetic/files.py`).",
    )
    runtime: CorpusRuntime = Field(default_factory=CorpusRuntime, description="How the stage runs.")

    @field_validator("formats")
    @classmethod
    def _some_format(cls, value):
        if not any(value.values()):
            raise ValueError("all shares are 0: in which format should documents be written?")
        return value


class Dataset(Model):
    """Real judgments from registered data sets."""

    kind: Literal["dataset"] = Field(description="Judgments are read from registered data sets.")
    datasets: list[str] = Field(
        min_length=1,
        description=(
            "Names in config/datasets.csv; read from the folder LEXPRO_MIRROR if it is set, else downloaded, "
            "and checked by SHA-256."
        ),
    )
    provinces: list[str] = Field(
        default_factory=lambda: ["all"],
        min_length=1,
        max_length=1,
        description="The one folder that the files go to; the province is read from each judgment.",
    )
    runtime: CorpusRuntime = Field(default_factory=CorpusRuntime, description="How the stage runs.")


class Folder(Model):
    """Judgments of the user's own: any files that `ingest` reads, in sub-folders."""

    kind: Literal["folder"] = Field(description="Judgments are read from a folder of the user's own.")
    path: str = Field(
        min_length=1,
        description=(
            "The folder (~ and $VARIABLES are expanded), with a sub-folder for each province (湖北, 湖南, …) or one "
            "of any name for everything: then the province is read from each judgment. No files directly in it."
        ),
    )


class PlannedDataset(Dataset):
    """With what planning adds: the hashes of the data sets, by name."""

    sha256: dict[str, str] = Field(default_factory=dict, description="Hashes of the data sets, by name.")


Settings = Annotated[Synthetic | Dataset | Folder, Field(discriminator="kind")]
Planned = Annotated[Synthetic | PlannedDataset, Field(discriminator="kind")]
