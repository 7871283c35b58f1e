"""An experiment's settings, composed by Hydra and checked.

An error names the file that set the key: the last of the composed files, or of the overrides, that
has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter
from yaml import MarkedYAMLError, YAMLError

from lexpro.config.base import Model, suggestion
from lexpro.config.check import Checker, Problem
from lexpro.config.experiment import REQUEST
from lexpro.config.load import schema
from lexpro.dag import checks
from lexpro.dag.overrides import CONFIG, EXPERIMENT, Change, choices, no_choice, read
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml


class SettingError(UserError):
    """A setting that turns out wrong after it was checked, such as a folder that is not there."""

    def __init__(self, key: str, says: str):
        super().__init__(f"{key}: {says}")
        self.problem = Problem((tuple(key.split(".")),), says)


@dataclass(frozen=True)
class Layer:
    """Settings as one file or one override states them."""

    name: str
    tree: dict

    def depth(self, key: tuple) -> int:
        """How many parts of a key it states, from the left."""
        tree: object = self.tree
        for number, part in enumerate(key):
            if isinstance(tree, dict) and part in tree or isinstance(tree, list) and part in range(len(tree)):
                tree = tree[part]
            else:
                return number
        return len(key)


@cache
def compose(name: str, overrides: tuple[str, ...] = ()) -> tuple[dict, dict[str, str]]:
    """An experiment's settings, validated and complete with all defaults.

    Args:
        name: a file of config/experiment/.
        overrides: changes on top, `group=choice` or `stage.key=value`.

    Returns:
        The settings of all stages by name, and the chosen file of each group.

    Raises:
        UserError: it names file, key and what is allowed, before any work is done.
    """
    there = choices(EXPERIMENT)
    if name not in there:
        raise UserError(
            f"config/experiment/{name}.yaml does not exist; {suggestion(name, there)}experiments: {', '.join(there)}."
        )
    changes = [read(text) for text in overrides]
    keys = [change.key for change in changes]
    if twice := next((change for change in changes if keys.count(change.key) > 1), None):
        raise UserError(f"overrides: {twice.text}: {twice.key} is there twice; give one of them")
    config, chosen, benchmarks = _hydra(name, changes)
    checked = Checker(config, benchmarks)
    wrong = [*checked.problems, *checks.problems(checked.settings)] or list(checks.across(checked.settings))
    if wrong:
        raise located(wrong, name, overrides)
    return checked.dump(), {
        group: choice for group, choice in chosen.items() if isinstance(choice, str) and "/" not in group
    }


@cache
def choice(group: str, name: str, folder: Path = CONFIG) -> Model:
    """The settings of one file, with all defaults, outside any experiment.

    Args:
        group: a folder of config/.
        name: a file in it.
        folder: config/ itself.
    """
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf

    with initialize_config_dir(str(folder.resolve()), version_base="1.3"):
        stated = OmegaConf.to_container(compose(f"{group}/{name}"), resolve=True)[group]
    stated = stated[name] if group == "benchmark" else stated
    return TypeAdapter(schema(group, stated)).validate_python(stated)


def located(wrong: list[Problem], name: str, overrides: tuple[str, ...]) -> UserError:
    """The error that says what is wrong with an experiment.

    Args:
        wrong: all that is wrong; each makes a line, with the files that state its keys.
        name: the experiment.
        overrides: changes on top of it.
    """
    layers = _layers(name, [read(text) for text in overrides])
    lines = [_line(problem, layers) for problem in wrong]
    return UserError("\n  ".join([f"the configuration of {name} cannot be used:", *lines]))


def _line(problem: Problem, layers: list[Layer]) -> str:
    by_file: dict[str, list[str]] = {}
    stated = [key for key in problem.keys if any(layer.depth(key) == len(key) for layer in layers)]
    # Of several keys those that are stated somewhere come first: the others have their defaults.
    for key in sorted(problem.keys, key=lambda key: bool(stated) and key not in stated):
        default = stated and key not in stated
        file = "by default" if default else _file(key, layers, problem.missing)
        by_file.setdefault(file, []).append(".".join(map(str, key)))
    where = " and ".join(f"{file}: {', '.join(keys)}" for file, keys in by_file.items())
    return f"{where}: {problem.says}"


def _file(key: tuple, layers: list[Layer], missing: bool) -> str:
    """The last layer that states most of a key; the first one where the key is missing in it."""
    depths = [layer.depth(key) for layer in layers]
    if not any(depths):
        return "config/config.yaml and the experiment, under defaults"
    stating = [layer for layer, depth in zip(layers, depths, strict=True) if depth == max(depths)]
    return stating[0 if missing else -1].name


def _hydra(name: str, changes: list[Change]) -> tuple[dict, dict, list[str]]:
    """(settings of all stages, choices, chosen benchmarks) of an experiment with the changes."""
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        composed, chosen, files = _composed(_chosen(name, changes))
        stated = read_yaml(CONFIG / EXPERIMENT / f"{name}.yaml") or {}
        if key := next((key for key in REQUEST if key in stated), None):
            raise UserError(
                f"config/experiment/{name}.yaml: {key}: is read from config/config.yaml and --config alone; an "
                "experiment cannot say it"
            )
        config = composed.copy()
        config.merge_with_dotlist([change.dotted for change in changes if change.dotted])
        benchmarks = [Path(file).name for file, _ in files if file.startswith("benchmark/")]
        return OmegaConf.to_container(config, resolve=True, throw_on_missing=True), chosen, benchmarks
    except YAMLError as error:
        raise UserError(_broken(error)) from error
    except UnicodeDecodeError as error:
        raise UserError(f"{_undecodable()}: is no UTF-8: {error.reason} at byte {error.start}") from error
    except (HydraException, OmegaConfBaseException, ValueError) as error:
        # ValueError: Hydra's for a choice that is no text.
        if key := getattr(error, "full_key", None):
            wrong = Problem((tuple(key.split(".")),), _explain(error))
            raise located([wrong], name, tuple(change.text for change in changes)) from error
        with_these = f" with {' '.join(change.text for change in changes)}" if changes else ""
        raise UserError(f"config/experiment/{name}.yaml{with_these}: {_explain(error)}") from error


def _chosen(name: str, changes: list[Change]) -> tuple[str, ...]:
    return (f"+{EXPERIMENT}='{name}'", *(change.for_hydra() for change in changes if change.chosen))


@cache
def _composed(chosen: tuple[str, ...]):
    """What Hydra makes of the choices, before any change of a value.

    Returns:
        The configuration, the choice of each group, and (file, package) of all that it consists of,
        in Hydra's order: later ones win.
    """
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.types import RunMode
    from omegaconf import OmegaConf

    with initialize_config_dir(str(CONFIG.resolve()), version_base="1.3"):
        loader = GlobalHydra.instance().config_loader()
        parts = loader.compute_defaults_list("config", list(chosen), RunMode.RUN).defaults
        config = compose("config", overrides=list(chosen), return_hydra_config=True)
    choices = OmegaConf.to_container(config.hydra.runtime.choices)
    OmegaConf.set_struct(config, False)
    del config["hydra"]
    files = [(part.config_path or "", part.package or "") for part in parts]
    return config, choices, [(file, package) for file, package in files if file and file[:6] != "hydra/"]


def _layers(name: str, changes: list[Change]) -> list[Layer]:
    """All that an experiment is composed of, in Hydra's order: later layers win."""
    layers = []
    for file, package in _composed(_chosen(name, changes))[2]:
        stated = read_yaml(CONFIG / f"{file}.yaml")
        tree = stated if isinstance(stated, dict) else {}
        tree.pop("defaults", None)
        for part in reversed(package.split(".") if package else []):
            tree = {part: tree}
        layers.append(Layer(f"config/{file}.yaml", tree))
    written = read_yaml(CONFIG / "config.yaml").get("overrides") or []
    for change in changes:
        if change.dotted:
            origin = "config/config.yaml: overrides" if change.text in written else "--config overrides"
            layers.append(Layer(origin, change.tree))
    return layers


def _undecodable() -> str:
    """The first file of config/ that is no UTF-8."""
    for path in sorted(CONFIG.rglob("*.yaml")):
        try:
            path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return str(path)
    return str(CONFIG)


def _broken(error: YAMLError) -> str:
    """A file that is no YAML, with the line."""
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, MarkedYAMLError) or mark is None:
        return f"a file of config/ is no YAML: {error}"
    file = re.sub(rf"^{re.escape(str(CONFIG.resolve()))}/", "config/", mark.name)
    return f"{file}:{mark.line + 1}: no YAML: {error.problem or error.context}"


def _explain(error: Exception) -> str:
    """Hydra's message without its search path; for a choice that does not exist, all there are."""
    text = str(error)
    if missing := re.search(
        r"Could not (?:find|override) '([\w-]+)/([^']+)'|Could not load '([\w-]+)/([^']+)'", text
    ):
        return no_choice(*(part for part in missing.groups() if part))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    noise = ("Config search path", "Set the env", "full_key", "object_type", "reference_type")
    stop = next((i for i, line in enumerate(lines) if line.startswith(noise)), len(lines))
    # What it overrides is looked for below the experiment, where its file does not say otherwise.
    hint = ["Its first line must be: # @package _global_"] if "@experiment." in text else []
    return " ".join([*lines[:stop], *hint]) or type(error).__name__
