"""Files that are one document: text, and HTML (the markup of the court website too)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import BinaryIO

import lxml.etree
import lxml.html

from lexpro.corpus.readers.base import MAX_BYTES, Document, Fields, Reject, TooLarge
from lexpro.encoding import Undecodable, decode, tidy

# Where the court website and its mirrors keep the document itself.
CONTAINERS = ("//*[contains(@class, 'PDF_pox')]", "//*[@id='DivContent']", "//*[@id='docContent']", "//body")
BLOCKS = {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "section", "table", "title"}
DROPPED = {"script", "style", "head", "nav", "noscript"}
# The court website used to send a page as a string of JSON in a script.
_IN_SCRIPT = re.compile(r'jsonHtmlData\s*=\s*("(?:[^"\\]|\\.)*")')
_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_GB = {"gbk", "gb2312", "gb18030", "gb-18030", "x-gbk"}


def whole(file: BinaryIO) -> bytes:
    """All bytes of a file.

    Raises:
        TooLarge: there are more than `MAX_BYTES`.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise TooLarge(f"a document of more than {MAX_BYTES} bytes")
    return data


def as_document(text: str, encoding: str) -> Document | Reject:
    """A text as a document, or a reject where it is empty."""
    text = tidy(text)
    return Document(text, encoding) if text else Reject("empty", 1)


def plain(file: BinaryIO, _: Fields) -> Iterator[Document | Reject]:
    """A text file."""
    try:
        yield as_document(*decode(whole(file)))
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


def _unscripted(markup: str) -> str:
    """The markup that a page of the court website keeps in a script, else the page itself."""
    said = _IN_SCRIPT.search(markup)
    try:
        page = json.loads(json.loads(said[1])) if said else None
    except ValueError:
        return markup
    return f"<body>{page['Html']}</body>" if isinstance(page, dict) and page.get("Html") else markup


# A text field as the court website gives it: markup, entities (also of the markup), escapes that
# were escaped once more (\\n).
_MARKUP = re.compile(
    r"<(?:!--|/?(?:html|body|div|p|br|span|font|table|tr|td|a|b|u|strong|em|h[1-6]|li|ul|ol|title|style|center)\b[^<>]*/?>)",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    r"&(?:lt|gt|amp|nbsp|quot|apos|[lr][ds]quo|times|mdash|middot|ensp|emsp|#[0-9]{2,6}|#x[0-9a-fA-F]{2,5});"
)
_ESCAPE = re.compile(r"(?:\\r)?\\n(?![a-z])|\\r(?![a-z])|\\t(?![a-z])")


def _flat(markup: str) -> str:
    """The text of a page: of the container of the document, else of the whole body.

    Raises:
        lxml.etree.LxmlError: it cannot be parsed.
    """
    # An XML declaration of an encoding is refused in a string that is decoded already.
    markup = re.sub(r"^\s*<\?xml[^>]*\?>", "", markup)
    tree = lxml.html.document_fromstring(
        markup.replace("\x00", ""), parser=lxml.html.HTMLParser(huge_tree=False)
    )
    found = next((nodes[0] for path in CONTAINERS if (nodes := tree.xpath(path))), tree)
    out: list[str] = []
    _flatten(found, out)
    return "\n".join(line.strip() for line in "".join(out).split("\n") if line.strip())


def unmarked(text: str) -> str:
    """A text field of a record, read as a page is where it has markup, entities or escapes.

    What cannot be parsed stays as it is.
    """
    if "\\" in text:
        text = _ESCAPE.sub("\n", text)
    if "&" in text and _ENTITY.search(text):
        text = html.unescape(text)
    if "<" in text and _MARKUP.search(text):
        try:
            # Line ends of the field are content, unlike those of a page.
            return _flat("<body>" + text.replace("\n", "<br>") + "</body>")
        except (lxml.etree.LxmlError, ValueError, RecursionError):
            return text
    return text


def html_page(file: BinaryIO, _: Fields) -> Iterator[Document | Reject]:
    """A web page: the container of the document, else the whole body."""
    data = whole(file)
    if not data.strip():
        yield Reject("empty", 1)
        return
    try:
        markup, encoding = _page_text(data)
        markup = _unscripted(markup)
        text = _flat(markup)
    except Undecodable as error:
        yield Reject("undecodable", 1, error.byte)
    except (lxml.etree.LxmlError, ValueError, RecursionError) as error:
        yield Reject("bad_html", 1, detail=str(error) or type(error).__name__)
    else:
        yield as_document(text, encoding)
