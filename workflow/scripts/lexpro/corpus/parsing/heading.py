"""What the head and the end of a judgment say: type, case number, date, procedure, instance, kind.

The court is read by `lexpro.law.courts`.
"""

from __future__ import annotations

import re
from datetime import date

from lexpro.law import numerals

_TYPE = re.compile(
    r"(?P<kind>刑\s{0,4}事|民\s{0,4}事|行\s{0,4}政|执\s{0,4}行|国\s{0,4}家\s{0,4}赔\s{0,4}偿)"
    r"\s{0,4}(?P<civil>附\s{0,4}带\s{0,4}民\s{0,4}事)?\s{0,4}"
    r"(?P<what>(?:判\s{0,4}决|裁\s{0,4}定|决\s{0,4}定|调\s{0,4}解|通\s{0,4}知)\s{0,4}书)"
)
_KINDS = {"刑": "criminal", "民": "civil", "行": "administrative", "执": "enforcement", "国": "other"}
_NUMBER = re.compile(
    r"（?\s{0,4}(?P<year>(?:19|20)[0-9]{2})\s{0,4}）?\s{0,4}(?P<body>[^\s，。；：（）]{1,14}?)"
    r"(?P<word>字)?\s{0,4}第?\s{0,4}(?P<serial>[0-9]+(?:[-—之][0-9]+)*"
    r"|[×xX*]+)\s{0,4}号(?:之[一二三四五六七八九十0-9]{1,2})?"
)
_PROSECUTED = re.compile(
    r"检察院[^。]{0,120}(?:起诉书|指控|提起公诉)|公诉机关[^。]{0,12}指控|自诉人[^。]{0,80}(?:指控|控诉)"
    r"|被告人[^。]{0,80}(?:涉嫌|犯)[^，。]{1,40}罪"
)
_CASE_KIND = re.compile(r"刑|民|行|执|赔|商|知")
_CHINESE_DATE = re.compile(
    r"(?P<y>[〇零○oO0-9一二三四五六七八九Ο]{4})\s{0,4}年\s{0,4}(?P<m>元"
    r"|[一二三四五六七八九十0-9]{1,3})\s{0,4}月\s{0,4}(?P<d>[一二三四五六七八九十廿卅0-9〇]"
    r"{1,4})\s{0,4}日"
)
_ZEROS = str.maketrans("oOΟ", "000")
_NAMES_OF_JUDGES = re.compile(r"审\s{0,4}判\s{0,4}(?:长|员)|陪\s{0,4}审\s{0,4}员")

_PROCEDURE = re.compile(r"(?P<name>速裁|简易|普通)(?:审理)?程序|(?P<fast>速裁)|(?P<short>简化审)")
# 不适用简易程序, 由简易程序转为…, 建议适用…: named, but not followed.
_NOT_FOLLOWED = re.compile(
    r"(?:不(?:宜|能|再|应|符合|同意|予)?(?:适用|采用|按照)?|终止(?:适用)?|[由从将]|建议(?:本院)?(?:适用)?|申请(?:适用)?|如适用)"
    r"(?:刑事案件|刑事|独任)?$"
)
_PLEA = re.compile(
    r"认罪认罚|认罪、认罚|自愿认罪[，、]?(?:并)?(?:愿意)?接受处罚|认罪认罚具结"
    r"|具结书|(?:签字|自愿|签署了?《?)具结(?!悔过)"
)
_REFUSED = re.compile(r"(?:不|未|没有|拒绝|撤回|反悔|否认)[^，。；且并]{0,10}$")


def document_type(head: str) -> tuple[str | None, str]:
    """The type of a document, the last in the heading: a title may stand before.

    Returns:
        (as the document calls itself, without spaces; kind of case).
    """
    found = None
    for match in _TYPE.finditer(head):
        found = match
    if not found:
        return None, "other"
    name = re.sub(r"\s+", "", found[0])
    return name, _KINDS[name[0]]


def case_number(head: str) -> tuple[str | None, str | None]:
    """(case number in one spelling, its year): （2017）沪0120刑初684号."""
    for match in _NUMBER.finditer(head):
        if _CASE_KIND.search(match["body"]) and "检" not in match["body"]:
            number = match[0].replace(" ", "").lstrip("（")
            year, body = number[:4], number[4:].lstrip("）")
            return f"（{year}）{body}", year
    return None, None


def kind_of_number(number: str) -> str | None:
    """The kind of case, from the last word for one in a case number.

    In 新民刑初 the first, 新民, is the court.
    """
    found = re.findall(r"刑(?:附民)?|民|执行?|赔|行(?!政区)", number)
    return _KINDS.get(found[-1][0]) if found else None


def kind_of_text(beginning: str) -> str:
    """Whether somebody is prosecuted (criminal) or not (other).

    For documents that have lost their heading.
    """
    return "criminal" if _PROSECUTED.search(beginning) else "other"


def instance(number: str | None, text: str) -> str | None:
    """The instance: first, second or retrial.

    By the case number, else by what the beginning says.
    """
    for words, name in (("初", "first"), ("终", "second"), ("再监申抗", "retrial")):
        if number and any(word in number for word in words):
            return name
    beginning = text[:1500]
    if "原审被告人" in beginning and re.search(r"再审", beginning):
        return "retrial"
    if re.search(r"二审|上诉人|原审被告人", beginning):
        return "second"
    return "first" if re.search(r"一审|提起公诉|起诉书指控|自诉人", beginning) else None


def _day(match: re.Match[str]) -> str | None:
    year = numerals.parse_int(match["y"].translate(_ZEROS))
    month = 1 if match["m"] == "元" else numerals.parse_int(match["m"])
    day = numerals.parse_int(match["d"].replace("卅", "三十"))
    if year is None or month is None or day is None or not 1949 <= year <= 2100:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:  # 三十一 of a month of thirty days: a slip of the pen, not a date
        return None


def judged_on(ending: str) -> str | None:
    """The date of the judgment.

    The first behind the judges' names, else the first of the ending.
    """
    judges = _NAMES_OF_JUDGES.search(ending)
    for start in (judges.start() if judges else 0, 0):
        for match in _CHINESE_DATE.finditer(ending, start):
            found = _day(match)
            if found:
                return found
    return None


def procedure(text: str) -> str | None:
    """速裁, 简易 or 普通: the last that the account of the trial names and that was followed.

    Returns:
        None where no procedure is named: a panel (合议庭) may also try a case in summary procedure.
    """
    followed = None
    for match in _PROCEDURE.finditer(text):
        if not _NOT_FOLLOWED.search(text, max(0, match.start() - 16), match.start()):
            # 普通程序简化审 is an ordinary procedure.
            followed = match["name"] or match["fast"] or followed or "简易"
    return followed


def plea(text: str) -> bool:
    """Whether somebody pleads guilty and accepts punishment for leniency (认罪认罚)."""
    return any(
        not _REFUSED.search(text, max(0, match.start() - 14), match.start()) for match in _PLEA.finditer(text)
    )
