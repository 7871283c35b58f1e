"""A full disk is told from a fault of the program, in whatever words a library says it."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import save_file

from lexpro.cli.main import main
from lexpro.workflow import disk
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_text

# Numbers of eight bytes: 8 MB, more than the file system holds, which is more than `disk.LITTLE`
# when empty.
MANY = 1 << 20
SIZE = "3m"


def of_sqlite(path):
    with closing(sqlite3.connect(path)) as base:
        base.execute("create table t (x blob)")
        base.execute("insert into t values (?)", (os.urandom(8 * MANY),))
        base.commit()


WRITERS = {
    "text": lambda path: path.write_text("法" * 2 * MANY, encoding="utf-8"),
    "numpy": lambda path: np.save(path, np.random.default_rng(0).random(MANY)),
    "torch": lambda path: torch.save(torch.rand(2 * MANY), path),
    "safetensors": lambda path: save_file({"a": torch.rand(2 * MANY)}, path),
    "polars": lambda path: pl.DataFrame({"a": np.random.default_rng(0).random(MANY)}).write_parquet(path),
    "pyarrow": lambda path: pq.write_table(pa.table({"a": np.random.default_rng(0).random(MANY)}), path),
    "sqlite": of_sqlite,
}


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A file system of 3 MB."""
    folder = tmp_path_factory.mktemp("small")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "lexpro-test", str(folder)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(mount, check=False).returncode:
        pytest.skip("a small file system to fill needs root and mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.parametrize("library", WRITERS)
def test_every_library_s_way_of_saying_that_the_disk_is_full_is_known(small, library):
    path = small / "big.npy"
    with pytest.raises(Exception) as raised:
        WRITERS[library](path)
    try:
        # numpy and torch say that they wrote too little, not why: the folder tells.
        assert disk.full(raised.value, [small] if library in ("numpy", "torch") else [])
    finally:
        for left in small.iterdir():
            left.unlink()


def test_what_the_user_has_to_mend_is_not_called_a_full_disk(small, monkeypatch):
    monkeypatch.setattr(disk, "LITTLE", 1 << 40)
    with pytest.raises(UserError, match="no such experiment"), disk.checked(small):
        raise UserError("no such experiment")
    with pytest.raises(UserError, match="the disk is full"), disk.checked(small):
        raise ValueError("5 requested and 3 written")


def test_publishing_on_a_full_disk_says_so_and_leaves_nothing(small, tmp_path, capsys):
    report = tmp_path / "report"
    for name in ("figures", "tables"):
        (report / name).mkdir(parents=True)
    (report / "summary.json").write_text('{"experiment": "demo"}')
    (report / "report.html").write_text("a" * 4 * MANY)
    with pytest.raises(SystemExit) as ended:
        main(["publish", "--experiment", "demo", "--report", str(report), "--out", str(small / "demo")])
    assert ended.value.code == 2 and "the disk is full" in capsys.readouterr().err
    assert not list(small.iterdir())


def test_the_same_error_on_a_disk_with_room_is_another_fault(small):
    assert not disk.full(OSError("5 requested and 3 written"), [small])


@pytest.mark.parametrize("error", [ValueError("a bug"), OSError(13, "denied"), RuntimeError("shape")])
def test_another_error_is_none(tmp_path, error):
    assert not disk.full(error, [tmp_path, tmp_path / "not there"])


def test_what_an_error_was_raised_from_counts(tmp_path):
    try:
        try:
            raise OSError(122, "Disk quota exceeded")
        except OSError as cause:
            raise ValueError("could not write") from cause
    except ValueError as error:
        assert disk.full(error, [tmp_path])


def test_a_job_that_fails_before_its_stage_begins_is_told_of(tmp_path):
    """Snakemake makes the folders of outputs, and keeps what it says of it to the job's log."""
    made = "WorkflowError:\nFailed to create output directory results/ingest/x.\n"
    full = "OSError: [Errno 28] No space left on device: 'results/ingest'\n"
    for name, text in {
        "rule_ingest/a/1.log": made + full,
        "rule_ingest/b/2.log": made + full,
        "rule_filter/3.log": "OSError: [Errno 30] Read-only file system: 'results/filter'\n",
        "rule_filter/4.log": "ValueError: no disk\n",
    }.items():
        write_text(tmp_path / name, text)
    said = disk.said_since(tmp_path, 0)
    assert [line.partition(" (")[0] for line in said] == ["nothing can be written", "the disk is full"]
    assert "results/ingest" in said[1] and "run snakemake again" in said[1]
    os.utime(tmp_path / "rule_filter/3.log", (100, 100))
    assert len(disk.said_since(tmp_path, 200)) == 1
    assert disk.said_since(tmp_path / "none", 0) == []
