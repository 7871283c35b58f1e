"""The configuration of the test cluster: what its nodes, partitions and accounting are."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

import namespaces

# GPUs of a node that has some; their device files are empty files.
GPUS = 2
CLUSTER = "lexpro-test"
ACCOUNT = "law"
# Qualities of service besides `normal`: one for a user to ask for.
QOS = "long"

# No control groups: what an ordinary machine or container can do. Nodes claim more memory than they
# may have (config_overrides), since requests are what is tested; their cores are real, so that jobs
# wait their turn. The queue is looked at within seconds.
CONF = """\
ClusterName={cluster}
SlurmctldHost={host}({controller})
SlurmctldPort={ctld_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire={cred_expire}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
MpiDefault=none
ReturnToService=2
SlurmdParameters=config_overrides
SlurmdTimeout={node_timeout}
MessageTimeout=60
KillWait=120
MinJobAge=86400
SchedulerParameters=sched_interval=2,bf_interval=2
GresTypes=gpu
"""
ACCOUNTING = """\
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={dbd_port}
AccountingStoragePass={folder}/munge.socket
AccountingStorageEnforce=associations,limits,qos
"""
NO_ACCOUNTING = "AccountingStorageType=accounting_storage/none\n"
# One node that has all.
ONE = """\
NodeName=node1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[0]} CPUs={cpus} RealMemory=1000000 Gres=gpu:{gpus}
PartitionName=cpu Nodes=node1 Default=YES MaxTime=INFINITE
PartitionName=gpu Nodes=node1 MaxTime=INFINITE
"""
# Two nodes with names and addresses of their own, as two machines have.
APART = """\
NodeName=node1 NodeAddr={addresses[0]} Port={ports[0]} CPUs={cpus} RealMemory=1000000
NodeName=node2 NodeAddr={addresses[1]} Port={ports[1]} CPUs={cpus} RealMemory=1000000
PartitionName=cpu Nodes=node[1-2] Default=YES MaxTime=INFINITE
"""
# Jobs of `low` make room for those of `high`: they are asked to end, and queued again. A node that
# the file `broken` names fails each job at once.
PROLOG = """\
#!/bin/sh
[ "$(cat {folder}/broken 2>/dev/null)" != "$SLURMD_NODENAME" ] || exit 1
"""
FOUR = """\
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
TaskProlog={folder}/bin/prolog
NodeName=node1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[0]} CPUs={cpus} RealMemory=1000000
NodeName=node2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} CPUs={cpus} RealMemory=1000000
NodeName=node3 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs={cpus} RealMemory=1000000 Gres=gpu:{gpus}
NodeName=node4 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[3]} CPUs={cpus} RealMemory=1000000 Gres=gpu:{gpus}
PartitionName=cpu Nodes=node[1-2] Default=YES MaxTime=INFINITE PreemptMode=OFF
PartitionName=gpu Nodes=node[3-4] MaxTime=INFINITE PreemptMode=OFF
PartitionName=low Nodes=node[3-4] MaxTime=INFINITE PriorityTier=1 PreemptMode=REQUEUE GraceTime=120
PartitionName=high Nodes=node[3-4] MaxTime=INFINITE PriorityTier=9 PreemptMode=OFF
PartitionName=short Nodes=node[3-4] MaxTime=2 PreemptMode=OFF
"""
DBD = """\
DbdHost={host}
DbdAddr=127.0.0.1
DbdPort={dbd_port}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmUser=root
PidFile={folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={sql_port}
StorageUser=slurm
StoragePass={password}
StorageLoc=slurm
"""
USER = (
    "CREATE USER 'slurm'@'127.0.0.1' IDENTIFIED BY '{password}';\n"
    "GRANT ALL ON slurm.* TO 'slurm'@'127.0.0.1';\n"
)


@dataclass(frozen=True)
class Layout:
    """What a cluster consists of.

    Attributes:
        nodes: one, two or four. Two are apart: each in namespaces of its own, with its own name and
            address.
        accounting: with a database.
        hasty: a node that does not answer is lost, and a job queued again starts, after seconds.
            Such a cluster takes a busy machine for a broken one: for drills of that kind only.
    """

    nodes: int = 1
    accounting: bool = False
    hasty: bool = False

    @property
    def apart(self) -> bool:
        """Whether the nodes are in namespaces."""
        return self.nodes == 2

    @property
    def node_names(self) -> list[str]:
        return [f"node{number + 1}" for number in range(self.nodes)]


def write(folder: Path, layout: Layout, ports: list[int], password: str) -> None:
    """Write all configuration files; `ports`: of slurmctld, slurmdbd, the database, each slurmd."""
    addresses = [namespaces.address(number + 1) for number in range(layout.nodes)]
    known = {
        "folder": folder,
        "cluster": CLUSTER,
        "controller": namespaces.address(0) if layout.apart else "127.0.0.1",
        "addresses": addresses,
        "host": socket.gethostname().split(".")[0],
        "node_timeout": 15 if layout.hasty else 600,
        "cred_expire": 5 if layout.hasty else 120,
        "cpus": len(os.sched_getaffinity(0)),
        "gpus": GPUS,
        "password": password,
        "ctld_port": ports[0],
        "dbd_port": ports[1],
        "sql_port": ports[2],
        "ports": ports[3:],
    }
    nodes = {1: ONE, 2: APART, 4: FOUR}[layout.nodes]
    parts = (CONF, ACCOUNTING if layout.accounting else NO_ACCOUNTING, nodes)
    (folder / "slurm.conf").write_text("".join(part.format(**known) for part in parts))
    (folder / "bin").mkdir()
    (folder / "bin/prolog").write_text(PROLOG.format(**known))
    (folder / "bin/prolog").chmod(0o755)
    for number in range(GPUS):
        (folder / f"gpu{number}").touch()
    with_gpus = {1: "node1", 4: "node[3-4]"}.get(layout.nodes)
    gpus = f"NodeName={with_gpus} Name=gpu File={folder}/gpu[0-{GPUS - 1}]\n" if with_gpus else ""
    (folder / "gres.conf").write_text(gpus)
    if layout.apart:
        names = zip(addresses, layout.node_names, strict=True)
        lines = [f"{address} {name}\n" for address, name in names]
        (folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(lines))
    for name in ("state", *(f"spool.{node}" for node in layout.node_names)):
        (folder / name).mkdir()
    if layout.accounting:
        for name, text in (("slurmdbd.conf", DBD), ("user.sql", USER)):
            (folder / name).touch(mode=0o600)
            (folder / name).write_text(text.format(**known))
