"""Raw files of any kind to documents, one at a time: memory does not grow with a file of records.

for row in read(path, name, fields):
    ...  # a Document, or a Reject with file, record, byte and reason
for piece in pieces(path, name, fields):
    ...  # the same, but what takes time to parse is an Unparsed, for `parse`
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from lexpro.corpus.readers import record_files
from lexpro.corpus.readers.archives import ARCHIVE_READERS
from lexpro.corpus.readers.base import Document, Fields, Reject, Unparsed
from lexpro.corpus.readers.raw_files import opened
from lexpro.corpus.readers.streams import (
    PAGES,
    Budget,
    Piece,
    guarded,
    named,
    pieces_of_stream,
    suffix_of,
)


def read(path: Path, name: str, fields: Fields) -> Iterator[Document | Reject]:
    """All documents and rejects of a raw file.

    Args:
        path: where it lies.
        name: how rows refer to it; inside archives they are `archive.zip/inner.txt`.
        fields: where in a record the text is.
    """
    for piece in pieces(path, name, fields):
        yield from parse(piece, fields) if isinstance(piece, Unparsed) else (piece,)


def parse(piece: Unparsed, fields: Fields) -> Iterator[Document | Reject]:
    """The documents and rejects of a piece."""

    def rows() -> Iterator[Document | Reject]:
        if piece.suffix == record_files.LINES:
            return record_files.block_of_lines(piece, fields)
        return PAGES[piece.suffix](io.BytesIO(piece.data), fields)

    return named(guarded(rows, piece.file), piece.file)


def pieces(path: Path, name: str, fields: Fields) -> Iterator[Piece]:
    """What is in a raw file, in order; pages and lines of JSON are not parsed yet.

    Args:
        path: where it lies.
        name: how rows refer to it; its suffix says how it is read.
        fields: where in a record the text is.

    Yields:
        Documents, rejects, and `Unparsed` bytes for `parse`.
    """
    reader = ARCHIVE_READERS.get(suffix_of(name))

    def of_archive() -> Iterator[Piece]:
        with opened(path) as file:
            yield from reader(file, name, Budget.of_size(path.stat().st_size), fields, 1)

    def of_file() -> Iterator[Piece]:
        with opened(path) as file:
            yield from pieces_of_stream(file, name, Budget.of_size(path.stat().st_size), fields)

    if reader is None:
        return named(guarded(of_file, name), name)
    return guarded(of_archive, name, too_large="unsafe_archive")
