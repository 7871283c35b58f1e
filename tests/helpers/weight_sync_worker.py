"""One of two processes that hold a half of a model with an adapter each (ZeRO-3): what does vLLM
get, and how much is whole at a time? Prints it as JSON: {way: {equal, largest, model}}, by TRL's
way and by ours.

python weight_sync_worker.py DEEPSPEED_CONFIG
"""

import json
import sys
from types import SimpleNamespace

import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, Qwen2Config
from trl.distributed import DistributedBackend

from lexpro.models import compute
from lexpro.training import vllm_weight_sync
from lexpro.training.trl_grpo import VLLMGeneration


def adapted():
    """The same model in every process; no weight of the adapter is zero."""
    torch.manual_seed(0)
    shape = {"vocab_size": 64, "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3}
    heads = {"num_attention_heads": 4, "num_key_value_heads": 2, "tie_word_embeddings": True}
    whole = AutoModelForCausalLM.from_config(Qwen2Config(**shape, **heads))
    config = LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False, task_type="CAUSAL_LM")
    return get_peft_model(whole, config)


class StandIn:
    """What TRL talks to of vLLM: keeps what it is handed, and how many elements of the model are
    whole then.
    """

    def __init__(self, model):
        self.model, self.got, self.largest = model, {}, 0
        runner = SimpleNamespace(model=self)
        worker = SimpleNamespace(model_runner=runner)
        self.llm_engine = SimpleNamespace(model_executor=SimpleNamespace(driver_worker=worker))

    def load_weights(self, pairs):
        self.got |= {name: tensor.clone() for name, tensor in pairs}
        self.largest = max(self.largest, sum(p.data.numel() for p in self.model.parameters()))

    def reset_prefix_cache(self):
        pass


def handed(model, zero_stage: int, ours: bool) -> StandIn:
    """TRL's own `sync_weights`, with its `_iter_named_params` or ours."""
    link = object.__new__(VLLMGeneration)
    link.model, link.accelerator, link.mode, link.enable_sleep_mode = model, None, "colocate", False
    plugin = SimpleNamespace(zero_stage=zero_stage)
    link._dist = DistributedBackend(
        SimpleNamespace(state=SimpleNamespace(deepspeed_plugin=plugin, fsdp_plugin=None))
    )
    link.llm = StandIn(model)
    if ours:
        vllm_weight_sync.by_layer(link)
    link.sync_weights()
    return link.llm


def expected() -> dict[str, torch.Tensor]:
    return dict(adapted().merge_and_unload().named_parameters())


def main() -> None:
    compute.configured(sys.argv[1])
    import deepspeed

    model = adapted()
    size = sum(p.numel() for p in model.parameters())
    config = {
        "train_micro_batch_size_per_gpu": 1,
        "optimizer": {"type": "AdamW", "params": {"lr": 1e-3, "torch_adam": True}},
        "zero_optimization": {"stage": 3, "stage3_param_persistence_threshold": 0},
    }
    deepspeed.initialize(
        model=model, model_parameters=[p for p in model.parameters() if p.requires_grad], config=config
    )
    found = {}
    for way in ("trl", "ours"):
        got = handed(model, 3, way == "ours")
        equal = got.got.keys() == expected().keys() and all(
            torch.equal(got.got[name], tensor) for name, tensor in expected().items()
        )
        found[way] = {"equal": equal, "largest": got.largest, "model": size}
    if compute.is_main():
        print("FOUND " + json.dumps(found))


if __name__ == "__main__":
    main()
