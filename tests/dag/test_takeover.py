"""What a killed Snakemake leaves: locks, and jobs in the queue."""

import logging
import os
import platform

import pytest

from lexpro.dag import takeover
from lexpro.workflow import exclusive
from lexpro.workflow.errors import UserError


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the locks of a Snakemake that runs no more."""
    monkeypatch.chdir(tmp_path)
    takeover.LOCKS.mkdir(parents=True)
    (takeover.LOCKS / "0.input.lock").touch()
    (takeover.LOCKS / "0.output.lock").touch()
    return tmp_path


def locks() -> list[str]:
    return sorted(path.name for path in takeover.LOCKS.iterdir())


def claim(in_slurm: bool = False):
    return takeover.claim(logging.getLogger(), in_slurm)


def test_locks_of_a_dead_one_are_removed(folder, caplog):
    with claim() as held:
        assert held and not locks() and "its locks are removed" in caplog.text
        assert exclusive.holder(takeover.HELD)[0] == platform.node()


def test_where_another_works_it_is_named_and_nothing_is_touched(folder):
    with exclusive.try_to_hold(takeover.HELD) as living:
        exclusive.sign(living)
        with pytest.raises(UserError, match=f"process {os.getpid()} of {platform.node()}"):
            claim()
        assert len(locks()) == 2


def test_locks_of_another_machine_stay_and_it_is_named(folder):
    takeover.HELD.parent.mkdir(parents=True)
    takeover.HELD.write_text("login7 4711\n")
    with pytest.raises(UserError, match="locked by a Snakemake on login7"):
        claim()
    assert len(locks()) == 2


QUEUE = """\
#!/bin/sh
[ -e cancelled ] && exit 0
echo '7|lexpro_1b2c|{here}'
echo '8|lexpro_1b2c|{here}/elsewhere'
echo '9|another|{here}'
"""


def test_jobs_of_a_dead_one_are_cancelled_and_no_others(folder, monkeypatch, caplog):
    for name, text in (("squeue", QUEUE), ("scancel", '#!/bin/sh\necho "$@" > cancelled\n')):
        (folder / name).write_text(text.format(here=folder))
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    with claim(in_slurm=True):
        assert (folder / "cancelled").read_text() == "7\n"
        assert "cancelling 1" in caplog.text


def test_a_queue_that_does_not_answer_stops_nothing(folder, monkeypatch, caplog):
    monkeypatch.setenv("PATH", str(folder))
    with claim(in_slurm=True) as held:
        assert held and "cannot be asked" in caplog.text
