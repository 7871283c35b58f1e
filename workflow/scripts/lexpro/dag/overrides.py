"""What a user asks for on the command line: names of experiments, and changes on top of them.

A change is `group=choice` (a file of config/<group>/) or `stage.key=value`, the value written as in
the YAML files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from yaml import YAMLError

from lexpro.config.base import near
from lexpro.config.check import REQUEST, STAGES
from lexpro.workflow.errors import UserError

CONFIG = Path("config")
EXPERIMENT = "experiment"
HOW = "--config 'overrides=[sft=tiny,grpo.learning_rate=2e-5]'"
# Signs of a Chinese keyboard, for which those of a list are meant.
WIDE = {"，": ",", "、": ",", "＝": "=", "［": "[", "］": "]"}
# Where one of them can be nothing else: in a name, before another change, inside brackets.
MISTYPED = re.compile(r"^[^=]*?([，、＝［］])|([，、])\s*\+?[\w.-]+[=＝]|=\s*[\[{].*?([，＝［］])", re.DOTALL)
QUOTED = r"'[^']*'|\"[^\"]*\""


@dataclass(frozen=True)
class Change:
    """One override as it was written: for a group its choices, else the value of a key."""

    text: str
    key: tuple[str, ...]
    value: object
    is_group: bool

    @property
    def tree(self) -> dict:
        """The change as nested settings, as a YAML file would state it."""
        value = self.value
        for part in reversed(self.key):
            value = {part: value}
        return value

    def for_hydra(self) -> str:
        """A choice in Hydra's words: groups outside the defaults of config/config.yaml are added,
        others replaced.
        """
        (group,) = self.key
        names = ",".join(f"'{name}'" for name in self.value)
        return f"{'' if group in STAGES else '+'}{group}={f'[{names}]' if group == 'benchmark' else names}"


def request(config: dict, given: dict) -> tuple[list[str], list[str]]:
    """(names of experiments, overrides) of Snakemake's configuration; `given`: the part of it from
    the command line.

    Raises `UserError` on any other key there, and where no experiment is named.
    """
    for key in given:
        if key not in REQUEST:
            raise UserError(
                f"--config {key}=…: unknown key; {near(key, REQUEST)}allowed: {', '.join(REQUEST)}. A setting or a "
                f"choice is changed by {HOW}"
            )
    names = _texts("experiments", config.get("experiments"))
    if not names:
        raise UserError(
            f"experiments: none is named. There are: {', '.join(choices(EXPERIMENT))}. Name some in "
            "config/config.yaml, or by --config experiments=demo"
        )
    for name in names:
        _plain("experiments", name)
    return names, _texts("overrides", config.get("overrides"))


def _plain(key: str, text: str) -> None:
    """Raises `UserError` where a full-width sign stands for one of a list; one that belongs to a
    value is let be.
    """
    if found := MISTYPED.search(re.sub(QUOTED, "", text)):
        wide = next(sign for sign in found.groups() if sign)
        raise UserError(
            f"{key}: {text}: {wide} is a full-width sign, of a Chinese keyboard; write {WIDE[wide]} instead (a value "
            "that has the sign in it goes in quotes)"
        )


def _texts(key: str, value: object) -> list[str]:
    """`a,b`, `[a, b]` and what YAML made a list of say the same; commas inside brackets or quotes
    do not separate.
    """
    if isinstance(value, str):
        value = split(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        value = [str(value)]
    elif value is None:
        value = []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise UserError(f"{key}: is {value!r}; write names in a list, as {HOW} or --config experiments=demo")
    return [text.strip() for text in value if text.strip()]


def split(text: str) -> list[str]:
    """The parts of a list that is written as text."""
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    parts, depth = [""], 0
    for piece in re.findall(f"{QUOTED}|.", text, re.DOTALL):
        depth += (piece in "[{") - (piece in "]}")
        if piece == "," and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return parts


def choices(group: str) -> list[str]:
    return sorted(path.stem for path in (CONFIG / group).glob("*.yaml"))


def no_choice(group: str, name: object) -> str:
    there = choices(group)
    return f"config/{group} has no choice {str(name)!r}; {near(name, there)}there are: {', '.join(there)}."


def read(text: str) -> Change:
    """An override; raises `UserError` where it cannot be read, or names a choice that does not
    exist.
    """
    from omegaconf import OmegaConf  # a job reads the plan without it

    _plain("overrides", text)
    name, equals, value = text.lstrip("+").partition("=")
    name = name.strip()
    if not equals or not re.fullmatch(r"[\w-]+(\.[\w-]+)*", name):
        raise UserError(
            f"overrides: {text!r} is no change; write <stage>.<key>=<value> or <group>=<choice>, as {HOW}"
        )
    if name in (EXPERIMENT, *REQUEST):
        raise UserError(f"overrides: {text}: experiments are chosen by --config experiments=demo")
    if re.search(r"\s#", value) and value.strip()[:1] not in "'\"":
        raise UserError(f"overrides: {text}: what follows # would be a comment; put the value in quotes")
    try:
        value = OmegaConf.to_container(OmegaConf.create(f"value: {value}"), resolve=False)["value"]
    except YAMLError as error:
        reason = getattr(error, "problem", None) or str(error)
        raise UserError(
            f"overrides: {text}: the value is no YAML ({reason}); put text with signs of YAML (: # * & [ {{) in quotes"
        ) from error
    if "." in name or not choices(name):
        return Change(text, tuple(name.split(".")), value, is_group=False)
    if name != "benchmark" and isinstance(value, list):
        raise UserError(f"overrides: {text}: one choice is wanted; there are: {', '.join(choices(name))}")
    chosen = value if isinstance(value, list) else [value]
    for choice in chosen or [None]:
        if choice not in choices(name):
            raise UserError(f"overrides: {text}: {no_choice(name, 'null' if choice is None else choice)}")
    return Change(text, (name,), chosen, is_group=True)
