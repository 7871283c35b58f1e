"""Answers of a model to a benchmark: what is generated, and which answers a second time."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from lexpro.config.predict import Decoding, Planned
from lexpro.config.tasks import Form
from lexpro.engines import load
from lexpro.engines.base import Engine, Request, Sampling
from lexpro.engines.repeatability import repeated
from lexpro.engines.resume import Ask
from lexpro.engines.resume import run as generate
from lexpro.evaluation.chosen import source_of
from lexpro.evaluation.items import Retrieval
from lexpro.evaluation.prediction_files import PREDICTIONS, REPEATS, TIMES
from lexpro.hashing import seed_of
from lexpro.retrieval.search import Searcher
from lexpro.tasks import prompts
from lexpro.tasks.form import read_form
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_json_lines
from lexpro.workflow.stage import Run


def decoding_of(settings: Planned) -> Decoding:
    """How answers are decoded: as the benchmark says, and where it says nothing, as the stage does.

    Greedy answers are made once: all are alike.
    """
    own = settings.items.decoding
    merged = settings.decoding.model_copy(update=own.model_dump(exclude_none=True) if own else {})
    return merged if merged.temperature else merged.model_copy(update={"samples": 1})


def _retrieval(index: Path, k: int, form: Form) -> Retrieval:
    searcher = Searcher(index)
    return Retrieval(
        lambda text, date, law: searcher.articles(text, k, date=date, law=law),
        lambda facts, court, province: searcher.court_citations(facts, court, form.court_cases, province),
        searcher.decisions,
    )


def asks(settings: Planned, decoding: Decoding, inputs: Mapping[str, Path]) -> list[Ask]:
    """Everything that is generated: items of the benchmark × samples.

    Args:
        settings: of the stage.
        decoding: as of `decoding_of`.
        inputs: folders of the stages `tasks` and, with retrieval, `index`.

    Raises:
        UserError: the benchmark has nothing to ask, or its data are not at hand.
    """
    source = source_of(settings.items)
    form = read_form(inputs["tasks"])
    rag = settings.retrieval == "rag"
    retrieval = _retrieval(inputs["index"], settings.k, form) if rag else None
    longest = decoding.max_new_tokens
    # One limit for all tasks of a benchmark, or one of each; of those not named, the stage's.
    by_task = None if isinstance(longest, int) else dict(settings.decoding.max_new_tokens) | dict(longest)
    wanted = []
    for item in source.asked_items(inputs["tasks"], settings.items, rag):
        prompt, retrieved = source.prompt(item, form, retrieval)
        row = {
            "task": item["task"],
            "prompt_sha256": hashlib.sha256(prompt.encode()).hexdigest(),
            "retrieved": retrieved,
        }
        limit = by_task[item["task"]] if by_task else longest
        for sample in range(decoding.samples):
            seed = seed_of(decoding.seed, item["id"], sample)
            wanted.append(Ask(item["id"], sample, Request(prompts.messages(prompt), limit, seed), row))
    return wanted


def _engine(settings: Planned, decoding: Decoding, inputs: Mapping[str, Path]) -> Callable[[], Engine]:
    """Makes the engine when it is first asked, and once."""

    @cache
    def load_once() -> Engine:
        base = inputs.get("base_model")
        sampling = Sampling(decoding.temperature, decoding.top_p)
        return load.engine(settings.engine, inputs["model"] / "model", base and base / "model", sampling)

    return load_once


def _check_failures(rows: list[dict], allowed: float) -> None:
    failed = [row for row in rows if row["error"]]
    if len(failed) > allowed * len(rows):
        raise UserError(
            f"{len(failed)} of {len(rows)} answers failed, more than predict.max_failed allows "
            f"({allowed}); the first: {failed[0]['id']}: {failed[0]['error']}"
        )


def _untimed(row: dict) -> dict:
    return {key: value for key, value in row.items() if key != "seconds"}


def predict(run: Run) -> None:
    """Generate what is missing, and write all answers in the order of the benchmark.

    Raises:
        UserError: more answers failed than `max_failed` allows.
    """
    settings: Planned = run.settings
    decoding = decoding_of(settings)
    wanted = asks(settings, decoding, run.inputs)
    run.log.info("%d answers, %s", len(wanted), dict(Counter(ask.row["task"] for ask in wanted)))
    engine = _engine(settings, decoding, run.inputs)
    rows, cost = generate(wanted, engine, run.work_dir / PREDICTIONS, settings.chunk)
    twice = [] if decoding.temperature else repeated(wanted, settings.repeat_items)
    second, _ = generate(twice, engine, run.work_dir / REPEATS, settings.chunk)
    ordered = [rows[ask.key] for ask in wanted]
    _check_failures(ordered, settings.max_failed)
    # Times stand in a file of their own, outside the manifest: the same answers are the same bytes.
    timed = ("id", "sample", "tokens", "seconds")
    write_json_lines(run.out / TIMES, ({name: row[name] for name in timed} for row in ordered))
    run.unstable.append(TIMES)
    write_json_lines(run.out / PREDICTIONS, map(_untimed, ordered))
    write_json_lines(run.out / REPEATS, (_untimed(second[ask.key]) for ask in twice))
    run.counts.update(
        predictions=len(ordered),
        failed=sum(bool(row["error"]) for row in ordered),
        truncated=sum(row["finish_reason"] == "length" for row in ordered),
        tokens=sum(row["tokens"] for row in ordered),
    )
    run.attest.update(cost)
