"""Muon: torch's own, and in fp32."""

import pytest
import torch
from training_cases import tuning

from lexpro.training import muon
from lexpro.training.cpu import muon as cpu_muon

# Coefficients of Jordan et al., torch's default.
QUINTIC = torch.optim.Muon([torch.nn.Parameter(torch.zeros(1, 1))]).defaults["ns_coefficients"]


@pytest.mark.parametrize("shape", [(24, 24), (16, 48), (48, 16)])
def test_updates_of_muon_are_nearly_orthogonal(shape):
    torch.manual_seed(0)
    singular = torch.linalg.svdvals(cpu_muon.orthogonal(torch.randn(3, *shape), QUINTIC, 5, 1e-7))
    # A direction that a random matrix hardly has takes more steps.
    assert singular.quantile(0.1) > 0.5 and singular.max() < 1.4


@pytest.mark.parametrize("shape", [(64, 64), (32, 96), (96, 32)])
def test_a_step_in_fp32_is_the_step_of_torch(shape):
    """Weights, decay and momentum of three steps; torch orthogonalises in bfloat16, of 8 bits."""
    torch.manual_seed(0)
    start, gradients = torch.randn(shape), torch.randn(3, *shape)
    options = {"lr": 0.02, "weight_decay": 0.1, "adjust_lr_fn": "match_rms_adamw"}
    moved = []
    for kind in (torch.optim.Muon, cpu_muon.Fp32Muon):
        weights = torch.nn.Parameter(start.clone())
        optimizer = kind([weights], **options)
        for gradient in gradients:
            weights.grad = gradient.clone()
            optimizer.step()
        moved.append((weights - start).detach())
        assert optimizer.state[weights].keys() == {"momentum_buffer"}
    torchs, ours = moved
    assert (ours - torchs).norm() < 0.02 * torchs.norm()
    assert (ours - torchs).abs().max() < 0.05 * torchs.abs().max()


@pytest.mark.parametrize("speed_up", [False, True])
def test_muon_fits_and_can_be_saved(speed_up):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Embedding(8, 16), torch.nn.Linear(16, 16), torch.nn.Linear(16, 8))
    settings = tuning(learning_rate=0.02, weight_decay=0.0)
    optimizer = muon.optimizer(model, settings, speed_up)
    x = torch.arange(8)

    def step():
        loss = torch.nn.functional.cross_entropy(model(x), (x + 3) % 8)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    first = step()
    for _ in range(60):
        last = step()
    assert last < 0.1 * first
    again = muon.optimizer(model, settings, speed_up)
    again.load_state_dict(optimizer.state_dict())
    assert again.state_dict()["state"].keys() == optimizer.state_dict()["state"].keys()
