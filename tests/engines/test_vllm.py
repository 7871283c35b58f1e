"""The engine on vLLM, for real, on the processor: with greedy decoding it answers as transformers
does.

One process of its own for all of it: the start of vLLM takes longest, and what it leaves in a
process stays there.
"""

from importlib.util import find_spec

import pytest
import torch
from engine_cases import GREEDY, SETTINGS, adapter, ask_vllm, requests

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

# All layers that the demo's and the paper's trainings adapt.
TARGETS = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
TOO_LONG = Request([{"role": "user", "content": "盗窃" * 200}], 12)


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
