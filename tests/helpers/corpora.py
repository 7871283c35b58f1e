"""Typed settings of the corpus stages, and judgments made by them, for tests."""

from pathlib import Path

from lexpro.config import corpus, filter
from lexpro.corpus.readers.base import Fields
from lexpro.dag.compose import choice

CONFIG = Path(__file__).parents[2] / "config"


def synthetic(**changes) -> corpus.Synthetic:
    """The settings `corpus=synthetic` with changes; a `noise` that is given is all the noise."""
    values = choice("corpus", "synthetic", CONFIG).model_dump() | changes
    if "noise" in changes:
        values["noise"] = dict.fromkeys(corpus.Noise.model_fields, 0.0) | changes["noise"]
    return corpus.Synthetic.model_validate(values)


def selection(**changes) -> filter.Settings:
    """The settings `filter=default` with changes."""
    return filter.Settings.model_validate(choice("filter", "default", CONFIG).model_dump() | changes)


def record_fields(name: str = "generic") -> Fields:
    """The fields of records that the settings `ingest=<name>` name."""
    return Fields.from_settings(choice("ingest", name, CONFIG).fields)
