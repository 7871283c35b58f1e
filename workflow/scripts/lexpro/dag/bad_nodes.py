"""Nodes on which a job has just failed: its next attempt goes to another.

Slurm gives a job to the first node that is free. One that is broken fails each job at once and is
free again: it would get all attempts. Snakemake's executor avoids nodes that Slurm itself calls
failed, no others.
"""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Iterable

# A job that fails later than this after its start is not taken for one of a broken node.
AT_ONCE = 120
FAILED = "FAILED,NODE_FAIL,BOOT_FAIL"
USABLE = ("idle", "mixed", "allocated", "completing")


def _ask(*command: str) -> list[str]:
    """The lines that a command of Slurm prints; none where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return []
    return done.stdout.splitlines()


def _seconds(elapsed: str) -> int:
    """Seconds of `[[days-]hours:]minutes:seconds`."""
    days, _, clock = elapsed.rpartition("-")
    total = 0
    for part in clock.split(":"):
        total = total * 60 + int(part)
    return int(days or 0) * 86400 + total


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
        if said == comment and where == folder and node and _seconds(elapsed) <= AT_ONCE:
            found.setdefault(partition, set()).add(node)
    return found


def others(partition: str, without: Iterable[str]) -> bool:
    """Whether a partition has another node that takes jobs."""
    lines = _ask("sinfo", "--noheader", "--Node", f"--partition={partition}", "--format=%N %T")
    usable = {name for name, state in (line.split() for line in lines) if state in USABLE}
    return bool(usable - set(without))


def exclude(comment: str, folder: str, log: logging.Logger) -> str:
    """The option of `sbatch` that sends the next attempt of a job elsewhere.

    Args:
        comment: what Snakemake's executor calls the job.
        folder: where it was submitted.
        log: tells the user which node it is.

    Returns:
        Nothing where it has failed nowhere at once, or where there is no other node.
    """
    nodes: set[str] = set()
    for partition, failed in failures(comment, folder).items():
        if others(partition, failed):
            nodes |= failed
            log.warning(f"{comment} failed at once on {', '.join(sorted(failed))}: next elsewhere.")
        else:
            log.warning(f"{comment} failed at once on {', '.join(failed)}; there is no other node.")
    return f"--exclude={','.join(sorted(nodes))}" if nodes else ""
