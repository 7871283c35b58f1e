"""A lock that dies with its holder."""

import logging
import subprocess
import sys
import threading
import time

import pytest

from lexpro.workflow import exclusive

HOLD = """
import sys
from pathlib import Path
from lexpro.workflow import exclusive
held = exclusive.try_to_hold(Path(sys.argv[1]))
exclusive.sign(held)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other(tmp_path):
    """Another process that holds a lock."""
    path = tmp_path / "runs/湖北.lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "held\n"
    yield path, process
    process.kill()
    process.communicate()


def test_it_is_held_by_one_and_names_it(other):
    path, process = other
    assert exclusive.try_to_hold(path) is None
    assert exclusive.holder(path)[1] == str(process.pid)


def test_whoever_waits_gets_it_when_the_holder_is_killed(other, caplog):
    path, process = other
    caplog.set_level(logging.INFO)
    got = []

    def wait():
        with exclusive.wait_to_hold(path, logging.getLogger()):
            got.append(exclusive.holder(path))

    waiting = threading.Thread(target=wait)
    waiting.start()
    while f" {process.pid})" not in caplog.text and waiting.is_alive():
        time.sleep(0.01)
    assert waiting.is_alive() and not got
    process.kill()
    waiting.join(600)
    assert got and got[0][1] != str(process.pid)
    assert exclusive.try_to_hold(path)
