"""Archives of raw files: .zip and .tar(.gz), and such archives in them.

Nothing is unpacked into a folder. An archive with a member that points outside its folder, or that
would unpack to more than a hundred times its size, is refused as a whole. Each archive in it is
held to its own size too. Where an archive holds packed files, all of it is unpacked once to see
that it is safe, before anything of it is used.
"""

from __future__ import annotations

import gzip
import shutil
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import BinaryIO

from lexpro.corpus.readers.base import Fields, Reject, TooLarge
from lexpro.corpus.readers.raw_files import IGNORED, shown
from lexpro.corpus.readers.streams import (
    BROKEN,
    PACKED,
    TOO_MUCH,
    Budget,
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
# (open stream, name, what it may unpack to, fields of records, depth) → its pieces
ArchiveReader = Callable[[BinaryIO, str, Budget, Fields, int], Iterator[Piece]]


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


def _zip(file: BinaryIO, name: str, budget: Budget, fields: Fields, depth: int) -> Iterator[Piece]:
    with _directory(file) as archive:
        # Not is_dir(): a member may have no name at all.
        members = [member for member in archive.infolist() if not member.filename.endswith("/")]
        if unsafe := next((member.filename for member in members if _unsafe(member.filename)), None):
            yield Reject("unsafe_archive", file=name, detail=f"{unsafe} points outside the folder")
            return
        if sum(member.file_size for member in members) > budget.left:
            yield Reject("unsafe_archive", file=name, detail=TOO_MUCH)
            return

        def contents(budget: Budget) -> Iterator[Piece]:
            for member in members:
                where = f"{name}/{_filename(member)}"
                if member.flag_bits & 1:
                    yield Reject("encrypted", file=where)
                elif not _hidden(member.filename):
                    # The sizes in the directory may lie: what is read is metered too.
                    with _content(archive, member) as content:
                        yield from _member(
                            metered(content, budget), where, member.file_size, budget, fields, depth
                        )

        if depth == 1 and any(_packed(member.filename) for member in members):
            _see_that_it_is_safe(contents, budget)
        yield from contents(budget)


def _tar(file: BinaryIO, name: str, budget: Budget, fields: Fields, depth: int) -> Iterator[Piece]:
    compressed = name.lower().endswith("gz")

    def unpacking(budget: Budget) -> tarfile.TarFile:
        file.seek(0)
        source = gzip.GzipFile(fileobj=file, mode="rb") if compressed else file
        return tarfile.open(fileobj=metered(source, budget), mode="r|")

    # Read twice: nothing of an archive is used before all of it is known to be safe.
    packed = False
    with unpacking(replace(budget)) as archive:
        for member in archive:
            packed |= _packed(member.name)
            if _unsafe(member.name) or member.issym() or member.islnk() or member.isdev():
                detail = f"{shown(member.name)} points outside the folder or is no plain file"
                yield Reject("unsafe_archive", file=name, detail=detail)
                return

    def contents(budget: Budget) -> Iterator[Piece]:
        with unpacking(budget) as archive:
            for member in archive:
                if member.isfile() and not _hidden(member.name):
                    # The whole stream is metered: its parts are not counted again.
                    content = metered(archive.extractfile(member), Budget(member.size))
                    yield from _member(
                        content, f"{name}/{shown(member.name)}", member.size, budget, fields, depth
                    )

    if depth == 1 and packed:
        _see_that_it_is_safe(contents, budget)
    yield from contents(budget)


def _packed(member: str) -> bool:
    return member.lower().endswith((*ARCHIVE_READERS, *PACKED))


def _see_that_it_is_safe(contents: Callable[[Budget], Iterator[Piece]], budget: Budget) -> None:
    """Unpack all of an archive once, and use nothing of it.

    Raises:
        TooLarge: all its layers together unpack to more than its budget.
    """
    for _ in contents(replace(budget)):
        pass


ARCHIVE_READERS: dict[str, ArchiveReader] = {".zip": _zip, ".tar": _tar, ".tar.gz": _tar, ".tgz": _tar}


def _member(
    file: BinaryIO, name: str, size: int, budget: Budget, fields: Fields, depth: int
) -> Iterator[Piece]:
    """What one member of an archive holds.

    Archives in it are unpacked too, each within a hundred times its own size and all within the
    budget of the outermost.
    """
    reader = ARCHIVE_READERS.get(suffix_of(name))
    own = Budget.of_size(size, budget)

    def of_file() -> Iterator[Piece]:
        yield from pieces_of_stream(file, name, own, fields)

    def of_archive() -> Iterator[Piece]:
        # A directory stands at the end of a zip file: it must be seekable.
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as spooled:
            shutil.copyfileobj(file, spooled)
            spooled.seek(0)
            yield from reader(spooled, name, own, fields, depth + 1)

    if reader is None:
        yield from named(_inside(of_file, name, budget, "too_large"), name)
    elif depth == DEEPEST:
        yield Reject("nested_archive", file=name, detail=f"archives within archives, {DEEPEST} deep")
    else:
        yield from _inside(of_archive, name, budget, "unsafe_archive")


def _inside(
    make: Callable[[], Iterator[Piece]], name: str, budget: Budget, too_large: str
) -> Iterator[Piece]:
    """`guarded` for a part of an archive; what breaks the budget of the whole refuses the whole.

    Raises:
        TooLarge: nothing is left of `budget`.
    """
    yield from guarded(make, name, too_large)
    if budget.left < 0:
        raise TooLarge(TOO_MUCH)
