"""Prompts of a benchmark → a model's answers, one JSON line each; an interrupted run goes on where
it stopped.

`times.jsonl` holds the seconds of each answer: of its own request, or its share of the batch it was
generated in. `again.jsonl` holds a second run of some of them, where decoding is greedy: the noise
floor.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from lexpro.config.predict import Decoding, Planned
from lexpro.engines import load
from lexpro.engines.base import Request, Sampling
from lexpro.engines.repeatability import repeated
from lexpro.engines.resume import Ask
from lexpro.engines.resume import run as generate
from lexpro.evaluation.chosen import source_of
from lexpro.evaluation.items import Retrieval
from lexpro.hashing import seed_of
from lexpro.retrieval.search import Searcher
from lexpro.tasks import prompts
from lexpro.tasks.form import read_form
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import json_line
from lexpro.workflow.stage import Run, stage

TIMES, AGAIN = "times.jsonl", "again.jsonl"


def decoding_of(settings: Planned) -> Decoding:
    """How answers are decoded: as the benchmark says, and where it says nothing, as the stage does.

    Greedy answers are made once: all are alike.
    """
    own = settings.items.decoding
    merged = settings.decoding.model_copy(update=own.model_dump(exclude_none=True) if own else {})
    return merged if merged.temperature else merged.model_copy(update={"samples": 1})


def asks(run: Run, decoding: Decoding) -> list[Ask]:
    """Everything that is to be generated: items of the benchmark × samples."""
    settings = run.settings
    source = source_of(settings.items)
    rag = settings.retrieval == "rag"
    form = read_form(run.inputs["tasks"])
    retrieval = None
    if rag:
        searcher = Searcher(run.inputs["index"])

        retrieval = Retrieval(
            lambda text, date, law: searcher.articles(text, settings.k, date=date, law=law),
            lambda facts, court, province: searcher.court_citations(facts, court, form.court_cases, province),
        )

    found = []
    longest = decoding.max_new_tokens
    # Of each task, or one limit for all of a benchmark.
    longest = longest if isinstance(longest, int) else dict(longest)
    for item in source.asked(run.inputs["tasks"], settings.items, rag):
        prompt, retrieved = source.prompt(item, form, retrieval)
        row = {
            "task": item["task"],
            "prompt_sha256": hashlib.sha256(prompt.encode()).hexdigest(),
            "retrieved": retrieved,
        }
        for sample in range(decoding.samples):
            seed = seed_of(decoding.seed, item["id"], sample)
            limit = longest[item["task"]] if isinstance(longest, dict) else longest
            found.append(Ask(item["id"], sample, Request(prompts.messages(prompt), limit, seed), row))
    return found


def write(path: Path, rows: Iterable[dict]) -> None:
    path.write_text("".join(map(json_line, rows)), encoding="utf-8")


def untimed(row: dict) -> dict:
    return {key: value for key, value in row.items() if key != "seconds"}


def main(argv: list[str] | None = None) -> None:
    with stage("predict", __doc__, argv) as run:
        settings = run.settings
        decoding = decoding_of(settings)
        wanted = asks(run, decoding)
        run.log.info("%d answers, %s", len(wanted), dict(Counter(ask.row["task"] for ask in wanted)))

        @cache
        def engine():
            base = run.inputs.get("base_model")
            sampling = Sampling(decoding.temperature, decoding.top_p)
            return load.engine(
                settings.engine, run.inputs["model"] / "model", base and base / "model", sampling
            )

        rows, cost = generate(wanted, engine, run.work_dir / "predictions.jsonl", settings.chunk)
        ordered = [rows[ask.key] for ask in wanted]
        twice = [] if decoding.temperature else repeated(wanted, settings.repeat_items)
        second, _ = generate(twice, engine, run.work_dir / AGAIN, settings.chunk)
        failed = [row for row in ordered if row["error"]]
        if len(failed) > settings.max_failed * len(ordered):
            raise UserError(
                f"{len(failed)} of {len(ordered)} answers failed, more than predict.max_failed allows "
                f"({settings['max_failed']}); the first: {failed[0]['id']}: {failed[0]['error']}"
            )
        # Times stand in a file of their own, outside the manifest: the same answers are the same
        # bytes.
        timed = ("id", "sample", "tokens", "seconds")
        write(run.out / TIMES, ({name: row[name] for name in timed} for row in ordered))
        run.unstable.append(TIMES)
        write(run.out / "predictions.jsonl", map(untimed, ordered))
        write(run.out / AGAIN, (untimed(second[ask.key]) for ask in twice))
        run.counts.update(
            predictions=len(ordered),
            failed=len(failed),
            truncated=sum(row["finish_reason"] == "length" for row in ordered),
            tokens=sum(row["tokens"] for row in ordered),
        )
        run.attest.update(cost)


if __name__ == "__main__":
    main()
