"""Hashes of files that the workflow did not make.

They are kept, so that planning does not read a large corpus again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from lexpro import hashing
from lexpro.workflow.files import read_json, write_json

# Begins what stands for a hash where there is none.
UNREADABLE = "unreadable: "


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file that the workflow reads and did not make.

    Attributes:
        path: where it lies.
        name: how lists and rows refer to it.
        size: bytes.
        trouble: why it cannot be opened, if that is known.
    """

    path: Path
    name: str
    size: int = 0
    trouble: str = ""


def _stamped(path: Path, cached: list | None) -> list:
    """[size, time of modification, SHA-256] of a file: `cached`, if size and time are the same."""
    status = path.stat()
    stamp = [status.st_size, status.st_mtime_ns]
    return cached if cached and cached[:2] == stamp else [*stamp, hashing.sha256(path)]


def listing(files: Iterable[RawFile], cache_file: Path) -> dict[str, str]:
    """Hash files, those that have not changed from a cache.

    Args:
        files: the files.
        cache_file: keeps the hashes of these files, and of no others, with their sizes and times.

    Returns:
        Name → SHA-256, or why the file cannot be read.
    """
    cached = read_json(cache_file) if cache_file.is_file() else {}
    hashed: dict[str, list] = {}
    listed: dict[str, str] = {}
    for file in files:
        # What cannot be read is not cached: rights change without the time of modification.
        row, trouble = None, None
        try:
            trouble = file.trouble
            row = None if trouble else _stamped(file.path, cached.get(file.name))
        except OSError as error:
            trouble = error.strerror or str(error)
        if row is None:
            listed[file.name] = f"{UNREADABLE}{trouble}"
        else:
            hashed[file.name] = row
            listed[file.name] = row[-1]
    if hashed != cached:
        write_json(cache_file, hashed)
    return listed
