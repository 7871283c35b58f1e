"""From experiment names to the runs that the DAG consists of.

Hydra composes each experiment once, here, in Snakemake's main process. Each stage of it becomes a `Run` whose key is
its choice and a digest of its settings and of the keys upstream; runs that coincide are one run. Jobs read the frozen
plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path

from lexpro import fingerprint
from lexpro.benchmarks.items.base import WITH_STATUTES
from lexpro.composing import SettingError, compose, located
from lexpro.corpus import registry
from lexpro.corpus.raw import IGNORED, RawFile, raw_files, shown
from lexpro.errors import UserError
from lexpro.files import expanded, read_json, to_yaml, write_if_changed, write_json
from lexpro.knowledge import collection
from lexpro.stage import MANIFEST, lock_file

PLANS = Path("results/.plan")
# The benchmark whose runs go by variant and retrieval alone.
HELDOUT = "heldout"
# Settings under this key say how a stage runs (devices, logging), never what it computes: outside every digest.
RUNTIME = "runtime"


@dataclass(frozen=True)
class Run:
    """One run of a stage in the DAG: `results/<stage>/<key>/`."""

    stage: str
    key: str
    settings: dict
    runtime: dict
    # Input name → (stage, key) of the upstream run.
    upstream: dict[str, tuple[str, str]]
    # Provinces that the run is split by, or reads: part of the plan, not of the key.
    provinces: tuple[str, ...] = ()
    # Folder with one sub-folder of raw files a province (ingest only).
    raw: str | None = None
    experiment: str | None = None

    @property
    def out(self) -> Path:
        return Path("results") / self.stage / self.key

    @property
    def plan(self) -> Path:
        return PLANS / self.stage / self.key


# The stages whose runs are split by province.
BY_PROVINCE = ("ingest", "structure")


@dataclass
class Dag:
    """All runs of some experiments. `experiments`: name → key of its report."""

    runs: dict[tuple[str, str], Run] = field(default_factory=dict)
    experiments: dict[str, str] = field(default_factory=dict)

    def add(self, stage: str, choice: str, settings: dict, upstream: dict[str, Run | None], **extra) -> Run:
        present = {name: (run.stage, run.key) for name, run in upstream.items() if run is not None}
        semantic = {k: v for k, v in settings.items() if k != RUNTIME}
        key = f"{choice}-{fingerprint.digest([stage, semantic, sorted(present.items())])}"
        run = Run(stage, key, semantic, settings.get(RUNTIME) or {}, present, **extra)
        return self.runs.setdefault((stage, key), run)

    def of(self, stage: str) -> list[Run]:
        return [run for (name, _), run in self.runs.items() if name == stage]


def provinces_of(corpus: dict) -> tuple[str, ...]:
    """The province folders of a corpus: declared by a generator or data set, found on disk for a user's folder."""
    if corpus["kind"] != "folder":
        return tuple(corpus["provinces"])
    root = expanded(corpus["path"])
    if not root.is_dir():
        raise SettingError(
            "corpus.path", f"{root} is not a folder. Put raw judgments there, a sub-folder a province."
        )
    try:
        entries = sorted(p for p in root.iterdir() if not p.name.startswith(IGNORED))
    except OSError as error:
        raise SettingError("corpus.path", f"{root} cannot be read: {error.strerror}.") from None
    found = [p.name for p in entries if p.is_dir()]
    if loose := next((p.name for p in entries if not p.is_dir()), None):
        raise SettingError(
            "corpus.path",
            f"{root} holds loose files ({shown(loose)}, …). Move them into a sub-folder: one for each "
            "province, or a single one of any name (then the province is read from each judgment).",
        )
    if not found:
        raise SettingError(
            "corpus.path", f"{root} is empty. Put raw judgments there, a sub-folder a province."
        )
    if foreign := next((name for name in found if shown(name) != name), None):
        raise SettingError(
            "corpus.path",
            f"the name of a folder in {root} is not UTF-8; it may be meant to be {shown(foreign)}. Rename it: "
            "results are kept under it. (Files in it may have any name.)",
        )
    return tuple(found)


def pinned(benchmark: dict) -> dict:
    """The settings of a benchmark with the hashes of its data: another version is another run."""
    hashes = {name: registry.pin(registry.find(name)) for name in benchmark.get("data", {}).values()}
    return {**benchmark, **({"sha256": hashes} if hashes else {})}


def evaluations(config: dict) -> Iterator[tuple[str, str, str]]:
    """(benchmark, variant, retrieval) of an experiment; with retrieval only where statutes are of use."""
    for benchmark, settings in config["benchmark"].items():
        chosen = settings["tasks"] or settings["expect"]
        use = settings.get("statutes", WITH_STATUTES)
        for variant in config["variants"]:
            for retrieval in config["retrieval"]:
                if retrieval == "none" or any(task in use for task in chosen):
                    yield benchmark, variant, retrieval


def expand(name: str, config: dict, choices: dict[str, str], dag: Dag) -> None:
    """Add the runs of one experiment to the DAG: this function is the method section of the project."""

    def add(stage: str, upstream: dict[str, Run | None] | None = None, **extra) -> Run:
        return dag.add(stage, choices[stage], config[stage], upstream or {}, **extra)

    provinces = provinces_of(config["corpus"])
    if config["corpus"]["kind"] == "folder":
        corpus, raw = None, str(expanded(config["corpus"]["path"]))
        ingest_settings = {**config["ingest"], "corpus": raw}
        ingest = dag.add("ingest", choices["ingest"], ingest_settings, {}, provinces=provinces, raw=raw)
    else:
        # The registered hashes are part of what was asked: another version of a data set is another corpus.
        hashes = {dataset: registry.find(dataset).sha256 for dataset in config["corpus"].get("datasets", [])}
        settings = {**config["corpus"], **({"sha256": hashes} if hashes else {})}
        corpus = dag.add("corpus", choices["corpus"], settings, {}, provinces=provinces)
        ingest = add("ingest", {"corpus": corpus}, provinces=provinces, raw=str(corpus.out / "raw"))
    structure = add("structure", {"ingest": ingest}, provinces=provinces)
    kept = add("filter", {"structure": structure}, provinces=provinces)
    knowledge = add("knowledge")
    tasks = add("tasks", {"filter": kept, "knowledge": knowledge})
    scratch = config["base_model"]["kind"] == "scratch"
    base = add("base_model", {"tasks": tasks} if scratch else {})
    sft = add("sft", {"base_model": base, "tasks": tasks})
    grpo = add("grpo", {"base_model": base, "sft": sft, "tasks": tasks, "knowledge": knowledge})
    embed = add("embed", {"filter": kept, "tasks": tasks, "knowledge": knowledge})
    index = add("index", {"embed": embed, "filter": kept, "tasks": tasks, "knowledge": knowledge})

    models = {"base": base, "sft": sft, "grpo": grpo}
    parts: dict[str, Run | None] = {
        "corpus": corpus,
        "ingest": ingest,
        "structure": structure,
        "filter": kept,
    }
    parts |= {"knowledge": knowledge, "tasks": tasks, "base_model": base, "sft": sft, "grpo": grpo}
    parts |= {"embed": embed, "index": index}
    for benchmark, variant, retrieval in evaluations(config):
        items = pinned(config["benchmark"][benchmark])
        # How answers are scored is nothing that they depend on.
        asked = {key: value for key, value in items.items() if key not in ("scorer", "tables", "published")}
        settings = {**config["predict"], "benchmark": benchmark, "items": asked}
        settings |= {"variant": variant, "retrieval": retrieval}
        upstream = {"model": models[variant], "base_model": base, "tasks": tasks}
        upstream |= {"knowledge": knowledge, "index": index if retrieval == "rag" else None}
        choice = f"{benchmark}-{variant}-{retrieval}"
        predict = dag.add("predict", choice, settings, upstream)
        # The held-out judgments come with the tasks; what is read from data sets is asked for again.
        read = {"items": items} if items.get("data") else {}
        settings = {**config["score"], "benchmark": benchmark, **read}
        score = dag.add("score", choice, settings, {"predict": predict, "tasks": tasks})
        where = f"{variant}.{retrieval}" if benchmark == HELDOUT else f"{variant}.{retrieval}.{benchmark}"
        parts[f"predict.{where}"] = predict
        parts[f"score.{where}"] = score
    report = dag.add(
        "report", name, {**config["report"], "experiment": name}, parts, provinces=provinces, experiment=name
    )
    dag.experiments[name] = report.key


def build(names: list[str], overrides: list[str]) -> Dag:
    dag = Dag()
    for name in names:
        try:
            expand(name, *compose(name, tuple(overrides)), dag)
        except SettingError as error:
            raise located([error.problem], name, tuple(overrides)) from error
    return dag


def _write(run: Run, lock: Path) -> None:
    config = {
        "stage": run.stage,
        "key": run.key,
        "out": run.out.as_posix(),
        "inputs": {name: f"results/{stage}/{key}" for name, (stage, key) in run.upstream.items()},
        "settings": run.settings,
    }
    if run.raw:
        config["raw"] = run.raw
    if run.provinces and run.stage not in BY_PROVINCE:
        config["provinces"] = list(run.provinces)
    write_if_changed(run.plan / "config.yaml", to_yaml(config))
    write_if_changed(run.plan / "code.yaml", to_yaml(fingerprint.code(run.stage, run.settings, lock)))
    write_if_changed(run.plan / "runtime.yaml", to_yaml(run.runtime))


def listing(files: Iterable[RawFile], cache_file: Path) -> dict[str, str]:
    """{name: SHA-256, or why the file cannot be read} of files that are not the workflow's own.

    Hashes are kept beside size and modification time, so that planning does not read a large corpus again.
    """
    cached = read_json(cache_file) if cache_file.is_file() else {}
    hashed, found = {}, {}
    for file in files:
        # What cannot be read is not cached: rights change without the time of modification.
        try:
            trouble = file.trouble
            row = None if trouble else _stamped(file.path, cached.get(file.name))
        except OSError as error:
            trouble = error.strerror
        if trouble:
            found[file.name] = f"unreadable: {trouble}"
        else:
            hashed[file.name] = row
            found[file.name] = row[-1]
    if hashed != cached:
        write_json(cache_file, hashed)
    return found


def _stamped(path: Path, known: list | None) -> list:
    """[size, time of modification, SHA-256] of a file, which is `known` if size and time are those known."""
    status = path.stat()
    stamp = [status.st_size, status.st_mtime_ns]
    return known if known and known[:2] == stamp else [*stamp, fingerprint.sha256(path)]


def _list_raw(run: Run) -> None:
    """What lies in each province folder besides the files that the corpus stage wrote there."""
    corpus = run.upstream.get("corpus")
    manifest = Path("results", *corpus, MANIFEST) if corpus else None
    files = read_json(manifest)["files"] if manifest and manifest.is_file() else {}
    sizes = {}
    for province in run.provinces:
        prefix = f"raw/{province}/"
        made = {name.removeprefix(prefix): value for name, value in files.items() if name.startswith(prefix)}
        extra = {}
        # A generator that has not run yet owns its folder: nothing there is the user's.
        if made or not corpus:
            present = list(raw_files(Path(run.raw) / province))
            found = listing(present, run.plan / "cache" / f"{province}.json")
            extra = {name: value for name, value in found.items() if made.get(name) != value}
            sizes[province] = sum(file.size for file in present)
        write_if_changed(run.plan / "raw" / f"{province}.yaml", to_yaml(extra))
    write_json(run.plan / "sizes.json", sizes if len(sizes) == len(run.provinces) else {})


def _list_statutes(run: Run) -> None:
    found = {}
    for number, (folder, files) in enumerate(collection.sources(run.settings)):
        named = (RawFile(path, path.relative_to(folder).as_posix()) for path in sorted(files))
        listed = listing(named, run.plan / f"cache/statutes-{number}.json")
        found |= {f"{folder.name}/{name}": value for name, value in listed.items()}
    write_if_changed(run.plan / "raw/statutes.yaml", to_yaml(found))


def _at_hand(dag: Dag) -> None:
    """Raises `UserError` where a benchmark of the experiments needs data that are not to be had here."""
    needed = {
        name: run
        for run in dag.of("score")
        for items in [run.settings.get("items", {})]
        for name in [*items.get("data", {}).values(), *items.get("tables", [])]
    }
    missing = []
    for name, run in needed.items():
        try:
            registry.at_hand(registry.find(name))
        except UserError as error:
            missing.append(f"the benchmark {run.settings['benchmark']} needs the data set {name}: {error}")
    if missing:
        raise UserError("\n  ".join(["data are missing:", *missing]))


def _statutes_there(names: list[str], overrides: list[str]) -> None:
    """Raises `UserError` where an experiment's folder of statutes is not to be found."""
    for name in names:
        knowledge = compose(name, tuple(overrides))[0]["knowledge"]
        try:
            if knowledge["kind"] == "statutes":
                collection.locate(knowledge["path"])
        except UserError as error:
            wrong = SettingError("knowledge.path", str(error).removeprefix("knowledge.path: "))
            raise located([wrong.problem], name, tuple(overrides)) from error


def freeze(names: list[str], overrides: list[str]) -> Dag:
    """Plan the experiments and write the plan: `results/.plan/<stage>/<key>/` and the frozen DAG for the jobs."""
    dag = build(names, overrides)
    _statutes_there(names, overrides)
    _at_hand(dag)
    lock = lock_file()
    for run in dag.runs.values():
        _write(run, lock)
        if run.stage == "ingest":
            _list_raw(run)
        if run.settings.get("kind") == "statutes":
            _list_statutes(run)
    write_json(_frozen(names, overrides), [asdict(run) for run in dag.runs.values()])
    return dag


def cores(run: Run, province: str, available: int) -> int:
    """How many cores a province folder is read and structured with: by its share of the bytes (of a user's own folder),
    or an equal one; an only folder gets all."""
    sizes = _sizes(run.plan) or dict.fromkeys(run.provinces, 1)
    return max(1, min(available, round(available * sizes[province] / max(1, sum(sizes.values())))))


@cache
def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of the raw files of each province, as `_list_raw` found them; empty where it found none."""
    path = folder / "sizes.json"
    return read_json(path) if path.is_file() else {}


def thaw(names: list[str], overrides: list[str]) -> Dag:
    """The DAG as the main process planned it: a job never composes."""
    dag = Dag()
    for row in read_json(_frozen(names, overrides)):
        row["upstream"] = {name: tuple(value) for name, value in row["upstream"].items()}
        run = Run(**{**row, "provinces": tuple(row["provinces"])})
        dag.runs[run.stage, run.key] = run
        if run.experiment:
            dag.experiments[run.experiment] = run.key
    return dag


def _frozen(names: list[str], overrides: list[str]) -> Path:
    return PLANS / f"dag-{fingerprint.digest([names, overrides])}.json"


def inputs(dag: Dag) -> Callable:
    """For the rules: `inputs(dag)(stage)` gives the input function of a stage: plan files and upstream manifests."""

    def of(stage: str) -> Callable:
        def resolve(wildcards) -> dict[str, object]:
            run = dag.runs[stage, wildcards.key]
            province = getattr(wildcards, "province", None)
            found: dict[str, object] = {
                "config": str(run.plan / "config.yaml"),
                "code": str(run.plan / "code.yaml"),
            }
            if run.raw:
                found["raw"] = str(run.plan / "raw" / f"{province}.yaml")
            if run.settings.get("kind") == "statutes":
                found["raw"] = str(run.plan / "raw/statutes.yaml")
            for name, (above, key) in run.upstream.items():
                out = f"results/{above}/{key}"
                if above not in BY_PROVINCE:
                    found[name.replace(".", "_")] = f"{out}/{MANIFEST}"
                elif province:
                    found[name] = f"{out}/{province}/{MANIFEST}"
                else:
                    provinces = dag.runs[above, key].provinces
                    found[name] = [f"{out}/{p}/{MANIFEST}" for p in provinces]
            return found

        return resolve

    return of
