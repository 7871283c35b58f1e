"""The files of config/: every field is told in a comment, and they say the same on every machine,
at any time.
"""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import yaml
from pydantic import BaseModel

from lexpro.config.check import STAGES, members

CONFIG = Path(__file__).resolve().parents[2] / "config"
FILES = sorted(CONFIG.rglob("*.yaml"))
# Fields that one comment may speak of.
TOGETHER = 5
# Files that change fields of others, in whose files these are told.
CHANGES = ("experiment", "grpo_loss")

FIELD = re.compile(r"""( *)(- )?("[^"]*"|[\w./-]+):( |$)""")


def untold(text: str) -> list[str]:
    """Fields of a YAML file without a comment above them, or above the few fields of one level that
    they follow.

    The fields inside a field have its comment, if they are few.
    """
    found, since, above = [], {}, ""
    for line in text.splitlines():
        if field := FIELD.match(line):
            level = len(field[1] + (field[2] or ""))
            since = {key: value for key, value in since.items() if key <= level}
            fresh = field[2] or above.lstrip().startswith("#")
            since[level] = 1 if fresh else since.get(level, 0) + 1
            if since[level] > TOGETHER:
                found.append(line.strip())
        above = line
    return found


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(CONFIG).as_posix() for path in FILES])
def test_every_field_has_its_comment(path):
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# "), "what the file is"
    assert path.parent.name in CHANGES or not untold(text)


def test_the_demo_compares_the_mean_reward_on_the_same_prompts():
    """The report compares the last tenth of the steps with the first: those are to be the same
    prompts again.
    """
    grpo = yaml.safe_load((CONFIG / "grpo/tiny.yaml").read_text(encoding="utf-8"))
    before_the_last = grpo["max_steps"] - grpo["max_steps"] // 10
    passes, rest = divmod(
        before_the_last * grpo["global_batch_size"], grpo["max_prompts"] * grpo["num_generations"]
    )
    assert passes and not rest


def test_a_field_without_a_comment_is_found():
    group = "# These.\n" + "".join(f"a{n}: {n}\n" for n in range(TOGETHER))
    assert not untold(group) and untold(group + "b: 1\n") == ["b: 1"]
    assert not untold(group + "# This.\nb:\n  c: 1\n") and untold(group + "b:\n  # Inside.\n  c: 1\n") == [
        "b:"
    ]


def _models(annotation) -> Iterator[type[BaseModel]]:
    for member in members(annotation):
        if isinstance(member, type) and issubclass(member, BaseModel):
            yield member
            for field in member.model_fields.values():
                yield from _models(field.annotation)
        else:
            for inner in get_args(member):
                yield from _models(inner)


@pytest.mark.parametrize("stage", STAGES)
def test_all_that_a_stage_can_be_told_is_named_in_its_files(stage):
    """Fields with a default too: nobody finds a setting that no file names."""
    module = importlib.import_module(f"lexpro.config.{stage}")
    tops = (module.Judgments, module.Questions) if stage == "benchmark" else (module.Settings,)
    text = "\n".join(path.read_text(encoding="utf-8") for path in (CONFIG / stage).glob("*.yaml"))
    names = {name for top in tops for model in _models(top) for name in model.model_fields}
    assert names and not [name for name in sorted(names) if not re.search(rf"\b{name}\b", text)]


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(CONFIG).as_posix() for path in FILES])
def test_nothing_depends_on_time_place_or_environment(path):
    """Keys are digests of what was asked: the same on every machine. Paths expand $VARIABLES where
    they are read.
    """
    stated = [
        line.split(" #")[0]
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()[:1] != "#"
    ]
    assert not re.findall(r"\$\{(?:now|hydra|oc\.\w+)\b[^}]*\}", "\n".join(stated))
