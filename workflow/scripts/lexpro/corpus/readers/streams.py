"""Reads one file that is no archive from its open stream; the suffix says how.

Records (.jsonl, .json, .csv, .parquet) are read one at a time; a page (.txt, .html, .docx, .pdf) is
left unparsed, so that another process can do it. Each also as .gz and .zst.
"""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import BinaryIO

import zstandard

from lexpro.corpus.readers import pages, record_files
from lexpro.corpus.readers.base import DAMAGE, Document, Fields, Reject, TooLarge, Unparsed
from lexpro.corpus.readers.raw_files import Unreadable

Piece = Document | Reject | Unparsed


def _office(kind: str) -> Callable[[BinaryIO, Fields], Iterator[Document | Reject]]:
    """The reader of Word or PDF files.

    Their libraries, a fifth of a second, are loaded by the first such file.
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
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
# Something packed may unpack to this many times its size (ordinary text shrinks 3 to 10 times).
RATIO = 100
TOO_MUCH = "unpacks to more than a hundred times its size"
# What decoders raise at damage without saying so (see DAMAGE): only where nothing but them is
# called.
BROKEN = (OSError, ValueError, OverflowError, RuntimeError, struct.error)


class Damaged(zipfile.BadZipFile):
    """A stream that its decoder cannot make sense of."""


@dataclass
class Budget:
    """Bytes that something packed may still unpack to.

    Attributes:
        left: bytes; for something of `packed` bytes, `RATIO * packed` at first.
        outer: the budget of the archive that it lies in: what is unpacked counts there too.
    """

    left: int
    outer: Budget | None = None

    @classmethod
    def of_size(cls, packed: int, outer: Budget | None = None) -> Budget:
        """The budget of something of `packed` bytes, in an archive with the budget `outer`."""
        return cls(RATIO * packed, outer)

    def spend(self, count: int) -> None:
        """Take `count` bytes from it, and from those around it.

        Raises:
            TooLarge: less than that is left.
        """
        self.left -= count
        if self.left < 0:
            raise TooLarge(TOO_MUCH)
        if self.outer:
            self.outer.spend(count)


@dataclass
class Metered(io.RawIOBase):
    """A decompressed stream that refuses to grow beyond a budget.

    Attributes:
        source: the stream.
        budget: what it may still unpack to.
    """

    source: BinaryIO
    budget: Budget

    def __post_init__(self) -> None:
        super().__init__()

    def readable(self) -> bool:
        """Whether it can be read: yes."""
        return True

    def readinto(self, buffer) -> int:
        """Fill `buffer`.

        Raises:
            Damaged: the decoder fails.
            TooLarge: there is more than the budget allows.
        """
        try:
            data = self.source.read(len(buffer))
        except BROKEN as error:
            raise Damaged(str(error) or type(error).__name__) from error
        self.budget.spend(len(data))
        buffer[: len(data)] = data
        return len(data)


def metered(source: BinaryIO, budget: Budget) -> BinaryIO:
    """A buffered stream of `source` that refuses to grow beyond `budget`."""
    return io.BufferedReader(Metered(source, budget), 1 << 16)


def suffix_of(name: str) -> str:
    """What a file's name ends with, in small letters; `.tar.gz` as a whole."""
    lower = name.lower()
    return ".tar.gz" if lower.endswith(".tar.gz") else PurePosixPath(lower).suffix


def _unpacked(file: BinaryIO, suffix: str, budget: Budget) -> BinaryIO:
    source = (
        gzip.GzipFile(fileobj=file, mode="rb")
        if suffix == ".gz"
        else zstandard.ZstdDecompressor().stream_reader(file)
    )
    return metered(source, budget)


def pieces_of_stream(file: BinaryIO, name: str, budget: Budget, fields: Fields) -> Iterator[Piece]:
    """The documents of a file that is no archive; pages and lines of JSON are not parsed yet.

    Args:
        file: the open stream.
        name: name of the file; its suffix says what it is.
        budget: what the file may unpack to, where it is packed.
        fields: where in a record the text is.
    """
    suffix = suffix_of(name)
    if suffix in PACKED:
        name = name[: -len(suffix)]
        file, suffix = _unpacked(file, suffix, budget), suffix_of(name)
    if suffix in RECORDS:
        yield from RECORDS[suffix](file, fields)
    elif suffix in PAGES:
        yield Unparsed(suffix, pages.whole(file))
    else:
        yield Reject(
            "unsupported_format",
            detail=f"{suffix or 'no'} suffix; read are {', '.join([*RECORDS, *PAGES, *ARCHIVES])}",
        )


def guarded(make: Callable[[], Iterator[Piece]], name: str, too_large: str = "too_large") -> Iterator[Piece]:
    """The pieces that `make` gives; damage in the middle becomes the last reject, under `name`.

    Args:
        make: begins to read.
        name: of the file or archive.
        too_large: reason of the reject of what is too large.
    """
    try:
        yield from make()
    except TooLarge as error:
        yield Reject(too_large, file=name, detail=str(error))
    except Unreadable as error:
        yield Reject("unreadable", file=name, detail=str(error))
    except DAMAGE as error:
        yield Reject("damaged_archive", file=name, detail=str(error) or type(error).__name__)


def named(pieces: Iterator[Piece], name: str) -> Iterator[Piece]:
    """The pieces with the name of their file."""
    return (replace(piece, file=name) for piece in pieces)
