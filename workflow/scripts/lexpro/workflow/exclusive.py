"""One writer at a time, by a lock that the operating system takes back when its holder dies.

Two jobs may want to make the same run: one of a Snakemake that was killed and the one of the next,
or those of two checkouts that share a results folder. Snakemake's own locks know neither.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import platform
from pathlib import Path
from typing import IO

RUNNING = Path("results/.running")
# Where the file system knows no locks there are none: as it was without them.
NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP}


def try_to_hold(path: Path) -> IO[str] | None:
    """Hold a lock file until the result is closed or this process dies.

    Args:
        path: the file; it stays when the lock goes.

    Returns:
        None where another process holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    except OSError as error:
        if error.errno not in NO_LOCKS:
            file.close()
            raise
    return file


def sign(file: IO[str]) -> None:
    """Write into a lock file that is held who holds it."""
    job = os.environ.get("SLURM_JOB_ID")
    file.seek(0)
    file.truncate()
    file.write(f"{platform.node()} {os.getpid()}{f' job {job}' if job else ''}\n")
    file.flush()


def holder(path: Path) -> list[str]:
    """Who signed a lock file last: host, process, and `job` with its number; or nothing."""
    return path.read_text(encoding="utf-8").split() if path.is_file() else []


def wait_to_hold(path: Path, log: logging.Logger) -> IO[str]:
    """As `try_to_hold`, but waits until the other process ends."""
    file = try_to_hold(path)
    if file is None:
        said = " ".join(holder(path)) or "unknown"
        log.info("another process already makes this (%s): waiting for it to end", said)
        file = path.open("a+", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX)
    sign(file)
    return file
