"""What a user asks for on the command line: names of experiments, and changes on top of them.

A change is `group=choice` (a file of config/<group>/) or `stage.key=value`, the value written as in
the YAML files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from yaml import YAMLError

from lexpro.config.base import suggestion
from lexpro.config.experiment import GROUPS, REQUEST
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
    """One override: for a group its choices, else the value of a key, as a YAML file states it."""

    text: str
    key: str
    # Choices of a group; empty for the value of a key.
    chosen: tuple[str, ...] = ()
    # The value of a key, as OmegaConf reads it (`key=value`) and as nested settings.
    dotted: str = ""
    tree: dict = field(default_factory=dict)

    def for_hydra(self) -> str:
        """A choice in Hydra's words; groups outside the defaults of config.yaml are added."""
        names = ",".join(f"'{name}'" for name in self.chosen)
        added = "" if self.key in GROUPS else "+"
        return f"{added}{self.key}={f'[{names}]' if self.key == 'benchmark' else names}"


def request(config: dict, on_command_line: dict) -> tuple[list[str], list[str]]:
    """What Snakemake is asked for.

    Args:
        config: Snakemake's configuration.
        on_command_line: the part of it that comes from the command line.

    Returns:
        Names of experiments, and overrides.

    Raises:
        UserError: another key is given, or no experiment is named.
    """
    for key in on_command_line:
        if key not in REQUEST:
            raise UserError(
                f"--config {key}=…: unknown key; {suggestion(key, REQUEST)}allowed: {', '.join(REQUEST)}. A "
                f"setting or a choice is changed by {HOW}"
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
    """Raises `UserError` where a full-width sign stands for a sign of lists, not in a value."""
    if mistyped := MISTYPED.search(re.sub(QUOTED, "", text)):
        wide = next(sign for sign in mistyped.groups() if sign)
        raise UserError(
            f"{key}: {text}: {wide} is a full-width sign, of a Chinese keyboard; write {WIDE[wide]} instead (a value "
            "that has the sign in it goes in quotes)"
        )


def _texts(key: str, value: object) -> list[str]:
    """The texts of `a,b`, `[a, b]` or a list; commas inside brackets or quotes do not separate."""
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


def choices(group: str, config: Path = CONFIG) -> list[str]:
    """The files of a group, without those that only others build on (`_paper.yaml`)."""
    return sorted(path.stem for path in (config / group).glob("[!_]*.yaml"))


def no_choice(group: str, name: object) -> str:
    """The message where a group has no such file."""
    there = choices(group)
    return (
        f"config/{group} has no choice {str(name)!r}; {suggestion(name, there)}there are: {', '.join(there)}."
    )


def read(text: str) -> Change:
    """An override as it is written on the command line.

    Raises:
        UserError: it cannot be read, or names a choice that does not exist.
    """
    from omegaconf import OmegaConf  # a job reads the plan without it

    _plain("overrides", text)
    key, equals, value = text.lstrip("+").partition("=")
    key = key.strip()
    if not equals or not re.fullmatch(r"[\w-]+(\.[\w-]+)*", key):
        raise UserError(
            f"overrides: {text!r} is no change; write <stage>.<key>=<value> or <group>=<choice>, as {HOW}"
        )
    if key in (EXPERIMENT, *REQUEST):
        raise UserError(f"overrides: {text}: experiments are chosen by --config experiments=demo")
    if re.search(r"\s#", value) and value.strip()[:1] not in "'\"":
        raise UserError(f"overrides: {text}: what follows # would be a comment; put the value in quotes")
    try:
        dotted = f"{key}={value}"
        tree = OmegaConf.to_container(OmegaConf.from_dotlist([dotted]))
    except YAMLError as error:
        reason = getattr(error, "problem", None) or str(error)
        raise UserError(
            f"overrides: {text}: the value is no YAML ({reason}); put text with signs of YAML (: # * & [ {{) in quotes"
        ) from error
    if "." in key or not choices(key):
        return Change(text, key, dotted=dotted, tree=tree)
    chosen = tree[key] if isinstance(tree[key], list) else [tree[key]]
    if key != "benchmark" and isinstance(tree[key], list):
        raise UserError(f"overrides: {text}: one choice is wanted; there are: {', '.join(choices(key))}")
    for choice in chosen or [None]:
        if choice not in choices(key):
            raise UserError(f"overrides: {text}: {no_choice(key, 'null' if choice is None else choice)}")
    return Change(text, key, chosen=tuple(chosen))
