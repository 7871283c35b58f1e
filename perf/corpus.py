"""Speed and memory of the corpus: raw files → kept, by the stages' own scripts, as the workflow
calls them.

    python perf/corpus.py --documents 1000000 --workers 2
    python perf/corpus.py --curve 10000 100000 1000000

Documents are synthetic judgments of full length (config/corpus/synthetic_full.yaml) in all the
formats of that corpus; writing them is not counted, and they are written once (`--folder`, by
default scratch/benchmark-corpus: 3.4 GB and 260,000 files a million documents). `ingest` and
`structure` run a process a province, `--workers` at a time, `filter` is one process with as many
workers: what `snakemake --cores` does. Results of a run take another 3 GB and are removed.

seconds: by the clock. CPU: user and system time of all processes, which does not depend on how busy
the machine is. peak: most resident memory of all processes of a stage together, sampled (pages that
processes share count twice).
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from lexpro.config.corpus import Synthetic
from lexpro.corpus.synthetic import generate
from lexpro.dag import frozen
from lexpro.dag.compose import choice
from lexpro.dag.runs import BY_PROVINCE, PLANS, Run
from lexpro.workflow.files import read_json, write_json

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ROOT / "workflow/scripts"
PROGRAMS = ("ingest", "structure", "filter")
SAMPLE = 0.2


@dataclass(frozen=True, slots=True)
class Cost:
    """What a stage took: seconds, CPU seconds, MB."""

    stage: str
    seconds: float
    cpu: float
    peak: float


def settings(documents: int) -> dict:
    """The corpus of config/corpus/synthetic_full.yaml with about so many documents."""
    values = choice("corpus", "synthetic_full", ROOT / "config").model_dump()
    return values | {"documents_per_province": max(1, documents // len(values["provinces"]))}


def _write(job: tuple[dict, str, Path]) -> None:
    corpus, province, folder = job
    generate.write(Synthetic.model_validate(corpus), province, folder / province)


def raw(documents: int, folder: Path, workers: int) -> tuple[Path, int]:
    """The folder of raw files, written if it is not there yet, and how many documents it holds."""
    corpus, out = settings(documents), folder / f"raw-{documents}"
    count = corpus["documents_per_province"] * len(corpus["provinces"])
    note = folder / f"raw-{documents}.json"
    if not note.is_file() or read_json(note) != corpus:
        shutil.rmtree(out, ignore_errors=True)
        with ProcessPoolExecutor(workers) as pool:
            list(pool.map(_write, ((corpus, province, out) for province in corpus["provinces"])))
        write_json(note, corpus)
    return out, count


def _resident() -> float:
    """MB of all processes that this one has started."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


@contextmanager
def _watched() -> Iterator[list[float]]:
    """The most memory of the processes that are started meanwhile, as the only element."""
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(SAMPLE):
            peak[0] = max(peak[0], _resident())

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def measured(stage: str, work: Callable[[], object]) -> Cost:
    """What `work` takes in processes of its own."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with _watched() as peak:
        work()
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(stage, seconds, cpu, peak[0])


def _script(stage: str, key: str, threads: int, province: str | None = None) -> None:
    command = [sys.executable, SCRIPTS / f"{stage}.py", "--plan", PLANS / stage / key]
    command += ["--province", province] if province else []
    limits = dict.fromkeys(
        ("LEXPRO_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS"), str(threads)
    )
    done = subprocess.run(command, env=os.environ | limits, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{stage} {province or ''} ended with {done.returncode}:\n{done.stderr[-2000:]}")


def _stage(stage: str, one: Run, workers: int) -> None:
    provinces = one.provinces if stage in BY_PROVINCE else [None]
    threads = 1 if stage in BY_PROVINCE else workers
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda province: _script(stage, one.key, threads, province), provinces))


def run(documents: int, folder: Path, workers: int) -> tuple[int, dict, list[Cost]]:
    """(documents, counts of the filter, cost of each stage)."""
    source, count = raw(documents, folder, workers)
    work = folder / f"run-{documents}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / "config").symlink_to(ROOT / "config")
    os.chdir(work)
    # The plan reads every raw file for its hash, in the workflow's main process.
    overrides = ["corpus=folder", f"corpus.path={source}"]
    code = f"from lexpro.dag import frozen; frozen.freeze(['demo'], {overrides!r})"
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS)}
    costs = [
        measured("plan", lambda: subprocess.run([sys.executable, "-c", code], env=environment, check=True))
    ]
    dag = frozen.thaw(["demo"], overrides)
    for stage in PROGRAMS:
        (one,) = dag.runs_of(stage)

        costs.append(measured(stage, lambda stage=stage, one=one: _stage(stage, one, workers)))
    counts = read_json(one.out / "manifest.json")["counts"]
    os.chdir(ROOT)
    shutil.rmtree(work)
    return count, counts, costs


def table(count: int, costs: list[Cost]) -> str:
    """A row a stage, and their sum."""
    whole = Cost("all", sum(c.seconds for c in costs), sum(c.cpu for c in costs), max(c.peak for c in costs))
    lines = ["| stage | seconds | documents/s | CPU s | CPU µs a document | peak MB |", "| --- " * 6 + "|"]
    lines += [
        f"| {c.stage} | {c.seconds:.1f} | {count / c.seconds:,.0f} | {c.cpu:.1f} | {c.cpu / count * 1e6:.0f} "
        f"| {c.peak:,.0f} |"
        for c in (*costs, whole)
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument(
        "--curve", type=int, nargs="+", help="several numbers of documents, one after the other"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, default=ROOT / "scratch/benchmark-corpus")
    args = parser.parse_args()
    for documents in args.curve or [args.documents]:
        count, counts, costs = run(documents, args.folder.resolve(), args.workers)
        print(
            f"\n{count:,} documents, {args.workers} workers: {counts['read']:,} read, {counts['kept']:,} kept\n"
        )
        print(table(count, costs), flush=True)


if __name__ == "__main__":
    main()
