"""The reference page and the JSON schemas are what the schemas say, and the files of config/ keep
to them.
"""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from lexpro.config import reference
from lexpro.workflow.files import read_yaml

ROOT = Path(__file__).resolve().parents[2]
MODELINE = re.compile(r"^# yaml-language-server: \$schema=(\S+)$", re.MULTILINE)
# `make estimate` reads it, no stage.
WITHOUT = ("hardware.yaml",)
FILES = sorted(path for path in (ROOT / "config").rglob("*.yaml") if path.name not in WITHOUT)


def named(path: Path) -> Path:
    """The JSON schema that a file of config/ names in its first lines."""
    line = MODELINE.search(path.read_text(encoding="utf-8"))
    assert line, "no line: # yaml-language-server: $schema=…"
    return (path.parent / line[1]).resolve()


def errors(schema: Path, stated: dict) -> list[str]:
    """What an editor marks; the settings of a stage in an experiment by the schema of the stage."""
    made, found = json.loads(schema.read_text(encoding="utf-8")), []
    for key, part in made.get("properties", {}).items() if schema.name == "experiment.json" else ():
        each = part.get("additionalProperties")
        file = (each or part).get("$ref")
        if file and key in stated:
            made["properties"][key] = {}
            below = stated[key].values() if each else [stated[key]]
            found += [error for one in below for error in errors(schema.with_name(file), one)]
        elif file:
            made["properties"][key] = {}
    return found + [error.message for error in Draft202012Validator(made).iter_errors(stated)]


def test_page_and_json_schemas_are_what_the_schemas_say():
    diff = reference.differences(ROOT)
    assert not diff, f"run lexpro schema --write\n{diff}"


def test_no_json_schema_is_left_over():
    made = {path.name for path in reference.files(ROOT) if path.suffix == ".json"}
    assert {path.name for path in (ROOT / reference.SCHEMAS).iterdir()} == made


@pytest.mark.parametrize("path", FILES, ids=[path.relative_to(ROOT / "config").as_posix() for path in FILES])
def test_every_key_of_a_file_is_one_of_its_schema(path):
    assert not errors(named(path), read_yaml(path) or {})


@pytest.mark.parametrize(
    ("file", "wrong"),
    [
        ("sft/tiny.yaml", {"learning_rat": 1.0}),
        ("sft/tiny.yaml", {"runtime": {"gpu": 1}}),
        ("sft/lora_14b.yaml", {"method": "loar"}),
        ("corpus/synthetic_full.yaml", {"noise": {"cutt": 0.1}}),
        ("predict/vllm.yaml", {"engine": {"gpu_memory": 2}}),
        ("benchmark/lawbench.yaml", {"shots": [2]}),
        ("grpo_loss/dapo.yaml", {"loss_type": "dappo"}),
        ("experiment/smoke.yaml", {"sft": {"max_step": 8}}),
        ("config.yaml", {"variant": ["base"]}),
    ],
)
def test_an_editor_would_mark_what_is_wrong(file, wrong):
    assert errors(named(ROOT / "config" / file), wrong)
