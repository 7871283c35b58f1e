"""What SFT, GRPO and retrieval add on real judgments, beside a constant answer and a linear model.

LEXPRO_MIRROR=… python perf/evidence.py [--experiment lecard] [--json FILE]

Reads the finished scores of an experiment with a learned ranker (`index: learned`); what is not
there yet is left out. **constant** is the best one answer to all items, **linear** the index's
ranker made to answer (lexpro/retrieval/linear.py); it reads the same facts as the model.
Differences are paired by item, with 95 % intervals. **plain words** are the 60 descriptions of
tests/references/plain_words.jsonl: whether the one right charge is named, and no other.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lexpro.asking import answering
from lexpro.dag.builder import build
from lexpro.engines.base import Request
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.report import comparisons, sources
from lexpro.retrieval.search import Searcher
from lexpro.tasks import answers, prompts
from lexpro.tasks.context import Context
from lexpro.workflow.files import read_json, read_yaml, write_json

PLAIN_WORDS = Path(__file__).resolve().parents[1] / "tests/references/plain_words.jsonl"
SEED = 11
# From so many defendants on, judgments are one group.
MANY = 3


def folders(experiment: str) -> dict[str, Path]:
    """Input of the report → folder, of those that are finished."""
    dag = build([experiment])
    (report,) = (run for run in dag.runs_of("report") if run.experiment == experiment)
    paths = {name: dag.runs[place].out for name, place in report.upstream.items()}
    return {name: path for name, path in paths.items() if (path / "manifest.json").is_file()}


def by_defendants(items: Sequence[dict]) -> dict[str, tuple[float, int]]:
    """Defendants of the judgment → (micro F1 of the elements, judgments)."""
    sums: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(4))
    for row in items:
        people = len(row["gold"]["被告人"])
        right, wrong, missed = (len(row[name]) for name in ("right", "wrong", "missed"))
        group = f"{people}" if people < MANY else f"{MANY} and more"
        sums[group] += (2 * right, right + wrong, right + missed, 1)
    return {name: (s[0] / max(s[1] + s[2], 1), int(s[3])) for name, s in sorted(sums.items())}


def plain_words(experiment: str, inputs: dict[str, Path]) -> dict[str, int]:
    """System → descriptions in plain words of which it names the one right charge, and no other."""
    rows = [json.loads(line) for line in PLAIN_WORDS.read_text(encoding="utf-8").splitlines()]
    searcher = Searcher(inputs["index"])
    named = [searcher.charges(row["text"])[0][0] for row in rows]
    right = {"index": sum(name == row["charge"] for name, row in zip(named, rows, strict=True))}
    runs = {run.out: run for run in build([experiment]).runs_of("predict")}
    for variant in sources.VARIANTS[1:]:
        for retrieval in sources.RETRIEVAL:
            folder = inputs.get(f"predict.{variant}.{retrieval}")
            if folder is None:
                continue
            plan = read_yaml(runs[folder].plan / "config.yaml")
            model, k = answering.load(plan), plan["settings"]["k"]
            asked = []
            for row in rows:
                context = None
                if retrieval == "rag":
                    shown = searcher.articles(row["text"], k, None, CRIMINAL_LAW)
                    context = Context(shown, decisions=searcher.decisions(row["text"]))
                prompt = prompts.build("charge", row["text"], model.form, context)
                asked.append(Request(prompts.messages(prompt), model.limit("charge"), SEED))
            said = [
                answers.parse("charge", answers.split_think(made.text)[1])
                for made in model.engine.generate(asked)
            ]
            right[f"{variant}.{retrieval}"] = sum(
                (answer or {}).get("罪名") == [row["charge"]] for answer, row in zip(said, rows, strict=True)
            )
    searcher.close()
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--experiment", default="lecard")
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    inputs = folders(args.experiment)
    result: dict = {"scores": {}, "fields": {}, "defendants": {}}
    print("| task | system | n | score | 95 % | above constant | above linear |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for benchmark, runs in sources.evaluations(inputs).items():
        for (variant, retrieval), folder in runs.items():
            for task, row in read_json(folder / "scores.json").items():
                if "margins" not in row:
                    continue
                name, system = f"{benchmark or 'heldout'}/{task}", f"{variant}.{retrieval}"
                result["scores"].setdefault(name, {})[system] = row
                above = [
                    f"{m['difference']:+.4f} [{m['low']:+.3f}, {m['high']:+.3f}] of {m['score']:.4f}"
                    for m in (row["margins"].get(kind) for kind in ("constant", "linear"))
                    if m
                ]
                score = f"{row[row['main']]:.4f} | {row['low']:.3f} to {row['high']:.3f}"
                print(f"| {name} | {system} | {row['n']} | {score} | {' | '.join([*above, ''])}|")
                if task == "elements":
                    result["fields"][f"{name} {system}"] = {
                        field: row["fields"][field]["f1"] for field in row["fields"]
                    }
                    items = sources.jsonl(folder / "items.jsonl")
                    asked = [item for item in items if item["task"] == task and item["sample"] == 0]
                    result["defendants"][f"{name} {system}"] = by_defendants(asked)
    for part in ("fields", "defendants"):
        print(f"\n{part} of the elements (F1)")
        for name, row in result[part].items():
            cells = [
                f"{key} {value:.3f}"
                if isinstance(value, float)
                else f"{key}: {value[0]:.3f} (n = {value[1]})"
                for key, value in row.items()
            ]
            print(f"{name}: {', '.join(cells)}")
    result["differences"] = comparisons.tests(comparisons.read(inputs))["tests"]
    for row in result["differences"]:
        bounds = f"[{row['low']:+.4f}, {row['high']:+.4f}]"
        print(f"{row['task']}: {row['first']} → {row['second']} {row['difference']:+.4f} {bounds}")
    if "index" in inputs:
        result["plain_words"] = plain_words(args.experiment, inputs)
        print("\nplain words, right of 60:", result["plain_words"])
    if args.json:
        write_json(args.json, result)


if __name__ == "__main__":
    main()
