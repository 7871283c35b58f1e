"""Raw files of any kind to documents, one at a time: memory does not grow with a file of records.

    for found in read(path, name, fields): ... # a Document, or a Reject with file, record, byte and
    reason for found in pieces(path, name, fields): ... # the same, but what takes time to parse is
    left for `parse`

By suffix: .jsonl .json .csv .parquet (records), .txt .html .docx .pdf (a document a file), each
also as .gz and .zst; .zip and .tar(.gz) of all these, and of such archives. Nothing is unpacked
into a folder; an archive with a member that points outside its folder, or that would unpack to more
than a hundred times its size, is refused as a whole.
"""

from __future__ import annotations

import gzip
import io
import shutil
import struct
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import zstandard

from lexpro.corpus.readers import pages, record_files
from lexpro.corpus.readers.base import DAMAGE, Document, Fields, Later, Reject, TooLarge
from lexpro.corpus.readers.raw import IGNORED, Unreadable, opened, shown

Found = Document | Reject | Later


def _office(kind: str) -> Callable[[BinaryIO, Fields], Iterator[Document | Reject]]:
    """The reader of Word or PDF files: their libraries, a fifth of a second, are loaded by the
    first such file.
    """

    def reader(file: BinaryIO, fields: Fields) -> Iterator[Document | Reject]:
        from lexpro.corpus.readers import office

        return getattr(office, kind)(file, fields)

    return reader


RECORDS = {
    ".jsonl": record_files.lines,
    ".ndjson": record_files.lines,
    ".json": record_files.json_file,
    ".csv": record_files.table,
    ".parquet": record_files.parquet,
}
PAGES = {
    ".txt": pages.plain,
    ".html": pages.html_page,
    ".htm": pages.html_page,
    ".docx": _office("docx"),
    ".pdf": _office("pdf"),
}
PACKED = (".gz", ".zst")
# An archive may unpack to this many times its size (ordinary text shrinks 3 to 10 times), or to
# SMALL bytes in any case.
RATIO = 100
SMALL = 10 << 20
TOO_MUCH = "unpacks to more than a hundred times its size"
# Archives within archives: so many in all, and bytes of an inner one that stay in memory.
DEEPEST = 3
SPOOL = 32 << 20


# What decoders raise at damage without saying so (see DAMAGE): only where nothing but them is
# called.
BROKEN = (OSError, ValueError, OverflowError, RuntimeError, struct.error)


class Damaged(zipfile.BadZipFile):
    """A stream that its decoder cannot make sense of."""


@dataclass
class _Metered(io.RawIOBase):
    """A decompressed stream that refuses to grow beyond a limit."""

    source: BinaryIO
    limit: int
    total: int = 0

    def __post_init__(self) -> None:
        super().__init__()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            data = self.source.read(len(buffer))
        except BROKEN as error:
            raise Damaged(str(error) or type(error).__name__) from error
        self.total += len(data)
        if self.total > self.limit:
            raise TooLarge(TOO_MUCH)
        buffer[: len(data)] = data
        return len(data)


def _suffix(name: str) -> str:
    lower = name.lower()
    return next((s for s in (".tar.gz",) if lower.endswith(s)), PurePosixPath(lower).suffix)


def limit(packed: int) -> int:
    """Bytes that something of `packed` bytes may unpack to."""
    return max(SMALL, RATIO * packed)


def _unpacked(file: BinaryIO, suffix: str, size: int) -> BinaryIO:
    source = (
        gzip.GzipFile(fileobj=file, mode="rb")
        if suffix == ".gz"
        else zstandard.ZstdDecompressor().stream_reader(file)
    )
    return io.BufferedReader(_Metered(source, limit(size)), 1 << 16)


def _stream(file: BinaryIO, name: str, size: int, fields: Fields) -> Iterator[Found]:
    """Documents of one file that is no archive, from its open stream."""
    suffix = _suffix(name)
    if suffix in PACKED:
        name = name[: -len(suffix)]
        file, suffix = _unpacked(file, suffix, size), _suffix(name)
    if suffix in RECORDS:
        yield from RECORDS[suffix](file, fields)
    elif suffix in PAGES:
        yield Later(suffix, pages.whole(file))
    else:
        yield Reject(
            "unsupported_format",
            detail=f"{suffix or 'no'} suffix; read are {', '.join([*RECORDS, *PAGES, *ARCHIVE_READERS])}",
        )


def _guarded(make: Callable[[], Iterator[Found]], name: str) -> Iterator[Found]:
    """Everything of one file under its name; damage in the middle of it becomes its last reject."""
    try:
        for found in make():
            yield replace(found, file=name)
    except TooLarge as error:
        yield Reject("too_large", file=name, detail=str(error))
    except Unreadable as error:
        yield Reject("unreadable", file=name, detail=str(error))
    except DAMAGE as error:
        yield Reject("damaged_archive", file=name, detail=str(error) or type(error).__name__)


def _unsafe(member: str) -> bool:
    path = PurePosixPath(member.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (len(member) > 1 and member[1] == ":")


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


def _zip(file: BinaryIO, name: str, budget: int, fields: Fields, depth: int) -> Iterator[Found]:
    with _directory(file) as archive:
        # Not is_dir(): a member may have no name at all.
        members = [m for m in archive.infolist() if not m.filename.endswith("/")]
        if bad := next((m.filename for m in members if _unsafe(m.filename)), None):
            yield Reject("unsafe_archive", file=name, detail=f"{bad} points outside the folder")
            return
        if sum(m.file_size for m in members) > budget:
            yield Reject("unsafe_archive", file=name, detail=TOO_MUCH)
            return
        for member in members:
            if member.flag_bits & 1:
                yield Reject("encrypted", file=f"{name}/{_filename(member)}")
            elif not _hidden(member.filename):
                # The sizes in the directory may lie: what is read is metered too.
                with _content(archive, member) as opened:
                    metered = io.BufferedReader(_Metered(opened, budget), 1 << 16)
                    where = f"{name}/{_filename(member)}"
                    yield from _member(metered, where, member.file_size, budget, fields, depth)


def _tar(file: BinaryIO, name: str, budget: int, fields: Fields, depth: int) -> Iterator[Found]:
    packed = name.lower().endswith("gz")

    def unpacking() -> tarfile.TarFile:
        file.seek(0)
        source = gzip.GzipFile(fileobj=file, mode="rb") if packed else file
        return tarfile.open(fileobj=io.BufferedReader(_Metered(source, budget), 1 << 16), mode="r|")

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
                content = io.BufferedReader(_Metered(archive.extractfile(member), budget), 1 << 16)
                yield from _member(
                    content, f"{name}/{shown(member.name)}", member.size, budget, fields, depth
                )


def _hidden(name: str) -> bool:
    return PurePosixPath(name).name.startswith(IGNORED) or name.startswith("__MACOSX/")


def _member(file: BinaryIO, name: str, size: int, budget: int, fields: Fields, depth: int) -> Iterator[Found]:
    """What one member of an archive holds; archives in it are unpacked, within the budget of the
    outermost.
    """
    reader = ARCHIVE_READERS.get(_suffix(name))
    if reader is None:
        yield from _guarded(lambda: _stream(file, name, min(size, budget // RATIO), fields), name)
    elif depth == DEEPEST:
        yield Reject("nested_archive", file=name, detail=f"archives within archives, {DEEPEST} deep")
    else:
        # A directory stands at the end of a zip file: it must be seekable.
        with tempfile.SpooledTemporaryFile(max_size=SPOOL) as spooled:
            yield from _archive(lambda: _spooled(file, spooled, reader, name, budget, fields, depth), name)


def _spooled(
    file: BinaryIO, spooled, reader: Callable, name: str, budget: int, fields: Fields, depth: int
) -> Iterator[Found]:
    shutil.copyfileobj(file, spooled)
    spooled.seek(0)
    yield from reader(spooled, name, budget, fields, depth + 1)


ARCHIVE_READERS = {".zip": _zip, ".tar": _tar, ".tar.gz": _tar, ".tgz": _tar}


def read(path: Path, name: str, fields: Fields) -> Iterator[Document | Reject]:
    """All documents and rejects of a raw file; `name` is how rows refer to it
    (`archive.zip/inner.txt` inside archives).
    """
    for found in pieces(path, name, fields):
        yield from parse(found, fields) if isinstance(found, Later) else (found,)


def parse(piece: Later, fields: Fields) -> Iterator[Document | Reject]:
    """The documents and rejects of a piece."""
    if piece.suffix == record_files.LINES:
        return _guarded(lambda: record_files.block_of_lines(piece, fields), piece.file)
    return _guarded(lambda: PAGES[piece.suffix](io.BytesIO(piece.data), fields), piece.file)


def pieces(path: Path, name: str, fields: Fields) -> Iterator[Found]:
    """What is in a raw file, in order, as `read` gives it; pages and lines of JSON are not parsed
    yet.
    """
    reader = ARCHIVE_READERS.get(_suffix(name))
    if reader is None:
        return _guarded(lambda: _open(path, name, fields), name)
    return _archive(lambda: _outermost(path, name, reader, fields), name)


def _outermost(path: Path, name: str, reader: Callable, fields: Fields) -> Iterator[Found]:
    with opened(path) as file:
        yield from reader(file, name, limit(path.stat().st_size), fields, 1)


def _open(path: Path, name: str, fields: Fields) -> Iterator[Found]:
    with opened(path) as file:
        yield from _stream(file, name, path.stat().st_size, fields)


def _archive(make: Callable[[], Iterator[Found]], name: str) -> Iterator[Found]:
    """Everything of an archive; what is wrong with the whole of it is a reject under its name."""
    try:
        yield from make()
    except TooLarge as error:
        yield Reject("unsafe_archive", file=name, detail=str(error))
    except Unreadable as error:
        yield Reject("unreadable", file=name, detail=str(error))
    except DAMAGE as error:
        yield Reject("damaged_archive", file=name, detail=str(error) or type(error).__name__)
