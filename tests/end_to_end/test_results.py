"""What the small experiment publishes at its end: every number in its range, every figure and table
in its place.
"""

import json
import math
import subprocess
import sys

import polars as pl
import pytest
import without_network

from lexpro.evaluation.metrics import MAIN
from lexpro.report import catalog, paper, tables
from lexpro.stage_names import STAGES

PUBLISHED = "results/experiments/smoke"


@pytest.fixture(scope="module")
def summary(finished) -> dict:
    """The numbers of the small experiment."""
    return json.loads((finished.root / PUBLISHED / "summary.json").read_text(encoding="utf-8"))


def test_every_record_that_was_read_is_counted_once(finished, summary):
    found = summary["funnel"]
    fates = [found[name] for name in ("unreadable", "unstructured", "dropped", "kept")]
    assert found["read"] == sum(fates) and found["kept"] > 0 and found["unreadable"] > 0
    ingested = finished.root.glob("results/ingest/*/*/manifest.json")
    assert found["read"] == sum(json.loads(m.read_text(encoding="utf-8"))["counts"]["read"] for m in ingested)


def test_every_run_of_a_stage_says_its_key_and_its_cost(finished, summary):
    # A report cannot state its own cost; the small experiment selects no prompts by pass rates.
    assert summary["stages"].keys() == set(STAGES) - {"pass_rate", "expert", "report"}
    for stage, run in summary["stages"].items():
        keys = run["key"].split()
        assert keys and all((finished.root / "results" / stage / key).is_dir() for key in keys), stage
        assert 0 <= run["seconds"] < math.inf and 0 < run["peak_rss_mb"] < math.inf, stage


@pytest.mark.parametrize("variant", ["base", "sft", "grpo"])
def test_every_variant_has_a_score_with_its_interval(summary, variant):
    cells = {("elements", "none"): summary["elements"][variant]}
    for task in ("charge", "article", "term"):
        cells |= {(task, retrieval): summary[task][variant][retrieval] for retrieval in ("none", "rag")}
    for (task, retrieval), row in cells.items():
        assert row["n"] > 0, (task, retrieval)
        # No comparison with NaN is true.
        assert 0 <= row["low"] <= row[MAIN[task]] <= row["high"] <= 1, (task, retrieval)


def test_the_index_finds_cited_articles(summary):
    assert 0 < summary["retrieval"]["recall_at_5"] <= 1


def test_snakemake_makes_its_report_of_the_results(flow):
    """One file with every figure and table that is published, from finished results and without a
    job.
    """
    flow("--report", "snakemake-report.html")
    page = (flow.root / "snakemake-report.html").read_text(encoding="utf-8")
    assert "Traceback (most recent" not in page
    published = {f"figures/{name}.png" for name in catalog.FIGURES}
    published |= {f"tables/{name}.csv" for name in [*tables.TABLES, *paper.TABLES]}
    folder = flow.root / PUBLISHED
    made = [*folder.glob("figures/*.png"), *folder.glob("tables/*.csv")]
    assert {path.relative_to(folder).as_posix() for path in made} == published
    shown = [f"{PUBLISHED}/{name}" for name in (*published, "summary.json", "report.html")]
    assert [name for name in shown if name not in page] == []
    assert flow.planned() == {}


def test_a_finished_run_is_described_by_an_ro_crate(flow, summary):
    """docs/provenance.md: every job, the files it read and those it made; nothing runs again."""
    flow("--reporter", "fairscape")
    crate = json.loads((flow.root / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    parts = {part["@id"]: part for part in crate["@graph"]}
    assert parts["ro-crate-metadata.json"]["conformsTo"]["@id"].startswith("https://w3id.org/ro/crate/1.")
    made = {
        parts[link["@id"]].get("contentUrl", "")
        for part in parts.values()
        if "https://w3id.org/EVI#Computation" in part["@type"]
        for link in part.get("generated", [])
    }
    for stage, run in summary["stages"].items():
        for key in run["key"].split():
            assert any(f"results/{stage}/{key}/" in url for url in made), (stage, key)
    assert flow.planned() == {}


def test_weights_and_biases_gets_numbers_and_no_text(finished):
    """By default a mirror of the metrics holds nothing of a judgment."""
    (samples,) = finished.root.glob("results/grpo/*/completions.parquet")
    texts = {
        text for name in ("prompt", "completion") for text in pl.read_parquet(samples)[name] if len(text) > 20
    }
    files = [path for path in (finished.root / "logs/wandb").rglob("*") if path.is_file()]
    mirrored = b"".join(path.read_bytes() for path in files)
    assert b"loss" in mirrored and texts
    for text in texts:
        for form in (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]):
            assert form[:60].encode() not in mirrored


def test_the_whole_chain_tries_to_reach_nobody(finished):
    record = finished.root.parent / "reached.json"
    if not record.is_file():
        pytest.skip("network namespaces need root")
    assert json.loads(record.read_text(encoding="utf-8")) == []


def test_an_attempt_to_reach_somebody_is_recorded(tmp_path):
    if not without_network.possible():
        pytest.skip("network namespaces need root")
    attempts = (
        "import socket\nfor host in ('192.0.2.7', '127.0.0.1'): socket.socket().connect_ex((host, 443))"
    )
    by = [sys.executable, without_network.__file__, str(tmp_path / "record")]
    subprocess.run([*by, sys.executable, "-c", attempts], check=True)
    assert json.loads((tmp_path / "record").read_text()) == [["tcp", "192.0.2.7", 443]]
