"""Archives of raw files: .zip and .tar(.gz), and such archives in them.

Nothing is unpacked into a folder. An archive with a member that points outside its folder, or that
would unpack to more than a hundred times its size, is refused as a whole.
"""

from __future__ import annotations

import gzip
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from lexpro.corpus.readers.base import Fields, Reject
from lexpro.corpus.readers.raw_files import IGNORED, shown
from lexpro.corpus.readers.streams import (
    BROKEN,
    RATIO,
    TOO_MUCH,
    Damaged,
    Piece,
    guarded,
    metered,
    named,
    pieces_of_stream,
    suffix_of,
)

# Archives within archives: so many in all, and bytes of an inner one that stay in memory.
DEEPEST = 3
SPOOL = 32 << 20
# (open stream, name, bytes that it may unpack to, fields of records, depth) → its pieces
ArchiveReader = Callable[[BinaryIO, str, int, Fields, int], Iterator[Piece]]


def _unsafe(member: str) -> bool:
    path = PurePosixPath(member.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (len(member) > 1 and member[1] == ":")


def _hidden(name: str) -> bool:
    return PurePosixPath(name).name.startswith(IGNORED) or name.startswith("__MACOSX/")


def _filename(member: zipfile.ZipInfo) -> str:
    """The name of a member; Windows in China writes it in GBK, without saying so."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gbk")
    except UnicodeError:
        return member.filename


def _directory(file: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except BROKEN as error:
        raise Damaged(str(error) or type(error).__name__) from error


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> BinaryIO:
    try:
        return archive.open(member)
    except BROKEN as error:
        raise Damaged(str(error) or type(error).__name__) from error


def _zip(file: BinaryIO, name: str, budget: int, fields: Fields, depth: int) -> Iterator[Piece]:
    with _directory(file) as archive:
        # Not is_dir(): a member may have no name at all.
        members = [member for member in archive.infolist() if not member.filename.endswith("/")]
        if unsafe := next((member.filename for member in members if _unsafe(member.filename)), None):
            yield Reject("unsafe_archive", file=name, detail=f"{unsafe} points outside the folder")
            return
        if sum(member.file_size for member in members) > budget:
            yield Reject("unsafe_archive", file=name, detail=TOO_MUCH)
            return
        for member in members:
            if member.flag_bits & 1:
                yield Reject("encrypted", file=f"{name}/{_filename(member)}")
            elif not _hidden(member.filename):
                # The sizes in the directory may lie: what is read is metered too.
                with _content(archive, member) as content:
                    where = f"{name}/{_filename(member)}"
                    yield from _member(
                        metered(content, budget), where, member.file_size, budget, fields, depth
                    )


def _tar(file: BinaryIO, name: str, budget: int, fields: Fields, depth: int) -> Iterator[Piece]:
    packed = name.lower().endswith("gz")

    def unpacking() -> tarfile.TarFile:
        file.seek(0)
        source = gzip.GzipFile(fileobj=file, mode="rb") if packed else file
        return tarfile.open(fileobj=metered(source, budget), mode="r|")

    # Read twice: nothing of an archive is used before all of it is known to be safe.
    with unpacking() as archive:
        for member in archive:
            if _unsafe(member.name) or member.issym() or member.islnk() or member.isdev():
                detail = f"{shown(member.name)} points outside the folder or is no plain file"
                yield Reject("unsafe_archive", file=name, detail=detail)
                return
    with unpacking() as archive:
        for member in archive:
            if member.isfile() and not _hidden(member.name):
                content = metered(archive.extractfile(member), budget)
                yield from _member(
                    content, f"{name}/{shown(member.name)}", member.size, budget, fields, depth
                )


ARCHIVE_READERS: dict[str, ArchiveReader] = {".zip": _zip, ".tar": _tar, ".tar.gz": _tar, ".tgz": _tar}


def _member(file: BinaryIO, name: str, size: int, budget: int, fields: Fields, depth: int) -> Iterator[Piece]:
    """What one member of an archive holds.

    Archives in it are unpacked too, within the budget of the outermost.
    """
    reader = ARCHIVE_READERS.get(suffix_of(name))
    if reader is None:
        stored = min(size, budget // RATIO)
        yield from named(guarded(lambda: pieces_of_stream(file, name, stored, fields), name), name)
    elif depth == DEEPEST:
        yield Reject("nested_archive", file=name, detail=f"archives within archives, {DEEPEST} deep")
    else:
        # A directory stands at the end of a zip file: it must be seekable.
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as spooled:

            def unpacked() -> Iterator[Piece]:
                shutil.copyfileobj(file, spooled)
                spooled.seek(0)
                yield from reader(spooled, name, budget, fields, depth + 1)

            yield from guarded(unpacked, name, too_large="unsafe_archive")
