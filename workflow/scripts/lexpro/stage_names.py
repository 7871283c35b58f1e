"""The stages, in the order in which an experiment needs them."""

from __future__ import annotations

STAGES = (
    "corpus",
    "ingest",
    "structure",
    "filter",
    "knowledge",
    "tasks",
    "base_model",
    "sft",
    "pass_rate",
    "grpo",
    "embed",
    "index",
    "predict",
    "score",
    "expert_sheet",
    "expert",
    "report",
)
