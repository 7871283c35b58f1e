"""The engine on vLLM, for real, on the processor: with greedy decoding it answers as transformers
does.

One process of its own for all of it: the start of vLLM takes longest, and what it leaves in a
process stays there.
"""

import json
import os
import subprocess
import sys
from dataclasses import astuple
from importlib.util import find_spec

import pytest
import torch
from engine_cases import GREEDY, SETTINGS, adapter, requests

from lexpro.engines import hf
from lexpro.engines.base import Request

# Looked for, not imported: it stays out of the process of the other tests.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("vllm") is None or torch.cuda.is_available(),
        reason="needs the CPU build of vLLM (envs/cpu.txt)",
    ),
]

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
# All layers that the demo's and the paper's trainings adapt.
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
TOO_LONG = Request([{"role": "user", "content": "盗窃" * 200}], 12)


def ask_vllm(asked: list[tuple], out) -> list[list[list]]:
    """The answers of vLLM to (model, its base or None, requests) one after the other."""
    given = [
        [str(model), base and str(base), LIMITS, astuple(GREEDY), [astuple(request) for request in wanted]]
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


@pytest.fixture(scope="module")
def trained(base, tmp_path_factory):
    """An adapter on all layers."""
    return adapter(base, tmp_path_factory.mktemp("adapter") / "model", TARGETS)


@pytest.fixture(scope="module")
def answers(base, trained, tmp_path_factory) -> list[list[list]]:
    """Those of whole weights, and those of an adapter beside them."""
    asked = [(base, None, [*requests(), TOO_LONG]), (trained, base, requests())]
    return ask_vllm(asked, tmp_path_factory.mktemp("vllm") / "out.json")


def test_vllm_answers_as_transformers_does(base, answers):
    expected = hf.Engine(base, None, SETTINGS, GREEDY).generate([*requests(), TOO_LONG])
    found = answers[0]
    assert [row[:3] for row in found[:-1]] == [[g.text, g.finish_reason, g.tokens] for g in expected[:-1]]
    assert found[-1][1] == expected[-1].finish_reason == "error" and "120" in found[-1][3]


def test_vllm_answers_with_an_adapter_as_transformers_does(base, trained, answers):
    """The adapter stays beside the weights in vLLM, and is added to them in transformers."""
    expected = hf.Engine(trained, base, SETTINGS, GREEDY).generate(requests())
    assert [row[:3] for row in answers[1]] == [[g.text, g.finish_reason, g.tokens] for g in expected]
    assert [g.text for g in expected] != [
        g.text for g in hf.Engine(base, None, SETTINGS, GREEDY).generate(requests())
    ]
