"""A composed experiment against the schemas: which keys are wrong, and what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from lexpro.config import experiment
from lexpro.config.base import Model, suggestion
from lexpro.config.experiment import GROUPS, REQUEST
from lexpro.config.load import schema


@dataclass(frozen=True)
class Problem:
    """What is wrong with one key, or with several that do not go together."""

    keys: tuple[tuple, ...]
    says: str
    # The (one) key is nowhere, and has to be.
    missing: bool = False


class Checker:
    """Settings as typed objects, with their defaults, and all that is wrong with them.

    Attributes:
        settings: place → the object of each part that is right by itself. Places are `()` (the
            experiment outside its stages), `(stage,)`, and `("benchmark", name)`.
        problems: all that is wrong with the others.
    """

    def __init__(self, config: dict, benchmarks: Iterable[str]):
        """Check a composed experiment.

        Args:
            config: the composed settings.
            benchmarks: names of the chosen benchmarks.
        """
        self.settings: dict[tuple, Model] = {}
        self.problems: list[Problem] = []
        rest = {key: value for key, value in config.items() if key not in (*GROUPS, *REQUEST)}
        if "experiment" in rest:
            self._wrong((("experiment",),), "the file has to begin with the line: # @package _global_")
            return
        self._validate(experiment.Settings, rest, (), extra=GROUPS)
        for stage in GROUPS:
            settings = config.get(stage)
            if stage not in config:
                self._wrong(((stage,),), "is missing: every stage has its settings", missing=True)
            elif not isinstance(settings, dict):
                self._wrong(((stage,),), f"has to hold the settings of the stage (it is {settings!r})")
            elif stage == "benchmark":
                self._benchmarks(settings, list(benchmarks))
            else:
                self._validate(schema(stage), settings, (stage,))

    def _wrong(self, keys: tuple[tuple, ...], says: str, missing: bool = False) -> None:
        self.problems.append(Problem(keys, says, missing))

    def _benchmarks(self, settings: dict, chosen: list[str]) -> None:
        """Of all that lies under `benchmark`: those that are chosen; no others can be changed."""
        for name in dict.fromkeys([*chosen, *settings]):
            path, value = ("benchmark", name), settings.get(name)
            if not isinstance(value, dict):
                says = f"is no benchmark; its file has to begin with the line: # @package benchmark.{name}"
                self._wrong((path,), says if name in chosen else says.replace(name, "<its name>"))
            elif name in chosen:
                self._validate(schema("benchmark", value), value, path)
            else:
                says = f"is no chosen benchmark; {suggestion(name, chosen)}chosen: {', '.join(chosen)}"
                self._wrong((path,), f"{says}. More are chosen by benchmark=[heldout,…]")

    def _validate(self, model: Any, settings: object, path: tuple, extra: tuple = ()) -> None:
        """Keep the object of settings that lie at `path`, or what is wrong with them.

        Args:
            model: their schema.
            settings: as the files state them.
            path: where they lie in the experiment.
            extra: keys that are allowed beside those of the model.
        """
        try:
            self.settings[path] = TypeAdapter(model).validate_python(settings)
        except ValidationError as error:
            by_keys: dict[tuple, Problem] = {}
            for item in error.errors():
                # A default that depends on other settings, one of which is wrong.
                if item["type"] == "default_factory_not_called":
                    continue
                problem = _problem(item, model, path, extra)
                # Each member of a union says what it wants.
                other = by_keys.get(problem.keys)
                by_keys[problem.keys] = (
                    Problem(problem.keys, f"{other.says}, or {problem.says}") if other else problem
                )
            self.problems += by_keys.values()

    def dump(self) -> dict:
        """The settings as plain data, complete with all defaults."""
        config: dict = {**self.settings[()].model_dump(), "benchmark": {}}
        for path, settings in self.settings.items():
            if len(path) == 2:
                config["benchmark"][path[1]] = settings.model_dump()
            elif path:
                config[path[0]] = settings.model_dump()
        return config


def _problem(error: dict, model: Any, path: tuple, extra: tuple) -> Problem:
    below, inside, siblings = _place(model, error["loc"])
    here = (*path, *below)
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "clash":
        return Problem(tuple((*here, *key.split(".")) for key in context["keys"]), context["message"])
    if kind.startswith("union_tag"):
        here = (*here, context["discriminator"].strip("'"))
        if kind == "union_tag_not_found":
            return Problem((here,), "is missing", missing=True)
        return Problem((here,), _choice(context["tag"], context["expected_tags"]))
    if kind == "literal_error":
        return Problem((here,), _choice(value, context["expected"]))
    if kind == "extra_forbidden":
        if says := _of_a_sibling(here, inside, siblings):
            return says
        allowed = [*(inside.model_fields if inside else ()), *extra]
        return Problem((here,), f"unknown key; {suggestion(here[-1], allowed)}allowed: {', '.join(allowed)}")
    if kind == "missing":
        return Problem((here,), "is missing", missing=True)
    if kind == "value_error":
        return Problem((here,), str(context["error"]))
    says = error["msg"].replace("Input should", "should")
    # YAML reads 2023_01 and 20230101 as numbers, yes as true.
    if kind == "string_type" and isinstance(value, (bool, int, float)):
        return Problem((here,), f"{says} (it is {value!r}); put the value in quotes: '…'")
    return Problem((here,), says if isinstance(value, dict) else f"{says} (it is {value!r})")


def _of_a_sibling(key: tuple, inside: type[BaseModel] | None, siblings: list) -> Problem | None:
    """The clash of a key with `kind` or `module` beside it, where another choice has such a key."""
    having = [sibling for sibling in siblings if key[-1] in sibling.model_fields]
    if inside is None or not having:
        return None
    # What tells the members of a union apart: the literal that all of them have.
    tag = next(
        name
        for name, field in inside.model_fields.items()
        if get_origin(field.annotation) is Literal
        and all(name in sibling.model_fields for sibling in siblings)
    )
    chosen, *wanted = (get_args(member.model_fields[tag].annotation)[0] for member in (inside, *having))
    name, by = ".".join(map(str, key)), ".".join(map(str, (*key[:-1], tag)))
    return Problem(
        (key, (*key[:-1], tag)),
        f"exclude each other: {name} is a setting of {by}: {' or '.join(wanted)}, not of {chosen}. Take it out (where "
        f"an experiment says it, take another experiment), or choose another {key[0]} (overrides=[{key[0]}=…])",
    )


def _choice(value: object, expected: str) -> str:
    allowed = re.findall(r"'([^']*)'", expected) or [expected]
    return f"is {value!r}; {suggestion(value, allowed)}allowed: {', '.join(allowed)}"


def _place(annotation: Any, loc: tuple) -> tuple[tuple, type[BaseModel] | None, list]:
    """The place of an error in the settings.

    Pydantic's location also names the member of a union that it tried, which is no key of the
    settings.

    Args:
        annotation: type of what was validated.
        loc: pydantic's location of the error.

    Returns:
        The keys that lead to the place, the model that the last of them is in, and all members of
        the union that this model was chosen from.
    """
    path, inside, siblings, union = [], None, [], []
    for part in loc:
        if part == "[key]":
            break
        candidates = members(annotation)
        if len(candidates) > 1:
            annotation, union = next((m for m in candidates if _is_member(m, part)), None), candidates
            continue
        annotation = candidates[0] if candidates else None
        inside = annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None
        siblings, union = union, []
        path.append(part)
        if inside:
            field = inside.model_fields.get(part)
            annotation = field.annotation if field else None
        else:
            annotation = (get_args(annotation) or (None,))[-1]
    return tuple(path), inside, siblings


def members(annotation: Any) -> list:
    """The types that an annotation stands for, None left out."""
    if get_origin(annotation) is Annotated:
        return members(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [member for one in get_args(annotation) for member in members(one)]
    return [] if annotation in (None, type(None)) else [annotation]


def _is_member(member: Any, tag: object) -> bool:
    """Whether a member of a union is the one whose discriminator has this value."""
    fields = getattr(member, "model_fields", {})
    return any(tag in get_args(field.annotation) for field in fields.values() if get_args(field.annotation))
