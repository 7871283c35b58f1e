"""Settings, requests and an adapter for tests of the engines, and vLLM in a process of its own."""

import json
import os
import subprocess
import sys
from dataclasses import astuple

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


LIMITS = {"dtype": "float32", "max_model_len": 120, "tensor_parallel": 1, "gpu_memory": 0.1}
LIMITS |= {"max_lora_rank": 8, "eager": True}
ASK = """
import gc, json, sys
from pathlib import Path
from lexpro.config.predict import Vllm
from lexpro.engines import load
from lexpro.engines.base import Request, Sampling
if __name__ == "__main__":
    answers = []
    for model, base, settings, sampling, requests in json.loads(sys.stdin.read()):
        settings = Vllm(module="lexpro.engines.vllm", **settings)
        engine = load.engine(settings, Path(model), base and Path(base), Sampling(*sampling))
        made = engine.generate([Request(*request) for request in requests])
        answers.append([[g.text, g.finish_reason, g.tokens, g.error] for g in made])
        del engine
        gc.collect()
    Path(sys.argv[1]).write_text(json.dumps(answers))
"""


def ask_vllm(asked: list[tuple], out, **limits) -> list[list[list]]:
    """The answers of vLLM to (model, its base or None, requests) one after the other, by a
    process of its own.
    """
    given = [
        [
            str(model),
            base and str(base),
            LIMITS | limits,
            astuple(GREEDY),
            [astuple(request) for request in wanted],
        ]
        for model, base, wanted in asked
    ]
    found = subprocess.run(
        [sys.executable, "-c", ASK, str(out)],
        input=json.dumps(given),
        text=True,
        capture_output=True,
        timeout=3000,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "VLLM_CPU_KVCACHE_SPACE": "1",
            "HF_HUB_OFFLINE": "1",
            "VLLM_NO_USAGE_STATS": "1",
            # Its engine in the same process: another one would import all of it again.
            "VLLM_ENABLE_V1_MULTIPROCESSING": "0",
        },
    )
    assert found.returncode == 0, (found.stdout + found.stderr)[-8000:]
    return json.loads(out.read_text())
