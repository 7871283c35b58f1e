"""The boundary between plumbing and science, over the real code: what an edit reaches, and what
each side may import.
"""

import ast
import importlib
import inspect
import pkgutil
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_origin

import pytest
from pydantic import BaseModel

import lexpro.config
from lexpro.config.base import Model
from lexpro.dag import builder
from lexpro.workflow import fingerprint
from lexpro.workflow.stage import lock_file

ROOT = Path(__file__).resolve().parents[2]
# The plumbing may import these besides itself.
BELOW_PLUMBING = {"lexpro.hashing"}


@pytest.fixture(scope="module")
def runs():
    """{stage, or stage and benchmark: a run of it} of an experiment with several benchmarks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        dag = builder.build(["smoke_benchmarks"], [])
    return {
        f"{run.stage} {run.settings.benchmark}" if run.stage in ("predict", "score") else run.stage: run
        for run in dag.runs.values()
    }


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the scripts, to edit."""
    copy = tmp_path_factory.mktemp("scripts") / "scripts"
    shutil.copytree(fingerprint.SCRIPTS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    return copy.resolve()


def fingerprints(runs, tree: Path) -> dict[str, dict]:
    return {
        name: fingerprint.code(run.stage, run.key_settings, lock_file(), tree) for name, run in runs.items()
    }


@pytest.fixture(scope="module")
def before(runs, tree):
    return fingerprints(runs, tree)


@pytest.fixture
def changed_by(runs, tree, before, monkeypatch):
    """Function: (file, edit of its text) → the stages whose fingerprint that changes."""

    def changed(name: str, edit) -> set[str]:
        path, parsed = (tree / name).resolve(), fingerprint._parsed
        text = path.read_text(encoding="utf-8")
        assert edit(text) != text
        # Only the edited file is parsed again.
        monkeypatch.setattr(
            fingerprint, "_parsed", lambda one: parsed.__wrapped__(one) if one == path else parsed(one)
        )
        try:
            path.write_text(edit(text), encoding="utf-8")
            after = fingerprints(runs, tree)
        finally:
            path.write_text(text, encoding="utf-8")
        return {stage for stage in runs if before[stage] != after[stage]}

    return changed


def replace(old: str, new: str):
    def edit(text: str) -> str:
        assert old in text, old
        return text.replace(old, new, 1)

    return edit


def another(text: str) -> str:
    return text + "\nANOTHER = 1\n"


@pytest.mark.parametrize(
    "name, edit",
    [
        pytest.param("disk.py", replace("the disk is full", "no space is left"), id="a message"),
        pytest.param("stage.py", replace('"finished in', '"done in'), id="a log line"),
        pytest.param("stage.py", replace("-> Path:", "-> object:"), id="a type hint"),
        pytest.param("errors.py", another, id="an error class"),
        pytest.param("parallel.py", another, id="the process pool"),
        pytest.param("fingerprint.py", another, id="the fingerprint"),
        pytest.param("../config/training.py", another, id="a schema"),
        pytest.param("../dag/builder.py", another, id="planning"),
    ],
)
def test_an_edit_of_the_plumbing_reaches_no_stage(changed_by, name, edit):
    assert changed_by(f"lexpro/workflow/{name}", edit) == set()


BENCHMARKS = ("consistency", "disc", "heldout", "judge", "judge_elements", "lawbench", "lexeval")
SCORES = {f"score {name}" for name in (*BENCHMARKS, "unseen_charges")}
PREDICTIONS = {name.replace("score", "predict") for name in SCORES}
# Benchmarks of the extraction parse documents that nobody has structured.
PARSED = {"structure", "predict judge_elements", "score judge_elements", "score judge"}


@pytest.mark.parametrize(
    "name, stages",
    [
        pytest.param("rewards/charge.py", {"grpo"}, id="a reward"),
        pytest.param("evaluation/metrics.py", SCORES, id="a metric"),
        pytest.param("evaluation/tasks/judge/scorer.py", {"score judge"}, id="a scorer"),
        pytest.param("corpus/parsing/amounts.py", PARSED, id="a parser"),
        # Readers also read the benchmarks that the filter compares with.
        pytest.param("corpus/readers/office.py", {"ingest", "filter"}, id="a reader"),
        pytest.param("tasks/prompts.py", {"tasks"} | PREDICTIONS | SCORES, id="a prompt"),
        pytest.param("training/muon.py", {"base_model", "sft", "grpo"}, id="an optimiser"),
        pytest.param("retrieval/dense.py", {"embed", "index"} | PREDICTIONS, id="an embedder"),
        pytest.param("report/figures.py", {"report"}, id="a figure"),
    ],
)
def test_an_edit_of_the_science_reaches_its_stages(changed_by, name, stages):
    assert changed_by(f"lexpro/{name}", another) == stages


def test_every_file_of_the_package_is_code_of_a_stage_or_outside_by_design(before, tree):
    """A data file that no fingerprint covers would change results unseen."""
    covered = {name for code in before.values() for name in code["modules"]}
    data = {
        path.relative_to(tree).as_posix()
        for path in (tree / "lexpro").rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc", ".md")
    }
    used = {path for path in data if path.replace("/", ".") in covered or _template(path) in covered}
    outside = {
        path for path in data - used if path.startswith(("lexpro/resources/", "lexpro/cli/", "lexpro/serve/"))
    }
    assert data == used | outside, sorted(data - used - outside)


def _template(path: str) -> str:
    package, _, name = path.partition("/templates/")
    return f"{package.replace('/', '.')}.templates/{name}"


def imported(path: Path) -> dict[str, set[str]]:
    """{project module: names taken of it} of a file."""
    taken: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                taken.setdefault(alias.name, set())
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                module = fingerprint.SCRIPTS.joinpath(*below.split("."))
                if module.with_suffix(".py").is_file() or module.is_dir():
                    taken.setdefault(below, set())
                else:
                    taken.setdefault(node.module, set()).add(alias.name)
    return {name: names for name, names in taken.items() if name.split(".")[0] == fingerprint.PROJECT}


def modules_of(package: str) -> list[Path]:
    return sorted(fingerprint.SCRIPTS.joinpath(*package.split(".")).rglob("*.py"))


@pytest.mark.parametrize("path", modules_of("lexpro.workflow"), ids=lambda path: path.stem)
def test_plumbing_imports_no_science(path):
    allowed = {"lexpro.config.load", "lexpro.config.base"} | BELOW_PLUMBING
    foreign = {name for name in imported(path) if not name.startswith("lexpro.workflow")}
    assert foreign <= allowed


def schemas() -> list[type[BaseModel]]:
    found = {}
    for info in pkgutil.iter_modules(lexpro.config.__path__, "lexpro.config."):
        for value in vars(importlib.import_module(info.name)).values():
            own = inspect.isclass(value) and value.__module__ == info.name
            if own and issubclass(value, BaseModel) and value is not Model:
                found[f"{info.name}.{value.__name__}"] = value
    return [pytest.param(model, id=name) for name, model in sorted(found.items())]


@pytest.mark.parametrize("model", schemas())
def test_schemas_hold_fields_and_validators_only(model):
    decorators = model.__pydantic_decorators__
    validators = decorators.field_validators.keys() | decorators.model_validators.keys()
    functions = {
        name
        for name, value in vars(model).items()
        if callable(value) or isinstance(value, property | classmethod | staticmethod)
        if not name.startswith(("__", "model_", "_abc_")) and name not in model.model_fields
    }
    assert functions <= validators


def _is_type(value: object) -> bool:
    return inspect.isclass(value) or get_origin(value) is not None


def taken_of_schemas(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """(module of `lexpro.config`, what of it a file imports or reads as an attribute)."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("lexpro.config"):
            continue
        names = {alias.name: alias.asname or alias.name for alias in node.names}
        if node.module != "lexpro.config":
            yield node.module, set(names)
            continue
        for name, bound in names.items():
            attributes = (one for one in ast.walk(tree) if isinstance(one, ast.Attribute))
            read = {
                one.attr for one in attributes if isinstance(one.value, ast.Name) and one.value.id == bound
            }
            yield f"lexpro.config.{name}", read


# What plans the workflow, or works on its results: no stage imports it.
NO_STAGE = ("lexpro.dag", "lexpro.cli", "lexpro.resources", "lexpro.asking", "lexpro.serve")


def test_no_stage_imports_what_works_on_results():
    for script in fingerprint.SCRIPTS.glob("*.py"):
        reached, _ = fingerprint.closure([script.stem])
        assert not [name for name in reached if name.startswith(("lexpro.asking", "lexpro.serve"))], (
            script.name
        )


def test_the_science_takes_types_of_the_schemas_and_no_values():
    """A constant or a function of a schema would decide results outside every fingerprint."""
    for path in modules_of("lexpro") + sorted(fingerprint.SCRIPTS.glob("*.py")):
        dotted = ".".join(path.relative_to(fingerprint.SCRIPTS).with_suffix("").parts)
        if fingerprint.is_plumbing(dotted) or dotted.startswith(NO_STAGE):
            continue
        for name, values in taken_of_schemas(ast.parse(path.read_text(encoding="utf-8"))):
            wrong = [one for one in values if not _is_type(getattr(importlib.import_module(name), one))]
            assert not wrong, f"{dotted} takes {wrong} of {name}"
