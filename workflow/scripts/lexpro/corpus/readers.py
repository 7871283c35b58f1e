"""Raw files of any kind to documents, one at a time: memory does not grow with a file of records.

    for found in read(path, name, fields): ...        # a Document, or a Reject with file, record, byte and
    reason

By suffix: .jsonl .json .csv .parquet (records), .txt .html .docx .pdf (a document a file), each also as .gz
and .zst;
.zip and .tar(.gz) of all these. Nothing is unpacked to disk; an archive with a member that points outside its
folder, or
that would unpack to more than a hundred times its size, is refused as a whole.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import zstandard

from lexpro.corpus import readers_pages, readers_records
from lexpro.corpus.readers_base import Document, Fields, Reject, TooLarge

RECORDS = {
    ".jsonl": readers_records.lines,
    ".ndjson": readers_records.lines,
    ".json": readers_records.json_file,
    ".csv": readers_records.table,
    ".parquet": readers_records.parquet,
}
PAGES = {
    ".txt": readers_pages.plain,
    ".html": readers_pages.html_page,
    ".htm": readers_pages.html_page,
    ".docx": readers_pages.docx,
    ".pdf": readers_pages.pdf,
}
PACKED = (".gz", ".zst")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
# An archive may unpack to this many times its size (ordinary text shrinks 3 to 10 times), or to SMALL bytes
# in any case.
RATIO = 100
SMALL = 10 << 20


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
        data = self.source.read(len(buffer))
        self.total += len(data)
        if self.total > self.limit:
            raise TooLarge("unpacks to more than a hundred times its size")
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
        gzip.GzipFile(fileobj=file) if suffix == ".gz" else zstandard.ZstdDecompressor().stream_reader(file)
    )
    return io.BufferedReader(_Metered(source, limit(size)), 1 << 16)


def _stream(file: BinaryIO, name: str, size: int, fields: Fields) -> Iterator[Document | Reject]:
    """Documents of one file that is no archive, from its open stream."""
    suffix = _suffix(name)
    if suffix in PACKED:
        name = name[: -len(suffix)]
        file, suffix = _unpacked(file, suffix, size), _suffix(name)
    if suffix in RECORDS:
        yield from RECORDS[suffix](file, fields)
    elif suffix in PAGES:
        yield from PAGES[suffix](file, fields)
    else:
        yield Reject(
            "unsupported_format",
            detail=f"{suffix or 'no'} suffix; read are {', '.join([*RECORDS, *PAGES, *ARCHIVES])}",
        )


# What damaged input makes the decoders raise; anything else is a fault of ours and must be seen.
DAMAGE = (
    EOFError,
    zlib.error,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    tarfile.TarError,
    zstandard.ZstdError,
    NotImplementedError,
)


def _guarded(make: Callable[[], Iterator[Document | Reject]], name: str) -> Iterator[Document | Reject]:
    """Everything of one file under its name; damage in the middle of it becomes its last reject."""
    try:
        for found in make():
            yield replace(found, file=name)
    except TooLarge as error:
        yield Reject("too_large", file=name, detail=str(error))
    except DAMAGE as error:
        yield Reject("damaged_archive", file=name, detail=str(error) or type(error).__name__)


def _unsafe(member: str) -> bool:
    path = PurePosixPath(member.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or (len(member) > 1 and member[1] == ":")


def _zip(path: Path, name: str, fields: Fields) -> Iterator[Document | Reject]:
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if not m.is_dir()]
        if bad := next((m.filename for m in members if _unsafe(m.filename)), None):
            yield Reject("unsafe_archive", detail=f"{bad} points outside the folder")
            return
        if sum(m.file_size for m in members) > limit(path.stat().st_size):
            yield Reject("unsafe_archive", detail="unpacks to more than a hundred times its size")
            return
        for member in members:
            if member.flag_bits & 1:
                yield Reject("encrypted", file=f"{name}/{member.filename}")
            elif not _hidden(member.filename):
                # The sizes in the directory may lie: what is read is metered too.
                with archive.open(member) as file:
                    metered = io.BufferedReader(_Metered(file, limit(path.stat().st_size)), 1 << 16)
                    yield from _member(metered, f"{name}/{member.filename}", member.file_size, fields)


def _tar(path: Path, name: str, fields: Fields) -> Iterator[Document | Reject]:
    with path.open("rb") as raw:
        packed = name.lower().endswith("gz")
        size = path.stat().st_size

        def opened() -> tarfile.TarFile:
            raw.seek(0)
            return tarfile.open(fileobj=_unpacked(raw, ".gz", size) if packed else raw, mode="r|")

        # Read twice: nothing of an archive is used before all of it is known to be safe.
        with opened() as archive:
            for member in archive:
                if _unsafe(member.name) or member.issym() or member.islnk() or member.isdev():
                    yield Reject(
                        "unsafe_archive",
                        detail=f"{member.name} points outside the folder or is no plain file",
                    )
                    return
        with opened() as archive:
            for member in archive:
                if member.isfile() and not _hidden(member.name):
                    yield from _member(
                        archive.extractfile(member), f"{name}/{member.name}", member.size, fields
                    )


def _hidden(name: str) -> bool:
    return PurePosixPath(name).name.startswith((".", "~")) or name.startswith("__MACOSX/")


def _member(file: BinaryIO, name: str, size: int, fields: Fields) -> Iterator[Document | Reject]:
    if _suffix(name) in ARCHIVES:
        yield Reject("nested_archive", file=name, detail="unpack it once")
        return
    yield from _guarded(lambda: _stream(file, name, size, fields), name)


def read(path: Path, name: str, fields: Fields) -> Iterator[Document | Reject]:
    """All documents and rejects of a raw file; `name` is how rows refer to it (`archive.zip/inner.txt` inside
    archives).
    """
    match _suffix(name):
        case ".zip":
            return _archive(_zip, path, name, fields)
        case ".tar" | ".tar.gz" | ".tgz":
            return _archive(_tar, path, name, fields)
    return _guarded(lambda: _open(path, name, fields), name)


def _open(path: Path, name: str, fields: Fields) -> Iterator[Document | Reject]:
    with path.open("rb") as file:
        yield from _stream(file, name, path.stat().st_size, fields)


def _archive(reader: Callable, path: Path, name: str, fields: Fields) -> Iterator[Document | Reject]:
    try:
        for found in reader(path, name, fields):
            yield found if found.file else replace(found, file=name)
    except TooLarge as error:
        yield Reject("unsafe_archive", file=name, detail=str(error))
    except DAMAGE as error:
        yield Reject("damaged_archive", file=name, detail=str(error) or type(error).__name__)
