"""Whether something failed because a disk takes no more: it is full, or read-only.

Libraries report it in their own ways, or not at all.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lexpro.workflow.errors import UserError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
# What polars, SQLite and Rust's libraries pass on as text.
READ_ONLY = ("read-only file system", "readonly database")
SAID = ("no space left on device", "disk quota exceeded", "disk is full", *READ_ONLY)
# numpy and torch only say that they wrote less than they wanted: then less than this many bytes are
# left.
LITTLE = 1 << 20


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error, what it was raised from, what it was raised during."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _says(text: str, words: Iterable[str]) -> bool:
    return any(one in text.lower() for one in words)


def full(error: BaseException, folders: Iterable[Path]) -> bool:
    """Whether an error comes of a full disk, a spent quota or a read-only file system.

    Args:
        error: the error; what it was raised from, or during, counts too.
        folders: those that were written to.
    """
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in FULL:
            return True
        if _says(str(cause), SAID):
            return True
    return any(shutil.disk_usage(folder).free < LITTLE for folder in folders if folder.exists())


def message(error: BaseException) -> str:
    """What to tell the user of an error that comes of a full or read-only disk."""
    if any(_says(str(cause), READ_ONLY) for cause in _causes(error)):
        return f"nothing can be written ({error}). Make it writable and run snakemake again: it goes on from here."
    return f"the disk is full ({error}). Free some space and run snakemake again: it goes on from here."


def said_since(folder: Path, began: float) -> list[str]:
    """What to tell the user of jobs that failed on such a disk before their stage began, each once.

    Snakemake itself makes the folders of a job's outputs. It shows the job's own log only where
    that of the stage is not empty.

    Args:
        folder: of the jobs' logs.
        began: seconds since the epoch; logs that were last written before are of earlier runs.
    """
    found = []
    for log in sorted(folder.rglob("*.log")):
        if log.stat().st_mtime >= began:
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
            first = next((line for line in lines if _says(line, SAID)), None)
            found += [message(OSError(first))] if first else []
    return list(dict.fromkeys(found))


@contextmanager
def checked(*folders: Path) -> Iterator[None]:
    """Turn errors that come of a full or read-only disk into one that the user can mend.

    Args:
        folders: those that the body writes to.

    Raises:
        UserError: writing to them fails for want of space, or of the right to.
    """
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if full(error, folders):
            raise UserError(message(error)) from error
        raise
