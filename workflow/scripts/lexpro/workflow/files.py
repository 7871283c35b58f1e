"""Files that are written in one step, so that nobody reads half of one; JSON, JSON lines, YAML."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml

from lexpro.workflow.errors import UserError

T = TypeVar("T")


def write_text(path: Path, text: str) -> None:
    """Replace a file in one step: a reader sees the old text or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_if_changed(path: Path, text: str) -> None:
    """As `write_text`, but a file that says the same already keeps its time of modification."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def write_json(path: Path, value: object) -> None:
    """Write a value as JSON in one step, keys sorted: equal values are equal bytes."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def read_json(path: Path) -> Any:
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_yaml(path: Path) -> Any:
    """Read a YAML file of plain data."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def to_yaml(value: object) -> str:
    """Plain data as YAML, keys in their order."""
    return yaml.dump(
        value, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), allow_unicode=True, sort_keys=False
    )


def json_line(row: object) -> str:
    """A row of a JSON-lines file."""
    return json.dumps(row, ensure_ascii=False) + "\n"


def read_json_lines(path: Path) -> Iterator[Any]:
    """The rows of a JSON-lines file, one at a time.

    Raises:
        UserError: a line is not JSON; the message names file and line.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise UserError(f"{path}:{number}: not a line of JSON: {error}") from error


def write_json_lines(path: Path, rows: Iterable[object]) -> None:
    """Write one row a line. Not in one step: for files of a folder that is published as a whole."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(map(json_line, rows))


def expanded(path: str) -> Path:
    """A path of the settings: `~` and variables of the environment filled in."""
    return Path(os.path.expandvars(path)).expanduser()


def _beside(target: Path) -> tuple[Path, Path]:
    """Where `replace_folder` puts the new folder before the exchange, and the old one after."""
    arriving, leaving = (target.with_name(f".{target.name}.{word}") for word in ("new", "old"))
    return arriving, leaving


def present(target: Path) -> Path:
    """The folder that has the content of `target`.

    It is another one if `replace_folder` was killed between its two renames. An empty folder does
    not count: Snakemake makes the folder of an output before the job begins.
    """
    _, leaving = _beside(target)
    there = target.exists() and (not target.is_dir() or any(target.iterdir()))
    return leaving if leaving.is_dir() and not there else target


def restore(target: Path) -> None:
    """Put back what such a kill left beside `target`; its writer calls this before it begins."""
    if (content := present(target)) != target:
        if target.exists():
            target.rmdir()
        content.rename(target)


def replace_folder(made: Path, target: Path) -> None:
    """Put a complete folder in the place of another.

    Until the last instant `target` is the old folder; it is never half of the new one. Readers ask
    `present`.

    Args:
        made: the new folder; it may be on another disk.
        target: the folder that it replaces, if there is one.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    restore(target)
    arriving, leaving = _beside(target)
    for left_over in (arriving, leaving):
        if left_over != made:
            shutil.rmtree(left_over, ignore_errors=True)
    if made != arriving:
        shutil.move(made, arriving)
    if target.exists():
        target.rename(leaving)
    arriving.rename(target)
    shutil.rmtree(leaving, ignore_errors=True)


def _identity(folder: Path) -> int | None:
    try:
        return present(folder).stat().st_ino
    except OSError:
        return None


def steadily(folder: Path, read: Callable[[Path], T], tries: int = 5) -> T:
    """Read a folder that somebody may replace meanwhile: then it is read again.

    Args:
        folder: the folder, as its writer names it.
        read: reads it; it is given the folder that has the content.
        tries: how often it is read at most.
    """
    for left in reversed(range(tries)):
        before = _identity(folder)
        try:
            content = read(present(folder))
        except (OSError, UserError):
            if not left or _identity(folder) == before:
                raise
            continue
        if not left or _identity(folder) == before:
            return content
    raise ValueError("tries must be 1 or more")
