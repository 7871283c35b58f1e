"""Settings, requests and an adapter for tests of the engines."""

import torch
from transformers import Qwen2ForCausalLM

from lexpro.config.predict import Transformers
from lexpro.engines.base import Request, Sampling

GREEDY = Sampling(temperature=0.0, top_p=1.0)
SETTINGS = Transformers(
    module="lexpro.engines.hf", batch_size=3, dtype="float32", attention="eager", merge_adapter=True
)


def requests(count: int = 7, seed: int = 0, tokens: int = 12) -> list[Request]:
    return [
        Request([{"role": "user", "content": "被告人张某甲" * (1 + n * 3 % 5)}], tokens, seed + n)
        for n in range(count)
    ]


def adapter(base, folder, targets=("q_proj", "v_proj")):
    """An adapter on `base` that changes its answers."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    config = LoraConfig(r=2, target_modules=list(targets), init_lora_weights=False, lora_alpha=64)
    get_peft_model(Qwen2ForCausalLM.from_pretrained(base), config).save_pretrained(folder)
    return folder
