"""Writing files so that nobody ever reads half of one."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import yaml


def write_text(path: Path, text: str) -> None:
    """Replace `path` by `text` in one step: a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_if_changed(path: Path, text: str) -> None:
    """As `write_text`, but a file that says the same already keeps its time stamp."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def write_json(path: Path, value: object) -> None:
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def read_json(path: Path):
    return json.loads(path.read_text(encoding="utf-8"))


def read_yaml(path: Path):
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def to_yaml(value: object) -> str:
    return yaml.dump(
        value, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True, sort_keys=False
    )


def json_line(row: object) -> str:
    """A row of a JSON-lines file."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def expanded(path: str) -> Path:
    """A path of the settings: `~` and variables of the environment filled in."""
    return Path(os.path.expandvars(path)).expanduser()


def replace_folder(made: Path, target: Path) -> None:
    """Put the complete folder `made` in the place of `target`, if there is one; `made` may be on another disk.

    Until the last instant `target` is the old folder; it is never half of the new one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    arriving, leaving = (target.with_name(f".{target.name}.{word}") for word in ("new", "old"))
    for left_over in (arriving, leaving):
        if left_over != made:
            shutil.rmtree(left_over, ignore_errors=True)
    if made != arriving:
        shutil.move(made, arriving)
    if target.exists():
        target.rename(leaving)
    arriving.rename(target)
    shutil.rmtree(leaving, ignore_errors=True)
