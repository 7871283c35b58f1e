"""Courts (法院): their names in a judgment, their level, where they are, and one key for each."""

from __future__ import annotations

import re

from lexpro.law import provinces

_NAME = re.compile(r"[\u4e00-\u9fa5]{2,40}?(?:法\s?院|林区基层法院)")
# A title (某某盗窃罪一审刑事判决书) may stand right before the court's name.
_TITLE_BEFORE = re.compile(r".*(?:书|文书内容|终稿|号)")
_CASE_OR_DOCUMENT_BEHIND = re.compile(
    r"\s{0,4}(?:刑\s{0,4}事|民\s{0,4}事|行\s{0,4}政|执\s{0,4}行|国\s{0,4}家|(?:判|裁)\s{0,4}(?:决|定)\s{0,4}书|决\s{0,4}定\s{0,4}书|（?(?:19|20)[0-9]{2})"
)
# What a clause about a court has (被某区人民法院判处, 请求人民法院从轻), and no court's name.
_NO_NAME = re.compile(
    r"^(?:由|经|本院|向|对|依|上述|原审)|[被因犯罪求]|判处|(?<=[0-9])[月日]|(?:移送|起诉|指定|公诉|诉至|报送|送达|上诉|通过)|检察院"
)
_SPECIAL = re.compile(r"铁路|军事|海事|知识产权|金融法院|互联网")
_PROSECUTOR = re.compile(
    r"公诉机关\s{0,4}[：:]?\s{0,4}([\u4e00-\u9fa5]{3,30}?检察院)|([\u4e00-\u9fa5]{3,30}?检察院"
    r")(?:以|指控)"
)
_COURT_OF_APPEAL = re.compile(
    r"(?:直接|上诉于|向)\s{0,4}(?:向|上诉于)?\s{0,4}([\u4e00-\u9fa5]{2,24}?中级人民法院)"
)
# Characters at the beginning and at the end of a judgment that name prosecutor and court of appeal.
_SEARCHED = 3000
# The province before a court's name, which some judgments write and others do not.
_PROVINCE_BEFORE = re.compile(
    f"^(?:(?:{'|'.join(provinces.PROVINCES)})省|(?:{'|'.join(provinces.MUNICIPALITIES)})市|"
    "(?:内蒙古|广西(?:壮族)?|西藏|宁夏(?:回族)?|新疆(?:维吾尔)?)(?:自治区)?)(?=..)"
)
_HIDDEN = re.compile(r"[某×xX*＊]")


def name_in(heading: str, text: str) -> str | None:
    """The name of the court that gave a judgment, as written, without spaces.

    Args:
        heading: what stands before the parties.
        text: the whole judgment; where the heading has no court, one counts in its beginning that
            a document or a number follows. Other courts that it mentions do not.
    """
    for where, strict in ((heading, False), (text[:400], True)):
        best = None
        for match in _NAME.finditer(where):
            name = _TITLE_BEFORE.sub("", match[0].replace(" ", ""))
            if len(name) >= 5 and not _NO_NAME.search(name):
                best = best or (None if strict else name)
                if _CASE_OR_DOCUMENT_BEHIND.match(where, match.end()):
                    return name
        if best:
            return best
    return None


def level(name: str) -> str:
    """The level of a court by its name: one of `lexpro.records.COURT_LEVELS`.

    专门 are railway, military, maritime and the other special courts.
    """
    for word in ("最高", "高级"):
        if word in name:
            return word
    if _SPECIAL.search(name):
        return "专门"
    return "中级" if "中级" in name else "基层"


def place(
    court: str | None, case_number: str | None, hint: str | None, text: str
) -> tuple[str | None, str | None]:
    """The province and the prefecture of the court that gave a judgment; None for what is unknown.

    Sources in their order: the letter of the case number, the court's name, `hint`, then the
    prosecutor and the court of appeal that `text` names.

    Args:
        court: name of the court.
        case_number: number of the case; 2016 or later, or it says nothing.
        hint: name of a province, such as that of the folder of raw files.
        text: the judgment, as `lexpro.corpus.parsing.sections.plain` gives it.
    """
    province = provinces.by_case_number(case_number) if case_number else None
    city = None
    if court:
        province_of_court, city = provinces.locate(court, province)
        # The letter decides; 新 and 兵 alike are 新疆.
        province = province or province_of_court
    if province is None and hint:
        province = provinces.resolve(hint)
    if province is None or city is None:
        prosecutor = _PROSECUTOR.search(text[:_SEARCHED])
        appeal = _COURT_OF_APPEAL.search(text[-_SEARCHED:])
        for name in (prosecutor and (prosecutor[1] or prosecutor[2]), appeal and appeal[1]):
            if name and (province is None or city is None):
                other_province, other_city = provinces.locate(name, province)
                province, city = province or other_province, city or other_city
    return province, city


def key(name: str | None, province: str | None = None) -> str:
    """One key for one court: 河北 石家庄市长安区人民法院.

    Args:
        name: the court's name, with or without its province.
        province: short name of its province, where it is known already.

    Returns:
        "" for what names none (某县人民法院) or lies in no known province: 鼓楼区人民法院 may be
        one of several.
    """
    if not name or _HIDDEN.search(name):
        return ""
    province = provinces.locate(name, province or None)[0]
    return f"{province} {_PROVINCE_BEFORE.sub('', name)}" if province else ""
