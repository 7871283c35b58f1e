"""Seconds and memory of planning, by number of jobs: a first plan, and one with nothing to do.

    python perf/planning.py --jobs 100 1000 10000

The corpus is a folder of provinces with one short file each: two jobs a province (ingest,
structure). For the plan with nothing to do their outputs are made up, and so are Snakemake's
records of them: it writes those of one province (`--touch`), which are copied for all others. To
touch all would take it half an hour.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from pathlib import Path

REPO = Path(__file__).resolve().parents[1]
PARTS = ("Snakefile", "config", "workflow", "envs", "profiles", "slurm")
OUTPUTS = {
    "ingest": ("documents.parquet", "rejects.parquet", "manifest.json"),
    "structure": ("judgments.parquet", "rejects.parquet", "manifest.json"),
}
RECORDS = ".snakemake/metadata"


def checkout(root: Path, provinces: int) -> Path:
    """A checkout in `root`, and a folder of raw files beside it."""
    root.mkdir()
    for name in PARTS:
        source = REPO / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)
    for number in range(provinces):
        folder = root / f"raw/county-{number:05d}"
        folder.mkdir(parents=True)
        (folder / "one.txt").write_text(f"刑事判决书 {number}\n", encoding="utf-8")
    return root


def snakemake(root: Path, *arguments: str) -> tuple[str, str]:
    """Run Snakemake; its seconds, those of the processor, MB at most; what it said."""
    config = ["--config", "experiments=[demo]", "overrides=[corpus=folder,corpus.path=raw]"]
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *config, *arguments]
    with tempfile.TemporaryFile("w+") as said:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=root, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - began
        said.seek(0)
        text = said.read()
    if status:
        sys.exit(text[-4000:])
    processor = usage.ru_utime + usage.ru_stime
    return f"{seconds:.1f} | {processor:.1f} | {usage.ru_maxrss / 1024:,.0f}", text


def make_up(root: Path) -> None:
    """The outputs of all jobs, and Snakemake's records of them, as if they had run."""
    plans = {stage: next((root / "results/.plan" / stage).iterdir()).name for stage in OUTPUTS}
    names = sorted(folder.name for folder in (root / "raw").iterdir())
    for stage, outputs in OUTPUTS.items():
        for name in names:
            folder = root / "results" / stage / plans[stage] / name
            folder.mkdir(parents=True, exist_ok=True)
            for output in outputs:
                (folder / output).write_text('{"files": {}, "counts": {}}\n')
    first = names[0]
    target = f"results/structure/{plans['structure']}/{first}/manifest.json"
    snakemake(root, "--touch", "--forceall", "--quiet", "--", target)
    # Of the inputs that a record has the checksum of, this one alone is another in each province.
    sums = {
        name: hashlib.sha256((root / f"results/.plan/ingest/{plans['ingest']}/raw/{name}.yaml").read_bytes())
        for name in names
    }
    for stage, outputs in OUTPUTS.items():
        for output in outputs:
            path = f"results/{stage}/{plans[stage]}/{first}/{output}"
            text = record(root, path).read_text()
            for name in names[1:]:
                made = text.replace(first, name).replace(sums[first].hexdigest(), sums[name].hexdigest())
                record(root, path.replace(first, name)).write_text(made)


def record(root: Path, output: str) -> Path:
    """Where Snakemake keeps what it knows of an output."""
    return root / RECORDS / urlsafe_b64encode(output.encode()).decode()


def measure(jobs: int) -> None:
    """Print a row of the table."""
    with tempfile.TemporaryDirectory() as folder:
        root = checkout(Path(folder) / "lexpro", jobs // 2)
        first, _ = snakemake(root, "--dry-run", "--quiet", "--until", "structure")
        print(f"| {jobs:,} | {first}", end="", flush=True)
        make_up(root)
        second, text = snakemake(root, "--dry-run", "--until", "structure")
        if "total        0" not in text or "missing provenance" in text:
            sys.exit(f"there was something to do:\n{text[-2000:]}")
    print(f" | {second} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--jobs", type=int, nargs="+", default=[100, 1000, 10000])
    print("| jobs | first plan (s) | processor (s) | MB | nothing to do (s) | processor (s) | MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    for jobs in parser.parse_args().jobs:
        measure(jobs)


if __name__ == "__main__":
    main()
