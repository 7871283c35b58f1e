"""Files that are one document: Word, and PDF with text."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

import docx as word
import lxml.etree
import pypdf
import pypdf.errors

from lexpro.corpus.readers.base import MAX_BYTES, Document, Fields, Reject, TooLarge
from lexpro.corpus.readers.pages import as_document, whole
from lexpro.encoding import tidy

_PAGE_NUMBER = re.compile(r"^[ \t]*(?:[-—–][ \t]*\d{1,4}[ \t]*[-—–]|第?[ \t]*\d{1,4}[ \t]*页?)[ \t]*\n", re.M)
# A damaged PDF can make any operation of its parser fail; only that is called where these are
# caught.
PDF_DAMAGE = (
    pypdf.errors.PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
_STOPS = ("。", "；", "：", "！", "？")


def docx(file: BinaryIO, _: Fields) -> Iterator[Document | Reject]:
    """A Word file: paragraphs and table cells in order."""
    try:
        data = io.BytesIO(whole(file))
        with zipfile.ZipFile(data) as package:
            if sum(part.file_size for part in package.infolist()) > 4 * MAX_BYTES:
                raise TooLarge("the parts of the Word file are too large")
        opened = word.Document(data)
        lines = []
        for block in opened.iter_inner_content():
            if hasattr(block, "rows"):
                lines += [cell.text for row in block.rows for cell in row.cells]
            else:
                lines.append(block.text)
        yield as_document("\n".join(line for line in lines if line.strip()), "docx")
    except (
        zipfile.BadZipFile,
        word.opc.exceptions.OpcError,
        KeyError,
        ValueError,
        lxml.etree.LxmlError,
    ) as error:
        if isinstance(error, TooLarge):
            raise
        yield Reject("bad_docx", 1, detail=str(error))


def _width(line: str) -> int:
    """In halves of a Chinese character."""
    return sum(1 if character.isascii() else 2 for character in line)


def paragraphs(text: str) -> str:
    """The text with the lines of a page joined to paragraphs.

    A line that reaches the margin, or comes near to it without ending a sentence, goes on. Titles,
    case numbers and signatures are shorter and stay lines.
    """
    lines = text.split("\n")
    margin = sorted(map(_width, lines))[-1 - len(lines) // 20]
    out = ""
    for line in lines:
        full = _width(line) >= 0.95 * margin
        goes_on = full or (_width(line) >= 0.6 * margin and not line.endswith(_STOPS))
        out += line if goes_on else line + "\n"
    return out.rstrip("\n")


def pdf(file: BinaryIO, _: Fields) -> Iterator[Document | Reject]:
    """A PDF with a text layer; a scan has none and is rejected as such."""
    data = whole(file)
    try:
        opened = pypdf.PdfReader(io.BytesIO(data))
        if opened.is_encrypted:
            yield Reject("encrypted", 1)
            return
        text = tidy("\n".join(page.extract_text().strip() for page in opened.pages))
    except PDF_DAMAGE as error:
        yield Reject("bad_pdf", 1, detail=str(error) or type(error).__name__)
        return
    text = paragraphs(_PAGE_NUMBER.sub("", text))
    yield Document(text, "pdf") if text else Reject("no_text_layer", 1)
