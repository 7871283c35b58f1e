"""Sampling wants seeds: what `predict` may be asked for."""

import pytest
from pydantic import ValidationError

from lexpro.config.predict import Decoding

LENGTHS = {"elements": 1, "charge": 1, "article": 1, "term": 1}


def decoding(temperature: float, samples: int) -> Decoding:
    return Decoding.model_validate(
        {
            "max_new_tokens": LENGTHS,
            "temperature": temperature,
            "top_p": 1.0,
            "seed": 1,
            "samples": samples,
        }
    )


@pytest.mark.parametrize(("temperature", "samples"), [(0.0, 1), (0.6, 3), (1.0, 8)])
def test_greedy_once_or_sampled_three_times(temperature, samples):
    assert decoding(temperature, samples).samples == samples


@pytest.mark.parametrize(
    ("temperature", "samples", "message"),
    [(0.6, 1, "at least 3 samples"), (0.6, 2, "at least 3 samples"), (0.0, 3, "all the same")],
)
def test_what_says_little_is_refused(temperature, samples, message):
    with pytest.raises(ValidationError, match=message):
        decoding(temperature, samples)
