"""Threads and micro-batches of a training."""

import pytest
import torch

from lexpro.models import compute
from lexpro.workflow.errors import UserError


@pytest.mark.parametrize(
    ("global_batch", "per_device", "devices", "steps"), [(64, 2, 8, 4), (16, 16, 1, 1), (8, 1, 1, 8)]
)
def test_accumulation_keeps_the_global_batch(global_batch, per_device, devices, steps):
    assert compute.accumulation(global_batch, per_device, devices) == steps


@pytest.mark.parametrize(("global_batch", "per_device", "devices"), [(64, 3, 8), (4, 8, 1), (10, 2, 4)])
def test_a_batch_that_does_not_divide_is_refused(global_batch, per_device, devices):
    with pytest.raises(UserError, match=f"global_batch_size {global_batch} .* {devices} device"):
        compute.accumulation(global_batch, per_device, devices)


def test_threads_are_those_of_the_rule(monkeypatch):
    before = torch.get_num_threads()
    try:
        # Two first: one is what the tests begin with.
        for threads in (2, 1):
            monkeypatch.setenv("LEXPRO_THREADS", str(threads))
            compute.limit_threads()
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)
