"""The files of config/ and their schemas: every field is described, every optional one has a
default that applies, and the files say the same on every machine, at any time.
"""

import ast
import copy
import importlib
import itertools
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel, TypeAdapter

from lexpro.config.check import members
from lexpro.config.experiment import GROUPS
from lexpro.dag import compose
from lexpro.workflow.files import to_yaml

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"
FILES = sorted(CONFIG.rglob("*.yaml"))
# Keys without a sensible default, by the choice of the stage (`kind`, `module`) that has them.
REQUIRED = {
    "corpus": [
        {"kind": "synthetic", "provinces": ["湖北"], "charges": ["盗窃罪"]},
        {"kind": "dataset", "datasets": ["judge_test"]},
        {"kind": "folder", "path": "config"},
    ],
    "knowledge": [{"kind": "facts"}, {"kind": "statutes"}],
    "base_model": [
        {"kind": "scratch"},
        {"kind": "pretrained", "id": "a/b", "revision": "c"},
        {"kind": "pretrained", "path": "/a"},
    ],
    "embed": [
        {"kind": "static"},
        {"kind": "pretrained", "model": "a/b"},
        {"kind": "tuned", "model": "a/b"},
    ],
    "predict": [
        {"engine": {"module": "lexpro.engines.hf"}},
        {"engine": {"module": "lexpro.engines.vllm"}},
        {"engine": {"module": "lexpro.engines.api", "model": "a"}},
    ],
    "benchmark": [
        {},
        {
            "source": "lexpro.evaluation.tasks.lawbench.items",
            "scorer": "lexpro.evaluation.tasks.lawbench.scorer",
            "version": "a",
            "data": {"zero_shot": "lawbench_zero_shot"},
            "expect": {"1-1": 1},
        },
    ],
}
CASES = [(stage, required) for stage in GROUPS for required in REQUIRED.get(stage, [{}])]
# What fits a small model, where the defaults of others meet it.
FITTING = {
    "sft": {"method": "full", "max_length": 1024},
    "grpo": {"method": "full", "max_prompt_length": 64, "max_completion_length": 64},
    "predict": {"decoding": {"max_new_tokens": dict.fromkeys(("elements", "charge", "article", "term"), 64)}},
}


def schema(stage: str, settings: dict):
    module = importlib.import_module(f"lexpro.config.{stage}")
    return module.model(settings) if stage == "benchmark" else module.Settings


def filled(stage: str, settings: dict) -> dict:
    """The settings with all their defaults."""
    return TypeAdapter(schema(stage, settings)).validate_python(settings).model_dump()


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(CONFIG).as_posix() for path in FILES])
def test_a_file_begins_with_what_it_is(path):
    assert path.read_text(encoding="utf-8").startswith("# ")


def keys(settings: dict, above: tuple = ()) -> Iterator[tuple]:
    """Paths of all keys, nested ones too."""
    for name, value in settings.items():
        yield (*above, name)
        if isinstance(value, dict):
            yield from keys(value, (*above, name))


@pytest.mark.parametrize(
    ("stage", "required"), CASES, ids=[f"{s}-{number}" for number, (s, _) in enumerate(CASES)]
)
def test_every_optional_key_may_be_left_out(stage, required):
    """The settings with all keys, less any one of them: its default is what it was."""
    complete = filled(stage, required)
    assert filled(stage, complete) == complete, "defaults keep to their own bounds"
    needed = set(keys(required))
    models = {name for name, value in complete.items() if isinstance(value, dict)}
    for path in keys(complete):
        # Names inside a plain mapping are values: {"52": 0.53}.
        inside = path[0] in models and len(path) > 1 and not is_field(stage, required, path)
        if path in needed or inside:
            continue
        fewer = copy.deepcopy(complete)
        holder = fewer
        for name in path[:-1]:
            holder = holder[name]
        del holder[path[-1]]
        assert filled(stage, fewer) == complete, path


def is_field(stage: str, settings: dict, path: tuple) -> bool:
    """Whether a path of keys names fields of models, not names in a plain mapping."""
    at = TypeAdapter(schema(stage, settings)).validate_python(settings)
    for name in path:
        if not isinstance(at, BaseModel):
            return False
        at = getattr(at, name)
    return True


@pytest.mark.parametrize(
    ("stage", "required"), CASES, ids=[f"{s}-{number}" for number, (s, _) in enumerate(CASES)]
)
def test_a_file_with_the_required_keys_alone_is_composed_with_its_defaults(
    stage, required, tmp_path, monkeypatch
):
    shutil.copytree(CONFIG, tmp_path / "config")
    monkeypatch.chdir(tmp_path)
    for cached in (compose.compose, compose._composed):
        cached.cache_clear()
    stated = required | FITTING.get(stage, {})
    text = "# @package benchmark.fewest\n" if stage == "benchmark" else ""
    (tmp_path / f"config/{stage}/fewest.yaml").write_text(text + (to_yaml(stated) if stated else ""), "utf-8")
    changes = [f"{stage}={'[fewest]' if stage == 'benchmark' else 'fewest'}"]
    if stage == "sft":
        changes.append("grpo.method=full")
    if stated.get("kind") == "pretrained" or stage == "tasks":
        changes += ["sft=tiny"]
    config, _ = compose.compose("demo", tuple(changes))
    composed = config["benchmark"]["fewest"] if stage == "benchmark" else config[stage]
    assert composed == filled(stage, stated)
    for cached in (compose.compose, compose._composed):
        cached.cache_clear()


@pytest.mark.slow
def test_the_demo_compares_the_mean_reward_on_the_same_prompts():
    """The report compares the last tenth of the steps with the first: by TRL's own sampler, which
    leaves out a step that the prompts do not fill, those are the same prompts again.
    """
    from trl.trainer.utils import RepeatSampler

    grpo = compose.choice("grpo", "tiny", CONFIG)
    size = grpo.global_batch_size // grpo.num_generations * grpo.steps_per_sampling
    one_pass = RepeatSampler(range(grpo.max_prompts), grpo.num_generations, size, shuffle=False)
    assert len(one_pass) == grpo.max_prompts * grpo.num_generations, "every prompt is sampled"
    seen = list(itertools.islice(itertools.cycle(one_pass), grpo.max_steps * grpo.global_batch_size))
    tenth = grpo.max_steps // 10 * grpo.global_batch_size
    assert seen[:tenth] == seen[-tenth:]


def _models(annotation) -> Iterator[type[BaseModel]]:
    for member in members(annotation):
        if isinstance(member, type) and issubclass(member, BaseModel):
            yield member
            for field in member.model_fields.values():
                yield from _models(field.annotation)
        else:
            for inner in get_args(member):
                yield from _models(inner)


@pytest.mark.parametrize("stage", [*GROUPS, "pass_rate", "experiment"])
def test_every_field_is_described(stage):
    module = importlib.import_module(f"lexpro.config.{stage}")
    planned = getattr(module, "Planned", None)
    tops = (module.Judgments, module.Questions) if stage == "benchmark" else (module.Settings,)
    for model in [model for top in (*tops, planned) for model in _models(top)]:
        for name, field in model.model_fields.items():
            assert field.description and field.description.endswith("."), (model, name)
            assert field.description[0].isupper(), (model, name)


@cache
def read_names() -> set[str]:
    """Names that the code outside the schemas reads: attributes, keywords and strings."""
    names: set[str] = set()
    for path in (ROOT / "workflow/scripts").rglob("*.py"):
        if (ROOT / "workflow/scripts/lexpro/config") in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                names.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                names.add(node.value)
            elif isinstance(node, ast.keyword | ast.arg):
                names.add(node.arg or "")
    for path in (ROOT / "workflow").rglob("*.smk"):
        names.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return names


@pytest.mark.parametrize("stage", [*GROUPS, "pass_rate", "experiment", "reward_gates"])
def test_every_setting_is_read_somewhere(stage):
    """A setting that no code reads changes keys, and nothing else."""
    module = importlib.import_module(f"lexpro.config.{stage}")
    tops = (module.Judgments, module.Questions) if stage == "benchmark" else (module.Settings,)
    names = {name for top in tops for model in _models(top) for name in model.model_fields}
    assert names and not sorted(names - read_names())


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
