"""Hashes of raw files: read once, and again where a file could not be read."""

import errno
import os

import pytest

from lexpro import hashing
from lexpro.corpus.readers.raw_files import raw_files
from lexpro.workflow import hash_cache


def test_raw_files_are_hashed_once(tmp_path, monkeypatch):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.txt").write_text("one")
    first = hash_cache.listing(raw_files(tmp_path / "raw"), tmp_path / "cache.json")
    monkeypatch.setattr(hash_cache.hashing, "sha256", lambda path: pytest.fail(f"{path} was read again"))
    assert hash_cache.listing(raw_files(tmp_path / "raw"), tmp_path / "cache.json") == first


def test_what_cannot_be_read_is_in_the_plan_and_looked_at_again(tmp_path, monkeypatch):
    raw, cache = tmp_path / "raw", tmp_path / "cache.json"
    raw.mkdir()
    (raw / "a.txt").write_text("one")
    (raw / "gone.txt").symlink_to(tmp_path / "nowhere")

    def refuse(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    with monkeypatch.context() as locked:
        locked.setattr(hash_cache.hashing, "sha256", refuse)
        assert hash_cache.listing(raw_files(raw), cache) == {
            "a.txt": "unreadable: Permission denied",
            "gone.txt": "unreadable: No such file or directory",
        }
    assert hash_cache.listing(raw_files(raw), cache)["a.txt"] == hashing.sha256(raw / "a.txt")
