"""How the threads of a job wait: asleep where others use the cores, and with the same numbers."""

import os
import subprocess
import sys

import pytest

from lexpro.workflow import waiting

STAT = "cpu  100 5 20 4000 60 0 1 0 0 0\ncpu0 50 2 10 2000 30 0 0 0 0 0\n"
MATMUL = (
    "import hashlib, torch; torch.set_num_threads(2); torch.manual_seed(0); a = torch.randn(700, 900);"
    "print(hashlib.sha256(torch.log_softmax(a @ a.T, -1).sum(0).numpy().tobytes()).hexdigest())"
)


def printed(**env: str) -> str:
    command = [sys.executable, "-I", "-S", waiting.__file__]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout


def test_idle_ticks_and_busy_cores():
    assert waiting.idle_ticks(STAT) == 4060
    assert waiting.busy_cores(4060, 4060 + 150, seconds=1.0, cores=2, ticks=100) == pytest.approx(0.5)


def test_beside_a_busy_process_threads_sleep():
    loop = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        assert printed().strip() == waiting.PASSIVE
    finally:
        loop.kill()
        loop.wait()


def test_what_the_user_said_stays():
    assert printed(OMP_WAIT_POLICY="active") == ""


@pytest.mark.slow
def test_the_numbers_are_the_same_either_way():
    digests = [
        subprocess.run(
            [sys.executable, "-c", MATMUL],
            env={**os.environ, "OMP_WAIT_POLICY": policy, "OMP_NUM_THREADS": "2"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for policy in ("active", "passive")
    ]
    assert digests[0] == digests[1] != ""
