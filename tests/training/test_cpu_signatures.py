"""What lexpro/training/cpu and the hand-over to vLLM take for granted of TRL, transformers, torch.

They override private methods, and nothing promises that these stay. Where one of these tests fails
after an upgrade: read the new method, change ours, and record its signature here.
"""

import inspect
from importlib.metadata import version

import pytest
import torch
from transformers import Trainer
from trl import SFTTrainer
from trl.models.utils import unwrap_model_for_generation

from lexpro.training import checkpoints
from lexpro.training.cpu import grpo, muon, sft
from lexpro.training.dynamic_sampling import DynamicSampling
from lexpro.training.trl_grpo import GRPOTrainer, VLLMGeneration

WRITTEN_FOR = {"trl": "1.16", "transformers": "5.17", "torch": "2.13"}
# Package, function, its parameters without annotations.
RECORDED = [
    ("transformers", SFTTrainer._get_train_sampler, "self, train_dataset=None"),
    ("trl", SFTTrainer.compute_loss, "self, model, inputs, return_outputs=False, num_items_in_batch=None"),
    (
        "trl",
        GRPOTrainer._generate_single_turn,
        "self, prompt_ids, images, multimodal_fields, num_generations, has_tool_images=False",
    ),
    ("trl", GRPOTrainer.get_train_dataloader, "self"),
    ("trl", GRPOTrainer._get_train_sampler, "self, dataset=None"),
    ("trl", GRPOTrainer._generate_and_score_completions, "self, inputs"),
    (
        "transformers",
        GRPOTrainer._get_dataloader,
        "self, dataset, description, batch_size, sampler_fn=None, is_training=False, dataloader_key=None",
    ),
    ("trl", GRPOTrainer._compute_loss, "self, model, inputs"),
    (
        "trl",
        GRPOTrainer._get_per_token_logps_and_entropies,
        "self, model, input_ids, attention_mask, logits_to_keep, batch_size=None, compute_entropy=False, "
        "compute_aux_loss=False, pixel_values=None, image_grid_thw=None, num_images=None, "
        "pixel_attention_mask=None, spatial_shapes=None, num_tiles=None, image_sizes=None, "
        "token_type_ids=None, mm_token_type_ids=None, image_position_ids=None",
    ),
    (
        "trl",
        unwrap_model_for_generation,
        "model, accelerator, gather_deepspeed3_params=True, generation_kwargs=None, "
        "gradient_checkpointing_kwargs=None",
    ),
    ("trl", VLLMGeneration._iter_named_params, "self"),
    ("torch", torch.optim.Muon.step, "self, closure=None"),
]
SOURCE = inspect.getsource(GRPOTrainer) + inspect.getsource(Trainer)


def parameters(function) -> str:
    """The parameters of a function, without annotations."""
    found = inspect.signature(function).parameters.values()
    return ", ".join(str(parameter.replace(annotation=inspect.Parameter.empty)) for parameter in found)


@pytest.mark.parametrize(
    ("package", "function", "recorded"), RECORDED, ids=[function.__qualname__ for _, function, _ in RECORDED]
)
def test_what_is_overridden_or_called_is_as_it_was(package, function, recorded):
    assert parameters(function) == recorded, (
        f"{function.__qualname__} of {package} {version(package)} is not the one that lexpro/training was written "
        f"for ({package} {WRITTEN_FOR[package]}): read it, change ours, record it here"
    )


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (sft.Trainer, SFTTrainer),
        (grpo.Trainer, GRPOTrainer),
        (DynamicSampling, GRPOTrainer),
        (muon.Fp32Muon, torch.optim.Muon),
    ],
)
def test_every_override_is_recorded_and_takes_the_arguments_that_it_is_called_with(ours, theirs):
    recorded = {function.__name__ for _, function, _ in RECORDED}
    overridden = {
        name for name in vars(ours) if inspect.isfunction(vars(ours)[name]) and hasattr(theirs, name)
    }
    assert overridden and overridden <= recorded
    for name in overridden:
        given = inspect.signature(getattr(ours, name)).parameters
        wanted = inspect.signature(getattr(theirs, name)).parameters
        takes_more = any(parameter.kind is parameter.VAR_KEYWORD for parameter in given.values())
        assert list(given)[: len(wanted)] == list(wanted)[: len(given)] or takes_more
        assert takes_more or given.keys() == wanted.keys()


@pytest.mark.parametrize(
    "name",
    [
        *("_tokenizer", "eos_token_ids", "_entropy_bonus_enabled", "aux_loss_enabled", "_metrics"),
        *checkpoints.HELD,
    ],
)
def test_attributes_that_are_read_are_there(name):
    assert f"self.{name} =" in SOURCE, f"neither TRL nor transformers sets {name} any more"
