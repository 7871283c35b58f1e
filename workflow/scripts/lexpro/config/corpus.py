"""Settings of the `corpus` stage: where the raw judgments come from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from lexpro.config.base import Count, Model, Positive, Share, known
from lexpro.datasets import registered
from lexpro.law.facts import load
from lexpro.law.provinces import PROVINCES


class Noise(Model):
    """Share of each kind of noise among the generated documents."""

    exact_duplicate: Share
    near_duplicate: Share
    second_instance: Share
    civil: Share
    cut: Share
    hidden: Share
    empty: Share
    broken: Share

    @model_validator(mode="after")
    def _leave_room(self):
        total = sum(dict(self).values())
        if total > 0.9:
            raise ValueError(f"the shares of noise sum to {total:.2f}; at most 0.90, or nothing good is left")
        return self


class Synthetic(Model):
    kind: Literal["synthetic"]
    seed: Count
    style: Literal["compact", "full"]
    documents_per_province: Positive
    provinces: list[str] = Field(min_length=1)
    charges: list[str] = Field(min_length=1)
    charge_skew: Annotated[float, Field(ge=0, le=5)]
    multi_defendant_share: Share
    multi_charge_share: Share
    unmasked_share: Share
    restitution_share: Share
    compensation_share: Share
    citing_habits: dict[Literal["52", "53"], Share]
    habits_kept: Share
    noise: Noise
    cross_province_share: Share
    formats: dict[Literal["jsonl", "jsonl_gz", "csv", "txt", "gb18030", "utf16", "html"], Share]

    @field_validator("formats")
    @classmethod
    def _some_format(cls, value):
        if not any(value.values()):
            raise ValueError("all shares are 0: in which format should documents be written?")
        return value

    @field_validator("provinces")
    @classmethod
    def _known_provinces(cls, value):
        return known(value, PROVINCES, "provinces")

    @field_validator("charges")
    @classmethod
    def _known_charges(cls, value):
        return known(value, load().charges, "charges with facts")


class Dataset(Model):
    kind: Literal["dataset"]
    datasets: list[str] = Field(min_length=1)
    provinces: list[str] = Field(min_length=1, max_length=1)

    @field_validator("datasets")
    @classmethod
    def _registered(cls, value):
        return known(value, registered(), "registered in config/datasets.csv")


class Folder(Model):
    kind: Literal["folder"]
    path: str = Field(min_length=1)


class PlannedDataset(Dataset):
    """With what the planner adds: the hashes of the data sets, by name."""

    sha256: dict[str, str] = Field(default_factory=dict)


Settings = Annotated[Synthetic | Dataset | Folder, Field(discriminator="kind")]
Planned = Annotated[Synthetic | PlannedDataset, Field(discriminator="kind")]
