"""The model that vLLM samples from is the trained one, and no device needs all of it at once for
that.
"""

import json

import pytest
import torch
from launching import ZERO3, launched
from weight_sync_worker import adapted, expected, handed


def test_what_is_handed_over_is_what_merging_gives():
    ours, trl = (handed(adapted(), 0, by_layer).got for by_layer in (True, False))
    assert ours.keys() == trl.keys() == expected().keys()
    for name, tensor in expected().items():
        assert torch.equal(ours[name], tensor), name
        assert torch.allclose(ours[name], trl[name]), name


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_nothing_stays_behind(dtype):
    model = adapted().to(dtype)
    before = {name: tensor.clone() for name, tensor in model.named_parameters()}
    handed(model, 0, True)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.named_parameters())


@pytest.mark.slow
def test_two_processes_that_share_a_model_gather_one_layer_at_a_time():
    done = launched(2, ZERO3, worker="weight_sync_worker.py")
    assert done.returncode == 0, done.stderr[-12000:]
    line = next(row for row in done.stdout.splitlines() if row.startswith("FOUND "))
    found = json.loads(line.removeprefix("FOUND "))
    assert found["ours"]["equal"] and found["trl"]["equal"]
    size = found["ours"]["model"]
    assert found["trl"]["largest"] == size, "TRL holds the whole model while it hands it over"
    embedding = 64 * 32
    assert found["ours"]["largest"] <= embedding < size / 5
