"""Files that are one document: text, HTML (the markup of the court website too), Word, PDF with text."""

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
import lxml.html
import pypdf
import pypdf.errors

from lexpro.corpus.encoding import Undecodable, decode, tidy
from lexpro.corpus.readers_base import MAX_BYTES, Document, Fields, Reject, TooLarge

# Where the court website and its mirrors keep the document itself.
CONTAINERS = ("//*[contains(@class, 'PDF_pox')]", "//*[@id='DivContent']", "//*[@id='docContent']", "//body")
BLOCKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "section", "table", "title"}
DROPPED = {"script", "style", "head", "nav", "noscript"}
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_PAGE_NUMBER = re.compile(r"^[ \t]*(?:[-—–][ \t]*\d{1,4}[ \t]*[-—–]|第?[ \t]*\d{1,4}[ \t]*页?)[ \t]*\n", re.M)
# A damaged PDF can make any operation of its parser fail; only that is called where these are caught.
PDF_DAMAGE = (
    pypdf.errors.PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, OSError,
    RecursionError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
_STOPS = ("。", "；", "：", "！", "？")
_GB = {"gbk", "gb2312", "gb18030", "gb-18030", "x-gbk"}


def _whole(file: BinaryIO) -> bytes:
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(f"a document of more than {MAX_BYTES} bytes")
    return data


def _document(text: str, encoding: str) -> Document | Reject:
    text = tidy(text)
    return Document(text, encoding) if text else Reject("empty", 1)


def plain(file: BinaryIO, _: Fields) -> Iterator[Document | Reject]:
    """A text file."""
    try:
        yield _document(*decode(_whole(file)))
    except Undecodable as error:
        yield Reject("undecodable", 1, error.byte)


def _page_text(data: bytes) -> tuple[str, str]:
    """(markup, encoding); what the page says of itself counts only where it is true."""
    said = _CHARSET.search(data[:2048])
    if said and said[1].decode("ascii", "replace").lower() in _GB:
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            pass
    return decode(data)


def _flatten(element: lxml.html.HtmlElement, out: list[str]) -> None:
    """Text in document order; blocks on lines of their own."""
    if not isinstance(element.tag, str) or element.tag in DROPPED:
        out.append(element.tail or "")
        return
    block = element.tag in BLOCKS
    if block:
        out.append("\n")
    out.append(_inline(element.text))
    for child in element:
        _flatten(child, out)
    if block and element.tag != "br":
        out.append("\n")
    out.append(_inline(element.tail))


def _inline(text: str | None) -> str:
    # Line ends inside a paragraph of markup are layout, not content.
    return re.sub(r"[ \t\r]*\n[ \t\r\n]*", "", text or "")


def html_page(file: BinaryIO, _: Fields) -> Iterator[Document | Reject]:
    """A web page: the container of the document, else the whole body."""
    data = _whole(file)
    if not data.strip():
        yield Reject("empty", 1)
        return
    try:
        markup, encoding = _page_text(data)
        # An XML declaration of an encoding is refused in a string that is decoded already.
        markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup)
        tree = lxml.html.document_fromstring(
            markup.replace("\x00", ""), parser=lxml.html.HTMLParser(huge_tree=False)
        )
        found = next((nodes[0] for path in CONTAINERS if (nodes := tree.xpath(path))), tree)
        out: list[str] = []
        _flatten(found, out)
    except Undecodable as error:
        yield Reject("undecodable", 1, error.byte)
    except (lxml.etree.LxmlError, ValueError, RecursionError) as error:
        yield Reject("bad_html", 1, detail=str(error) or type(error).__name__)
    else:
        text = "".join(out)
        yield _document("\n".join(line.strip() for line in text.split("\n") if line.strip()), encoding)


def docx(file: BinaryIO, _: Fields) -> Iterator[Document | Reject]:
    """A Word file: paragraphs and table cells in order."""
    try:
        data = io.BytesIO(_whole(file))
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
        yield _document("\n".join(line for line in lines if line.strip()), "docx")
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


def _paragraphs(text: str) -> str:
    """The text with the lines of a page joined: one that reaches the margin, or comes near to it without ending a
    sentence, goes on. Titles, case numbers and signatures are shorter and stay lines."""
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
    data = _whole(file)
    try:
        opened = pypdf.PdfReader(io.BytesIO(data))
        if opened.is_encrypted:
            yield Reject("encrypted", 1)
            return
        text = tidy("\n".join(page.extract_text().strip() for page in opened.pages))
    except PDF_DAMAGE as error:
        yield Reject("bad_pdf", 1, detail=str(error) or type(error).__name__)
        return
    text = _paragraphs(_PAGE_NUMBER.sub("", text))
    yield Document(text, "pdf") if text else Reject("no_text_layer", 1)
