"""A Slurm cluster on this machine, in a folder of its own: munged, slurmctld and one slurmd a node
on free ports; with accounting also MariaDB and slurmdbd.

It needs root on a Debian machine. It leaves a Slurm that is installed and running alone: all files,
ports, keys and processes are its own, and it ends only the processes that it started.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import namespaces
import slurm_conf
from ports import free
from slurm_conf import Layout

# Program → Debian's package. MariaDB without its service, which its larger package would start.
SLURM = {"slurmctld": "slurm-wlm", "munged": "munge"}
DATABASE = {
    "slurmdbd": "slurmdbd",
    "mariadbd": "mariadb-server-core",
    # Of which the making of a database needs a program.
    "my_print_defaults": "mariadb-client-core",
}
# Seconds that another apt-get may take.
WAIT = 600
# Seconds until an answer is given up: a guard against a hang, not a measurement.
PATIENCE = 600


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

    def __init__(self, folder: Path, layout: Layout):
        self.folder = folder
        self.layout = layout
        path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.env = {**os.environ, "SLURM_CONF": str(folder / "slurm.conf"), "PATH": path}
        # Name → process, in the order in which they were started.
        self.daemons: dict[str, subprocess.Popen] = {}

    def call(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.env, text=True, capture_output=True, check=True, timeout=PATIENCE
        ).stdout

    def answers(self, *command: str) -> str | None:
        """What a command says, or None where it fails."""
        done = subprocess.run(
            command, env=self.env, text=True, capture_output=True, check=False, timeout=PATIENCE
        )
        return done.stdout if done.returncode == 0 else None

    def jobs(self) -> list[Job]:
        """All jobs that were ever submitted; one for each task of an array."""
        lines = self.call("scontrol", "--oneliner", "show", "job").splitlines()
        return [job_of(line) for line in lines if line.startswith("JobId=")]

    def log(self) -> str:
        files = [*self.folder.glob("*.log")]
        return "\n".join(f"{p.name}:\n{p.read_text(errors='replace')[-2000:]}" for p in files)

    def start(self, name: str, *command: str) -> None:
        """Start a daemon."""
        with (self.folder / f"{name}.log").open("a") as log:
            self.daemons[name] = subprocess.Popen(
                command, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    def stop(self, name: str, number: int = signal.SIGTERM) -> None:
        """End a daemon and wait for that."""
        daemon = self.daemons.pop(name)
        daemon.send_signal(number)
        try:
            daemon.wait(20)
        except subprocess.TimeoutExpired:
            daemon.kill()
            daemon.wait()

    def start_controller(self, *options: str) -> None:
        self.start("slurmctld", "slurmctld", "-D", *options)

    def start_node(self, node: str) -> None:
        daemon = ["slurmd", "-D", "-N", node]
        if not self.layout.apart:
            self.start(node, *daemon)
            return
        self.start(node, *namespaces.inside(node, self.folder / "hosts", daemon))
        namespaces.connect(self.daemons[node].pid, self.layout.node_names.index(node) + 1)

    def kill_node(self, node: str) -> None:
        """As a power cut: the node's daemon and all that its jobs run are killed."""
        self.stop(node, signal.SIGKILL)
        self.kill_processes(node)

    def kill_processes(self, node: str = "", job: str = "") -> int:
        """Kill all processes of jobs, with Slurm's own that lead them; how many there were."""
        pids = self.processes(node, job)
        leaders = {parent for pid in pids if name_of(parent := parent_of(pid)) == "slurmstepd"}
        for pid in {*pids, *leaders}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)

    def processes(self, node: str = "", job: str = "") -> list[int]:
        """The processes of this cluster's jobs, of one node, or of one job."""
        return [
            pid
            for pid, env in environments()
            if env.get("SLURM_CONF") == self.env["SLURM_CONF"]
            and (not node or env.get("SLURMD_NODENAME") == node)
            and (env.get("SLURM_JOB_ID") == job if job else "SLURM_JOB_ID" in env)
        ]

    def wait_for(self, what: str, ready: Callable[[], object], seconds: int = PATIENCE) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if ended := [name for name, daemon in self.daemons.items() if daemon.poll() is not None]:
                raise SlurmError(f"{', '.join(ended)} ended at once.\n{self.log()}")
            if time.monotonic() > deadline:
                raise SlurmError(f"no {what} after {seconds} s.\n{self.log()}")
            time.sleep(0.2)

    def idle(self) -> bool:
        return set((self.answers("sinfo", "--noheader", "--format=%T") or "").split()) == {"idle"}


def environments() -> Iterator[tuple[int, dict[str, str]]]:
    """Each process of this machine, with the environment that it was started with."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            pairs = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
            yield int(folder.name), dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def _status(pid: int, field: str) -> str:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return line.split(maxsplit=1)[1]
    return ""


def parent_of(pid: int) -> int:
    return int(_status(pid, "PPid") or 0)


def name_of(pid: int) -> str:
    return _status(pid, "Name")


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


def missing(programs: dict[str, str]) -> list[str]:
    """The packages of the programs that are not there."""
    return [package for program, package in programs.items() if not shutil.which(program)]


def install(accounting: bool = False, say: Callable[[str], None] = print) -> None:
    """Install what is missing of Debian's Slurm and MUNGE, and of the accounting database.

    Another apt-get at work is waited for, ten minutes at most. Its option for that covers the lock
    of dpkg only, so a lock of the package lists is waited for here.

    Args:
        accounting: also slurmdbd and MariaDB.
        say: Tells the user what is going on.

    Raises:
        SlurmError: apt-get failed for another reason, or the other one did not end.
    """
    packages = missing(SLURM | DATABASE if accounting else SLURM)
    if not packages:
        return
    say(f"Installing {', '.join(packages)} with apt-get, for the tests on a real Slurm")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    apt = ["apt-get", "-o", f"DPkg::Lock::Timeout={WAIT}", "--yes"]
    deadline = time.monotonic() + WAIT
    for command in ([*apt, "update"], [*apt, "install", "--no-install-recommends", *packages]):
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


@contextmanager
def running(layout: Layout = Layout()) -> Iterator[Cluster]:  # noqa: B008
    """Start a cluster of an installed Slurm; at the end cancel its jobs and stop its daemons."""
    folder = Path(tempfile.mkdtemp(prefix="lexpro-slurm-"))
    folder.chmod(0o755)
    cluster = Cluster(folder, layout)
    ports = free(3 + layout.nodes)
    if layout.apart:
        namespaces.make_bridge()
    slurm_conf.write(folder, layout, ports, secrets.token_hex(16))
    # Snakemake's job step clears SLURM_* before it calls srun, which then would look for a cluster
    # in /etc/slurm.
    for name in ("srun", "scontrol"):
        program = folder / "bin" / name
        program.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {shutil.which(name)} "$@"\n')
        program.chmod(0o755)
    # As Ctrl-C does: what is started here must not outlive tests that are told to end.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _start_munge(cluster)
        if layout.accounting:
            _start_accounting(cluster, ports[2])
        cluster.start_controller("-c")
        for node in layout.node_names:
            cluster.start_node(node)
        cluster.wait_for("idle nodes", cluster.idle)
        yield cluster
    finally:
        try:
            if cluster.answers("scancel", "--user=root") is not None:
                cluster.wait_for("end of the jobs", lambda: cluster.answers("squeue", "--noheader") == "")
        finally:
            # Also where Slurm answers no more: what was started is ended.
            for name in reversed([*cluster.daemons]):
                cluster.stop(name)
            # What saw the cluster and lives on: jobs, and a Snakemake whose test was interrupted.
            for pid, env in environments():
                if env.get("SLURM_CONF") == cluster.env["SLURM_CONF"]:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
            shutil.rmtree(folder, ignore_errors=True)
            if layout.apart:
                namespaces.remove_bridge()
            signal.signal(signal.SIGTERM, before)


def _start_munge(cluster: Cluster) -> None:
    folder = cluster.folder
    key = folder / "munge.key"
    key.write_bytes(secrets.token_bytes(128))
    key.chmod(0o400)
    files = [f"--{name}-file={folder}/munged.{name}" for name in ("log", "pid", "seed")]
    socket_file = folder / "munge.socket"
    options = ["--foreground", "--force", f"--socket={socket_file}", f"--key-file={key}"]
    cluster.start("munged", "munged", *options, *files)
    cluster.wait_for("answer of munged", socket_file.exists)


def _start_accounting(cluster: Cluster, port: int) -> None:
    """MariaDB and slurmdbd, with an account and a quality of service for the user of the tests."""
    folder = cluster.folder
    data = folder / "database"
    common = ["--no-defaults", "--user=root", f"--datadir={data}"]
    cluster.call("mariadb-install-db", *common, "--auth-root-authentication-method=normal", "--skip-test-db")
    cluster.start(
        "mariadbd",
        "mariadbd",
        *common,
        f"--socket={folder}/database.socket",
        f"--pid-file={folder}/database.pid",
        f"--port={port}",
        "--bind-address=127.0.0.1",
        "--skip-name-resolve",
        f"--init-file={folder}/user.sql",
        # Nothing that must outlive a power cut.
        "--innodb-flush-log-at-trx-commit=0",
    )
    cluster.wait_for("answer of MariaDB", lambda: listening(port))
    cluster.start("slurmdbd", "slurmdbd", "-D")
    change = ["sacctmgr", "--immediate"]
    name = slurm_conf.CLUSTER
    cluster.wait_for("answer of slurmdbd", lambda: cluster.answers(*change, "list", "qos") is not None)
    cluster.call(*change, "add", "cluster", name)
    cluster.call(*change, "add", "qos", slurm_conf.QOS)
    cluster.call(*change, "add", "account", slurm_conf.ACCOUNT)
    both = f"qos=normal,{slurm_conf.QOS}"
    cluster.call(*change, "add", "user", "root", f"account={slurm_conf.ACCOUNT}")
    cluster.call(*change, "modify", "user", "root", "set", both)


def listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
