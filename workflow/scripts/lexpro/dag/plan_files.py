"""The files of a plan, which a rule's inputs are: configuration, code, and what a run reads that no
stage has made.

Each is written only if it says something else than before, so that Snakemake sees no change where
there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lexpro import datasets as registry
from lexpro.config import load
from lexpro.corpus.readers.raw import raw_files
from lexpro.dag.runs import BY_PROVINCE, PLANS, Run
from lexpro.models.pretrained import WANTED
from lexpro.statutes import collection
from lexpro.workflow import fingerprint
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded, read_json, to_yaml, write_if_changed, write_json
from lexpro.workflow.hash_cache import RawFile, listing
from lexpro.workflow.stage import MANIFEST

# Scripts that are no stages: what they make of finished runs is made again when their code changes.
PAGES = ("publish", "census")


def _raw(run: Run) -> None:
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


def _statutes(run: Run) -> dict[str, str]:
    found = {}
    for number, (folder, files) in enumerate(collection.sources(load.settings("knowledge", run.settings))):
        named = (RawFile(path, path.relative_to(folder).as_posix()) for path in sorted(files))
        listed = listing(named, run.plan / f"cache/statutes-{number}.json")
        found |= {f"{folder.name}/{name}": value for name, value in listed.items()}
    return found


def _benchmarks(run: Run) -> dict[str, str]:
    """Which benchmarks the filter can compare with on this machine, and their versions."""
    datasets = (registry.find(one["dataset"]) for one in run.settings["decontaminate_against"])
    return {
        one.name: registry.pin(one) if registry.present(one, registry.CACHE) else "absent" for one in datasets
    }


def _weights(run: Run) -> dict[str, str]:
    """The files of a pretrained model that are read of a folder of the user's own."""
    folder = expanded(run.settings["path"])
    if not folder.is_dir():
        raise UserError(
            f"base_model.path: {folder} is not a folder. Set it to a folder with config.json and *.safetensors."
        )
    files = (RawFile(path, path.name) for pattern in WANTED for path in sorted(folder.glob(pattern)))
    return listing((file for file in files if file.path.is_file()), run.plan / "cache/model.json")


def _embedder(settings: dict) -> str | None:
    return settings.get("model")


def _reranker(settings: dict) -> str | None:
    return (settings["reranker"] or {}).get("model")


def _retriever(model: Callable[[dict], str | None]) -> Callable[[Run], dict[str, str]]:
    """The files of an embedder or reranker, where it is a folder and not the id of one on the
    hub.
    """

    def of(run: Run) -> dict[str, str]:
        folder = expanded(model(run.settings) or "")
        files = raw_files(folder) if model(run.settings) and folder.is_dir() else ()
        return listing(files, run.plan / "cache/model.json")

    return of


def models(settings: dict) -> dict[str, str]:
    """The folders of the models that a scorer reads (METEOR, BERTScore), by name; those that are
    null left out.
    """
    named = settings.get("items", {}).get("models") or {}
    return {name: path for name, path in named.items() if path}


def _scorer(run: Run) -> dict[str, str]:
    found = {}
    for name, path in models(run.settings).items():
        files = (replace(file, name=f"{name}/{file.name}") for file in raw_files(expanded(path)))
        found |= listing(files, run.plan / f"cache/{name}.json")
    return found


# Stage → (name of the list in the plan, whether these settings read such a thing, what lists it):
# data of which the settings know no hash.
OUTSIDE: dict[str, tuple[str, Callable[[dict], object], Callable[[Run], dict[str, str]]]] = {
    "knowledge": ("statutes", lambda settings: settings.get("kind") == "statutes", _statutes),
    "filter": ("benchmarks", lambda settings: settings["decontaminate_against"], _benchmarks),
    "base_model": ("model", lambda settings: settings.get("path"), _weights),
    "embed": ("model", _embedder, _retriever(_embedder)),
    "index": ("model", _reranker, _retriever(_reranker)),
    "score": ("models", models, _scorer),
}


def outside(run: Run) -> Path | None:
    """The list of what a run reads from outside the workflow, besides raw files; None if it reads
    nothing.
    """
    name, reads, _ = OUTSIDE.get(run.stage, ("", bool, None))
    return run.plan / "raw" / f"{name}.yaml" if name and reads(run.settings) else None


def write(run: Run, lock: Path) -> None:
    """The plan of a run: `results/.plan/<stage>/<key>/`."""
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
    if run.stage == "ingest":
        _raw(run)
    if path := outside(run):
        write_if_changed(path, to_yaml(OUTSIDE[run.stage][-1](run)))


def write_pages(lock: Path) -> None:
    """The code of the scripts that are no stages."""
    for script in PAGES:
        write_if_changed(PLANS / script / "code.yaml", to_yaml(fingerprint.code(script, {}, lock)))
