"""The registry of data sets: pinned, verified, and clear about what is missing."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from lexpro import fingerprint
from lexpro.corpus import registry
from lexpro.errors import UserError

CSV = Path(__file__).parents[2] / "config/datasets.csv"
DATA = b"some data\n"
GIT_ID = "426863280eedd08aa600ac034e6a9933ba372944"


@pytest.fixture
def dataset() -> registry.Dataset:
    url = "https://raw.githubusercontent.com/owner/repo/abc1234/folder/a%20file.json"
    return registry.Dataset("some", "abc1234", url, hashlib.sha256(DATA).hexdigest(), "MIT", "")


@pytest.fixture
def mirror(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "mirror/owner__repo/folder/a file.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(DATA)
    monkeypatch.setenv(registry.MIRROR, str(tmp_path / "mirror"))
    return tmp_path / "mirror"


def test_a_file_of_the_mirror(dataset, mirror, tmp_path):
    assert registry.resolve(dataset, tmp_path / "cache") == mirror / "owner__repo/folder/a file.json"
    assert not (tmp_path / "cache").exists()


def test_the_version_of_a_mirror_that_has_two(dataset, mirror, tmp_path):
    other = mirror / "owner__repo@abc1234_old/folder/a file.json"
    other.parent.mkdir(parents=True)
    other.write_bytes(DATA)
    assert registry.resolve(dataset, tmp_path) == other


def test_a_file_that_is_known_by_its_id_in_git(dataset, mirror, tmp_path):
    """`git hash-object` of the same bytes."""
    known = replace(dataset, sha256="git:4268632d8d8c24e8a6a4d2a1ff7c4d8bb2e6ee8e")
    with pytest.raises(UserError, match="registered git:"):
        registry.resolve(known, tmp_path)
    known = replace(dataset, sha256=f"git:{GIT_ID}")
    assert registry.resolve(known, tmp_path).read_bytes() == DATA
    with pytest.raises(UserError, match="is no file"):
        registry.resolve(replace(known, url=known.url.rsplit("/", 1)[0] + "/"), tmp_path)


def test_the_id_in_git_of_a_file_of_several_blocks(dataset, mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "BLOCK", 2)
    known = replace(dataset, sha256=f"git:{GIT_ID}")
    assert registry.resolve(known, tmp_path).read_bytes() == DATA


def test_without_a_hash_a_mirror_is_believed_and_nothing_is_downloaded(
    dataset, mirror, tmp_path, monkeypatch
):
    unknown = replace(dataset, sha256="")
    assert registry.resolve(unknown, tmp_path).read_bytes() == DATA
    assert registry.pin(unknown, tmp_path) == hashlib.sha256(DATA).hexdigest()
    monkeypatch.delenv(registry.MIRROR)
    assert registry.pin(unknown, tmp_path) == ""
    with pytest.raises(UserError, match="no SHA-256.*owner__repo/folder/a file.json"):
        registry.resolve(unknown, tmp_path)


def test_another_content_is_refused(dataset, mirror, tmp_path):
    with pytest.raises(UserError, match=r"SHA-256 .* registered .*another data set"):
        registry.resolve(replace(dataset, sha256="0" * 64), tmp_path)


def test_a_mirror_without_the_file_says_which(dataset, mirror, tmp_path):
    (mirror / "owner__repo/folder/a file.json").unlink()
    with pytest.raises(UserError, match=r"owner__repo/folder/a file\.json.*LEXPRO_MIRROR"):
        registry.resolve(dataset, tmp_path)


def test_what_is_here_already_is_found_without_being_read_or_fetched(dataset, mirror, tmp_path, monkeypatch):
    assert registry.present(dataset, tmp_path) == registry.in_mirror(dataset, mirror)
    registry.in_mirror(dataset, mirror).unlink()
    assert registry.present(dataset, tmp_path) is None
    monkeypatch.delenv(registry.MIRROR)
    assert registry.present(dataset, tmp_path) is None


def test_a_missing_mirror(dataset, tmp_path, monkeypatch):
    monkeypatch.setenv(registry.MIRROR, str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match="is not a folder"):
        registry.resolve(dataset, tmp_path)


def test_what_has_no_hash_is_read_once_a_version_and_held_to_what_was_planned(
    dataset, mirror, tmp_path, monkeypatch
):
    unknown, path = replace(dataset, sha256=""), registry.in_mirror(dataset, mirror)
    planned = registry.pin(unknown, tmp_path)
    monkeypatch.setattr(fingerprint, "sha256", lambda path: pytest.fail(f"{path} is read again"))
    assert registry.pin(unknown, tmp_path) == planned
    monkeypatch.undo()
    monkeypatch.setenv(registry.MIRROR, str(mirror))
    assert registry.resolve(unknown, tmp_path, planned) == path
    path.write_bytes(DATA + b" replaced")
    assert registry.pin(unknown, tmp_path) == hashlib.sha256(DATA + b" replaced").hexdigest() != planned
    with pytest.raises(UserError, match="has changed since the workflow was planned"):
        registry.resolve(unknown, tmp_path, planned)


def test_a_folder_is_verified_by_its_listing(dataset, mirror, tmp_path):
    folder = mirror / "owner__repo/folder"
    whole = replace(dataset, url=dataset.url.rsplit("/", 1)[0] + "/", sha256=registry.hash_of(folder))
    assert registry.resolve(whole, tmp_path) == folder
    (folder / "more.txt").write_text("x")
    with pytest.raises(UserError, match="SHA-256"):
        registry.resolve(whole, tmp_path)


def test_downloads_are_verified_and_kept(dataset, tmp_path, monkeypatch):
    monkeypatch.delenv(registry.MIRROR, raising=False)
    source = tmp_path / "source.json"
    source.write_bytes(DATA)
    there = replace(dataset, url=source.as_uri())
    path = registry.resolve(there, tmp_path / "cache")
    assert path.read_bytes() == DATA
    source.unlink()
    assert registry.resolve(there, tmp_path / "cache") == path


@pytest.mark.parametrize(("data", "message"), [(b"other", "SHA-256"), (None, "cannot download")])
def test_a_failed_download_leaves_nothing(dataset, tmp_path, monkeypatch, data, message):
    monkeypatch.delenv(registry.MIRROR, raising=False)
    source = tmp_path / "source.json"
    if data:
        source.write_bytes(data)
    with pytest.raises(UserError, match=message):
        registry.resolve(replace(dataset, url=source.as_uri()), tmp_path / "cache")
    assert [p for p in (tmp_path / "cache").rglob("*") if p.is_file()] == []


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UserError, match=r"no data set 'judge'.*judge_test"):
        registry.find("judge", CSV)


def test_the_registry_is_well_formed():
    rows = registry.registered(CSV)
    assert len({row.url for row in rows.values()}) == len(rows)
    for row in rows.values():
        assert re.fullmatch(r"[0-9a-f]{64}|git:[0-9a-f]{40}|", row.sha256)
        assert row.url.startswith("https://")
        assert row.version in row.url
        assert row.licence


@pytest.mark.parametrize("name", sorted(registry.registered(CSV)))
def test_the_mirror_has_what_is_registered(name):
    if not os.environ.get(registry.MIRROR):
        pytest.skip(f"{registry.MIRROR} is not set")
    dataset = registry.find(name, CSV)
    path = registry.in_mirror(dataset, Path(os.environ[registry.MIRROR]))
    if not path.exists():
        pytest.skip(f"{path} is not in the mirror")
    assert registry.resolve(dataset, Path()) == path
