"""What the report reads of the runs upstream: only this module knows how their files lie."""

from __future__ import annotations

import json
import math
from collections import Counter
from pathlib import Path

import polars as pl

from lexpro.workflow.files import read_json
from lexpro.workflow.provenance import PROVENANCE
from lexpro.workflow.stage import parts

VARIANTS = ("base", "sft", "grpo")
RETRIEVAL = ("none", "rag")


def jsonl(path: Path) -> list[dict]:
    """The rows of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def attested(folder: Path, provinces: list[str]) -> list[dict]:
    """The provenance of a run: one record, or one a province for the stages that are split."""
    return [read_json(part / PROVENANCE) for part in parts(folder, provinces)]


def cost(folder: Path, provinces: list[str]) -> dict:
    """{key, seconds, peak_rss_mb} of a run: over its provinces, the sum and the maximum."""
    records = attested(folder, provinces)
    return {
        "key": folder.name,
        "seconds": round(sum(r["seconds"] for r in records), 1),
        "peak_rss_mb": max((r["peak_rss_mb"] for r in records), default=0.0),
    }


def model(folder: Path) -> dict:
    """{parameters, architecture} of a base model, from the headers of its safetensors files."""
    total = 0
    for path in sorted((folder / "model").glob("*.safetensors")):
        with path.open("rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        total += sum(math.prod(tensor["shape"]) for name, tensor in header.items() if name != "__metadata__")
    config = read_json(folder / "model" / "config.json")
    return {"parameters": total, "architecture": config["model_type"]}


def rows(folder: Path, provinces: list[str], name: str) -> int:
    """Rows of a parquet file of a run, over all its provinces; only their number is read.

    Args:
        folder: of the run.
        provinces: the province folders of the run.
        name: of the parquet file.

    Returns:
        A count; 0 where no part of the run has a manifest.
    """
    files = [part / name for part in parts(folder, provinces)]
    return int(pl.scan_parquet(files).select(pl.len()).collect().item()) if files else 0


def tally(folder: Path, provinces: list[str], name: str, column: str) -> dict[str, int]:
    """Rows of a parquet file of a run by the value of a column.

    Args:
        folder: of the run.
        provinces: the province folders of the run.
        name: of the parquet file.
        column: a column of texts.

    Returns:
        Value → rows over all provinces, most frequent first; ? stands for an empty or absent value.
    """
    frames = [pl.read_parquet(part / name, columns=[column]) for part in parts(folder, provinces)]
    return dict(Counter(value or "?" for frame in frames for value in frame[column]).most_common())


def crossed(folder: Path) -> dict[str, dict[str, int]]:
    """Kept judgments: province → charge → documents."""
    by_province: dict[str, dict[str, int]] = {}
    kept = pl.read_parquet(folder / "kept.parquet", columns=["province", "charge"])
    for province, charge, count in (
        kept.group_by("province", "charge").len().sort("province", "charge").iter_rows()
    ):
        by_province.setdefault(province or "?", {})[charge or "?"] = count
    return by_province


def scored(inputs: dict[str, Path]) -> dict[tuple[str, str], dict]:
    """(variant, retrieval) → scores.json, in the order of the paper."""
    pairs = [(variant, retrieval) for variant in VARIANTS for retrieval in RETRIEVAL]
    return {
        pair: read_json(inputs[name] / "scores.json")
        for pair in pairs
        if (name := "score.{}.{}".format(*pair)) in inputs
    }


def evaluations(inputs: dict[str, Path]) -> dict[str, dict[tuple[str, str], Path]]:
    """Benchmark → (variant, retrieval) → folder of its scores, in the order of the paper.

    The held-out judgments are the benchmark "".
    """
    by_benchmark: dict[str, dict[tuple[str, str], Path]] = {}
    for variant in VARIANTS:
        for retrieval in RETRIEVAL:
            start = f"score.{variant}.{retrieval}"
            for name in inputs:
                if name == start or name.startswith(f"{start}."):
                    by_benchmark.setdefault(name[len(start) + 1 :], {})[variant, retrieval] = inputs[name]
    return by_benchmark


def curves(path: Path) -> dict[str, tuple[list[float], list[float]]]:
    """Every number that a trainer logged, a row a time: name → (steps, values)."""
    series: dict[str, tuple[list[float], list[float]]] = {}
    for row in jsonl(path):
        for name, value in row.items():
            # A reward that applies to no completion of a step is NaN there.
            if name != "step" and math.isfinite(value):
                steps, values = series.setdefault(name, ([], []))
                steps.append(row["step"])
                values.append(value)
    return series


def rewards(logged: dict[str, tuple[list[float], list[float]]]) -> dict[str, tuple[list[float], list[float]]]:
    """The reward curves of a GRPO run: the total, then its components.

    TRL logs the latter as `rewards/<name>/mean`.
    """
    parts = {
        name.split("/")[1]: series
        for name, series in sorted(logged.items())
        if name.startswith("rewards/") and name.endswith("/mean")
    }
    return ({"total": logged["reward"]} if "reward" in logged else {}) | parts
