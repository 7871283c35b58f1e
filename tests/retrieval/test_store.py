"""Vectors in Chroma: alike builds, only what changed, damage refused, kills survived, readers and a
writer at once.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from vector_tables import HNSW, table, units

from lexpro.config.index import Server
from lexpro.retrieval import store as store_module
from lexpro.retrieval.store import Store, Table, build
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, write_json

SERVER = Server(host="127.0.0.1", port=0)


def test_two_builds_answer_alike_and_two_readers_do_not_disturb_each_other(tmp_path):
    things, queries = table(700), units(20, 2)
    for name in "ab":
        build(tmp_path / name, {"things": things}, HNSW)
    first, second = Store(tmp_path / "a"), Store(tmp_path / "a")
    other = Store(tmp_path / "b")
    overlap = []
    for query in queries:
        found = first.search("things", query, 10)
        assert found == second.search("things", query, 10)
        assert [row for row, _ in found] == [row for row, _ in other.search("things", query, 10)]
        exact = np.argsort(-(things.vectors @ query), kind="stable")[:10]
        overlap.append(len({int(id_[1:]) for id_, _ in found} & set(exact.tolist())) / 10)
        assert all(int(id_[1:]) % 2 == 0 for id_, _ in first.search("things", query, 10, {"even": 1}))
    assert np.mean(overlap) >= 0.95
    for store in (first, second, other):
        store.close()


def test_only_what_changed_is_written(tmp_path):
    target = tmp_path / "a"
    assert build(target, {"things": table(50)}, HNSW)["things"] == {"kept": 0, "written": 50, "removed": 0}
    changed = table(52)
    changed.vectors[:50] = table(50).vectors
    changed.texts[3] = "第二条"
    changed.fields[4] = {"even": 7}
    changed.vectors[5] = changed.vectors[6]
    changed.ids[7] = "another"
    counts = build(target, {"things": changed}, HNSW, base=target)
    assert counts["things"] == {"kept": 46, "written": 6, "removed": 1}
    store, anew = Store(target), Store(made(tmp_path / "b", changed))
    assert store.count("things") == 52
    for query in units(10, 3):
        assert dict(store.search("things", query, 52)) == pytest.approx(
            dict(anew.search("things", query, 52))
        )
    store.close()
    anew.close()


def made(target: Path, things: Table, **more) -> Path:
    build(target, {"things": things}, HNSW, **more)
    return target


@pytest.mark.parametrize("other", [{"hnsw": {**HNSW, "ef_search": 50}}, {"embedder": {"sha256": "b"}}])
def test_a_build_of_other_settings_or_embedder_is_not_gone_on_from(tmp_path, other):
    target = made(tmp_path / "a", table(20), embedder={"sha256": "a"})
    given = {"hnsw": HNSW, "embedder": {"sha256": "a"}, **other}
    counts = build(target, {"things": table(20)}, given["hnsw"], given["embedder"], base=target)
    assert counts["things"] == {"kept": 0, "written": 20, "removed": 0}


def test_two_rows_of_one_id_are_refused(tmp_path):
    twice = table(2)
    twice.ids[1] = "r0"
    with pytest.raises(UserError, match="two rows have one id"):
        made(tmp_path / "a", twice)


def test_a_failed_build_leaves_the_old_index(tmp_path):
    target = made(tmp_path / "a", table(3))
    bad = table(2)
    bad.fields[1] = {"n": []}
    with pytest.raises((TypeError, ValueError)):
        made(target, bad)
    store = Store(target)
    assert store.count("things") == 3
    store.close()
    store = Store(made(target, table(5)))
    assert store.count("things") == 5
    store.close()


SLOW = """
import sys, time
sys.path[:0] = sys.argv[1:3]
from pathlib import Path
from lexpro.retrieval import store
import vector_tables
adding = store.Table.digests
def digests(table):
    found = adding(table)
    Path(sys.argv[3]).with_name("building").touch()
    while Path(sys.argv[3]).with_name("wait").exists():
        time.sleep(0.02)
    return found
store.Table.digests = digests
store.build(Path(sys.argv[3]), {"things": vector_tables.table(400)}, vector_tables.HNSW)
"""


def writer(target: Path) -> subprocess.Popen:
    """Another process that replaces `target` by an index of 400 rows; it stays in the middle until
    `wait` is gone.
    """
    target.with_name("wait").touch()
    tests = Path(__file__).parents[1]
    paths = [str(tests.parent / "workflow/scripts"), str(tests / "helpers")]
    command = [sys.executable, "-c", SLOW, *paths, str(target)]
    process = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(target.parent)})
    while not target.with_name("building").exists():
        assert process.poll() is None
        time.sleep(0.02)
    return process


@pytest.mark.slow
def test_a_killed_build_leaves_the_old_index_usable(tmp_path):
    target = made(tmp_path / "a", table(30))
    process = writer(target)
    process.send_signal(signal.SIGKILL)
    process.wait()
    store = Store(target)
    assert store.count("things") == 30 and store.search("things", units(30, 1)[4], 1)[0][0] == "r4"
    store.close()


def test_a_kill_between_the_last_two_renames_leaves_the_old_index_usable(tmp_path, monkeypatch):
    target = made(tmp_path / "a", table(30))
    rename = Path.rename

    def dies(path: Path, to: Path) -> Path:
        if to == target:
            raise KeyboardInterrupt
        return rename(path, to)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Path, "rename", dies)
        made(target, table(40))
    assert not target.exists()
    store = Store(target)
    assert store.count("things") == 30
    store.close()
    counts = build(target, {"things": table(30)}, HNSW, base=target)
    assert counts["things"] == {"kept": 30, "written": 0, "removed": 0}
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_reader_who_meets_a_replacement_reads_again(tmp_path, monkeypatch):
    target = made(tmp_path / "a", table(30))
    verify, seen = store_module.verify, []

    def replaced_meanwhile(folder: Path, name: Path | None = None) -> dict:
        if not seen:
            seen.append(made(target, table(40)))
            (folder / "chroma.sqlite3").write_bytes(b"half of each")
        return verify(folder, name)

    monkeypatch.setattr(store_module, "verify", replaced_meanwhile)
    store = Store(target)
    assert store.count("things") == 40
    store.close()


@pytest.mark.slow
def test_two_readers_and_a_writer_do_not_block(tmp_path):
    target = made(tmp_path / "a", table(30))
    process = writer(target)
    readers = [Store(target), Store(target)]
    for reader in readers:
        assert reader.search("things", units(30, 1)[4], 1)[0][0] == "r4"
    target.with_name("wait").unlink()
    assert process.wait(600) == 0
    # Those who read go on with what they have opened; who opens now has the new one.
    for reader in readers:
        assert reader.count("things") == 30
        reader.close()
    late = Store(target)
    assert late.count("things") == 400
    late.close()


def test_an_empty_collection_finds_nothing(tmp_path):
    store = Store(made(tmp_path / "a", Table(np.zeros((0, 24), np.float32), [], [], [])))
    assert store.search("things", units(1, 1)[0], 5) == []
    store.close()


def overwrite(name: str):
    def damage(folder: Path) -> None:
        file = next(folder.rglob(name))
        file.write_bytes(b"x" * file.stat().st_size)

    return damage


def cut(folder: Path) -> None:
    file = next(folder.rglob("data_level0.bin"))
    file.write_bytes(file.read_bytes()[:-8])


def of_another_version(folder: Path) -> None:
    card = read_json(folder / "store.json")
    card["card"]["chromadb"] = "0.1"
    write_json(folder / "store.json", card)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (overwrite("chroma.sqlite3"), "chroma.sqlite3 is not what was written"),
        (cut, "data_level0.bin is not what was written"),
        (lambda folder: next(folder.rglob("header.bin")).unlink(), "header.bin is missing"),
        (lambda folder: (folder / "store.json").unlink(), "no store.json"),
        (overwrite("store.json"), "store.json cannot be read"),
        (lambda folder: (folder / "store.json").write_text("[]"), "store.json cannot be read"),
        (of_another_version, "made by Chroma 0.1"),
        (shutil.rmtree, "no such folder"),
    ],
)
def test_what_is_damaged_or_foreign_is_refused_with_the_reason(tmp_path, damage, reason):
    target = made(tmp_path / "a", table(30))
    damage(target)
    with pytest.raises(UserError, match=reason):
        Store(target)


@pytest.mark.slow
def test_a_server_answers_as_the_embedded_database_does(tmp_path):
    target = made(tmp_path / "a", table(60))
    embedded, served, second = Store(target), Store(target, SERVER), Store(target, SERVER)
    for query in units(5, 4):
        expected = [id_ for id_, _ in embedded.search("things", query, 10)]
        for store in (served, second):
            assert [id_ for id_, _ in store.search("things", query, 10)] == expected
    process = served.server.process
    for store in (embedded, served, second):
        store.close()
    assert process.poll() is not None


@pytest.mark.slow
def test_a_port_that_another_server_has_is_refused(tmp_path):
    target = made(tmp_path / "a", table(5))
    first = Store(target, SERVER)
    with pytest.raises(UserError, match="another server answers"):
        Store(target, Server(host="127.0.0.1", port=first.server.port))
    first.close()
