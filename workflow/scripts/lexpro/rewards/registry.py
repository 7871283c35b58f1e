"""Rewards by name.

In the configuration of GRPO: `{fn: lexpro.rewards.charge.f1, weight: 0.5, args: {}}`.
"""

from __future__ import annotations

import functools
import importlib
import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType

from lexpro.workflow.errors import UserError

PREFIX = "lexpro.rewards."
KEYS = {"fn", "weight", "args"}
# What TRL passes: no argument of a reward's own.
GIVEN = {"completions", "task", "gold"}

Reward = Callable[..., list[float | None]]


def load(spec: dict, known: Mapping[str, object] = MappingProxyType({})) -> tuple[Reward, float]:
    """A reward with its arguments filled in, and its weight.

    Args:
        spec: an entry, {fn, weight, args}.
        known: arguments for those functions that take them and are not told otherwise, such as the
            folder of the stage `knowledge`.

    Returns:
        The reward, whose `__name__` is `charge.f1` in logs, and its weight.

    Raises:
        UserError: a key, name or argument is unknown.
    """
    name = spec.get("fn")
    if unknown := spec.keys() - KEYS:
        raise UserError(
            f"rewards: {name}: unknown key {', '.join(sorted(unknown))}; allowed: {', '.join(sorted(KEYS))}"
        )
    if not isinstance(name, str) or not name.startswith(PREFIX) or name.count(".") != 3:
        raise UserError(
            f"rewards: fn is {name!r}; write {PREFIX}<module>.<function>, such as {PREFIX}charge.f1"
        )
    module_name, _, function_name = name.rpartition(".")
    try:
        function = getattr(importlib.import_module(module_name), function_name)
        parameters = inspect.signature(function).parameters
    except (ModuleNotFoundError, AttributeError, TypeError) as error:
        raise UserError(f"rewards: there is no function {name} ({error})") from error
    if GIVEN - parameters.keys():
        raise UserError(f"rewards: {name} is no reward: it does not take {', '.join(sorted(GIVEN))}")
    args = spec.get("args") or {}
    allowed = {n for n, p in parameters.items() if p.kind is not p.VAR_KEYWORD} - GIVEN
    if unknown := args.keys() - allowed:
        takes = ", ".join(sorted(allowed)) or "none"
        raise UserError(f"rewards: {name}: unknown argument {', '.join(sorted(unknown))}; allowed: {takes}")
    args = {n: value for n, value in known.items() if n in allowed} | args
    weight = spec.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float):
        raise UserError(f"rewards: {name}: weight is {weight!r}; a number is wanted")

    @functools.wraps(function)
    def reward(completions, task, gold, **rest):
        return function(completions, task, gold, **{**rest, **args})

    reward.__name__ = name.removeprefix(PREFIX)
    return reward, float(weight)
