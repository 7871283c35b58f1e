"""`sbatch` and `srun` while the controller does not answer; `sacct` for the executor."""

import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "workflow/scripts/slurm_tools"
ARGUMENTS = ["--parsable", "--job-name", "lexpro_1b", "--comment", "rule_sft", "--wrap=true"]
SBATCH = """\
#!/bin/sh
echo "$@" >> {folder}/calls
if [ "$(wc -l < {folder}/calls)" -le {away} ]; then
    echo "sbatch: error: Batch job submission failed: {said}" >&2
    exit 1
fi
echo 42
"""


@pytest.fixture
def submit(tmp_path):
    """Submit to a controller that is away for some calls; `queue`: what it holds afterwards."""

    def call(away: int, said: str, queue: str = "") -> tuple[subprocess.CompletedProcess, int]:
        programs = {
            "sbatch": SBATCH.format(folder=tmp_path, away=away, said=said),
            "squeue": f"#!/bin/sh\necho '{queue}'\n",
        }
        for name, text in programs.items():
            (tmp_path / name).write_text(text)
            (tmp_path / name).chmod(0o755)
        done = subprocess.run(
            [sys.executable, TOOLS / "sbatch", *ARGUMENTS],
            env={"PATH": f"{TOOLS}:{tmp_path}:/usr/bin:/bin"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done, len((tmp_path / "calls").read_text().splitlines())

    return call


def test_the_controller_is_waited_for(submit):
    done, calls = submit(2, "Unable to contact slurm controller (connect failure)")
    assert (done.returncode, done.stdout, calls) == (0, "42\n", 3)


def test_a_job_that_was_taken_without_an_answer_is_not_submitted_again(submit):
    done, calls = submit(9, "Socket timed out on send/recv operation", queue="41|rule_sft")
    assert (done.returncode, done.stdout, calls) == (0, "41\n", 1)


def test_another_failure_is_passed_on(submit):
    done, calls = submit(9, "Invalid partition name specified")
    assert done.returncode == 1 and "Invalid partition" in done.stderr and calls == 1


@pytest.mark.parametrize(
    "sacct, squeue, said",
    [
        ("echo '7|CANCELLED by 1000'; echo '8|RUNNING'", "exit 9", "7|CANCELLED\n8|RUNNING\n"),
        ("echo 'accounting storage is disabled' >&2; exit 1", "echo '7|RUNNING'", "7|RUNNING\n"),
        ("exit 1", "exit 1", ""),
    ],
    ids=["who cancelled", "no accounting", "nobody answers"],
)
def test_what_the_executor_is_told_of_its_jobs(tmp_path, sacct, squeue, said):
    for name, text in (("sacct", sacct), ("squeue", squeue)):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        [sys.executable, TOOLS / "sacct", "-X", "--name", "lexpro_1b"],
        env={"PATH": f"{TOOLS}:{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == said and (done.returncode == 0) == bool(said)


def test_a_step_waits_for_the_controller(tmp_path):
    ping = f'if [ -e {tmp_path}/asked ]; then echo "Slurmctld(primary) at a is UP"; else'
    ping += f' touch {tmp_path}/asked; echo "Slurmctld(primary) at a is DOWN"; fi'
    for name, text in (("scontrol", ping), ("srun", f'[ -e {tmp_path}/asked ] && echo "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        [sys.executable, TOOLS / "srun", "-n1", "a job"],
        env={"PATH": f"{TOOLS}:{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "-n1 a job\n"), done.stderr
