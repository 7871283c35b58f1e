"""What is made from the schemas: the reference page and the JSON schemas of config/.

`lexpro schema` (lexpro/cli/schema.py) writes `docs/configuration.md` and
`config/schema/<stage>.json`, or prints how they differ from the schemas.
"""

from __future__ import annotations

import difflib
import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, NoDefault

from lexpro.config.experiment import GROUPS, REQUEST

PAGE = Path("docs/configuration.md")
SCHEMAS = Path("config/schema")
# Groups of config/ whose files change the settings of a stage.
CHANGES = {"grpo_loss": "grpo"}
INTRODUCTION = """# Configuration reference

Every key that a YAML file of `config/` may state, with its default. This page is made from the
schemas in `workflow/scripts/lexpro/config/` by `lexpro schema --write`.

* `config/config.yaml` names the experiments and chooses one file of each stage.
  `config/experiment/<name>.yaml` chooses others and changes keys.
* `config/<stage>/<choice>.yaml` states what differs from the defaults below; any key with a default
  may be left out. Files whose name begins with `_` are bases that others build on.
* On the command line: `--config 'overrides=[sft=tiny,grpo.learning_rate=2e-5]'`.
* `runtime` says how a stage runs (threads, memory, devices), never what it computes: it is no part
  of the key of a result, and changing it reruns nothing.

Nested keys are dotted: `runtime.threads` is `threads` under `runtime`. `[]` is one entry of a list.
A key is required where its default is —.
"""


class _Generator(GenerateJsonSchema):
    """JSON schemas with the defaults that factories make."""

    def get_default_value(self, schema):
        factory = schema.get("default_factory")
        if factory and not schema.get("default_factory_takes_data"):
            return factory()
        return super().get_default_value(schema) if "default" in schema else NoDefault


def _schema(annotation: object) -> dict:
    return TypeAdapter(annotation).json_schema(schema_generator=_Generator)


def _settings(stage: str) -> object:
    module = importlib.import_module(f"lexpro.config.{stage}")
    return module.Judgments | module.Questions if stage == "benchmark" else module.Settings


# --- JSON schemas


def _partial(node: object) -> object:
    """A schema of files that others complete: nothing is required, and of several choices one fits.

    A union that is told apart by `kind` is open where a file does not state it.
    """
    if isinstance(node, list):
        return [_partial(one) for one in node]
    if not isinstance(node, dict):
        return node
    left_out = ("required", "discriminator", "title")
    kept = {
        name: value
        for name, value in node.items()
        if name not in left_out or not isinstance(value, (list, dict, str))
    }
    return {"anyOf" if name == "oneOf" else name: _partial(value) for name, value in kept.items()}


def _file_schema(stage: str) -> dict:
    """The JSON schema of a file of config/<stage>/."""
    made: Any = _partial(_schema(_settings(stage)))
    for top in made.get("anyOf", [made]):
        model = made["$defs"][top["$ref"].rpartition("/")[2]] if "$ref" in top else top
        built_on = {"type": "array", "description": "Files that this one builds on, and _self_."}
        model["properties"] = {"defaults": built_on} | model["properties"]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | made


def _experiment_schema() -> dict:
    """The JSON schema of config/config.yaml and of the files of config/experiment/."""
    own = _file_schema("experiment")
    stages = {
        stage: {"$ref": f"{stage}.json"}
        if stage != "benchmark"
        else {
            "type": "object",
            "description": "Settings of each benchmark that is asked, by its name.",
            "additionalProperties": {"$ref": "benchmark.json"},
        }
        for stage in GROUPS
    }
    listed = {"type": ["array", "string"], "items": {"type": "string"}}
    request = {key: {"description": text} | listed for key, text in REQUEST.items()}
    return {**own, "properties": own["properties"] | stages | request}


def schemas() -> dict[str, dict]:
    """Name of a file of config/schema/ → JSON schema."""
    made = {f"{stage}.json": _file_schema(stage) for stage in (*GROUPS, "reward_gates")}
    return made | {"experiment.json": _experiment_schema()}


# --- the page


def _value(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return (
        f"`{text.replace('|', chr(92) + '|')}`"
        if len(text) <= 240
        else f"{len(value)} entries: config/schema/"
    )


def _bounds(node: dict) -> str:
    signs = (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
    bounds = [f"{sign} {node[name]:g}" for name, sign in signs if name in node]
    if (node.get("minimum"), node.get("maximum")) == (0, 1):
        bounds = ["0 to 1"]
    if node.get("minItems") or node.get("minLength"):
        bounds.append("not empty")
    return ", ".join(bounds)


def _type(node: dict) -> str:
    """A type in words, with its bounds."""
    if "anyOf" in node or "oneOf" in node:
        kinds = [_type(one) for one in node.get("anyOf") or node["oneOf"]]
        return " or ".join(dict.fromkeys(kind for kind in kinds if kind))
    if "const" in node or "enum" in node:
        return ", ".join(f"`{value}`" for value in node.get("enum") or [node["const"]])
    if "$ref" in node or "properties" in node:
        return "keys below"
    kind = node.get("type", "any")
    if kind == "array":
        item = node["items"]
        kind = "list of entries" if "$ref" in item else f"list of {_type(item)}"
    elif kind == "object":
        values = node.get("additionalProperties")
        names = f"{_type(node['propertyNames'])}" if "propertyNames" in node else "names"
        kind = f"{names} → {_type(values) if isinstance(values, dict) else 'any'}"
    else:
        kind = {"string": "text", "boolean": "true, false"}.get(kind, kind)
    bounds = _bounds(node)
    return f"{kind}{',' if bounds[0].isalpha() else ''} {bounds}" if bounds else kind


def _inner(node: dict, definitions: dict) -> Iterator[tuple[str, dict]]:
    """(what is put behind the key, schema of a model) of all models that a field may hold."""
    for one in node.get("anyOf", node.get("oneOf", [node])):
        if "$ref" in one:
            yield "", definitions[one["$ref"].rpartition("/")[2]]
        elif one.get("type") == "array" and "$ref" in one.get("items", {}):
            yield "[]", definitions[one["items"]["$ref"].rpartition("/")[2]]


def _rows(model: dict, definitions: dict, above: str = "") -> Iterator[tuple[str, str, str, str]]:
    """(key, type, default, description) of all fields of a model, nested ones too."""
    for name, node in model["properties"].items():
        models = list(_inner(node, definitions))
        default = node.get("default", ... if name in model.get("required", ()) else None)
        shown = "—" if default is ... else "see text" if "default" not in node else _value(default)
        if models and isinstance(default, dict):
            shown = ""
        yield f"{above}{name}", _type(node), shown, node.get("description", "")
        for suffix, inner in models:
            label = next(
                (f"{key}: {part['const']}" for key, part in inner["properties"].items() if "const" in part),
                "",
            )
            if label and len(models) > 1:
                yield f"{above}{name}", f"with `{label}`", "", inner.get("description", "").split("\n\n")[0]
            yield from _rows(inner, definitions, f"{above}{name}{suffix}.")


def _table(model: dict, definitions: dict) -> str:
    lines = ["| key | type and bounds | default | description |", "| --- | --- | --- | --- |"]
    for key, kind, default, description in _rows(model, definitions):
        text = " ".join(description.split()).replace("|", "\\|")
        lines.append(f"| `{key}` | {kind} | {default} | {text} |")
    return "\n".join(lines)


def _title(path: Path) -> str:
    """What a file is: the comment at its top."""
    told = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            break
        if not line.startswith(("# @package", "# yaml-language-server")):
            told.append(line.lstrip("# "))
    text = " ".join(told)
    return text if text.endswith((".", ":")) or not text else f"{text}."


def _files(group: str, config: Path) -> str:
    paths = sorted((config / group).glob("*.yaml"))
    return "\n".join(f"* `{path.stem}`: {_title(path)}" for path in paths)


def _section(stage: str, config: Path) -> str:
    made = _schema(_settings(stage))
    definitions = made.get("$defs", {})
    members = [(one["$ref"].rpartition("/")[2]) for one in made.get("oneOf", made.get("anyOf", []))]
    parts = [f"## {stage}", str(importlib.import_module(f"lexpro.config.{stage}").__doc__).split("\n\n")[0]]
    if (config / stage).is_dir():
        parts.append(f"Files of `config/{stage}/`:\n\n{_files(stage, config)}")
    parts += [
        f"On top of them, `config/{group}/` (`overrides=[+{group}=…]`):\n\n{_files(group, config)}"
        for group, changed in CHANGES.items()
        if changed == stage
    ]
    for name in members or [None]:
        model = definitions[name] if name else made
        tag = next(
            (f"{key}: {part['const']}" for key, part in model["properties"].items() if "const" in part), name
        )
        if name:
            parts.append(f"### {stage}, {f'`{tag}`' if ':' in tag else tag}")
        if told := model.get("description"):
            parts.append(told)
        parts.append(_table(model, definitions))
    return "\n\n".join(
        " ".join(part.split("\n")) if part.startswith("Settings of") else part for part in parts
    )


def page(config: Path) -> str:
    """The reference page.

    Args:
        config: the folder config/, for what its files say they are.
    """
    sections = [_section(stage, config) for stage in ("experiment", *GROUPS)]
    return "\n\n".join([INTRODUCTION.strip(), *sections]) + "\n"


def files(root: Path) -> dict[Path, str]:
    """Path below the checkout → text, of all files that are made from the schemas."""
    made = {
        SCHEMAS / name: json.dumps(schema, ensure_ascii=False, indent=1) + "\n"
        for name, schema in schemas().items()
    }
    return {PAGE: page(root / "config"), **made}


def differences(root: Path) -> str:
    """A diff from the files that are there to what the schemas say; empty if they agree."""
    parts: list[str] = []
    for path, text in files(root).items():
        there = (root / path).read_text(encoding="utf-8") if (root / path).is_file() else ""
        parts += difflib.unified_diff(
            there.splitlines(keepends=True), text.splitlines(keepends=True), str(path), f"{path} (schemas)"
        )
    return "".join(parts)


def write(root: Path) -> None:
    """Write all files that are made from the schemas."""
    for path, text in files(root).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
