"""Prompts of a benchmark → a model's answers, one JSON line each; an interrupted run goes on where it
stopped.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections import Counter

from lexpro.benchmarks import heldout
from lexpro.engines.base import Request
from lexpro.engines.resume import Ask, seed_for
from lexpro.engines.resume import run as generate
from lexpro.errors import UserError
from lexpro.files import read_json
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval.search import Searcher
from lexpro.stage import Run, stage
from lexpro.tasks import prompts
from lexpro.tasks.form import Form

BENCHMARKS = {"heldout": heldout}


def asks(run: Run) -> list[Ask]:
    """Everything that is to be generated: items of the benchmark × samples."""
    settings, decoding = run.settings, run.settings["decoding"]
    benchmark = BENCHMARKS[settings["benchmark"]]
    rag = settings["retrieval"] == "rag"
    form = Form.from_dict(read_json(run.inputs["tasks"] / "form.json"))
    search = None
    if rag:
        searcher = Searcher(run.inputs["index"])

        def search(facts: str, date: str | None) -> list[dict]:
            return searcher.articles(facts, settings["k"], date=date, law=CRIMINAL_LAW)

    found = []
    for item in benchmark.items(run.inputs["tasks"], settings["items"], rag):
        prompt, retrieved = benchmark.prompt(item, form, search)
        row = {
            "task": item["task"],
            "prompt_sha256": hashlib.sha256(prompt.encode()).hexdigest(),
            "retrieved": retrieved,
        }
        for sample in range(decoding["samples"]):
            seed = seed_for(decoding["seed"], item["id"], sample)
            request = Request(prompts.messages(prompt), decoding["max_new_tokens"][item["task"]], seed)
            found.append(Ask(item["id"], sample, request, row))
    return found


def main(argv: list[str] | None = None) -> None:
    with stage("predict", __doc__, argv) as run:
        settings = run.settings
        wanted = asks(run)
        run.log.info("%d answers, %s", len(wanted), dict(Counter(ask.row["task"] for ask in wanted)))

        def engine():
            made = importlib.import_module(settings["engine"]["module"]).Engine
            base = run.inputs.get("base_model")
            return made(
                run.inputs["model"] / "model",
                base and base / "model",
                settings["engine"],
                settings["decoding"],
            )

        rows, cost = generate(wanted, engine, run.scratch / "predictions.jsonl", settings["chunk"])
        ordered = [rows[ask.key] for ask in wanted]
        failed = [row for row in ordered if row["error"]]
        if len(failed) > settings["max_failed"] * len(ordered):
            raise UserError(
                f"{len(failed)} of {len(ordered)} answers failed, more than predict.max_failed allows "
                f"({settings['max_failed']}); the first: {failed[0]['id']}: {failed[0]['error']}"
            )
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in ordered)
        (run.out / "predictions.jsonl").write_text("".join(lines), encoding="utf-8")
        run.counts.update(
            predictions=len(ordered),
            failed=len(failed),
            truncated=sum(row["finish_reason"] == "length" for row in ordered),
            tokens=sum(row["tokens"] for row in ordered),
        )
        run.attest.update(cost)


if __name__ == "__main__":
    main()
