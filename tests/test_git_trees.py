"""The id of a folder is the one that Git itself gives it."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro import git_trees

NAMES = st.sampled_from(["a", "a.b", "a-", "a0", "B", "判决", "1.json", "-1071"])
FOLDERS = st.dictionaries(NAMES, st.binary(max_size=40) | st.dictionaries(NAMES, st.binary(max_size=9)))


def write(folder: Path, content: dict) -> None:
    folder.mkdir()
    for name, value in content.items():
        if isinstance(value, dict):
            write(folder / name, value)
        else:
            (folder / name).write_bytes(value)


def of_git(folder: Path) -> str:
    def git(*words: str) -> str:
        done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    git("init", "--quiet")
    git("-c", "core.autocrlf=false", "add", "--all", "--force", ".")
    return git("write-tree")


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
@given(FOLDERS)
def test_the_id_is_that_of_git(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("tree") / "folder"
    write(folder, content)
    ours = git_trees.tree_id(folder)
    assert ours == of_git(folder)


def test_one_changed_byte_is_another_tree(tmp_path):
    write(tmp_path / "one", {"a": {"b": b"1"}})
    write(tmp_path / "two", {"a": {"b": b"2"}})
    assert git_trees.tree_id(tmp_path / "one") != git_trees.tree_id(tmp_path / "two")


@pytest.mark.parametrize("top", ["", "repo-9d1e5c0/"])
def test_one_folder_of_an_archive_is_unpacked(tmp_path, top):
    write(tmp_path / "source", {"data": {"a": b"1", "b": b"2"}, "code": b"3"})
    with tarfile.open(tmp_path / "a.tar.xz", "w:xz") as archive:
        for name in ("data/a", "data/b", "code"):
            archive.add(tmp_path / "source" / name, f"{top}{name}")
    assert git_trees.unpack(tmp_path / "a.tar.xz", "data", tmp_path / "out")
    assert git_trees.tree_id(tmp_path / "out") == git_trees.tree_id(tmp_path / "source/data")
    assert not git_trees.unpack(tmp_path / "a.tar.xz", "other", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_member_that_points_outside_is_refused(tmp_path):
    (tmp_path / "x").write_bytes(b"x")
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "x", "data/../../evil")
    with pytest.raises(tarfile.TarError):
        git_trees.unpack(tmp_path / "a.tar.gz", "data", tmp_path / "out")
    assert not (tmp_path / "evil").exists()
