"""The command lines of trainings on one node and on several."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.training.launch import GRACE, Launch, across, environment, hosts, processes, resources
from lexpro.workflow.errors import UserError

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow/scripts"
SCRIPT = ["workflow/scripts/sft.py", "--plan", "p"]
STEP = {"SLURM_STEP_NODELIST": "gpu[07-08]", "SLURM_NODEID": "1", "SLURM_JOB_ID": "4100123"}


@pytest.mark.parametrize(
    ("nodelist", "names"),
    [
        ("login", ["login"]),
        ("gpu1,gpu5", ["gpu1", "gpu5"]),
        ("gpu[01-03,7],cpu-a", ["gpu01", "gpu02", "gpu03", "gpu7", "cpu-a"]),
        ("r[1-2]n[08-09]", ["r1n08", "r1n09", "r2n08", "r2n09"]),
        ("gpu[9-10]-ib", ["gpu9-ib", "gpu10-ib"]),
    ],
)
def test_short_forms_of_node_lists(nodelist, names):
    assert list(hosts(nodelist)) == names


@given(st.integers(0, 500), st.integers(0, 40), st.integers(1, 5))
def test_a_range_has_all_its_nodes(low, more, width):
    found = list(hosts(f"n[{low:0{width}d}-{low + more:0{width}d}]"))
    assert [int(name[1:]) for name in found] == list(range(low, low + more + 1))


def test_a_processor_needs_no_launcher():
    launch = Launch(gpus=0, nodes=1, threads=2)
    assert processes(launch, SCRIPT, {}) == ["python", *SCRIPT]
    assert environment(launch)["LEXPRO_THREADS"] == "2" and environment(launch)["CUDA_VISIBLE_DEVICES"] == ""


def test_processes_of_a_processor_share_its_threads():
    launch = Launch.from_runtime({"processes": 2, "threads": 4, "gpus": 0})
    command = processes(launch, SCRIPT, {})
    assert {"--standalone", "--nproc-per-node=2"} <= set(command)
    assert environment(launch)["OMP_NUM_THREADS"] == "2" and environment(launch)["CUDA_VISIBLE_DEVICES"] == ""


def test_one_node_has_a_process_for_each_gpu_and_meets_at_a_free_port():
    launch = Launch(gpus=8, nodes=1, threads=64)
    command = processes(launch, SCRIPT, {})
    assert command[-len(SCRIPT) :] == SCRIPT
    assert {"--standalone", "--nproc-per-node=8", f"--shutdown-timeout={GRACE}"} <= set(command)
    assert environment(launch)["OMP_NUM_THREADS"] == "8" and "CUDA_VISIBLE_DEVICES" not in environment(launch)


def test_several_nodes_meet_at_the_first():
    launch = Launch(gpus=8, nodes=2, threads=64)
    outer = across(launch, ["python", "launch.py"])
    assert outer[0] == "srun" and outer[-2:] == ["python", "launch.py"]
    assert {"--nodes=2", "--ntasks=2", "--ntasks-per-node=1", "--cpus-per-task=64"} <= set(outer)
    commands = [processes(launch, SCRIPT, {**STEP, "SLURM_NODEID": str(node)}) for node in (0, 1)]
    for rank, command in enumerate(commands):
        assert {"--nnodes=2", "--nproc-per-node=8", f"--node-rank={rank}"} <= set(command)
        assert {"--master-addr=gpu07", "--master-port=20123"} <= set(command)
    other = processes(launch, SCRIPT, {**STEP, "SLURM_JOB_ID": "4100124"})
    assert "--master-port=20124" in other, "another job, another port"


@pytest.mark.parametrize("missing", sorted(STEP))
def test_several_nodes_outside_slurm_are_refused(missing):
    environ = {name: value for name, value in STEP.items() if name != missing}
    with pytest.raises(UserError, match=rf"runtime\.nodes is 2.*{missing}"):
        processes(Launch(gpus=1, nodes=2, threads=4), SCRIPT, environ)


def test_the_command_starts_the_script_with_its_threads(tmp_path):
    script, runtime = tmp_path / "say.py", tmp_path / "runtime.yaml"
    runtime.write_text("{}")
    script.write_text("import os, sys; print(sys.argv[1:], os.environ['LEXPRO_THREADS'])")
    done = subprocess.run(
        [sys.executable, SCRIPTS / "launch.py", "--runtime", runtime, "--threads", "3", "--", script, "--plan", "p"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "['--plan', 'p'] 3"


def test_srun_gets_the_command_once_for_each_node(tmp_path):
    """A stand-in for `srun` that runs its command twice, as two nodes would."""
    srun, python, runtime = (tmp_path / name for name in ("srun", "python", "runtime.yaml"))
    runtime.write_text("gpus: 4\nnodes: 2\n")
    srun.write_text(
        "#!/bin/sh\nwhile [ \"${1#--}\" != \"$1\" ]; do shift; done\n"
        "for node in 0 1; do SLURM_NODEID=$node SLURM_STEP_NODELIST='gpu[07-08]' SLURM_JOB_ID=5 \"$@\"; done\n"
    )  # fmt: skip
    python.write_text(f'#!/bin/sh\ncase "$1" in -m) echo "$@";; *) exec {sys.executable} "$@";; esac\n')
    for file in (srun, python):
        file.chmod(0o755)
    done = subprocess.run(
        [sys.executable, SCRIPTS / "launch.py", "--runtime", runtime, "--threads=8", "--", *SCRIPT],
        capture_output=True, text=True, check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert [f"--node-rank={rank}" in line for rank, line in enumerate(lines)] == [True, True]
    assert all("--master-addr=gpu07" in line and line.endswith("sft.py --plan p") for line in lines)


@pytest.mark.parametrize(
    ("runtime", "asked"),
    [
        ({}, {"gpu": 0}),
        ({"gpus": 8, "nodes": 1}, {"gpu": 8}),
        ({"gpus": 8, "nodes": 4}, {"gres": "gpu:8", "nodes": 4, "tasks": 4, "mpi": "srun"}),
        ({"nodes": 2}, {"nodes": 2, "tasks": 2, "mpi": "srun"}),
    ],
)
def test_what_slurm_is_asked_for(runtime, asked):
    assert resources(Launch.from_runtime(runtime)) == {**asked, "slurm_extra": f"--signal=TERM@{GRACE}"}


def test_a_short_job_is_not_asked_to_end_when_it_begins():
    assert resources(Launch.from_runtime({"minutes": 4}))["slurm_extra"] == "--signal=TERM@60"


@pytest.mark.slow
def test_the_script_gets_its_own_options(tmp_path):
    """`--log` is a beginning of several of torchrun's options."""
    script = tmp_path / "script.py"
    script.write_text("import sys; print(sys.argv[1:])", encoding="utf-8")
    command = processes(Launch(gpus=1, nodes=1, threads=1), [str(script), "--plan", "p", "--log", "l"], {})
    done = subprocess.run([sys.executable, *command[1:]], capture_output=True, text=True, check=False)
    assert "['--plan', 'p', '--log', 'l']" in done.stdout, done.stderr
