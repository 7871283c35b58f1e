"""What all settings models have in common, and the check of a composed experiment against them.

Each stage has a module here with a pydantic model `Settings` (or a union of models told apart by `kind`). Only the
planner imports them: a stage reads the plain YAML that has passed.
"""

from __future__ import annotations

import difflib
import importlib
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from lexpro.errors import UserError

STAGES = (
    "corpus",
    "ingest",
    "structure",
    "filter",
    "knowledge",
    "tasks",
    "base_model",
    "sft",
    "grpo",
    "embed",
    "index",
    "benchmark",
    "predict",
    "score",
    "report",
)

# Shorthands of the models.
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[int, Field(ge=1)]
Count = Annotated[int, Field(ge=0)]


class Model(BaseModel):
    """Settings in a YAML file: nothing unknown, no silent conversion of text to numbers."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Runtime(Model):
    """How a stage runs, never what it computes."""

    gpus: Count = 0
    nodes: Positive = 1
    threads: Positive = 2
    mem_mb: Positive = 4000
    minutes: Positive = 120


class Experiment(Model):
    """The keys of config/config.yaml outside the stages."""

    variants: list[Literal["base", "sft", "grpo"]] = Field(min_length=1)
    retrieval: list[Literal["none", "rag"]] = Field(min_length=1)


def _at(tree: object, path: tuple) -> bool:
    for key in path:
        if not isinstance(tree, dict) or key not in tree:
            return False
        tree = tree[key]
    return True


def _file(stage: str, choice: str, path: tuple, experiment: str) -> str:
    """The file that set a value: the experiment's own, if it names the key, else that of the choice."""
    own = Path("config/experiment") / f"{experiment}.yaml"
    tree = yaml.safe_load(own.read_text(encoding="utf-8")) or {}
    return str(own) if _at(tree, (stage, *path)) or stage == "config" else f"config/{stage}/{choice}.yaml"


def _names(path: tuple) -> tuple:
    """A location in the settings: without the tags that pydantic adds for members of a union."""
    return tuple(part for part in path if not (isinstance(part, str) and part.startswith("kind=")))


def _fields(adapter: TypeAdapter, settings: dict) -> list[str]:
    schema = adapter.json_schema()
    variants = [schema, *schema.get("$defs", {}).values()]
    return sorted({name for variant in variants for name in variant.get("properties", {})})


def _say(error: dict, allowed: list[str]) -> str:
    name = str(error["loc"][-1]) if error["loc"] else ""
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(name, allowed, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        return f"unknown key; {hint}allowed: {', '.join(allowed)}"
    if error["type"] == "missing":
        return "is missing"
    given = error["input"]
    return error["msg"] + ("" if isinstance(given, dict) else f" (it is {given!r})")


def check(stage: str, settings: dict, choice: str, experiment: str, under: tuple = ()) -> list[str]:
    """What is wrong with the settings of one stage, or of its part `under`: a line each, naming file and key."""
    module = importlib.import_module(f"lexpro.settings.{stage}")
    # Benchmarks are of two sorts, told apart by what they say.
    adapter = TypeAdapter(module.model(settings) if hasattr(module, "model") else module.Settings)
    try:
        adapter.validate_python(settings)
    except ValidationError as error:
        found = []
        for item in error.errors():
            path = tuple(
                p
                for p in item["loc"]
                if not (isinstance(p, str) and p == settings.get("kind") and p == item["loc"][0])
            )
            path = (*under, *path)
            where = _file(stage, choice, path, experiment)
            found.append(
                f"{where}: {'.'.join(map(str, (stage, *path)))}: {_say(item, _fields(adapter, settings))}"
            )
        return found
    return []


def validate(config: dict, choices: dict, experiment: str) -> dict:
    """Check a composed experiment; raises `UserError` with a line for each thing that is wrong."""
    rest = {key: value for key, value in config.items() if key not in (*STAGES, "experiments", "overrides")}
    allowed = ["variants", "retrieval", *STAGES]
    own = f"config/experiment/{experiment}.yaml"
    found = [f"{own}: {'.'.join(map(str, e['loc']))}: {_say(e, allowed)}" for e in _errors(Experiment, rest)]
    for stage in STAGES:
        if stage == "benchmark":
            for name, settings in config[stage].items():
                found += check(stage, settings, name, experiment, (name,))
        else:
            found += check(stage, config[stage], choices[stage], experiment)
    if not found and (config["sft"]["method"] == "full") != (config["grpo"]["method"] == "full"):
        where = _file("grpo", choices["grpo"], ("method",), experiment)
        found.append(
            f"{where}: grpo.method: is {config['grpo']['method']}, but "
            f"sft.method is {config['sft']['method']}: GRPO trains on what SFT left, an adapter (lora, also after "
            "qlora) or all weights (full)"
        )
    if found:
        raise UserError("the configuration cannot be used:\n  " + "\n  ".join(found))
    return config


def _errors(model: type[Model], value: dict) -> list[dict]:
    try:
        model.model_validate(value)
    except ValidationError as error:
        return error.errors()
    return []
