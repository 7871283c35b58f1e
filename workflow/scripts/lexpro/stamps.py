"""Hashes of large files, kept beside size and time of modification, so that planning does not read them again."""

from __future__ import annotations

from pathlib import Path

from lexpro import fingerprint


def stamped(path: Path, known: list | None) -> list:
    """[size, time of modification, SHA-256] of a file, which is `known` if size and time are those known."""
    status = path.stat()
    stamp = [status.st_size, status.st_mtime_ns]
    return known if known and known[:2] == stamp else [*stamp, fingerprint.sha256(path)]
