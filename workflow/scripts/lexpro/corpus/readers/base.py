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
    """A document as it was found; `record` counts from 1."""

    text: str
    encoding: str
    record: int = 1
    case_number: str | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """Something that could not be read, and where; `byte` is an offset in the (unpacked) file if it
    is known.
    """

    reason: str
    record: int | None = None
    byte: int | None = None
    detail: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Unparsed:
    """Bytes of a file that any process can parse (`readers.parse`): a page, or whole lines of JSON
    that stand behind `number` records and `byte` bytes.
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
