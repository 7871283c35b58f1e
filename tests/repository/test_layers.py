"""The packages form layers: each imports only what stands below it, so no two depend on each
other.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow/scripts"

# The parts of `lexpro`, packages and modules of the top level, from low to high.
ORDER = [
    # What everything may use, without plumbing or settings.
    "hashing", "union_find", "package_data", "encoding", "stage_names", "task_names", "records",
    "law",
    # Plumbing and schemas, outside the fingerprint of every result.
    "config", "workflow",
    "git_trees", "datasets", "bundle", "stats",
    "statutes", "corpus", "tasks", "retrieval", "examples", "models", "engines", "rewards", "training", "evaluation",
    "experts", "report", "dag", "resources", "asking", "sentencing", "checking", "serve", "cli", "__main__",
]  # fmt: skip


def _name(path: Path) -> str:
    parts = path.relative_to(SCRIPTS).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in (SCRIPTS / "lexpro").rglob("*.py")}


def _imported(path: Path) -> Iterator[str]:
    """The modules of `lexpro` that a file names in any import, for type checking only too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else node.module for name in inside]
        else:
            continue
        yield from (name for name in names if name in MODULES)


GRAPH = {name: set(_imported(path)) - {name} for name, path in MODULES.items()}


def _part(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def test_every_part_has_its_place_in_the_order():
    assert {_part(module) for module in MODULES} - {""} == set(ORDER)


def test_no_part_imports_one_above_it():
    upward = {
        (module, other)
        for module, imported in GRAPH.items()
        for other in imported
        if _part(module) and _part(other) and ORDER.index(_part(module)) < ORDER.index(_part(other))
    }
    assert not upward


def test_no_module_imports_itself_by_way_of_others():
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " → ".join((*above[above.index(module) :], module))
        if module not in done:
            for other in sorted(GRAPH[module]):
                visit(other, (*above, module))
            done.add(module)

    for module in sorted(GRAPH):
        visit(module, ())
