"""Typed settings of the corpus stages, and judgments made by them, for tests."""

from pathlib import Path

from lexpro.config import corpus, filter, ingest
from lexpro.corpus.readers.base import Fields
from lexpro.workflow.files import read_yaml

CONFIG = Path(__file__).parents[2] / "config"


def synthetic(**changes) -> corpus.Synthetic:
    """The settings `corpus=synthetic` with changes; a `noise` that is given is all the noise."""
    values = read_yaml(CONFIG / "corpus/synthetic.yaml") | changes
    if "noise" in changes:
        values["noise"] = dict.fromkeys(corpus.Noise.model_fields, 0.0) | changes["noise"]
    return corpus.Synthetic.model_validate(values)


def selection(**changes) -> filter.Settings:
    """The settings `filter=default` with changes."""
    return filter.Settings.model_validate(read_yaml(CONFIG / "filter/default.yaml") | changes)


def record_fields(choice: str = "generic") -> Fields:
    """The fields of records that the settings `ingest=<choice>` name."""
    values = read_yaml(CONFIG / f"ingest/{choice}.yaml")
    return Fields.from_settings(ingest.Settings.model_validate(values).fields)
