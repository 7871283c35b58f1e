"""What readers give, and where in a record the text is."""

from __future__ import annotations

import gzip
import lzma
import tarfile
import zipfile
import zlib
from dataclasses import dataclass

import zstandard

from lexpro.config.ingest import FieldNames

# A single document above this is no judgment (the longest real ones have some 500,000 characters).
MAX_BYTES = 32 << 20

# What damaged input makes the decoders raise; anything else is a fault of ours and must be seen.
DAMAGE = (
    EOFError,
    zlib.error,
    lzma.LZMAError,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    tarfile.TarError,
    zstandard.ZstdError,
    NotImplementedError,
)


class TooLarge(ValueError):
    """More bytes than a document or an archive may have."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it was found.

    Attributes:
        text: as `lexpro.encoding.tidy` gives it.
        encoding: of its bytes, or its format.
        record: number in its file, from 1.
        case_number: from a field of its own, if there is one.
        file: name of its file.
    """

    text: str
    encoding: str
    record: int = 1
    case_number: str | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that could not be read, and where.

    Attributes:
        reason: one word.
        record: number in its file, from 1.
        byte: offset in the (unpacked) file, if it is known.
        detail: what was wrong.
        file: name of its file.
    """

    reason: str
    record: int | None = None
    byte: int | None = None
    detail: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Bytes of a file that any process can parse (`dispatch.parse`).

    Attributes:
        suffix: what they are: a page, or whole lines of JSON.
        data: the bytes.
        encoding: of the lines.
        number: records of the file before them.
        byte: bytes of the file before them.
        file: name of the file.
    """

    suffix: str
    data: bytes
    encoding: str = ""
    number: int = 0
    byte: int = 0
    file: str = ""


@dataclass(frozen=True, slots=True)
class Fields:
    """Field names to look for in a record: the first that is there and not empty wins.

    `a.b` is b inside a; `a+b` joins two by a line end.
    """

    text: tuple[str, ...]
    case_number: tuple[str, ...] = ()

    @classmethod
    def from_settings(cls, names: FieldNames) -> Fields:
        """The fields that the settings of the stage `ingest` name."""
        return cls(tuple(names.text), tuple(names.case_number))

    def pick(self, record: dict, names: tuple[str, ...]) -> str | None:
        """The value of the first name that the record has, as text."""
        for name in names:
            parts = [_at(record, part) for part in name.split("+")]
            if all(parts):
                return "\n".join(parts)
        return None


def _at(record: object, name: str) -> str | None:
    for part in name.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    return str(record) if isinstance(record, str | int) and str(record).strip() else None
