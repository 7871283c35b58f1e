"""summary.json: every number of an experiment that the report prints, in one tree.

* stages.<stage>.{key, seconds, peak_rss_mb}; of `predict` and `score` also below
  <variant>.<retrieval>
* funnel.{read, unreadable, unstructured, dropped, kept, <split>}; dropped.<reason>;
  rejected.<stage>.<reason>
* provinces.<province>.<charge>: kept judgments
* elements.<variant>.{micro_f1, low, high, confidence, n, …}: without retrieval only
* {charge,article,term}.<variant>.<retrieval>.{<metric>, low, high, n, failed, abstained, truncated}
* benchmarks.<benchmark>.<task>.<variant>.<retrieval>.{official, normalised, low, high, n, …}
* comparisons.{draws, correction, family, tests: [{task, first, second, metric, n, difference, low,
  high, p, p_holm}]}
* noise.<task>.<variant>.<retrieval>.{samples, redrawn, mean, largest, repeatability}
* retrieval.{recall_at_5, systems.<system>.<k>}
* training.{base_model,sft,grpo}.<curve>.{steps, first, last}
* corpus.{by_province, charges, years, lengths, sentences, months, families, masked, left_out}:
  what `census` counts; corpus.synthetic
* model; provenance; published.<benchmark>.{columns, rows: [{system, values, source}]}
"""

from __future__ import annotations

from pathlib import Path

from lexpro.report import census, comparisons, experts, published, score_tables, sources
from lexpro.task_names import TASKS
from lexpro.workflow.files import read_json

# Stages whose runs an experiment has more than one of: addressed by variant and retrieval.
PER_VARIANT = ("predict", "score")


def stages(inputs: dict[str, Path], provinces: list[str]) -> dict:
    """Key and cost of each run.

    Of several runs of a stage also all keys, the sum of the seconds and the largest memory.
    """
    by_stage: dict = {}
    for name, folder in inputs.items():
        node, *leaf = name.split(".")
        if not leaf:
            by_stage[node] = sources.cost(folder, provinces)
            continue
        # Runs of further benchmarks say which behind a second point.
        variant, retrieval, *benchmark = leaf
        place = by_stage.setdefault(node, {}).setdefault(variant, {})
        place[".".join([retrieval, *benchmark])] = sources.cost(folder, provinces)
    for name in PER_VARIANT:
        runs = [run for variant in by_stage.get(name, {}).values() for run in variant.values()]
        if runs:
            by_stage[name] |= {
                "key": " ".join(run["key"] for run in runs),
                "seconds": round(sum(run["seconds"] for run in runs), 1),
                "peak_rss_mb": max(run["peak_rss_mb"] for run in runs),
            }
    return by_stage


# What becomes of a record that was read, in the order of the stages.
FATES = {
    "unreadable": ("ingest", "rejects.parquet"),
    "unstructured": ("structure", "rejects.parquet"),
    "dropped": ("filter", "dropped.parquet"),
    "kept": ("filter", "kept.parquet"),
}


def funnel(inputs: dict[str, Path], provinces: list[str]) -> dict[str, int]:
    """Documents at each point up to the tasks: read = unreadable + unstructured + dropped + kept.

    Raises RuntimeError if that is not so.
    """
    fates = {name: sources.rows(inputs[stage], provinces, file) for name, (stage, file) in FATES.items()}
    read = sources.rows(inputs["ingest"], provinces, "documents.parquet") + fates["unreadable"]
    if sum(fates.values()) != read:
        said = " + ".join(f"{number} {name}" for name, number in fates.items())
        raise RuntimeError(f"{read} records were read, but there are {said}: {sum(fates.values())}")
    splits = sources.tally(inputs["tasks"], provinces, "splits.parquet", "split") if "tasks" in inputs else {}
    return {"read": read, **fates, **dict(sorted(splits.items()))}


def scores(inputs: dict[str, Path]) -> dict[str, dict]:
    """Task → variant → retrieval → scores; elements are asked without retrieval only."""
    tree: dict[str, dict] = {}
    for (variant, retrieval), by_task in sources.scored(inputs).items():
        for task in TASKS:
            if task not in by_task:
                continue
            place = tree.setdefault(task, {})
            if task == "elements" and retrieval == "none":
                place[variant] = by_task[task]
            elif task != "elements":
                place.setdefault(variant, {})[retrieval] = by_task[task]
    return tree


def training(inputs: dict[str, Path]) -> dict[str, dict]:
    """Where the training curves begin and end: means over a tenth of the steps logged."""
    by_stage = {}
    for stage in ("base_model", "sft"):
        path = inputs[stage] / "metrics.jsonl"
        logged = sources.curves(path) if path.is_file() else {}
        by_stage[stage] = {name: ends(logged[name]) for name in ("loss", "grad_norm") if name in logged}
    rewards = sources.rewards(sources.curves(inputs["grpo"] / "metrics.jsonl"))
    by_stage["grpo"] = {name: ends(series) for name, series in rewards.items()}
    return by_stage


def ends(series: tuple[list[float], list[float]]) -> dict[str, float]:
    """{steps, first, last} of a curve; first and last are means over a tenth of it."""
    steps, values = series
    span = max(1, len(values) // 10)
    return {
        "steps": int(steps[-1]),
        "first": sum(values[:span]) / span,
        "last": sum(values[-span:]) / span,
    }


def provenance(inputs: dict[str, Path], provinces: list[str]) -> dict:
    """What made the results, without naming the machine: commits, versions, kind of host."""
    records = [record for folder in inputs.values() for record in sources.attested(folder, provinces)]
    return {
        "commits": sorted({record["commit"] or "none" for record in records}),
        "dirty": any(record["dirty"] for record in records),
        "python": sorted({record["python"] for record in records}),
        "packages": {
            name: version for record in records for name, version in sorted(record["packages"].items())
        },
        "hosts": sorted({host(record) for record in records}),
        "started": min((record["started"] for record in records), default=""),
        "seconds": round(sum(record["seconds"] for record in records), 1),
        "peak_rss_mb": max((record["peak_rss_mb"] for record in records), default=0.0),
        "accepted": accepted(inputs, provinces),
    }


def accepted(inputs: dict[str, Path], provinces: list[str]) -> list[dict]:
    """Code changes that were accepted without a rerun (`lexpro accept`), oldest first.

    Returns:
        [{stage, key, code: names of the modules and packages, who, when, commit, reason}]
    """
    rows = []
    for name, folder in inputs.items():
        # The provinces of a run state the same.
        for record in sources.attested(folder, provinces)[:1]:
            rows += [
                {"stage": name.partition(".")[0], "key": folder.name}
                | {"code": sorted({**entry["modules"], **entry["packages"]})}
                | {part: entry[part] for part in ("who", "when", "commit", "reason")}
                for entry in record.get("accepted", [])
            ]
    return sorted(rows, key=lambda row: (row["when"], row["stage"], row["key"]))


def host(record: dict) -> str:
    """The kind of machine: `x86_64, 2 cores, 1 × NVIDIA H200`; never its name."""
    gpus = record["gpus"]
    devices = [f"{gpus.count(name)} × {name}" for name in sorted(set(gpus))] or ["no GPU"]
    cores = record["cores"]
    return ", ".join([record["processor"], f"{cores} core{'s' * (cores != 1)}", *devices])


def of_corpus(inputs: dict[str, Path], provinces: list[str]) -> dict:
    """The part of the summary that is known when the filter has run."""
    return {
        "corpus": {
            "synthetic": "corpus" in inputs and (inputs["corpus"] / "truth.jsonl").is_file(),
            **census.build(inputs, provinces),
        },
        "stages": stages(inputs, provinces),
        "funnel": funnel(inputs, provinces),
        "dropped": sources.tally(inputs["filter"], provinces, "dropped.parquet", "reason"),
        "rejected": {
            name: sources.tally(inputs[name], provinces, "rejects.parquet", "reason")
            for name in ("ingest", "structure")
        },
        "provinces": sources.crossed(inputs["filter"]),
    }


def build(experiment: str, inputs: dict[str, Path], provinces: list[str]) -> dict:
    """The summary of one experiment.

    Args:
        experiment: its name.
        inputs: the folders of its runs.
        provinces: the province folders of the runs that are split.
    """
    return {
        "experiment": experiment,
        "model": sources.model(inputs["base_model"]),
        **of_corpus(inputs, provinces),
        "training": training(inputs),
        **scores(inputs),
        "benchmarks": score_tables.public(inputs),
        **comparisons.build(inputs),
        "experts": experts.build(inputs),
        "retrieval": read_json(inputs["index"] / "recall.json"),
        "published": published.tree(),
        "provenance": provenance(inputs, provinces),
    }
