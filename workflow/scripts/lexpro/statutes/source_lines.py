"""The lines of a statute's file: Markdown or text as they are, HTML as text with headings."""

from __future__ import annotations

import re
from pathlib import Path

from lexpro.encoding import decode

# Of HTML: what begins and ends a line.
_BLOCK = re.compile(r"p|div|br|li|tr|ul|ol|table|section|article|blockquote|h[1-6]")


def lines_of(path: Path) -> list[str]:
    """The lines of a file in UTF-8, UTF-16 or GB18030; HTML as text with Markdown headings.

    Raises:
        lexpro.encoding.Undecodable: none of these encodings explains the bytes.
    """
    return read_lines(path)[0]


def read_lines(path: Path) -> tuple[list[str], str]:
    """`lines_of`, and the encoding."""
    text, encoding = decode(path.read_bytes())
    if path.suffix.lower() in (".html", ".htm"):
        text = _from_html(text)
    return text.splitlines(), encoding


def _from_html(text: str) -> str:
    from lxml import html

    # A declaration of an encoding is refused by lxml in a text that is decoded already.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    root = html.document_fromstring(text if text.strip() else "<p/>")
    for junk in root.xpath("//script|//style|//head"):
        junk.drop_tree()
    for node in root.iter():
        # The ends of lines in markup are layout.
        node.text, node.tail = (re.sub(r"\s*\n\s*", "", part or "") for part in (node.text, node.tail))
        if not isinstance(node.tag, str):
            node.text = ""
        elif re.fullmatch(r"h[1-6]", node.tag):
            node.text = "\n" + "#" * int(node.tag[1]) + " " + node.text
        elif _BLOCK.fullmatch(node.tag) and node.tag != "br":
            node.text = "\n" + node.text
        if isinstance(node.tag, str) and _BLOCK.fullmatch(node.tag):
            node.tail = "\n" + node.tail
    return root.text_content()
