"""Checks of a trained model: each fault that they are for is found."""

import math

import pytest
import torch
from safetensors.torch import load_file, save_file

from lexpro.training import checks


def _save(folder, **tensors):
    folder.mkdir(exist_ok=True)
    save_file({name.replace("__", "."): tensor for name, tensor in tensors.items()}, folder / "m.safetensors")
    return folder


def test_saved_weights_are_counted(tmp_path):
    folder = _save(tmp_path / "a", layer__weight=torch.ones(2, 3))
    assert checks.saved(folder, {"layer.weight"}) == {"tensors": 1, "parameters": 6}


@pytest.mark.parametrize(
    ("tensors", "expected", "message"),
    [
        (
            {"layer__weight": torch.ones(2)},
            {"layer.weight", "other.weight"},
            "1 trained tensors were not saved",
        ),
        ({"layer__weight": torch.tensor([1.0, math.nan])}, {"layer.weight"}, "not finite"),
        ({"layer__weight": torch.ones(0)}, {"layer.weight"}, "empty"),
        (
            {
                "base_model__model__q__lora_A__weight": torch.ones(2),
                "base_model__model__q__lora_B__weight": torch.zeros(2),
            },
            {"base_model.model.q.lora_A.default.weight"},
            "all zero",
        ),
    ],
)
def test_a_model_that_was_not_saved_is_found(tmp_path, tensors, expected, message):
    with pytest.raises(checks.BadModel, match=message):
        checks.saved(_save(tmp_path / "a", **tensors), expected)


@pytest.fixture
def adapted(tmp_path):
    """(folder of whole weights, model with an adapter on them that does something)"""
    from peft import LoraConfig, get_peft_model
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2}
    model = Qwen2ForCausalLM(Qwen2Config(vocab_size=64, intermediate_size=64, **shape))
    model.save_pretrained(tmp_path / "base")
    model = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear"))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.5)
    model.save_pretrained(tmp_path / "adapter")
    return tmp_path / "base", model


def _edit(folder, change):
    """Rewrite the adapter's file, each tensor as `change(name, tensor)` says; None leaves it
    out.
    """
    file = folder / "adapter_model.safetensors"
    tensors = {name: change(name, tensor) for name, tensor in load_file(file).items()}
    save_file({name: tensor for name, tensor in tensors.items() if tensor is not None}, file)


PROBE = list(range(2, 20))


def test_an_adapter_that_was_saved_whole_passes(adapted, tmp_path):
    base, model = adapted
    folder = tmp_path / "adapter"
    assert checks.saved(folder, checks.trained_names(model))["tensors"] == 28
    checks.as_in_memory(folder, model)
    found = checks.read_back(folder, base, checks.logits(model, PROBE), PROBE, torch.float32)
    assert found["largest_logit_change"] > 0.01


def test_an_adapter_that_is_read_back_otherwise_is_found(adapted, tmp_path):
    base, model = adapted
    trained = checks.logits(model, PROBE)
    _edit(tmp_path / "adapter", lambda name, tensor: tensor * (0.5 if "lora_B" in name else 1))
    with pytest.raises(checks.BadModel, match="read back"):
        checks.read_back(tmp_path / "adapter", base, trained, PROBE, torch.float32)


def test_an_adapter_without_effect_is_found(adapted, tmp_path):
    base, model = adapted
    _edit(tmp_path / "adapter", lambda name, tensor: tensor * (0 if "lora_B" in name else 1))
    with model.disable_adapter():
        trained = checks.logits(model, PROBE)
    with pytest.raises(checks.BadModel, match="does not change a single logit"):
        checks.read_back(tmp_path / "adapter", base, trained, PROBE, torch.float32)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda name, tensor: None, "28 trained tensors were not saved"),
        (lambda name, tensor: None if "layers.1" in name else tensor, "14 trained tensors were not saved"),
        (lambda name, tensor: tensor * 0, "all zero"),
        (lambda name, tensor: tensor[:0], "empty"),
    ],
    ids=["no tensor", "a layer is missing", "zeros", "tensors without elements"],
)
def test_an_empty_adapter_is_found(adapted, tmp_path, change, message):
    _, model = adapted
    _edit(tmp_path / "adapter", change)
    with pytest.raises(checks.BadModel, match=message):
        checks.saved(tmp_path / "adapter", checks.trained_names(model))


def test_a_tensor_that_is_not_the_one_in_memory_is_found(adapted, tmp_path):
    """As when one process saves its own part only."""
    _, model = adapted
    _edit(tmp_path / "adapter", lambda name, tensor: tensor + ("layers.1.mlp.up_proj.lora_A" in name))
    with pytest.raises(checks.BadModel, match=r"layers\.1\.mlp\.up_proj\.lora_A.*not what was trained"):
        checks.as_in_memory(tmp_path / "adapter", model)


def test_weights_that_did_not_change_are_found(tmp_path):
    before = _save(tmp_path / "a", layer__weight=torch.ones(2))
    with pytest.raises(checks.BadModel, match="nothing was trained"):
        checks.changed(_save(tmp_path / "b", layer__weight=torch.ones(2)), before)
    assert checks.changed(_save(tmp_path / "c", layer__weight=torch.zeros(2)), before) == 1
