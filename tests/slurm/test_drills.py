"""Drills: what a cluster does to jobs, and that nothing is lost by it.

Those marked `drill` are left out of `make test`; `make test-cluster` runs all, and those at random
moments many times.
"""

import os
import random
import re
import shutil
import signal
import threading
import time

import pytest
from drills import UNTIL, moments

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(7200)]
drill = pytest.mark.drill
KILL = [signal.SIGKILL, signal.SIGINT, signal.SIGHUP]
NAMES = {
    signal.SIGKILL: "`kill -9` of Snakemake's main process",
    signal.SIGINT: "Ctrl-C",
    signal.SIGHUP: "a closed terminal",
}
# Seconds in which the corpus of the small experiment is made, more or less.
MAKING = 30


def complete(checkout, manifests):
    assert checkout.manifests() == manifests
    assert checkout.half_made() == []


def states(checkout) -> list[str]:
    lines = checkout.cluster.call("squeue", "--noheader", "--states=all", "--format=%Z|%T").splitlines()
    return [line.rpartition("|")[2] for line in lines if line.startswith(f"{checkout.root}|")]


@drill
def test_undisturbed(checkout, manifests, table):
    """What the others are compared with: the same files as without Slurm."""
    began = time.monotonic()
    checkout(*UNTIL)
    table.add("nothing", "–", [time.monotonic() - began], 1)
    complete(checkout, manifests)


@drill
def test_a_killed_job(checkout, manifests, times, table):
    """All processes of a job are killed at a random moment, whichever stage it is."""
    killed = []
    process = checkout.start(*UNTIL, "--restart-times", "50")

    def strike():
        draw = random.Random(times)
        while process.poll() is None and len(killed) < times:
            time.sleep(draw.uniform(0, 8))
            if jobs := checkout.jobs("RUNNING"):
                number, name, _ = draw.choice(jobs)
                if checkout.cluster.kill_processes(job=number):
                    killed.append((time.monotonic(), name))

    thread = threading.Thread(target=strike)
    thread.start()
    status = checkout.end(process, 3600)
    thread.join()
    assert status == 0, checkout.said()[-4000:]
    assert killed
    complete(checkout, manifests)
    stages = sorted({re.sub(r"^rule_([a-z]+).*", r"\1", name) for _, name in killed})
    table.add(
        f"`kill -9` of a job ({', '.join(stages)})",
        "the job's work",
        [time.monotonic() - killed[-1][0]],
        len(killed),
    )


@pytest.mark.parametrize(
    "number",
    [signal.SIGKILL, pytest.param(signal.SIGINT, marks=drill), pytest.param(signal.SIGHUP, marks=drill)],
)
def test_a_killed_main_process(undisturbed, manifests, tmp_path, times, table, number):
    base, _ = undisturbed
    seconds = []
    for turn, delay in enumerate(moments(times, MAKING / 2, number)):
        checkout = base.copy(tmp_path / f"lexpro-{turn}")
        process = checkout.start(*UNTIL)
        checkout.wait_for("job", checkout.jobs, process)
        time.sleep(delay)
        if number == signal.SIGKILL:
            process.send_signal(number)
        else:
            # A terminal signals all that it has started.
            with_all = os.getpgid(process.pid)
            os.killpg(with_all, number)
        process.wait(600)
        began = time.monotonic()
        said = checkout(*UNTIL)
        seconds.append(time.monotonic() - began)
        complete(checkout, manifests)
        assert "cannot be locked" not in said
    table.add(
        NAMES[number], "the work of jobs that ran" if number != signal.SIGINT else "the same", seconds, times
    )


@drill
@pytest.mark.parametrize("what", ["scancel", "requeue", "node", "controller", "squeue"])
def test_what_slurm_does_to_a_job(checkout, manifests, table, what):
    cluster = checkout.cluster
    process = checkout.start(*UNTIL)
    number, name, node = checkout.running(process=process)
    began = time.monotonic()
    match what:
        case "scancel":
            cluster.call("scancel", number)
            done = "`scancel` of a job"
        case "requeue":
            cluster.call("scontrol", "requeue", number)
            done = "`scontrol requeue` of a job"
        case "node":
            cluster.kill_node(node)
            done = "a node is lost: its daemon and its jobs are killed"
        case "controller":
            # Asked to end, it saves its state. Killed, it forgets the jobs of the last seconds.
            cluster.stop("slurmctld")
            time.sleep(60)
            cluster.start_controller()
            done = "`slurmctld` restarts, and is away for 60 s"
        case "squeue":
            trouble(cluster, "squeue", "hangs", 60)
            done = "`squeue` answers nothing for 60 s"
    status = checkout.end(process)
    if what == "node":
        cluster.start_node(node)
        cluster.wait_for("idle nodes", cluster.idle)
    assert status == 0, checkout.said()[-4000:] + checkout.queue()
    complete(checkout, manifests)
    lost = "the job's work" if what in ("scancel", "requeue", "node") else "nothing"
    table.add(done, lost, [time.monotonic() - began], 1)
    if lost == "nothing":
        none_ran_twice(checkout, manifests)


@drill
@pytest.mark.parametrize("mood", ["hangs", "fails", "forgets all jobs"])
def test_an_unreliable_accounting(checkout, manifests, table, mood):
    """Of a run that asks `sacct` for its jobs, for a minute from when the first of them runs."""
    process = checkout.start(*UNTIL, "--slurm-status-command", "sacct")
    checkout.running(process=process)
    began = time.monotonic()
    trouble(checkout.cluster, "sacct", mood, 60)
    assert checkout.end(process) == 0, checkout.said()[-4000:] + checkout.queue()
    complete(checkout, manifests)
    table.add(f"`sacct` {mood}, for 60 s", "nothing", [time.monotonic() - began], 1)
    none_ran_twice(checkout, manifests)


def none_ran_twice(checkout, manifests):
    """No job was taken for lost, and none ran twice."""
    assert set(states(checkout)) == {"COMPLETED"}
    assert len(states(checkout)) == len(manifests) - 1


MOODS = {
    "hangs": "while early; do sleep 1; done",
    "fails": "! early || exit 1",
    "forgets all jobs": "! early || exit 0",
}


def trouble(cluster, program, mood, seconds):
    """A program of Slurm's that is out of order for a while."""
    wrapper = cluster.folder / "bin" / program
    real = shutil.which(program)
    until = time.time() + seconds
    lines = (f'early() {{ [ "$(date +%s)" -lt {until:.0f} ]; }}', MOODS[mood], f'exec {real} "$@"')
    wrapper.write_text("\n".join(("#!/bin/sh", *lines, "")))
    wrapper.chmod(0o755)
