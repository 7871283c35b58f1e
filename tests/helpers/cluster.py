"""A Slurm cluster of one node on this machine, in a folder of its own: munged, slurmctld and slurmd
on free ports.

It needs root on a Debian machine. It leaves a Slurm that is installed and running alone: all files,
ports, keys and processes are its own, and it ends only the processes that it started.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PACKAGES = ("slurm-wlm", "munge")
# Seconds that another apt-get may take.
WAIT = 600
GPUS = 2

# No accounting and no control groups: what an ordinary machine or container can do. The node claims
# more memory than it may have (config_overrides), since requests are what is tested; its cores are
# real, so that jobs wait their turn.
CONF = """\
ClusterName=lexpro-test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ctld_port}
SlurmdPort={slurmd_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={munge}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
MinJobAge=86400
GresTypes=gpu
NodeName=node1 NodeHostname={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=1000000 Gres=gpu:{gpus} State=UNKNOWN
PartitionName=cpu Nodes=node1 Default=YES MaxTime=INFINITE State=UP
PartitionName=gpu Nodes=node1 Default=NO MaxTime=INFINITE State=UP
"""


class SlurmError(RuntimeError):
    """Slurm could not be installed or started."""


@dataclass(frozen=True)
class Job:
    """What Slurm recorded of a job: its request, and how it ended."""

    rule: str
    partition: str
    cpus: int
    mem_mb: int
    minutes: int
    gpus: int
    # The request as Slurm shows it, to look for options in.
    text: str

    @property
    def state(self) -> str:
        return re.search(r"JobState=(\w+)", self.text)[1]


class Cluster:
    """The running cluster. `env` is what a process needs in order to see it."""

    def __init__(self, folder: Path):
        self.folder = folder
        path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.env = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf"), "PATH": path}

    def call(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.env, text=True, capture_output=True, check=True, timeout=60
        ).stdout

    def jobs(self) -> list[Job]:
        """All jobs that were ever submitted; one for each task of an array."""
        lines = self.call("scontrol", "--oneliner", "show", "job").splitlines()
        return [job_of(line) for line in lines if line.startswith("JobId=")]

    def log(self) -> str:
        files = [*self.folder.glob("*.log")]
        return "\n".join(f"{p.name}:\n{p.read_text(errors='replace')[-2000:]}" for p in files)


def job_of(line: str) -> Job:
    """A job from its line of `scontrol --oneliner show job`."""

    def find(pattern: str, default: str = "") -> str:
        found = re.search(pattern, line)
        return found[1] if found else default

    days, hours, minutes = re.search(r"TimeLimit=(?:(\d+)-)?(\d+):(\d+):\d+", line).groups()
    amount, unit = re.search(r"TRES=\S*?mem=([\d.]+)([MGT])", line).groups()
    return Job(
        rule=find(r"Comment=rule_(.+?)(?:_wildcards_| )"),
        partition=find(r"Partition=(\S+)"),
        cpus=int(find(r"NumCPUs=(\d+)")),
        mem_mb=round(float(amount) * {"M": 1, "G": 1024, "T": 1024**2}[unit]),
        minutes=int(days or 0) * 1440 + int(hours) * 60 + int(minutes),
        gpus=int(find(r"TresPerJob=gres:gpu(?::\w+)?:(\d+)", "0")),
        text=line,
    )


def unavailable() -> str | None:
    """Why a cluster cannot be had here, or None."""
    if os.geteuid() != 0:
        return "needs root: it starts Slurm's daemons"
    if not shutil.which("slurmctld") and not shutil.which("apt-get"):
        return "needs Slurm, or apt-get to install it"
    return None


def installed() -> bool:
    """Whether Slurm and MUNGE are there."""
    return all(shutil.which(name) for name in ("munged", "slurmctld", "slurmd", "sbatch"))


def install(say: Callable[[str], None] = print) -> None:
    """Install Debian's Slurm and MUNGE where they are missing.

    Another apt-get at work is waited for, ten minutes at most. Its option for that covers the lock
    of dpkg only, so a lock of the package lists is waited for here.

    Args:
        say: Tells the user what is going on.

    Raises:
        SlurmError: apt-get failed for another reason, or the other one did not end.
    """
    if installed():
        return
    say(f"Installing {' and '.join(PACKAGES)} with apt-get, for the tests on a real Slurm")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    apt = ["apt-get", "-o", f"DPkg::Lock::Timeout={WAIT}", "--yes"]
    deadline = time.monotonic() + WAIT
    for command in ([*apt, "update"], [*apt, "install", "--no-install-recommends", *PACKAGES]):
        while True:
            done = subprocess.run(
                command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
            )
            if done.returncode == 0:
                break
            if (
                not re.search(r"Could not get lock|Unable to lock", done.stderr)
                or time.monotonic() > deadline
            ):
                raise SlurmError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
            say("Waiting for another apt-get to end")
            time.sleep(5)


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def wait_for(what: str, ready, daemons: list[subprocess.Popen], cluster: Cluster, seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if ended := [daemon.args[0] for daemon in daemons if daemon.poll() is not None]:
            raise SlurmError(f"{', '.join(ended)} ended at once.\n{cluster.log()}")
        if time.monotonic() > deadline:
            raise SlurmError(f"no {what} after {seconds} s.\n{cluster.log()}")
        time.sleep(0.2)


@contextmanager
def running() -> Iterator[Cluster]:
    """Start a cluster of an installed Slurm; at the end cancel its jobs and stop its daemons."""
    folder = Path(tempfile.mkdtemp(prefix="lexpro-slurm-"))
    folder.chmod(0o755)
    cluster = Cluster(folder)
    ctld_port, slurmd_port = free_ports(2)
    munge = folder / "munge.socket"
    host = socket.gethostname().split(".")[0]
    conf = CONF.format(
        folder=folder,
        host=host,
        munge=munge,
        cpus=len(os.sched_getaffinity(0)),
        gpus=GPUS,
        ctld_port=ctld_port,
        slurmd_port=slurmd_port,
    )
    (folder / "slurm.conf").write_text(conf)
    # GPUs to be counted and handed out; their device files are empty files.
    for number in range(GPUS):
        (folder / f"gpu{number}").touch()
    (folder / "gres.conf").write_text(f"Name=gpu File={folder}/gpu[0-{GPUS - 1}]\n")
    for name in ("state", "spool"):
        (folder / name).mkdir()
    # Snakemake's job step clears SLURM_* before it calls srun, which then would look for a cluster
    # in /etc/slurm.
    srun = folder / "bin/srun"
    srun.parent.mkdir()
    srun.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {shutil.which("srun")} "$@"\n')
    srun.chmod(0o755)
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)

    daemons: list[subprocess.Popen] = []

    def start(*command: str) -> None:
        with (folder / f"{Path(command[0]).name}.log").open("w") as log:
            daemons.append(
                subprocess.Popen(
                    command, env=cluster.env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
                )
            )

    def idle() -> bool:
        done = subprocess.run(
            ["sinfo", "--noheader", "--format=%T"],
            env=cluster.env,
            capture_output=True,
            text=True,
            check=False,
        )
        return set(done.stdout.split()) == {"idle"}

    try:
        munge_files = [f"--{name}-file={folder}/munged.{name}" for name in ("log", "pid", "seed")]
        start("munged", "--foreground", "--force", f"--socket={munge}", f"--key-file={key}", *munge_files)
        wait_for("answer of munged", munge.exists, daemons, cluster)
        start("slurmctld", "-D", "-c")
        start("slurmd", "-D", "-N", "node1")
        wait_for("idle node", idle, daemons, cluster)
        yield cluster
    finally:
        try:
            if len(daemons) == 3:
                cluster.call("scancel", "--user=root")
                wait_for(
                    "end of the jobs", lambda: not cluster.call("squeue", "--noheader"), daemons, cluster
                )
        finally:
            # Also where Slurm answers no more: what was started is ended.
            stop(daemons)
            shutil.rmtree(folder, ignore_errors=True)


def stop(daemons: list[subprocess.Popen]) -> None:
    for daemon in reversed(daemons):
        daemon.terminate()
    for daemon in daemons:
        try:
            daemon.wait(20)
        except subprocess.TimeoutExpired:
            daemon.kill()
