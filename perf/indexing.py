"""The index at size: every national article, and a million case vectors beside exact search and
another engine.

LEXPRO_MIRROR=… python perf/indexing.py articles [--results results] [--experiment demo] [--keep
FOLDER] python perf/indexing.py vectors --count 1000000 [--engines exact,chroma,faiss] [--keep
FOLDER]

`articles`: the collection of the mirror in the place of the experiment's knowledge base, its
training cases as they are; the stages' own code embeds and indexes. Questions are lay ones (STARD)
and held-out facts. Recall is that of the nearest ten against exact search over the same vectors.
`vectors`: synthetic unit vectors around as many centres as there are charges; each engine is built
in a process of its own and asked in another, so that memory is its own. faiss is not of the
environment: pip install faiss-cpu==1.15.1 elsewhere and name it in PYTHONPATH. Both have the same
HNSW parameters (`HNSW` below).
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from lexpro.dag.compose import choice
from lexpro.workflow.files import read_json, read_yaml, write_json

ROOT = Path(__file__).resolve().parents[1]
CENTRES, SPREAD, ASKED, PART = 483, 0.6, 200, 10_000
SETTINGS = choice("index", "statutes_all", ROOT / "config")
# Of the case vectors, for each engine: they lie around centres, where fewer candidates find all of
# the nearest.
HNSW = {**{name: getattr(SETTINGS, name) for name in ("max_neighbors", "ef_construction")}, "ef_search": 800}
# A query vector → rows of the ten nearest.
Search = Callable[[np.ndarray], list[int]]


def timed(search: Callable, queries: list) -> tuple[list, float, float]:
    """(answers, p50, p95 in ms); the first query is asked once before, for what is read late."""
    search(queries[0])
    answers, times = [], []
    for query in queries:
        began = time.perf_counter()
        answers.append(search(query))
        times.append(1000 * (time.perf_counter() - began))
    return answers, *np.quantile(times, [0.5, 0.95])


def agreement(nearest: list[list[int]], vectors: np.ndarray, queries: list[np.ndarray] | np.ndarray) -> float:
    """The share of ten found rows as near as the tenth nearest of an exact search: many articles
    have one text.
    """
    shares = []
    for rows, query in zip(nearest, queries, strict=True):
        scores = vectors @ query
        shares.append(np.mean(scores[rows[:10]] >= np.partition(scores, -10)[-10] - 1e-5))
    return float(np.mean(shares))


def cases_vectors(count: int, dimension: int) -> tuple[np.ndarray, np.ndarray]:
    """(vectors, queries) around common centres, both unit, float32; made in parts, so that memory
    is theirs.
    """
    random = np.random.default_rng(0)
    centres = random.normal(size=(CENTRES, dimension)).astype(np.float32)

    def some(n: int) -> np.ndarray:
        drawn = centres[random.integers(CENTRES, size=n)]
        drawn = drawn + SPREAD * random.standard_normal((n, dimension), dtype=np.float32)
        return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

    vectors = np.empty((count, dimension), np.float32)
    for start in range(0, count, PART):
        vectors[start : start + PART] = some(min(PART, count - start))
    return vectors, some(ASKED)


class Exact:
    """Every vector against the query."""

    @staticmethod
    def build(vectors: np.ndarray, folder: Path) -> None:
        np.save(folder / "vectors.npy", vectors)

    @staticmethod
    def open(folder: Path) -> Search:
        vectors = np.load(folder / "vectors.npy")
        return lambda query: np.argpartition(-(vectors @ query), 10)[:10].tolist()


class Chroma:
    """As the stage `index` writes and reads it."""

    @staticmethod
    def build(vectors: np.ndarray, folder: Path) -> None:
        from lexpro.retrieval.store import Table, build

        ids = [str(row) for row in range(len(vectors))]
        fields = [{"charge": row % CENTRES} for row in range(len(vectors))]
        build(folder / "chroma", {"cases": Table(vectors, ids, fields, [""] * len(ids))}, HNSW)

    @staticmethod
    def open(folder: Path) -> Search:
        from lexpro.retrieval.store import Store

        store = Store(folder / "chroma")
        return lambda query: [int(id_) for id_, _ in store.search("cases", query, 10)]


class Faiss:
    """IndexHNSWFlat, with the threads of OMP_NUM_THREADS."""

    @staticmethod
    def build(vectors: np.ndarray, folder: Path) -> None:
        import faiss

        index = faiss.IndexHNSWFlat(vectors.shape[1], HNSW["max_neighbors"], faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = HNSW["ef_construction"]
        index.add(vectors)
        faiss.write_index(index, str(folder / "faiss"))

    @staticmethod
    def open(folder: Path) -> Search:
        import faiss

        index = faiss.read_index(str(folder / "faiss"))
        index.hnsw.efSearch = HNSW["ef_search"]
        return lambda query: index.search(query[None], 10)[1][0].tolist()


ENGINES = {"exact": Exact, "chroma": Chroma, "faiss": Faiss}
BUILT = "built.json"


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build_one(engine: str, folder: Path, count: int, dimension: int) -> None:
    """Build in this process and note seconds by the clock and of the processor, and memory beyond
    the vectors'.
    """
    vectors, _ = cases_vectors(count, dimension)
    before, clock, processor = peak(), time.perf_counter(), time.process_time()
    ENGINES[engine].build(vectors, folder)
    row = {"build s": time.perf_counter() - clock, "CPU s": time.process_time() - processor}
    row |= {"build MB": peak() - before}
    write_json(folder / BUILT, row)


def ask_one(engine: str, folder: Path, count: int, dimension: int) -> None:
    """Open and ask in this process; memory is that of the process with what it opened, before the
    check of recall.
    """
    vectors, queries = cases_vectors(count, dimension)
    del vectors
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    began, before = time.perf_counter(), resident()
    search = ENGINES[engine].open(folder)
    nearest, p50, p95 = timed(search, list(queries))
    row = {"disk MB": disk / 1e6, "open s": time.perf_counter() - began, "reader MB": resident() - before}
    vectors, _ = cases_vectors(count, dimension)
    row |= {"p50 ms": p50, "p95 ms": p95, "recall@10": agreement(nearest, vectors, queries)}
    print(json.dumps(read_json(folder / BUILT) | row))


def resident() -> float:
    """MB of memory that this process has now."""
    fields = Path("/proc/self/statm").read_text().split()
    return int(fields[1]) * resource.getpagesize() / 2**20


def vectors_table(engines: list[str], count: int, dimension: int, keep: Path | None) -> None:
    """Each engine builds in one process and is asked in another; what `keep` has already is only
    asked.
    """
    print(f"{count} vectors of {dimension} numbers, {count * dimension * 4 / 1e6:.0f} MB as they are")
    size = ["--count", str(count), "--dimension", str(dimension)]
    with tempfile.TemporaryDirectory() as temporary:
        for engine in engines:
            folder = (keep or Path(temporary)) / f"{engine}-{count}-{dimension}"
            folder.mkdir(parents=True, exist_ok=True)
            command = [sys.executable, __file__, "--engines", engine, "--keep", str(folder), *size]
            if not (folder / BUILT).is_file() and subprocess.run([*command, "build"], check=False).returncode:
                print(f"{engine:7} failed (see above)")
                continue
            done = subprocess.run([*command, "ask"], stdout=subprocess.PIPE, text=True, check=True)
            row = json.loads(done.stdout.splitlines()[-1])
            told = (f"{name} {value:.{3 - 2 * (value > 10)}f}" for name, value in row.items())
            print(f"{engine:7} " + "  ".join(told), flush=True)


def build_articles(folder: Path, mirror: Path, inputs: dict[str, Path]) -> None:
    """Read, embed and index the collection by the stages' own code; seconds by the clock and of the
    processor.
    """
    from lexpro.retrieval import cases, embedding, indexing
    from lexpro.statutes import collection, table

    seconds = {}

    def note(name: str, began: tuple[float, float]) -> None:
        seconds[name] = [time.perf_counter() - began[0], time.process_time() - began[1]]

    began = time.perf_counter(), time.process_time()
    rows = collection.read(mirror / "LawRefBook__Laws", ["**/*"])[0]
    (folder / "knowledge").mkdir(parents=True)
    table.write(rows, folder / "knowledge/articles.parquet")
    note("read", began)
    articles = table.read(folder / "knowledge/articles.parquet")
    read = cases.read(inputs["filter"] / "kept.parquet", inputs["tasks"] / "splits.parquet")
    inputs = inputs | {"knowledge": folder / "knowledge", "embed": folder / "embed"}
    for name, write in (("embed", embedding.embed), ("index", indexing.build_index)):
        (folder / name).mkdir()
        settings = choice("embed", "tiny", ROOT / "config") if name == "embed" else SETTINGS
        log = logging.getLogger()
        run = SimpleNamespace(settings=settings, inputs=inputs, out=folder / name, log=log, previous=None)
        began = time.perf_counter(), time.process_time()
        write(run, articles, read)
        note(name, began)
    write_json(folder / BUILT, seconds)


def articles_table(results: Path, experiment: str, keep: Path | None) -> None:
    """What `keep` has already is only asked."""
    from lexpro.retrieval.indexing import read_queries
    from lexpro.retrieval.search import Scope, Searcher

    mirror = Path(os.environ.get("LEXPRO_MIRROR", ""))
    if not (mirror / "LawRefBook__Laws").is_dir():
        sys.exit("LEXPRO_MIRROR must name a folder with LawRefBook__Laws (docs/data.md)")
    stages = read_json(results / "experiments" / experiment / "summary.json")["stages"]
    plan = read_yaml(results / ".plan/index" / stages["index"]["key"] / "config.yaml")
    inputs = {name: results.resolve().parent / path for name, path in plan["inputs"].items()}
    with tempfile.TemporaryDirectory() as temporary:
        folder = keep or Path(temporary) / "articles"
        if not (folder / BUILT).is_file():
            build_articles(folder, mirror, inputs)
        began = time.perf_counter()
        searcher = Searcher(folder / "index")
        opened = time.perf_counter() - began
        told = (f"{k} {clock:.1f} ({cpu:.1f})" for k, (clock, cpu) in read_json(folder / BUILT).items())
        print(
            f"{len(searcher.article_rows)} articles, {len(searcher.case_rows)} cases; seconds (of the processor): ",
            end="",
        )
        print(", ".join(told) + f"; opened in {opened:.1f}")
        held = read_queries(inputs["tasks"] / "heldout.jsonl", set(), ASKED)
        asked = {"held-out facts": [query.facts for query in held]}
        stard = mirror / "oneal2000__STARD/data/queries.json"
        if stard.is_file():
            rows = json.loads(stard.read_text(encoding="utf-8"))
            asked["lay questions"] = [row["问题"] for row in rows[:ASKED]]
        for name, texts in asked.items():
            vectors = [searcher.encoder.encode([text], "query")[0] for text in texts]
            nearest = [[row for row, _ in searcher.nearest("articles", vector, 10)] for vector in vectors]
            recall = agreement(nearest, np.asarray(searcher.vectors["articles"]), vectors)
            print(f"{name}: recall@10 against exact search {recall:.4f}")
            ways = {
                "in force now": lambda text: searcher.articles(text, 10),
                "in force in 2015": lambda text: searcher.articles(text, 10, "2015-01-01"),
                "one law": lambda text: searcher.articles(text, 10, law="刑法"),
                "all rankings": lambda text: searcher.rankings(text, Scope()),
                "similar cases": lambda text: searcher.cases(text, 5),
            }
            for way, search in ways.items():
                _, p50, p95 = timed(search, texts)
                print(f"  {way:17} p50 {p50:5.1f} ms, p95 {p95:5.1f} ms", flush=True)
        searcher.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "what", choices=("articles", "vectors", "build", "ask"), help="build, ask: one engine"
    )
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--experiment", default="demo")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--engines", default="exact,chroma,faiss")
    parser.add_argument("--keep", type=Path, help="folder for what is built, to ask it again")
    args = parser.parse_args()
    if args.what == "articles":
        articles_table(args.results, args.experiment, args.keep)
    elif args.what == "vectors":
        vectors_table(args.engines.split(","), args.count, args.dimension, args.keep)
    else:
        step = build_one if args.what == "build" else ask_one
        step(args.engines, args.keep, args.count, args.dimension)


if __name__ == "__main__":
    main()
