"""Nodes on which a job has just failed: its next attempt goes to another.

Slurm gives a job to the first node that is free. One that is broken fails each job at once and is
free again: it would get all attempts. Snakemake's executor avoids nodes that Slurm itself calls
failed, no others.
"""

import re
import subprocess
from collections.abc import Iterable

from programs import run

# A job that fails later than this after its start is not taken for one of a broken node.
AT_ONCE = 120
FAILED = "FAILED,NODE_FAIL,BOOT_FAIL"
USABLE = ("idle", "mixed", "allocated", "completing")


def _ask(program: str, *arguments: str) -> list[str]:
    """The lines that a command of Slurm prints; none where it fails."""
    try:
        done = run(program, *arguments, seconds=60)
    except subprocess.TimeoutExpired:
        return []
    return done.stdout.splitlines() if not done.returncode else []


def _at_once(elapsed: str) -> bool:
    """Whether `[[days-]hours:]minutes:seconds` are few; at times Slurm says INVALID."""
    found = re.fullmatch(r"(\d+):(\d+)", elapsed)
    return bool(found) and int(found[1]) * 60 + int(found[2]) <= AT_ONCE


def failures(comment: str, folder: str) -> dict[str, set[str]]:
    """The nodes on which a job has failed at once, by partition.

    Args:
        comment: what Snakemake's executor calls the job.
        folder: where it was submitted.
    """
    found: dict[str, set[str]] = {}
    form = "--format=%N|%P|%M|%Z|%k"
    for line in _ask("squeue", "--me", "--noheader", f"--states={FAILED}", form):
        node, partition, elapsed, where, said = (*line.split("|", 4), "", "", "", "")[:5]
        if said == comment and where == folder and node and _at_once(elapsed):
            found.setdefault(partition, set()).add(node)
    return found


def others(partition: str, without: Iterable[str]) -> bool:
    """Whether a partition has another node that takes jobs."""
    lines = _ask("sinfo", "--noheader", "--Node", f"--partition={partition}", "--format=%N %T")
    usable = {name for name, _, state in (line.partition(" ") for line in lines) if state in USABLE}
    return bool(usable - set(without))


def elsewhere(comment: str, folder: str) -> tuple[set[str], list[str]]:
    """Where the next attempt of a job is not to go.

    Args:
        comment: what Snakemake's executor calls the job.
        folder: where it was submitted.

    Returns:
        The nodes, and what to tell the user of them. No nodes where the job has failed nowhere at
        once, or where there is no other node.
    """
    nodes: set[str] = set()
    said = []
    for partition, failed in failures(comment, folder).items():
        names = ", ".join(sorted(failed))
        if others(partition, failed):
            nodes |= failed
            said.append(f"{comment} failed at once on {names}: next elsewhere.")
        else:
            said.append(f"{comment} failed at once on {names}; there is no other node.")
    return nodes, said
