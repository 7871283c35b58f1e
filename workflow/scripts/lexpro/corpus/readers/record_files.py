"""Files of records: JSON lines, JSON, CSV, Parquet.

One record is in memory at a time (a row group of Parquet).
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from lexpro.corpus.readers.base import DAMAGE, MAX_BYTES, Document, Fields, Reject, TooLarge, Unparsed
from lexpro.corpus.readers.pages import unmarked
from lexpro.encoding import SAMPLE, Undecodable, detect, tidy

CHUNK = 1 << 20
# The suffix of what holds lines of JSON, and bytes of them that are parsed together.
LINES = ".jsonl"
BLOCK = 1 << 20
# Bytes that did not decode (see `_text`), or half a character that JSON escapes: text that nothing
# can write again.
_DAMAGED = re.compile("[\ud800-\udfff]")
csv.field_size_limit(MAX_BYTES)


def document(
    record: object, fields: Fields, number: int, encoding: str, byte: int | None = None
) -> Document | Reject:
    """A parsed record as a document, or why it is none.

    Args:
        record: as the parser of the format gave it.
        fields: names of its fields of text and case number.
        number: of the record in its file, from 1.
        encoding: that its bytes were read in.
        byte: where it begins in the file; None where that is not known.

    Returns:
        The document, its text tidied; a reject where the record is no object, has no text, or did
        not decode.
    """
    if not isinstance(record, dict):
        return Reject(
            "not_a_record", number, byte, f"a JSON object is expected, this is {type(record).__name__}"
        )
    text = fields.pick(record, fields.text)
    if text is None:
        if any(name.split("+")[0] in record for name in fields.text):
            return Reject("empty", number, byte)
        return Reject("no_text_field", number, byte, f"fields: {', '.join(map(str, list(record)[:12]))}")
    case_number = fields.pick(record, fields.case_number)
    if _DAMAGED.search(text) or (case_number and _DAMAGED.search(case_number)):
        return Reject("undecodable", number, byte, f"not {encoding}, or half a character")
    text = tidy(unmarked(text))
    return Document(text, encoding, number, case_number) if text else Reject("empty", number, byte)


def _sniffed(file: BinaryIO) -> tuple[str, BinaryIO]:
    """(encoding, stream from the start) by the first bytes; ASCII so far counts as UTF-8."""
    file = file if isinstance(file, io.BufferedReader) else io.BufferedReader(file, SAMPLE)
    head = file.peek(SAMPLE)[:SAMPLE]
    return detect(head, final=False), file


def lines(file: BinaryIO, fields: Fields) -> Iterator[Document | Reject | Unparsed]:
    """JSON lines. A damaged line is a reject with its byte offset; the lines after it are read."""
    try:
        encoding, file = _sniffed(file)
    except Undecodable:
        # A first line in another encoding, or damaged: the lines are tried one by one.
        encoding = "utf-8"
    if encoding.startswith("utf-16"):
        yield from _utf16_lines(file, encoding, fields)
        return
    yield from _blocks(file, encoding)


def _blocks(file: BinaryIO, encoding: str, number: int = 0, byte: int = 0) -> Iterator[Unparsed]:
    """The lines of a stream, some at a time, from record `number` + 1 and offset `byte` on."""
    waiting: list[bytes] = []
    size = filled = 0

    def block() -> Unparsed:
        return Unparsed(LINES, b"".join(waiting), encoding, number, byte)

    while True:
        try:
            line = file.readline(MAX_BYTES + 1)
        except (*DAMAGE, TooLarge):
            # What stands before the damage is whole.
            yield block()
            raise
        if not line:
            break
        if len(line) > MAX_BYTES:
            yield block()
            raise TooLarge(f"line {number + filled + 1} has more than {MAX_BYTES} bytes")
        waiting.append(line)
        size += len(line)
        filled += bool(line.strip())
        if size >= BLOCK:
            yield block()
            number, byte = number + filled, byte + size
            waiting, size, filled = [], 0, 0
    yield block()


def block_of_lines(block: Unparsed, fields: Fields) -> Iterator[Document | Reject]:
    """The records of some lines."""
    number, byte = block.number, block.byte
    for line in io.BytesIO(block.data):
        if line.strip():
            number += 1
            yield _line(line, block.encoding, fields, number, byte)
        byte += len(line)


def _line(line: bytes, encoding: str, fields: Fields, number: int, start: int) -> Document | Reject:
    if encoding == "utf-8":
        try:
            return document(orjson.loads(line), fields, number, encoding, start)
        except orjson.JSONDecodeError:
            pass
    return _unusual_line(line, encoding, fields, number, start)


def _unusual_line(line: bytes, encoding: str, fields: Fields, number: int, start: int) -> Document | Reject:
    """A line in another encoding, or with what only Python takes for JSON (NaN), or damaged."""
    try:
        text = line.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        return Reject("undecodable", number, start + error.start, f"not {encoding}")
    try:
        return document(json.loads(text), fields, number, encoding, start)
    except json.JSONDecodeError as error:
        return Reject("bad_json", number, start + len(text[: error.pos].encode(encoding)), error.msg)
    except (RecursionError, ValueError) as error:
        return Reject("bad_json", number, start, str(error) or type(error).__name__)


def _utf16_lines(file: BinaryIO, encoding: str, fields: Fields) -> Iterator[Document | Reject]:
    number = 0
    for line in io.TextIOWrapper(file, encoding, errors="replace"):
        if line.strip():
            number += 1
            yield _line(line.encode("utf-8"), "utf-8", fields, number, 0)


def json_file(file: BinaryIO, fields: Fields) -> Iterator[Document | Reject | Unparsed]:
    """A JSON array, a JSON object, or JSON lines under the wrong name.

    CAIL, JuDGE and LeCaRD have the latter.
    """
    try:
        encoding, file = _sniffed(file)
    except Undecodable as error:
        yield Reject("undecodable", byte=error.byte)
        return
    head = codecs.getincrementaldecoder(encoding)().decode(file.peek(SAMPLE)[:SAMPLE]).lstrip("\ufeff \t\r\n")
    if head.startswith("["):
        yield from _array(_text(file, encoding), fields, encoding)
    elif not head:
        yield Reject("empty", 1)
    elif encoding.startswith("utf-16"):
        yield from _utf16_lines(file, encoding, fields)
    else:
        yield from _object_or_lines(file, fields, encoding)


def _text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Text in which bytes that do not decode are lone surrogates.

    Only their record is lost then.
    """
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(file, encoding, errors=errors, newline="")


def _object_or_lines(file: BinaryIO, fields: Fields, encoding: str) -> Iterator[Document | Reject | Unparsed]:
    first = file.readline(MAX_BYTES + 1)
    if isinstance(record := _line(first, encoding, fields, 1, 0), Reject) and record.reason == "bad_json":
        # An object over several lines.
        data = first + file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise TooLarge(f"a JSON object of more than {MAX_BYTES} bytes")
        whole = _line(data, encoding, fields, 1, 0)
        if isinstance(whole, Document) or whole.reason != "bad_json" or b"\n{" not in data:
            yield whole
        else:
            # JSON lines whose first is damaged.
            yield from lines(io.BufferedReader(io.BytesIO(data)), fields)
        return
    yield record
    yield from _blocks(file, encoding, 1, len(first))


def _array(file: io.TextIOWrapper, fields: Fields, encoding: str) -> Iterator[Document | Reject]:
    """The elements of a JSON array, parsed one after the other from a moving window."""
    decoder = json.JSONDecoder()
    window, at, number, ended = "", 0, 0, False
    while True:
        window, at = window[at:], 0
        if not ended:
            more = file.read(CHUNK)
            ended = not more
            window += more
        while True:
            at = _skip(window, at, " \t\r\n,\ufeff" + ("[" if number == 0 else ""))
            if at < len(window) and window[at] == "]":
                return
            if at >= len(window):
                break
            try:
                value, end = decoder.raw_decode(window, at)
            except json.JSONDecodeError as error:
                if ended:
                    yield Reject("bad_json", number + 1, detail=error.msg)
                    return
                if len(window) - at > MAX_BYTES:
                    raise TooLarge(f"element {number + 1} has more than {MAX_BYTES} characters") from None
                break
            except RecursionError:
                yield Reject("bad_json", number + 1, detail="nested too deeply")
                return
            at, number = end, number + 1
            yield document(value, fields, number, encoding)
        if ended and at >= len(window):
            yield Reject("bad_json", number + 1, detail="the array does not end")
            return


def _skip(window: str, at: int, what: str) -> int:
    while at < len(window) and window[at] in what:
        at += 1
    return at


def table(file: BinaryIO, fields: Fields) -> Iterator[Document | Reject]:
    """CSV with a line of field names; comma, tab or semicolon."""
    try:
        encoding, file = _sniffed(file)
    except Undecodable as error:
        yield Reject("undecodable", byte=error.byte)
        return
    text = _text(file, encoding)
    first = text.readline()
    delimiter = max(",\t;", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    rows, number = csv.reader(text, delimiter=delimiter), 0
    while True:
        number += 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Reject("bad_csv", number, detail=str(error))
            continue
        if len(row) > len(names):
            yield Reject("bad_csv", number, detail=f"{len(row)} cells, {len(names)} fields")
        elif row:
            yield document(dict(zip(names, row, strict=False)), fields, number, encoding)
        else:
            number -= 1


def parquet(file: BinaryIO, fields: Fields) -> Iterator[Document | Reject]:
    """Parquet, a batch of rows at a time.

    Inside an archive the file is held in memory: it must be seekable.
    """
    source = file if file.seekable() else io.BytesIO(file.read())
    try:
        opened = pq.ParquetFile(source)
        number = 0
        for batch in opened.iter_batches(batch_size=1000):
            for row in batch.to_pylist():
                number += 1
                yield document(row, fields, number, "utf-8")
    except (pa.ArrowInvalid, OSError) as error:
        yield Reject("bad_parquet", detail=str(error).splitlines()[0])
