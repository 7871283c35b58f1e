"""Settings of the stage corpus (config/corpus/)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel, field_validator

from lexpro.law.facts import load
from lexpro.law.provinces import PROVINCES
from lexpro.settings.base import Count, Model, Positive, Share


class Noise(Model):
    """Share of each kind of noise among the documents."""

    exact_duplicate: Share = 0
    near_duplicate: Share = 0
    second_instance: Share = 0
    civil: Share = 0
    cut: Share = 0
    hidden: Share = 0
    empty: Share = 0
    broken: Share = 0


class Formats(Model):
    """Relative shares of the raw formats."""

    jsonl: Share = 0
    jsonl_gz: Share = 0
    csv: Share = 0
    txt: Share = 0
    gb18030: Share = 0
    utf16: Share = 0
    html: Share = 0


class Synthetic(Model):
    """Generated judgments."""

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
    noise: Noise
    cross_province_share: Share
    formats: Formats

    @field_validator("provinces")
    @classmethod
    def known_provinces(cls, value: list[str]) -> list[str]:
        return _known(value, PROVINCES)

    @field_validator("charges")
    @classmethod
    def known_charges(cls, value: list[str]) -> list[str]:
        return _known(value, tuple(load().charges))

    @field_validator("noise")
    @classmethod
    def some_good(cls, value: Noise) -> Noise:
        if sum(value.model_dump().values()) >= 1:
            raise ValueError("the shares add up to 1 or more: no good document is left")
        return value

    @field_validator("formats")
    @classmethod
    def some_format(cls, value: Formats) -> Formats:
        if not sum(value.model_dump().values()):
            raise ValueError("at least one format needs a share above 0")
        return value


def _known(value: list[str], allowed: tuple[str, ...]) -> list[str]:
    unknown = [name for name in value if name not in allowed]
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; allowed: {', '.join(allowed)}")
    if len(set(value)) < len(value):
        raise ValueError("a name is there twice")
    return value


class Registered(Model):
    """Data sets of config/datasets.csv."""

    kind: Literal["dataset"]
    datasets: list[str] = Field(min_length=1)
    provinces: list[str] = Field(min_length=1, max_length=1)


class Folder(Model):
    """A folder of the user's own."""

    kind: Literal["folder"]
    path: str = Field(min_length=1)


class Settings(RootModel):
    root: Annotated[Synthetic | Registered | Folder, Field(discriminator="kind")]
