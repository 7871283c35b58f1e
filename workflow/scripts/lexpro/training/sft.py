"""Supervised fine-tuning from settings: examples, the model, its training."""

from __future__ import annotations

from trl import SFTTrainer

from lexpro.config.sft import Settings
from lexpro.models import compute, loading, lora
from lexpro.training import arguments, data, tracking
from lexpro.training.trainer import fit
from lexpro.workflow.files import write_json_lines
from lexpro.workflow.stage import Run


def tune(run: Run) -> tuple[SFTTrainer, list[int]]:
    """Train the base model. Leaves `model/`, `metrics.jsonl` and `skipped.jsonl`.

    Returns:
        The trainer after training, and the tokens of an example.

    Raises:
        UserError: settings and examples do not go together.
    """
    settings: Settings = run.settings
    tracking.check(settings.runtime)
    compute.limit_threads()
    base = run.inputs["base_model"] / "model"
    tokenizer = loading.tokenizer(base)
    rows, skipped = data.answers(
        run.inputs["tasks"] / "sft.jsonl", tokenizer, settings.tasks, settings.max_length, settings.weights
    )
    run.log.info("%d examples, %d longer than %d tokens", len(rows), len(skipped), settings.max_length)
    examples, probe = len(rows), rows[0]["input_ids"]
    if settings.packing:
        rows = data.packed(rows, settings.max_length)
        run.log.info("packed into %d rows", len(rows))
    config = arguments.sft(settings, run.work_dir / "checkpoints", settings.packing)
    model = loading.model(
        base,
        dtype=compute.weights_dtype(settings.method, settings.precision),
        attention=settings.attention,
        quantization=lora.quantization(settings),
    )
    trainer = fit(run, config, model, tokenizer, rows, lora.config(settings))
    if compute.is_main():
        write_json_lines(run.out / "skipped.jsonl", skipped)
        run.counts.update(examples=examples, rows=len(rows), skipped=len(skipped))
    return trainer, probe
