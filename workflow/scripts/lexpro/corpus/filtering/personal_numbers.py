"""Numbers that lead to a person: of papers, telephones, cards, accounts and cars.

Numbers in groups (138 1234 5678) and numbers that a line breaks are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# The text is searched once for long runs of digits, and each is tried for all kinds of numbers.
_DIGITS = re.compile(r"\d{7,}")
_NUMBERS = {
    "identity": re.compile(r"\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx](?!\d)"),
    "phone": re.compile(r"(?:1[3-9]\d{9}|0[1-9]\d{1,2}[2-8]\d{6,7})(?!\d)"),
    "bank": re.compile(r"[3-6]\d{14,20}(?!\d)"),
}
# A break between the digits: a hyphen or blanks, or the end of a line.
_GAP = r"(?:[ \u3000]?[-－—][ \u3000]?|[ \u3000]{1,2}|[ \u3000]?\r?\n[ \u3000]{0,4})"
_ONCE = r"(?:[ \u3000]?\r?\n[ \u3000]{0,4})?"
_GROUPS = {
    "identity": re.compile(
        rf"(?<!\d)\d{{6}}{_GAP}?(?:19|20)\d\d{_GAP}?(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]){_GAP}?\d{{3}}[\dXx](?!\d)"
    ),
    "bank": re.compile(rf"(?<!\d)[3-6]\d{{3}}(?:{_GAP}\d{{4}}){{3}}(?:{_GAP}?\d{{1,3}})?(?!\d)"),
    "phone": re.compile(
        rf"(?<!\d)1[3-9]\d(?:{_GAP}\d{{4}}{_GAP}\d{{4}}|{_GAP}\d{{8}}|\d{{4}}{_GAP}\d{{4}})(?!\d|\s?[元万])"
    ),
}
# One that a line breaks anywhere, as long as it is the only break.
_BROKEN = re.compile(r"(?<!\d)(?:\d{1,17})[ \u3000]?\r?\n[ \u3000]{0,4}(?:\d{1,17}[Xx]?)(?!\d)")
# Accounts and papers, told by the word before them. Here and below a look at the first character
# saves trying the rest.
_ACCOUNT = re.compile(
    r"(?=[Qq微支淘抖银卡账帐护通驾身执工学军警社医])(?:(?:QQ|qq|微信|支付宝|淘宝|抖音|银行卡|[卡账帐])(?:账|帐)?(?:号码?|户)"
    r"|护照(?:号码?)?|通行证(?:号码?)?|驾驶证(?:号码?|编号)?|身份证(?:号码?)?|执业证号?|工作证号?|学号|(?:军官|警官|学生)证(?:号码?|编号)?|(?:社保|医保)卡(?:号码?)?|QQ|qq)"
    r"(?:分别)?(?:为|是|：|:)?[\s（(]?[“\"]?(?P<id>[A-Za-z0-9_.-]{5,30})",
    re.ASCII,
)
_MAIL = re.compile(r"[\w.+-]{1,40}@[A-Za-z0-9-]{1,40}(?:\.[A-Za-z0-9-]{2,20}){1,3}", re.ASCII)
_AREA_CODE = re.compile(r"(?:^|\D)(0\d{2,3}[- ])$")
_PLATE = re.compile(
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][ \u3000]?[A-Z][ \u3000]?[·•．.—-]?[ \u3000]?"
    r"(?:[A-Z0-9]{5,6}|[A-Z0-9]{4,5}[学警挂领港澳])(?![A-Z0-9])"
)
# Of tractors: 闽05-20735.
_TRACTOR = re.compile(
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]\d{2}[-.—]\d{5}(?!\d)"
)
HIDDEN = "＊" * 6


def _of_run(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """(kind, start, end) of what personal number a run of digits is, the likeliest first."""
    for kind, pattern in _NUMBERS.items():
        if match := pattern.match(text, start):
            yield kind, *match.span()
    if end - start in (7, 8) and (area := _AREA_CODE.search(text[max(0, start - 6) : start])):
        yield "phone", start - len(area[1]), end


def find(text: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, what stands in its place, kind) of personal numbers in a plain text."""
    for run in _DIGITS.finditer(text):
        for kind, start, end in _of_run(text, *run.span()):
            yield start, end, HIDDEN, kind
    for kind, pattern in _GROUPS.items():
        for match in pattern.finditer(text):
            yield *match.span(), HIDDEN, kind
    for match in _BROKEN.finditer(text):
        digits = re.sub(r"\s", "", match[0])
        kind = next((name for name, pattern in _NUMBERS.items() if pattern.fullmatch(digits)), None)
        if kind:
            yield *match.span(), HIDDEN, kind
    for match in _ACCOUNT.finditer(text):
        yield *match.span("id"), HIDDEN, "account"
    if "@" in text:
        for match in _MAIL.finditer(text):
            yield *match.span(), HIDDEN, "account"
    for match in _TRACTOR.finditer(text):
        yield *match.span(), match[0][0] + "＊" * 4, "plate"
    for match in _PLATE.finditer(text):
        yield *match.span(), re.sub(r"\s", "", match[0])[:2] + "＊" * 4, "plate"
