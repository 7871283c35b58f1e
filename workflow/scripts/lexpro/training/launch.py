"""The command line of a training: one process for each GPU, on one node or on several.

Several nodes: the rule's shell runs on the first node of the job (`mpi` in its resources leaves
`srun` to it). There `across` starts the launcher once on each node, and each of them, by
`processes`, its own processes, which meet at the first node. The launcher is PyTorch's (`accelerate
launch` would start it too, but reads a configuration in the user's home and knows no two processes
without GPUs); inside, accelerate reads the variables that it sets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lexpro.workflow.errors import UserError

# Ports of the meeting point: those above, by the job's number, so that two jobs of one node do not
# share one.
FIRST_PORT, PORTS = 20000, 20000
# Seconds between the request to end and the end: for the step under way and its checkpoint
# (`stopping`). The others of a process that failed may take as long.
GRACE = 300
# What follows `--` is the script's: or else its --log would be read as a beginning of torchrun's
# --log-dir.
TORCHRUN = ("python", "-m", "torch.distributed.run", f"--shutdown-timeout={GRACE}")


@dataclass(frozen=True)
class Launch:
    """What a rule grants.

    Attributes:
        gpus: of each node; 0: the processor.
        nodes: how many.
        threads: of each node.
        minutes: of wall clock.
        processes: of each node, where it has no GPU.
    """

    gpus: int
    nodes: int
    threads: int
    minutes: int = 120
    processes: int = 1

    @classmethod
    def from_runtime(cls, runtime: Mapping) -> Launch:
        """From the `runtime` of a stage's settings, with what the rule grants otherwise."""
        defaults = {"gpus": 0, "nodes": 1, "threads": 1, "minutes": cls.minutes, "processes": 1}
        return cls(**{name: runtime.get(name, default) for name, default in defaults.items()})

    @property
    def nproc(self) -> int:
        """Processes of one node: one for each GPU, or those on the processor."""
        return self.gpus or self.processes

    @property
    def threads_each(self) -> int:
        """Threads of one process."""
        return max(1, self.threads // self.nproc)


def resources(launch: Launch) -> dict[str, int | str]:
    """What the rule asks Slurm for, by the names of Snakemake's executor.

    `gpu` is the number of a whole job, `gres` that of each node. `mpi` leaves `srun` to the rule's
    shell. The signal goes to all processes of the job's steps before the time limit; without it a
    training has only the seconds of `KillWait`.
    """
    early = {"slurm_extra": f"--signal=TERM@{min(GRACE, 15 * launch.minutes)}"}
    if launch.nodes == 1:
        return {"gpu": launch.gpus, **early}
    several: dict[str, int | str] = {"nodes": launch.nodes, "tasks": launch.nodes, "mpi": "srun", **early}
    return several | ({"gres": f"gpu:{launch.gpus}"} if launch.gpus else {})


def hosts(nodelist: str) -> Iterator[str]:
    """Names in Slurm's short form: `gpu[01-02,7]-ib,login` → gpu01-ib, gpu02-ib, gpu7-ib, login."""
    for part in re.findall(r"(?:[^,\[]|\[[^\]]*\])+", nodelist):
        head, bracket, rest = part.partition("[")
        if not bracket:
            yield part
            continue
        ranges, _, tail = rest.partition("]")
        for one in ranges.split(","):
            low, _, high = one.partition("-")
            for number in range(int(low), int(high or low) + 1):
                yield from hosts(f"{head}{number:0{len(low)}d}{tail}")


def across(launch: Launch, inner: list[str]) -> list[str]:
    """`srun` that starts `inner` once on each node, with all that the job has there.

    One that fails ends the others.
    """
    return [
        "srun",
        f"--nodes={launch.nodes}",
        f"--ntasks={launch.nodes}",
        "--ntasks-per-node=1",
        f"--cpus-per-task={launch.threads}",
        "--cpu-bind=none",
        "--kill-on-bad-exit=1",
        *inner,
    ]


def processes(launch: Launch, script: list[str], environ: Mapping[str, str]) -> list[str]:
    """The command that starts the processes of this node.

    Args:
        launch: what the rule grants.
        script: the training script and its arguments.
        environ: variables of the process, as `os.environ`; those of Slurm are read for several
            nodes.

    Returns:
        The words of the command.

    Raises:
        UserError: several nodes were asked for outside `srun`.
    """
    if launch.nodes == 1:
        # Rendezvous at a free port of this machine. A single process on a processor needs none.
        torchrun = [*TORCHRUN, "--standalone", f"--nproc-per-node={launch.nproc}"]
        return [*torchrun, "--", *script] if launch.gpus or launch.nproc > 1 else ["python", *script]
    try:
        nodelist, rank = environ["SLURM_STEP_NODELIST"], environ["SLURM_NODEID"]
        port = FIRST_PORT + int(environ["SLURM_JOB_ID"]) % PORTS
    except KeyError as error:
        raise UserError(
            f"runtime.nodes is {launch.nodes}, but {error} is not set: several nodes are started by Slurm. Use "
            "snakemake --profile slurm, or runtime.nodes: 1."
        ) from None
    return [
        *TORCHRUN,
        f"--nnodes={launch.nodes}",
        f"--nproc-per-node={launch.nproc}",
        f"--node-rank={rank}",
        f"--master-addr={next(hosts(nodelist))}",
        f"--master-port={port}",
        "--",
        *script,
    ]


def environment(launch: Launch) -> dict[str, str]:
    """Variables of each process: its share of the threads, and no GPU where none was asked for."""
    names = ("LEXPRO_THREADS", "OMP_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS")
    hidden = {} if launch.gpus else {"CUDA_VISIBLE_DEVICES": ""}
    return dict.fromkeys(names, str(launch.threads_each)) | hidden
