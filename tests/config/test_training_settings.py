"""Settings of trainings that cannot be used are refused."""

import pytest
from training_cases import tiny

from lexpro.config import base_model as base_model_settings
from lexpro.config import grpo as grpo_settings
from lexpro.config import sft as sft_settings

ZERO3, FSDP = "config/deepspeed/zero3.json", "config/fsdp/full.json"


LORA = {"rank": 4, "alpha": 8, "dropout": 0.0, "targets": "all-linear"}


@pytest.mark.parametrize(
    ("stage", "change", "message"),
    [
        ("sft", {"max_steps": 10, "epochs": 1.0}, "exclude each other"),
        ("sft", {"max_steps": 0, "epochs": 0}, "exclude each other"),
        ("sft", {"global_batch_size": 15}, "not a multiple"),
        ("sft", {"method": "lora"}, "go together|muon"),
        ("sft", {"method": "qlora", "optimizer": "adamw", "lora": LORA}, "method: qlora .*runtime.gpus is 0"),
        ("sft", {"attention": "flash_attention_2"}, "attention: flash_attention_2 .*runtime.gpus is 0"),
        ("sft", {"runtime": {**tiny("sft")["runtime"], "liger": True}}, "runtime.liger .*runtime.gpus is 0"),
        (
            "sft",
            {"runtime": {**tiny("sft")["runtime"], "deepspeed": ZERO3, "fsdp": FSDP}},
            "exclude each other",
        ),
        ("sft", {"runtime": {**tiny("sft")["runtime"], "fsdp": FSDP}}, "whole matrices; with runtime.fsdp"),
        ("grpo", {"runtime": {**tiny("grpo")["runtime"], "fsdp": FSDP}}, "use runtime.deepspeed"),
        ("sft", {"weights": {"term": -1.0}}, "greater than or equal to 0"),
        ("grpo", {"method": "qlora"}, "'full' or 'lora'"),
        ("grpo", {"lora": LORA}, "[Ee]xtra"),
        ("grpo", {"multi_objective_aggregation": "normalize_then_sum"}, "scale_rewards is group"),
        ("sft", {"learning_rate": 0.0}, "greater than 0"),
        ("sft", {"tasks": ["element"]}, "elements"),
        ("sft", {"unknown": 1}, "[Ee]xtra"),
        ("grpo", {"num_generations": 5}, "a group would be split"),
        ("base_model", {"heads": 5}, "not a multiple of 2 x heads"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(stage, change, message):
    from pydantic import TypeAdapter, ValidationError

    models = {"sft": sft_settings, "grpo": grpo_settings, "base_model": base_model_settings}
    adapter = TypeAdapter(models[stage].Settings)
    adapter.validate_python(tiny(stage))
    with pytest.raises(ValidationError, match=message):
        adapter.validate_python({**tiny(stage), **change})


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"kind": "pretrained", "id": "a/b", "revision": None}, "revision is missing"),
        ({"kind": "pretrained", "id": "a/b", "revision": "c", "path": "/d"}, "exclude each other"),
        ({"kind": "pretrained"}, "exclude each other"),
    ],
)
def test_a_pretrained_model_is_pinned(given_, message):
    from pydantic import TypeAdapter, ValidationError

    with pytest.raises(ValidationError, match=message):
        TypeAdapter(base_model_settings.Settings).validate_python(given_)
