"""Names of people in a text, and what else they are called: 又名, 绰号, 化名.

A name is known by what stands beside it: a role (证人), a remark (另案处理), what somebody says
(的证言), an enumeration with others. What is called so once is called so all through the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from lexpro.package_data import yaml_beside

_DATA = {name: value.split() for name, value in yaml_beside(__file__).items()}
# A name is a family name and one or two characters.
SURNAMES = "".join(_DATA["surnames"])
DOUBLE = "|".join(_DATA["double"])
_NAME = rf"(?:{DOUBLE}|[{SURNAMES}])[\u4e00-\u9fa5]{{1,2}}?"
# 买买提·吐尔逊: written with characters that stand for sounds, not 万科·金域蓝湾.
_SOUNDS = f"[{''.join(_DATA['sounds'])}]"
FOREIGN = rf"{_SOUNDS}{{2,8}}(?:\s?[·•．・‧]\s?{_SOUNDS}{{2,8}}){{1,3}}"
# LI HUA, Nguyen Van Anh.
LATIN = r"[A-Z][A-Za-z'’-]+(?:[ ·][A-Z][A-Za-z'’-]+){1,4}"
_ROLE = "|".join(_DATA["roles"])
# A name after a role ends where a word of the sentence begins.
_AFTER = (
    r"(?=[，。、；：（(,\s的与和及等之在于以将向被因停放系称签身当家不]|$"
    r"|陈述|报警|出庭|到庭|出具|证实|证明|证言|证词|辨认|指认|提供|反映|供述|指证|介绍)"
)
_BY_ROLE = re.compile(rf"(?:{_ROLE})[：:\s]*(?P<name>{FOREIGN}|{LATIN}|{_NAME}){_AFTER}")
_NEXT = re.compile(rf"[、和及]\s*(?P<name>{_NAME}){_AFTER}")
# 审 判 员 王 军 at the end of a judgment: any characters up to a space, a line, the next office or
# the date.
_OFFICE = "|".join(r"[ \u3000]{0,4}".join(office) for office in _DATA["offices"])
_BY_OFFICE = re.compile(
    rf"(?:{_OFFICE})(?:（[代兼]）)?[：:\s]*(?!{'|'.join(_DATA['acts'])})"
    r"(?P<name>[\u4e00-\u9fa5](?:[ \u3000]{0,4}[\u4e00-\u9fa5]){1,3}?)"
    r"(?=$|[\s，。、；（]"
    rf"|(?:人民|代理|代|助理)?[ \u3000]{{0,4}}(?:{_OFFICE})|二[〇○0零]|出庭|到庭|担任|独任|依法|支持|附)"
)
# Another of them on the next line, and nothing else there.
_NEXT_LINE = re.compile(rf"[ \u3000]*\n\s*(?P<name>{_NAME.removesuffix('?')})[ \u3000]*(?=\n|附|$)")
# A lawyer, and whoever is named with a remark on what became of them.
_LAWYER = re.compile(
    r"(?:辩护人|代理人)[：:\s]*(?P<name>[\u4e00-\u9fa5]{2,4})(?=[，（,][^，。]{0,24}(?:律师|法律援助|法律服务))"
)
_CALLED = "|".join(_DATA["called"])
_REMARK = re.compile(
    r"（(?:均?另案|均?已判|在逃|均?已?另|未到案|已死亡|均?不起诉|取保候审|二人|三人|殁年|时年|男[，）]|女[，）]|身份|系"
    rf"|[^，。；）]{{0,3}}某[^，。；）]{{0,2}}[）之的]|{_CALLED})"
)
# The name right before a remark: at most four characters.
_REMARKED = re.compile(rf"(?:{_NAME})$")
# 谭学伟的证言, 伙同黄鹏飞, 名叫李强的男子.
_EDGE = r"(?:^|(?<=[，。；、：（()）．.\s”\"①-⑳⑴-⒇]))(?:\d{1,2}[．.、])?"
_BY_SAYING = re.compile(
    rf"{_EDGE}(?P<name>{_NAME})(?=的?(?:证言|证实|证明|供述|陈述(?!$)|辨认笔录|询问笔录|讯问笔录|户籍证明|身份证|手机号|银行卡|微信号))"
)
_BY_VERB = re.compile(
    rf"(?:伙同|名叫|名为|(?:户名|姓名)(?:为|是|：)?|名字[叫是]|纠集|雇请|雇佣|指使)[“\"]?(?P<name>{_NAME})(?=[，。；、（\s”\"]|的|等|和|与|一起|在|到|将|对|以|驾|盗|窃|抢|骗|贩|卖|殴|打|实|作|入|携|持|窜|乘)"
    rf"|叫(?P<other>{_NAME})(?=的)"
)
# An enumeration of people: of these some are masked, or it says so.
_SOME = r"[\u4e00-\u9fa5](?:某[某甲乙丙丁戊己庚辛0-9]?|[×Xx＊*]{1,2})[0-9]{0,2}"
_LIST = re.compile(
    rf"(?:(?<![\u4e00-\u9fa5])|(?<=[括同和与及由人被向给叫有是让将把对载])|(?={_SOME}、))"
    rf"(?P<names>(?:{_SOME}|{_NAME})(?:、(?:{_SOME}|{_NAME}))+)"
    r"(?=[、，。；）)（(\s等和与的在将到均分共一证供驾持向系进去]|$)"
)
_PEOPLE_NEXT = re.compile(
    r"[，]?(?:等?[0-9一二两三四五六七八九十多数几]{0,3}[名个]?人|等人|这些人|等[^，。；]{2,6}人员)"
)
_MEMBER = re.compile(_NAME.removesuffix("?"))
_SOMEBODY = re.compile(_SOME)
# What people are called besides their names; those of their accounts too.
_ALIAS = re.compile(
    rf"(?:{_CALLED})(?:名字?)?(?:称|为|叫做?|是|：|:|(?<=曾用名)，)?\s?(?:[XＸ×*]{{1,3}}、)?"
    r"(?P<names>[“\"‘][^”\"’，。；（]{1,10}[”\"’](?:[、和]?[“\"‘][^”\"’，。；（]{1,10}[”\"’])*|[\u4e00-\u9fa5]{2,4}(?:、[\u4e00-\u9fa5]{2,4}){0,5})"
    r"(?=[，。；、）)\s的]|男|女|$)"
)
# What is in a clause, and in no nickname that stands without quotes.
_CLAUSE = re.compile(r"[的了和及等有不在上下我是均事把被]|进行|提供|使用|记录")
_QUOTES = re.compile('[“”"‘’]')
# Characters that no name has, but a misread one.
_WORDS = frozenset(_DATA["words"])
_NO_NAME = re.compile(r"[罚罪刑判案责轻议间证某]|公司|原则|各自|关于|主审|休庭|宣布")
_MASKED = re.compile(r"[某×＊*xXＸ]|[A-Za-z0-9０-９]")
ORDINALS = "甲乙丙丁戊己庚辛壬癸"
_ORDINAL = re.compile(rf"[\u4e00-\u9fa5][{ORDINALS}]")
# 码头（又名…）: things have other names too.
_THING = re.compile(
    r"[厂场山林店村镇路街桥湖站房楼院校局社]|公司|码头|[酸胺酮药毒木树鱼]|项目|工程|产品|[卡机车]"
)
# Of a nickname that is a word, only what stands in quotes is the person.
_SHORTEST = 3


def is_masked(name: str, longest: int = 4) -> bool:
    """Whether there is nothing to mask: the court has masked it, or it is no person's name."""
    if re.fullmatch(LATIN, name):
        return "某" in name
    return (
        bool(_MASKED.search(name) or _NO_NAME.search(name) or _ORDINAL.fullmatch(name))
        or name in _WORDS
        or not re.fullmatch(
            rf"[\u4e00-\u9fa5]{{2,{longest}}}|[\u4e00-\u9fa5]+(?:[·•．・‧][\u4e00-\u9fa5]+)+", name
        )
    )


def named(text: str) -> list[str]:
    """Names of people as they are written, in order; some may be no names (`is_masked`)."""
    patterns = (_BY_OFFICE, _LAWYER, _BY_SAYING, _BY_VERB)
    placed = [
        (match.start(), match["name"] or match["other"]) if p is _BY_VERB else (match.start(), match["name"])
        for p in patterns
        for match in p.finditer(text)
    ]
    for match in _BY_OFFICE.finditer(text):
        if second := _NEXT_LINE.match(text, match.end("name")):
            placed.append((second.start("name"), second["name"]))
    if any(dot in text for dot in "·•．・‧"):
        placed += [(match.start(), match[0]) for match in re.finditer(FOREIGN, text)]
    for remark in _REMARK.finditer(text):
        start = max(0, remark.start() - 4)
        if match := _REMARKED.search(text[start : remark.start()]):
            placed.append((start + match.start(), match[0]))
    for match in _BY_ROLE.finditer(text):
        while match:
            placed.append((match.start(), match["name"]))
            match = _NEXT.match(text, match.end("name"))
    known = {name for _, name in placed}
    for match in _LIST.finditer(text):
        members = match["names"].split("、")
        masked = [one for one in members if _SOMEBODY.fullmatch(one)]
        people = [
            one for one in members if one not in masked and _MEMBER.fullmatch(one) and one not in _WORDS
        ]
        # 王晓清、王晓丽、王春英: three and more whole names are people, unlike 黄金、白银.
        whole = len(people) > 2 and all(len(one) == 3 for one in people)
        told = masked or whole or not known.isdisjoint(people)
        told = told or (len(people) > 2 and _PEOPLE_NEXT.match(text, match.end()))
        if told and len(people) + len(masked) == len(members):
            placed += [(match.start() + members.index(one), one) for one in people]
            known.update(people)
    return [name for _, name in sorted(placed)]


def called(text: str) -> tuple[list[str], list[str]]:
    """(other names, nicknames) that the text gives people."""
    names: dict[str, None] = {}
    nicknames: dict[str, None] = {}
    for match in _ALIAS.finditer(text):
        if match[0].startswith("又") and _THING.search(text, max(0, match.start() - 3), match.start()):
            continue
        for one in re.split(r"(?<=[”\"’])[、和]?(?=[“\"‘])|(?<![”\"’])、(?![“\"‘])", match["names"]):
            name = _QUOTES.sub("", one)
            if name == one and _CLAUSE.search(name) and not _MEMBER.fullmatch(name):
                continue
            if _MASKED.search(name) or _ORDINAL.fullmatch(name) or name in _DATA["no_aliases"]:
                continue
            (names if _MEMBER.fullmatch(name) else nicknames)[name] = None
    return list(names), list(nicknames)


def in_place(text: str, nickname: str) -> Iterable[tuple[int, int]]:
    """Where a nickname stands for the person: in quotes, behind 绰号, or anywhere if it is long."""
    quoted = re.escape(nickname)
    for match in re.finditer(
        rf"(?:[“\"‘（]|(?:{_CALLED})(?:名字?)?(?:称|为|叫做?|是|：|:)?\s?[“\"‘]?){quoted}(?=[”\"’）]|[，。；、）)\s的]|男|女)",
        text,
    ):
        yield match.end() - len(nickname), match.end()
    if len(nickname) >= _SHORTEST or nickname[0] == "阿":
        for match in re.finditer(quoted, text):
            yield match.span()


def pseudonyms(names: list[str]) -> dict[str, str]:
    """张建国 → 张某甲, 张伟 → 张某乙: the family name, and an ordinal that keeps people apart."""
    used: Counter[str] = Counter()
    out: dict[str, str] = {}
    for name in names:
        family = name[:2] if re.match(DOUBLE, name) else name[0]
        place = used[family]
        used[family] += 1
        out[name] = f"{family}某{_ordinal(place)}"
    return out


def nicks(nicknames: list[str]) -> dict[str, str]:
    """土匪 → 绰号甲."""
    return {name: f"绰号{_ordinal(place)}" for place, name in enumerate(nicknames)}


def _ordinal(place: int) -> str:
    return ORDINALS[place] if place < len(ORDINALS) else str(place + 1)
