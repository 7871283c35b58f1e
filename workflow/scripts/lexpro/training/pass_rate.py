"""Answers of the SFT model to each prompt of GRPO, before its training.

GRPO grades them with its own rewards and leaves out the prompts that the model always or never gets
right (`lexpro.training.selection`). Sampling depends on no reward, so another one samples nothing
again.
"""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.config.pass_rate import Settings
from lexpro.engines import load, resume
from lexpro.engines.base import Request, Sampling
from lexpro.hashing import seed_of
from lexpro.models import loading
from lexpro.training import prompts
from lexpro.workflow.files import write_json_lines
from lexpro.workflow.stage import Run

# Prompts from one saved point of the sampling to the next.
CHUNK = 256
COLUMNS = ("id", "task", "sample", "completion", "tokens", "finish_reason")


def asks(rows: Sequence[dict], settings: Settings) -> list[resume.Ask]:
    """Every answer that is wanted: prompts x samples, each with a seed of its own."""
    return [
        resume.Ask(
            row["id"],
            sample,
            Request(row["prompt"], settings.max_completion_length, seed_of(settings.seed, row["id"], sample)),
            {"task": row["task"]},
        )
        for row in rows
        for sample in range(settings.samples)
    ]


def sample(run: Run) -> None:
    """Write `samples.jsonl`: rows {id, task, sample, completion, tokens, finish_reason}.

    An interrupted run goes on where it stopped.

    Raises:
        UserError: no prompt fits.
    """
    settings: Settings = run.settings
    model_dir = run.inputs["sft"] / "model"
    base_dir = run.inputs["base_model"] / "model"
    tokenizer = loading.tokenizer(model_dir)
    rows, _, long = prompts.fitting(
        run.inputs["tasks"] / "grpo.jsonl", tokenizer, settings.tasks, settings.max_prompt_length
    )
    wanted = asks(rows, settings)
    run.log.info("%d answers to each of %d prompts", settings.samples, len(rows))
    sampling = Sampling(settings.temperature, settings.top_p)
    answers, cost = resume.run(
        wanted,
        lambda: load.engine(settings.engine, model_dir, base_dir, sampling),
        run.work_dir / prompts.SAMPLES,
        CHUNK,
    )
    ordered = [answers[ask.key] for ask in wanted]
    write_json_lines(run.out / prompts.SAMPLES, ({name: row[name] for name in COLUMNS} for row in ordered))
    run.counts.update(
        prompts=len(rows),
        skipped=long,
        samples=len(ordered),
        failed=sum(bool(row["error"]) for row in ordered),
        tokens=sum(row["tokens"] for row in ordered),
    )
    run.attest.update(cost)
