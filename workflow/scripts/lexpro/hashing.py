"""Hashes of files and values, and draws that depend on names alone.

A draw by name is the same for every order of work, on every machine and with any number of
processes, which a generator of random numbers is not.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path


def sha256(path: Path) -> str:
    """Hex SHA-256 of a file's bytes, read in blocks."""
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            hasher.update(block)
    return hasher.hexdigest()


def digest(value: object, length: int = 8) -> str:
    """The first `length` hex digits of the SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:length]


def _number(parts: tuple[object, ...], size: int) -> int:
    hashed = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=size).digest()
    return int.from_bytes(hashed, "big")


def draw(*parts: object) -> float:
    """A number in [0, 1) that depends on the parts alone."""
    return _number(parts, 8) / 2**64


def seed_of(*parts: object) -> int:
    """A seed of 31 bits that depends on the parts alone."""
    return _number(parts, 4) >> 1
