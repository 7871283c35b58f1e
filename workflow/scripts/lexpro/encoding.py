"""Text from bytes of unknown encoding: UTF-8, UTF-16 or GB18030 (so GBK and GB2312).

UTF-8 and UTF-16 with a byte order mark or without.
"""

from __future__ import annotations

import codecs
import re

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What Chinese legal text is made of; GB18030 explains nearly any bytes, but not as this.
_PLAIN = re.compile(r"[\t\n\r\x20-\x7e\u2010-\u2030\u25a0-\u25ff\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e×·〇]")
PLAIN_SHARE = 0.85
SAMPLE = 1 << 16
# U+FEFF and its like, NUL, and halves of characters, which nothing can write again.
_INVISIBLE = re.compile(r"[\ufeff\u200b-\u200f\u2028-\u202e\u2060\x00\ud800-\udfff]")


class Undecodable(ValueError):
    """No known encoding explains the bytes; `byte` is where UTF-8 first fails."""

    def __init__(self, byte: int) -> None:
        super().__init__(f"no known encoding explains the bytes (first doubt at byte {byte})")
        self.byte = byte


def plausible(text: str) -> bool:
    """Whether a text is mostly Chinese characters, Latin letters, digits and usual punctuation."""
    sample = text[:SAMPLE]
    return len(_PLAIN.findall(sample)) >= PLAIN_SHARE * len(sample)


def _attempt(data: bytes, encoding: str, final: bool) -> str | None:
    """The text, or None if the bytes are not in that encoding.

    With `final` False a character may be cut at the end.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        return decoder.decode(data, final)
    except UnicodeDecodeError:
        return None


def detect(data: bytes, final: bool = True) -> str:
    """The encoding of bytes, or of the first bytes of something longer (`final` False).

    Raises:
        Undecodable: none of the known encodings gives plausible text.
    """
    for bom, encoding in BOMS:
        if data.startswith(bom):
            if _attempt(data, encoding, final) is not None:
                return encoding
            raise Undecodable(0)
    text = _attempt(data, "utf-8", final)
    if text is not None and "\x00" not in text[:SAMPLE]:
        return "utf-8"
    # Without a byte order mark, both orders of UTF-16 are tried: only one of them makes Chinese
    # text.
    for encoding in ("gb18030", "utf-16-le", "utf-16-be"):
        text = _attempt(data, encoding, final)
        if text and plausible(text):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Undecodable(error.start) from None
    raise Undecodable(data.find(b"\x00"))


def decode(data: bytes) -> tuple[str, str]:
    """(text, encoding) of a whole document.

    Raises:
        Undecodable: none of the known encodings gives plausible text.
    """
    encoding = detect(data)
    return data.decode(encoding), encoding


def tidy(text: str) -> str:
    """The text with one kind of line end, no invisible characters, no space at the ends of lines.

    Offsets refer to this text from here on. Full-width digits and traditional characters stay as
    they are.
    """
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).replace("\xa0", " ")
    return "\n".join(map(str.rstrip, text.split("\n"))).strip()
