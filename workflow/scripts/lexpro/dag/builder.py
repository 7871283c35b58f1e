"""From experiment names to the runs that the DAG consists of.

Hydra composes each experiment once, here, in Snakemake's main process. Each stage of it becomes a
`Run` whose key is its choice and a digest of its settings and of the keys upstream; runs that
coincide are one run. Jobs read the frozen plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cache
from pathlib import Path

from lexpro import datasets, hashing
from lexpro.corpus.readers.raw import IGNORED, shown
from lexpro.dag import plan_files
from lexpro.dag.compose import SettingError, compose, located
from lexpro.dag.runs import BY_PROVINCE, PLANS, Dag, Run
from lexpro.evaluation.items import WITH_STATUTES
from lexpro.statutes import collection
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded, read_json, write_json
from lexpro.workflow.stage import MANIFEST, StaleCheckout, lock_file

# The benchmark whose runs go by variant and retrieval alone.
HELDOUT = "heldout"
# How many cores the main process was given: not what a job of a cluster sees, its own or all of its
# node.
CORES = PLANS / "cores.json"
# Settings of a benchmark that say how it is scored.
SCORING = ("scorer", "tables", "published", "models")


def provinces_of(corpus: dict) -> tuple[str, ...]:
    """The province folders of a corpus: declared by a generator or data set, found on disk for a
    user's folder.
    """
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
    hashes = {name: datasets.pin(datasets.find(name)) for name in benchmark.get("data", {}).values()}
    return {**benchmark, **({"sha256": hashes} if hashes else {})}


def evaluations(config: dict) -> Iterator[tuple[str, str, str]]:
    """(benchmark, variant, retrieval) of an experiment; with retrieval only where statutes are of
    use.
    """
    for benchmark, settings in config["benchmark"].items():
        chosen = settings["tasks"] or settings["expect"]
        use = settings.get("statutes", WITH_STATUTES)
        for variant in config["variants"]:
            for retrieval in config["retrieval"]:
                if retrieval == "none" or any(task in use for task in chosen):
                    yield benchmark, variant, retrieval


def expand(name: str, config: dict, choices: dict[str, str], dag: Dag) -> None:
    """Add the runs of one experiment to the DAG: this function is the method section of the
    project.
    """

    def add(stage: str, upstream: dict[str, Run | None] | None = None, **extra) -> Run:
        return dag.add(stage, choices[stage], config[stage], upstream or {}, **extra)

    provinces = provinces_of(config["corpus"])
    if config["corpus"]["kind"] == "folder":
        corpus, raw = None, str(expanded(config["corpus"]["path"]))
        ingest_settings = {**config["ingest"], "corpus": raw}
        ingest = dag.add("ingest", choices["ingest"], ingest_settings, {}, provinces=provinces, raw=raw)
    else:
        # The registered hashes are part of what was asked: another version of a data set is another
        # corpus.
        hashes = {dataset: datasets.find(dataset).sha256 for dataset in config["corpus"].get("datasets", [])}
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
    read_from = {benchmark: pinned(settings) for benchmark, settings in config["benchmark"].items()}
    for benchmark, variant, retrieval in evaluations(config):
        items = read_from[benchmark]
        # How answers are scored is nothing that they depend on.
        asked = {key: value for key, value in items.items() if key not in SCORING}
        settings = {**config["predict"], "benchmark": benchmark, "items": asked}
        settings |= {"variant": variant, "retrieval": retrieval}
        upstream = {"model": models[variant], "base_model": base, "tasks": tasks}
        upstream |= {"knowledge": knowledge, "index": index if retrieval == "rag" else None}
        choice = f"{benchmark}-{variant}-{retrieval}"
        predict = dag.add("predict", choice, settings, upstream)
        # The held-out judgments come with the tasks; what is read from data sets is asked for
        # again.
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


def _at_hand(dag: Dag) -> None:
    """Raises `UserError` where the experiments need data that are not to be had here."""
    needed = {
        name: f"the benchmark {run.settings['benchmark']}"
        for run in dag.of("score")
        for items in [run.settings.get("items", {})]
        for name in [*items.get("data", {}).values(), *items.get("tables", [])]
    }
    # A corpus that is here already needs its data sets no more.
    needed |= {
        name: f"the corpus {run.key}"
        for run in dag.of("corpus")
        for name in run.settings.get("datasets", [])
        if not (run.out / MANIFEST).is_file()
    }
    missing = []
    for name, who in needed.items():
        try:
            datasets.at_hand(datasets.find(name))
        except UserError as error:
            missing.append(f"{who} needs the data set {name}: {error}")
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
    """Plan the experiments and write the plan: `results/.plan/<stage>/<key>/` and the frozen DAG
    for the jobs.
    """
    dag = build(names, overrides)
    _statutes_there(names, overrides)
    _at_hand(dag)
    lock = lock_file()
    for run in dag.runs.values():
        plan_files.write(run, lock)
    plan_files.write_pages(lock)
    write_json(_frozen(names, overrides), [asdict(run) for run in dag.runs.values()])
    return dag


def freeze_cores(cores: int) -> None:
    """Tell the jobs how many cores `cores_for` shares out."""
    write_json(CORES, cores)


def thaw_cores() -> int:
    """What the main process was given. Raises `StaleCheckout` if that is gone."""
    if not CORES.is_file():
        raise StaleCheckout(f"{CORES} is gone, which the workflow was started with. Run snakemake again.")
    return read_json(CORES)


def cores_for(run: Run, province: str, cores: int) -> int:
    """How many of all cores a province folder is read and structured with: by its share of the
    bytes (of a user's own folder), or an equal one; an only folder gets all."""
    sizes = _sizes(run.plan) or dict.fromkeys(run.provinces, 1)
    return max(1, min(cores, round(cores * sizes[province] / max(1, sum(sizes.values())))))


@cache
def _sizes(folder: Path) -> dict[str, int]:
    """Bytes of the raw files of each province, as the plan found them; empty where it found
    none.
    """
    path = folder / "sizes.json"
    return read_json(path) if path.is_file() else {}


def thaw(names: list[str], overrides: list[str]) -> Dag:
    """The DAG as the main process planned it: a job never composes. Raises `StaleCheckout` if that
    plan is gone.
    """
    dag, path = Dag(), _frozen(names, overrides)
    if not path.is_file():
        raise StaleCheckout(f"{path} is gone, which the workflow was planned in. Run snakemake again.")
    for row in read_json(path):
        row["upstream"] = {name: tuple(value) for name, value in row["upstream"].items()}
        run = Run(**{**row, "provinces": tuple(row["provinces"])})
        dag.runs[run.stage, run.key] = run
        if run.experiment:
            dag.experiments[run.experiment] = run.key
    return dag


def _frozen(names: list[str], overrides: list[str]) -> Path:
    return PLANS / f"dag-{hashing.digest([names, overrides])}.json"


def inputs(dag: Dag) -> Callable:
    """For the rules: `inputs(dag)(stage)` gives the input function of a stage: plan files and
    upstream manifests.
    """

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
            if listed := plan_files.outside(run):
                found["raw"] = str(listed)
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
