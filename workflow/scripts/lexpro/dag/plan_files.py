"""The files of a plan, which the inputs of a rule are.

They state the configuration, the code, and data that no stage has made. Each is written only if
its content changes, so that Snakemake sees no change where there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lexpro import datasets as registry
from lexpro.config.base import Model
from lexpro.config.base_model import Gguf, Pretrained
from lexpro.config.benchmark import Questions
from lexpro.config.knowledge import Statutes
from lexpro.corpus.readers.raw_files import raw_files
from lexpro.dag.runs import BY_PROVINCE, PLANS, Run
from lexpro.experts import exports
from lexpro.models.gguf import located
from lexpro.models.pretrained import WANTED
from lexpro.workflow import accepted, fingerprint
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded, read_json, to_yaml, write_if_changed, write_json
from lexpro.workflow.hash_cache import RawFile, listing
from lexpro.workflow.provenance import PROVENANCE
from lexpro.workflow.province_names import unescaped
from lexpro.workflow.stage import MANIFEST

# Commands that make something of finished runs: it is made again when their code changes.
PAGES = ("publish", "census")


def _raw(run: Run) -> None:
    """What lies in each province folder besides the files that the corpus stage wrote there."""
    corpus = run.upstream.get("corpus")
    manifest = Path("results", *corpus, MANIFEST) if corpus else None
    files = read_json(manifest)["files"] if manifest and manifest.is_file() else {}
    of_corpus: dict[str, dict[str, str]] = {}
    for name, value in files.items():
        top, _, rest = name.partition("/")
        if top == "raw" and "/" in rest:
            province, _, file = rest.partition("/")
            of_corpus.setdefault(province, {})[file] = value
    sizes = {}
    for province in run.provinces:
        made = of_corpus.get(province, {})
        extra = {}
        # A generator that has not run yet owns its folder: nothing there is the user's.
        if made or not corpus:
            present = list(raw_files(Path(run.raw) / unescaped(province)))
            listed = listing(present, run.plan / "cache" / f"{province}.json")
            extra = {name: value for name, value in listed.items() if made.get(name) != value}
            sizes[province] = sum(file.size for file in present)
        write_if_changed(run.plan / "raw" / f"{province}.yaml", to_yaml(extra))
    write_json(run.plan / "sizes.json", sizes if len(sizes) == len(run.provinces) else {})


def _statutes(run: Run) -> dict[str, str]:
    # Not above: jobs, which read this module only, would load Polars for nothing.
    from lexpro.statutes import collection

    hashes = {}
    for number, (folder, files) in enumerate(collection.sources(run.settings)):
        named = (RawFile(path, path.relative_to(folder).as_posix()) for path in sorted(files))
        listed = listing(named, run.plan / f"cache/statutes-{number}.json")
        hashes |= {f"{folder.name}/{name}": value for name, value in listed.items()}
    return hashes


def _benchmarks(run: Run) -> dict[str, str]:
    """Which benchmarks the filter can compare with on this machine, and their versions."""
    datasets = (registry.find(one.dataset) for one in run.settings.decontaminate_against)
    return {
        one.name: registry.pin(one) if registry.present(one, registry.CACHE) else "absent" for one in datasets
    }


def _weights(run: Run) -> dict[str, str]:
    """The files of a pretrained model that are read of this machine: a folder, or one GGUF file."""
    if isinstance(run.settings, Gguf):
        file = located(run.settings)
        return listing([RawFile(file, file.name)], run.plan / "cache/model.json")
    folder = expanded(run.settings.path)
    if not folder.is_dir():
        raise UserError(
            f"base_model.path: {folder} is not a folder. Set it to a folder with config.json and *.safetensors."
        )
    files = (RawFile(path, path.name) for pattern in WANTED for path in sorted(folder.glob(pattern)))
    return listing((file for file in files if file.path.is_file()), run.plan / "cache/model.json")


def _model(run: Run) -> str | None:
    """The embedder of `embed`, the reranker of `index`: a folder, or the id of one on the hub."""
    if run.stage == "embed":
        return getattr(run.settings, "model", None)
    return run.settings.reranker.model if run.settings.reranker else None


def _retriever(run: Run) -> dict[str, str]:
    """The files of an embedder or reranker, where it is a folder."""
    folder = expanded(_model(run))
    return listing(raw_files(folder) if folder.is_dir() else (), run.plan / "cache/model.json")


def scorer_models(settings: Model) -> dict[str, str]:
    """The folders of the models that a scorer reads (METEOR, BERTScore), by name."""
    models = settings.items.models if isinstance(settings.items, Questions) else {}
    return {name: path for name, path in models.items() if path}


def _scorer(run: Run) -> dict[str, str]:
    hashes = {}
    for name, path in scorer_models(run.settings).items():
        files = (replace(file, name=f"{name}/{file.name}") for file in raw_files(expanded(path)))
        hashes |= listing(files, run.plan / f"cache/{name}.json")
    return hashes


def _outputs(run: Run) -> dict[str, str]:
    """The files of other systems' outputs."""
    named = {name: expanded(system.path) for name, system in run.settings.systems.items()}
    if missing := next((name for name, path in named.items() if not path.is_file()), None):
        raise UserError(f"expert_sheet.systems.{missing}.path: {named[missing]} is no file.")
    return listing((RawFile(path, name) for name, path in named.items()), run.plan / "cache/outputs.json")


def _ratings(run: Run) -> dict[str, str]:
    """The exports of the experts' ratings."""
    place = expanded(run.settings.ratings)
    files = exports.files(place)
    if not files or not all(path.is_file() for path in files):
        raise UserError(f"expert.ratings: {place} holds no export (*.jsonl, *.csv): see docs/experts.md.")
    return listing((RawFile(path, path.name) for path in files), run.plan / "cache/ratings.json")


def _accepted(run: Run) -> dict[str, list[dict]]:
    """The accepted code changes of the runs that a report shows."""
    ledgers = {f"{stage}/{key}": accepted.entries(stage, key) for stage, key in run.upstream.values()}
    return {name: entries for name, entries in ledgers.items() if entries}


# Stage → (name of the list in the plan, whether a run reads such a thing, what lists it): data of
# which the settings know no hash.
OUTSIDE: dict[str, tuple[str, Callable[[Run], object], Callable[[Run], dict]]] = {
    "knowledge": ("statutes", lambda run: isinstance(run.settings, Statutes), _statutes),
    "filter": ("benchmarks", lambda run: run.settings.decontaminate_against, _benchmarks),
    "base_model": (
        "model",
        lambda run: (
            isinstance(run.settings, Gguf) or (isinstance(run.settings, Pretrained) and run.settings.path)
        ),
        _weights,
    ),
    "embed": ("model", _model, _retriever),
    "index": ("model", _model, _retriever),
    "score": ("models", lambda run: scorer_models(run.settings), _scorer),
    "expert_sheet": ("outputs", lambda run: run.settings.systems, _outputs),
    "expert": ("ratings", lambda run: True, _ratings),
    "report": ("accepted", lambda run: True, _accepted),
}


def outside(run: Run) -> Path | None:
    """The list of what a run reads that no stage has made, besides raw files; None if nothing."""
    if run.stage not in OUTSIDE:
        return None
    name, reads, _ = OUTSIDE[run.stage]
    return run.plan / "raw" / f"{name}.yaml" if reads(run) else None


def code(run: Run, lock: Path) -> accepted.Code:
    """The code of a run as Snakemake is to compare it.

    Args:
        run: the run.
        lock: lock file with the versions of packages.

    Returns:
        The code as it is now; where the run is finished and the changes since are accepted, the
        code that it was made with.
    """
    now = fingerprint.code(run.stage, run.key_settings, lock)
    ledgered = accepted.entries(run.stage, run.key)
    made = accepted.made_with(part / PROVENANCE for part in run.finished) if ledgered else None
    return accepted.as_made(made, now, ledgered) if made else now


def write(run: Run, lock: Path) -> None:
    """Write the plan of a run: `results/.plan/<stage>/<key>/`.

    Args:
        run: the run.
        lock: lock file with the versions of packages.

    Raises:
        UserError: the folder of a pretrained model is missing.
    """
    config = {
        "stage": run.stage,
        "key": run.key,
        "out": run.out.as_posix(),
        "inputs": {name: f"results/{stage}/{key}" for name, (stage, key) in run.upstream.items()},
        "settings": run.key_settings,
    }
    if run.raw:
        config["raw"] = run.raw
    if run.provinces and run.stage not in BY_PROVINCE:
        config["provinces"] = list(run.provinces)
    write_if_changed(run.plan / "config.yaml", to_yaml(config))
    write_if_changed(run.plan / "code.yaml", to_yaml(code(run, lock)))
    write_if_changed(run.plan / "runtime.yaml", to_yaml(run.runtime))
    if run.stage == "ingest":
        _raw(run)
    if path := outside(run):
        write_if_changed(path, to_yaml(OUTSIDE[run.stage][-1](run)))


def write_pages(lock: Path) -> None:
    """Write the code of the commands that are no stages.

    Args:
        lock: lock file with the versions of packages.
    """
    for script in PAGES:
        write_if_changed(PLANS / script / "code.yaml", to_yaml(fingerprint.code(script, {}, lock)))
