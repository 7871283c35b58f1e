"""One main process for a results folder, and what one that was killed has left behind.

The main process holds a lock on the results that dies with it. Whoever gets it knows that no other
works there: then Snakemake's own locks, which outlive their process, are of a dead one, and so are
the jobs in the queue. Those are cancelled; a training saves its state, and the new run submits it
again.
"""

from __future__ import annotations

import logging
import os
import platform
import subprocess
import time
from pathlib import Path
from typing import IO

from lexpro.workflow import exclusive
from lexpro.workflow.errors import UserError

HELD = exclusive.RUNNING / "main.lock"
LOCKS = Path(".snakemake/locks")
# Seconds that cancelled jobs may take to end: Slurm's KillWait and GraceTime are shorter as a rule.
PATIENCE = 120
# Begins the names of our jobs (slurm-jobname-prefix in the profile).
PREFIX = "lexpro_"


def stand_before(folder: Path) -> None:
    """Put programs that stand before Slurm's own on the PATH of this process and of its jobs.

    Args:
        folder: holds them.
    """
    # Where they speak to the user: what they print, Snakemake's executor reads.
    os.environ["LEXPRO_SCREEN"] = f"/proc/{os.getpid()}/fd/2"
    os.environ["PATH"] = f"{folder.resolve()}{os.pathsep}{os.environ['PATH']}"


def claim(log: logging.Logger, in_slurm: bool) -> IO[str]:
    """Make this the one main process that works on the results.

    Args:
        log: tells the user what was found.
        in_slurm: whether jobs run in Slurm.

    Returns:
        What holds the results as long as it is kept.

    Raises:
        UserError: another Snakemake works on them; the message names it.
    """
    held = exclusive.try_to_hold(HELD)
    host, process, *_ = [*exclusive.holder(HELD), platform.node(), "?"]
    if held is None:
        raise UserError(
            f"another Snakemake works on these results (process {process} of {host}). Wait for it to end, or stop it "
            "there: Ctrl-C."
        )
    locks = [path for path in LOCKS.glob("*.lock") if path.is_file()]
    if locks and host != platform.node():
        # Not every file system knows of a lock that another machine holds.
        held.close()
        raise UserError(
            f"locked by a Snakemake on {host} (process {process}). If it runs no more: snakemake --unlock; then run "
            "again."
        )
    for path in locks:
        path.unlink()
    if locks:
        log.warning("the last Snakemake here was killed: its locks are removed.")
    if in_slurm:
        _cancel_orphans(log)
    exclusive.sign(held)
    return held


def _cancel_orphans(log: logging.Logger) -> None:
    """Cancel the jobs that an earlier main process has left, and wait for their end."""
    try:
        jobs = _orphans()
        if not jobs:
            return
        log.warning(f"jobs of the Snakemake that was killed are still there: cancelling {len(jobs)}.")
        subprocess.run(["scancel", *jobs], check=True, capture_output=True)
        deadline = time.monotonic() + PATIENCE
        while _orphans() and time.monotonic() < deadline:
            time.sleep(1)
    except (OSError, subprocess.CalledProcessError) as error:
        log.warning(f"the queue cannot be asked for jobs of an earlier run: {error}")


def _orphans() -> list[str]:
    """The numbers of our jobs that were submitted from this folder."""
    asked = ["squeue", "--me", "--noheader", "--format=%i|%j|%Z"]
    lines = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.splitlines()
    rows = (line.split("|", 2) for line in lines)
    here = str(Path.cwd())
    return [row[0] for row in rows if len(row) == 3 and row[1].startswith(PREFIX) and row[2] == here]
