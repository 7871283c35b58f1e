"""The workbench at the size of the national collection: each part's time, and many users at once.

LEXPRO_MIRROR=… python perf/serve.py [--keep FOLDER] [--users 20] [--seconds 60]

Every article of the mirror's statutes (with links, thresholds, guideline) and 6,000 synthetic cases
are embedded and indexed by the stages' own code; what `--keep` has already is only asked. A server
in a process of its own is asked over loopback: first one request after the other (p50, p95), then
by so many users at once. The model's answers are left out: they take what the model takes.
"""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np

from lexpro.config.corpus import Synthetic
from lexpro.corpus.synthetic import generate
from lexpro.dag.compose import choice

ROOT = Path(__file__).resolve().parents[1]
CASES, ASKED, WARM = 6000, 40, 3
DONE = "built"
# The parts that are asked, as addresses below a document.
PARTS = (
    "elements", "elements.json", "elements.csv", "card", "statutes", "cases", "cases?province=湖北&since=2019",
    "cases.csv", "sentences", "checks", "questions",
)  # fmt: skip


def documents(count: int, seed: int) -> list[str]:
    """Synthetic judgments in the full style, of all provinces in turn."""
    values = choice("corpus", "synthetic_full", ROOT / "config").model_dump() | {"seed": seed}
    settings = Synthetic.model_validate(values)
    provinces = settings.provinces
    return [
        generate.clean(settings, provinces[n % len(provinces)], n // len(provinces))[0] for n in range(count)
    ]


def build(folder: Path) -> None:
    """Knowledge, embedder and index of the collection."""
    from lexpro.config.knowledge import Statutes
    from lexpro.corpus.parsing.structure import structure
    from lexpro.retrieval import cases, embedding, indexing
    from lexpro.statutes import knowledge, table

    (folder / "knowledge").mkdir(parents=True)
    knowledge.write(knowledge.build(Statutes(kind="statutes")), folder / "knowledge")
    articles = table.read(folder / "knowledge/articles.parquet")
    texts = documents(CASES, 1)
    rows = [{"doc_id": f"case{n:05}", "text": text, "province": None} for n, text in enumerate(texts)]
    read = [cases._case(row, structure(row["text"], row["doc_id"])) for row in rows]
    inputs = {"knowledge": folder / "knowledge", "embed": folder / "embed"}
    for name, write in (("embed", embedding.embed), ("index", indexing.build_index)):
        (folder / name).mkdir()
        chosen = choice(name, {"embed": "tiny", "index": "statutes_all"}[name], ROOT / "config")
        log = logging.getLogger()
        run = SimpleNamespace(settings=chosen, inputs=inputs, out=folder / name, log=log, previous=None)
        write(run, articles, [case for case in read if case.facts])
    (folder / DONE).touch()


def serve(folder: Path) -> None:
    """The workbench over the collection, on a free port; its address goes to standard output."""
    from lexpro.serve import app, run, workbench
    from lexpro.serve.experiment import Part, read_knowledge
    from lexpro.serve.security import Policy
    from lexpro.serve.shared import SharedSearcher

    bench = SimpleNamespace(name="national", variant="grpo", synthetic=True)
    bench.knowledge = Part("知识库", lambda: read_knowledge(folder / "knowledge"))
    bench.searcher = Part("索引", lambda: SharedSearcher(folder / "index"))
    for part in (bench.knowledge, bench.searcher):
        part.fill()
        part.get()
    listening = run.listen("127.0.0.1", 0)
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    run.serve(app.build([workbench.Pages(bench).section()], Policy(), "national"), listening)


def told(name: str, times: list[float]) -> None:
    """A row of the table."""
    p50, p95 = np.quantile(times, [0.5, 0.95])
    print(f"| {name} | {len(times)} | {1000 * p50:.0f} ms | {1000 * p95:.0f} ms |", flush=True)


def timed(web: httpx.Client, method: str, address: str, **more: object) -> tuple[httpx.Response, float]:
    """A request that must succeed, and its seconds."""
    began = time.perf_counter()
    answer = web.request(method, address, **more)  # type: ignore[arg-type]
    taken = time.perf_counter() - began
    if answer.status_code not in (200, 303):
        raise SystemExit(f"{method} {address}: {answer.status_code}")
    return answer, taken


def one_by_one(address: str, texts: list[str]) -> list[str]:
    """Time every part; the addresses of the documents."""
    print("| part | requests | p50 | p95 |\n| --- | --- | --- | --- |")
    with httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
        taken, paths = [], []
        for text in texts:
            answer, seconds = timed(web, "POST", "/documents", data={"text": text})
            taken.append(seconds)
            paths.append(answer.headers["location"].rsplit("/", 1)[0])
        told("paste", taken)
        for part in PARTS:
            for path in paths[:WARM]:
                timed(web, "GET", f"{path}/{part}")
            told(part, [timed(web, "GET", f"{path}/{part}")[1] for path in paths])
    return paths


def at_once(address: str, paths: list[str], users: int, seconds: float) -> None:
    """So many users, each with one request after the other and half a second between them."""
    times: list[float] = []
    errors: list[str] = []
    end = time.monotonic() + seconds

    def user(number: int) -> None:
        with httpx.Client(base_url=address, timeout=60, trust_env=False) as web:
            turn = number
            while time.monotonic() < end:
                try:
                    times.append(
                        timed(web, "GET", f"{paths[turn % len(paths)]}/{PARTS[turn % len(PARTS)]}")[1]
                    )
                except (httpx.HTTPError, SystemExit) as error:
                    errors.append(str(error) or type(error).__name__)
                turn += 1
                time.sleep(0.5)

    threads = [threading.Thread(target=user, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told(f"{users} users for {seconds:.0f} s", times)
    print(
        f"\n{len(errors)} errors {errors[:3] if errors else ''}, {len(times) / seconds:.1f} requests a second"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("all", "serve"), default="all")
    parser.add_argument("--keep", type=Path, help="folder for what is built, to ask it again")
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60)
    args = parser.parse_args()
    if args.what == "serve":
        serve(args.keep)
        return
    if not os.environ.get("LEXPRO_MIRROR"):
        sys.exit("LEXPRO_MIRROR must name a folder with LawRefBook__Laws (docs/data.md)")
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary) / "national"
        if not (folder / DONE).is_file():
            build(folder)
        command = [sys.executable, __file__, "serve", "--keep", str(folder)]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            address = server.stdout.readline().strip()
            paths = one_by_one(address, documents(ASKED, 2))
            at_once(address, paths, args.users, args.seconds)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
