"""What a raw file is, and what it is called: one reading for the plan, the stage and the readers.

Everything below a folder that is no folder counts: what cannot be read is to be a row of the
rejects, not a gap.
"""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lexpro.workflow.hash_cache import RawFile

# Hidden files of operating systems and editors are not raw data.
IGNORED = (".", "~")


def shown(name: str) -> str:
    """A file's name as text.

    One that is not UTF-8 is read as Windows in China wrote it (GB18030).
    """
    if name.isascii() or not any("\ud800" <= character <= "\udfff" for character in name):
        return name
    return os.fsencode(name).decode("gb18030", "backslashreplace")


def _walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """(path, trouble) of everything below a folder that is no folder.

    A folder that cannot be entered is listed too.
    """
    troubles: list[OSError] = []
    for parent, folders, files in os.walk(folder, onerror=troubles.append):
        yield from ((Path(parent, name), "") for name in files if not name.startswith(IGNORED))
        links = (name for name in folders if Path(parent, name).is_symlink() and not name.startswith(IGNORED))
        yield from ((Path(parent, name), "a link to a folder is not followed") for name in links)
    yield from ((Path(error.filename), error.strerror) for error in troubles)


def _looked_at(path: Path, name: str, trouble: str) -> RawFile:
    if trouble:
        return RawFile(path, name, trouble=trouble)
    try:
        status = path.stat()
    except OSError as error:
        return RawFile(path, name, trouble=error.strerror)
    # Opening a pipe would wait for somebody to write.
    plain = stat.S_ISREG(status.st_mode)
    return RawFile(path, name, status.st_size, "" if plain else "neither a file nor a folder")


def raw_files(folder: Path) -> Iterator[RawFile]:
    """The raw files below a folder, in order of their paths; no two have one name."""
    walked = dict(_walk(folder))
    names = {path: path.relative_to(folder).as_posix() for path in sorted(walked)}
    taken = set(names.values())
    for path, name in names.items():
        said = shown(name)
        if said != name and said in taken:
            said = os.fsencode(name).decode("utf-8", "backslashreplace")
        yield _looked_at(path, said, walked[path])


class Unreadable(Exception):
    """The system does not give a file's bytes.

    There is no right to read it, it is gone, or its disk is damaged.
    """


class RawStream(io.FileIO):
    """A raw file whose read errors are `Unreadable`.

    So they are told from what decoders say against its bytes.
    """

    def readinto(self, buffer) -> int:
        """Fill `buffer`.

        Raises:
            Unreadable: the system refuses.
        """
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise Unreadable(error.strerror) from error

    def readall(self) -> bytes:
        """All bytes.

        Raises:
            Unreadable: the system refuses.
        """
        try:
            return super().readall()
        except OSError as error:
            raise Unreadable(error.strerror) from error


def opened(path: Path) -> BinaryIO:
    """The stream of a raw file; opening and reading it raise `Unreadable`."""
    try:
        return io.BufferedReader(RawStream(path))
    except OSError as error:
        raise Unreadable(error.strerror) from error
