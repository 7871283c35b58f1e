"""The registry of data sets: pinned, verified, and clear about what is missing."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from lexpro import datasets, git_trees
from lexpro.workflow import fingerprint
from lexpro.workflow.errors import UserError

CSV = Path(__file__).parents[1] / "config/datasets.csv"
DATA = b"some data\n"
GIT_ID = "426863280eedd08aa600ac034e6a9933ba372944"


@pytest.fixture
def dataset() -> datasets.Dataset:
    url = "https://raw.githubusercontent.com/owner/repo/abc1234/folder/a%20file.json"
    return datasets.Dataset("some", "abc1234", url, hashlib.sha256(DATA).hexdigest(), "MIT", "")


@pytest.fixture
def mirror(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "mirror/owner__repo/folder/a file.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(DATA)
    monkeypatch.setenv(datasets.MIRROR, str(tmp_path / "mirror"))
    return tmp_path / "mirror"


def test_a_file_of_the_mirror(dataset, mirror, tmp_path):
    assert datasets.resolve(dataset, tmp_path / "cache") == mirror / "owner__repo/folder/a file.json"
    assert not (tmp_path / "cache").exists()


def test_the_version_of_a_mirror_that_has_two(dataset, mirror, tmp_path):
    other = mirror / "owner__repo@abc1234_old/folder/a file.json"
    other.parent.mkdir(parents=True)
    other.write_bytes(DATA)
    assert datasets.resolve(dataset, tmp_path) == other


def test_a_file_that_is_known_by_its_id_in_git(dataset, mirror, tmp_path):
    """`git hash-object` of the same bytes."""
    known = replace(dataset, sha256="git:4268632d8d8c24e8a6a4d2a1ff7c4d8bb2e6ee8e")
    with pytest.raises(UserError, match="registered git:"):
        datasets.resolve(known, tmp_path)
    known = replace(dataset, sha256=f"git:{GIT_ID}")
    assert datasets.resolve(known, tmp_path).read_bytes() == DATA
    with pytest.raises(UserError, match="is no file"):
        datasets.resolve(replace(known, url=known.url.rsplit("/", 1)[0] + "/"), tmp_path)


def test_the_id_in_git_of_a_file_of_several_blocks(dataset, mirror, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "BLOCK", 2)
    known = replace(dataset, sha256=f"git:{GIT_ID}")
    assert datasets.resolve(known, tmp_path).read_bytes() == DATA


def test_without_a_hash_a_mirror_is_believed_and_nothing_is_downloaded(
    dataset, mirror, tmp_path, monkeypatch
):
    unknown = replace(dataset, sha256="")
    assert datasets.resolve(unknown, tmp_path).read_bytes() == DATA
    assert datasets.pin(unknown, tmp_path) == hashlib.sha256(DATA).hexdigest()
    monkeypatch.delenv(datasets.MIRROR)
    assert datasets.pin(unknown, tmp_path) == ""
    with pytest.raises(UserError, match="no SHA-256.*owner__repo/folder/a file.json"):
        datasets.resolve(unknown, tmp_path)


def test_another_content_is_refused(dataset, mirror, tmp_path):
    with pytest.raises(UserError, match=r"SHA-256 .* registered .*another data set"):
        datasets.resolve(replace(dataset, sha256="0" * 64), tmp_path)


def test_a_mirror_without_the_file_says_which(dataset, mirror, tmp_path):
    (mirror / "owner__repo/folder/a file.json").unlink()
    with pytest.raises(UserError, match=r"owner__repo/folder/a file\.json.*LEXPRO_MIRROR"):
        datasets.resolve(dataset, tmp_path)


def test_what_is_here_already_is_found_without_being_read_or_fetched(dataset, mirror, tmp_path, monkeypatch):
    assert datasets.present(dataset, tmp_path) == datasets.in_mirror(dataset, mirror)
    datasets.in_mirror(dataset, mirror).unlink()
    assert datasets.present(dataset, tmp_path) is None
    monkeypatch.delenv(datasets.MIRROR)
    assert datasets.present(dataset, tmp_path) is None


def test_a_missing_mirror(dataset, tmp_path, monkeypatch):
    monkeypatch.setenv(datasets.MIRROR, str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match="is not a folder"):
        datasets.resolve(dataset, tmp_path)


def test_what_has_no_hash_is_read_once_a_version_and_held_to_what_was_planned(
    dataset, mirror, tmp_path, monkeypatch
):
    unknown, path = replace(dataset, sha256=""), datasets.in_mirror(dataset, mirror)
    planned = datasets.pin(unknown, tmp_path)
    monkeypatch.setattr(fingerprint, "sha256", lambda path: pytest.fail(f"{path} is read again"))
    assert datasets.pin(unknown, tmp_path) == planned
    monkeypatch.undo()
    monkeypatch.setenv(datasets.MIRROR, str(mirror))
    assert datasets.resolve(unknown, tmp_path, planned) == path
    path.write_bytes(DATA + b" replaced")
    assert datasets.pin(unknown, tmp_path) == hashlib.sha256(DATA + b" replaced").hexdigest() != planned
    with pytest.raises(UserError, match="has changed since the workflow was planned"):
        datasets.resolve(unknown, tmp_path, planned)


def test_a_folder_is_verified_by_its_listing(dataset, mirror, tmp_path):
    folder = mirror / "owner__repo/folder"
    whole = replace(dataset, url=dataset.url.rsplit("/", 1)[0] + "/", sha256=datasets.hash_of(folder))
    assert datasets.resolve(whole, tmp_path) == folder
    (folder / "more.txt").write_text("x")
    with pytest.raises(UserError, match="SHA-256"):
        datasets.resolve(whole, tmp_path)


def test_downloads_are_verified_and_kept(dataset, tmp_path, monkeypatch):
    monkeypatch.delenv(datasets.MIRROR, raising=False)
    source = tmp_path / "source.json"
    source.write_bytes(DATA)
    there = replace(dataset, url=source.as_uri())
    path = datasets.resolve(there, tmp_path / "cache")
    assert path.read_bytes() == DATA
    source.unlink()
    assert datasets.resolve(there, tmp_path / "cache") == path


@pytest.mark.parametrize(("data", "message"), [(b"other", "SHA-256"), (None, "cannot download")])
def test_a_failed_download_leaves_nothing(dataset, tmp_path, monkeypatch, data, message):
    monkeypatch.delenv(datasets.MIRROR, raising=False)
    source = tmp_path / "source.json"
    if data:
        source.write_bytes(data)
    with pytest.raises(UserError, match=message):
        datasets.resolve(replace(dataset, url=source.as_uri()), tmp_path / "cache")
    assert [p for p in (tmp_path / "cache").rglob("*") if p.is_file()] == []


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(UserError, match=r"no data set 'judge'.*judge_test"):
        datasets.find("judge", CSV)


def test_the_registry_is_well_formed():
    rows = datasets.registered(CSV)
    assert len({row.url for row in rows.values()}) == len(rows)
    for row in rows.values():
        assert re.fullmatch(r"[0-9a-f]{64}|(?:git|tree):[0-9a-f]{40}|", row.sha256)
        assert row.url.startswith("https://")
        assert row.version in row.url
        assert row.licence


# Nine seconds of LeCaRD's 9,000 files.
SLOW = {"lecard1": pytest.mark.slow}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=SLOW.get(name, ())) for name in sorted(datasets.registered(CSV))]
)
def test_the_mirror_has_what_is_registered(name, tmp_path):
    if not os.environ.get(datasets.MIRROR):
        pytest.skip(f"{datasets.MIRROR} is not set")
    dataset = datasets.find(name, CSV)
    path = datasets.in_mirror(dataset, Path(os.environ[datasets.MIRROR]))
    if not path.exists():
        pytest.skip(f"{path} is not in the mirror")
    resolved = datasets.resolve(dataset, tmp_path)
    assert resolved == path or (dataset.archived and resolved.is_relative_to(tmp_path))


@pytest.fixture
def archived(tmp_path, monkeypatch) -> datasets.Dataset:
    """A folder of a repository, in an archive of a mirror, with the id that Git gives it."""
    folder = tmp_path / "source/data"
    folder.mkdir(parents=True)
    (folder / "a.json").write_text("{}")
    mirror = tmp_path / "mirror/owner__repo"
    mirror.mkdir(parents=True)
    with tarfile.open(mirror / "all.tar.xz", "w:xz") as archive:
        archive.add(folder, "data")
    monkeypatch.setenv("LEXPRO_MIRROR", str(tmp_path / "mirror"))
    url = "https://github.com/owner/repo/archive/9d1e5c0.tar.gz#data"
    return datasets.Dataset("x", "9d1e5c0", url, f"tree:{git_trees.tree_id(folder)}", "MIT", "")


def test_a_folder_of_an_archive_is_unpacked_and_checked_by_its_git_tree(tmp_path, archived):
    path = datasets.resolve(archived, tmp_path / "cache")
    assert [file.name for file in path.iterdir()] == ["a.json"]
    assert datasets.resolve(archived, tmp_path / "cache") == path
    other = replace(archived, sha256=f"tree:{'0' * 40}")
    with pytest.raises(UserError, match="is not the data set 'x'"):
        datasets.resolve(other, tmp_path / "cache")
    lost = replace(archived, url=archived.url + "/none")
    with pytest.raises(UserError, match="has no folder data/none"):
        datasets.resolve(lost, tmp_path / "another")


def test_an_unpacked_folder_of_the_mirror_is_used_where_it_lies(tmp_path, archived):
    folder = tmp_path / "mirror/owner__repo/data"
    shutil.copytree(tmp_path / "source/data", folder)
    assert datasets.resolve(archived, tmp_path / "cache") == folder
    (folder / "a.json").write_text("[]")
    with pytest.raises(UserError, match="is not the data set 'x'"):
        datasets.resolve(archived, tmp_path / "cache")


def test_a_damaged_archive_says_so(tmp_path, archived):
    (tmp_path / "mirror/owner__repo/all.tar.xz").write_bytes(b"no archive")
    with pytest.raises(UserError, match="cannot be unpacked"):
        datasets.resolve(archived, tmp_path / "cache")
