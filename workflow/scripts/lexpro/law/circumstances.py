"""Sentencing circumstances (量刑情节) that a court finds, not those that others only claim.

Names are those of `builtin_law.yaml` and a few rarer ones. Sources: Criminal Law, articles 17 to
29, 65, 67, 68 and 356; the 2021 sentencing guideline, part III (退赃, 谅解, 认罪认罚).
"""

from __future__ import annotations

import re

# name → what it reads like. 坦白 is also truthful confession without its name, where no surrender
# is found (article 67(3)).
_WORDS = {
    "自首": r"自首|以自首论|自动投案(?=[^。；]{0,30}(?<![未不能])如实)",
    "坦白": r"坦白|如实(?:供述|交代|陈述|供认)",
    "立功": r"立功",
    "累犯": r"累犯",
    "毒品再犯": r"毒品再犯",
    "从犯": r"(?<!主)(?<!主、)从犯",
    "胁从犯": r"胁从犯|被胁迫参加",
    "主犯": r"主犯",
    "未遂": r"未遂|(?:因|由于)[^，。；]{0,12}意志以外[^，。；]{0,8}原因",
    "中止": r"犯罪中止",
    "预备": r"犯罪预备|预备犯",
    "未成年": r"(?:系|属于?|是)未成年|(?:未满|不满|未达)(?:十八|18)周?岁(?!的(?:人"
    r"|未成年|被害|少|幼|女|男|学))|未成年人犯罪",
    "老年": r"已满(?:七十五|75)周岁",
    "限制责任能力": r"限制(?:刑事)?责任能力|尚未完全丧失辨认",
    "聋哑或盲": r"又聋又哑|聋哑人|系盲人",
    "防卫过当": r"防卫过当",
    "避险过当": r"避险过当",
    "退赃": r"退赃|退赔(?!被害人[^，。；]{0,10}元)|退缴|退出(?:全部|部分)?(?:赃"
    r"|违法)|退还(?:全部|部分)?(?:赃|违法|被害|[^，。；元]{0,4}侵占|[^，。；元]{0,4}挪用)",
    "谅解": r"谅解",
    "认罪认罚": r"认罪认罚|认罪、认罚|自愿认罪[，、]?(?:并)?(?:愿意)?接受处罚",
    "前科": r"前科",
    "被害人过错": r"被害人[^，。；]{0,12}(?<![没不])(?:有|存在)[^，。；]{0,8}过错",
}
NAMES = tuple(_WORDS)
_KEY = {name: f"c{number}" for number, name in enumerate(_WORDS)}
_BACK = {key: name for name, key in _KEY.items()}
# What they begin with is looked at first: six times as fast as trying all of them at every
# character.
_FIRST = "自以坦如立累毒从胁被主未因由犯预系属为是的不已限尚又聋防避退谅认前"
_ANY = re.compile(
    f"(?=[{_FIRST}])(?:{'|'.join(f'(?P<{_KEY[name]}>{words})' for name, words in _WORDS.items())})"
)

# A denial reaches over what follows it, but not over 而: 不属从犯而系主犯.
_NEGATED = re.compile(
    r"(?:不(?:能|应当?|宜|可|予)?(?:予以)?(?:构成|属于?|符合|具有|具备|是|系|存在|认定|成立|视为|按|作为|适用|区分|划分)"
    r"|拒不|(?:不能?|难以|无法)$|没有|并?未(?!成年|满|遂|达|得逞|经|婚)|并无|并非"
    r"|无(?!视|证|故|期|业|异议|牌|照|力|罪供)|非(?!法)|尚未(?!完全)|(?:难以|无法)(?:认定|区分)|缺乏)[^，。；而]{0,12}$"
)
# What is not finished is what an attempt is: 犯罪未完成，系未遂 denies nothing.
_UNFINISHED = re.compile(r"未(?!能?(?:构成|认定))[^，。；而]{0,12}$")
_INCHOATE = {"未遂", "中止", "预备"}
_NEGATED_AFTER = re.compile(r"^[^，。；]{0,10}(?:不能?成立|不(?:予)?(?:认定|采纳)|不足|不予支持|于法无据)")
_REJECTED = re.compile(r"不予(?:采纳|支持|采信)|不能成立|不成立|不采纳|无事实|于法无据|与[^，。；]{0,12}不符")
_CLAIMED = re.compile(r"辩护人|辩解|辩称|辩护意见|公诉机关|公诉人|检察院|律师")
# Said of others, on a condition, or of the law: nothing is found about the defendant.
_OTHERS = re.compile(
    r"(?:同案(?:犯|人)|另案)[^，。；]{0,6}$|(?:如果|即使|即便|假如|倘若)[^，。；]{0,12}$|[条款项]（[^（）]{0,10}$"
)
_OF_THE_LAW = re.compile(r"(?:关于|有关)[^，。；]{0,12}$")
_RULE = re.compile(r"[^，。；]{0,12}?的?(?:规定|法律|条文|司法解释)")
_VICTIM = re.compile(r"(?:被害|受害)[^，。；]{0,10}$")
# What the body or the age of a victim may be too.
_PERSONAL = {"未成年", "老年", "限制责任能力", "聋哑或盲"}
# Wanted or ordered, but not done.
_WANTED = re.compile(r"(?:请求|希望|争取|恳请|请求得到)[^，。；]{0,8}$")
_TO_DO = re.compile(r"(?:责令|判令|应当?|应予|继续|(?<!自)愿意?|承诺|同意)[^，。；]{0,8}$")
# Titles of laws name circumstances too (关于处理自首和立功…的解释).
_TITLE = re.compile(
    r"《[^《》]*(?:《[^《》]*》[^《》]*)*(?:法|解释|意见|规定|决定|办法|批复|纪要|条例|通知)[^《》]{0,8}》"
)


def find(sentence: str) -> list[tuple[str, int]]:
    """(name, offset) of the circumstances that one sentence (up to 。) of the reasoning finds.

    Negated ones are left out, and all of a sentence that reports a claim in order to reject it.
    """
    sentence = _TITLE.sub(lambda title: "《" + "-" * (len(title[0]) - 2) + "》", sentence)
    matches = list(_ANY.finditer(sentence))
    if not matches or (_CLAIMED.search(sentence) and _REJECTED.search(sentence)):
        return []
    found: list[tuple[str, int]] = []
    for match in matches:
        name = _BACK[match.lastgroup or ""]
        before = sentence[max(0, match.start() - 24) : match.start()]
        after = sentence[match.end() : match.end() + 24]
        if not _left_out(name, before, match[0], after):
            found.append((name, match.start()))
    return found


def _left_out(name: str, before: str, words: str, after: str) -> bool:
    """Whether the words around it say that the circumstance is not found in the defendant."""
    negated = _NEGATED.search(before)
    if name in _INCHOATE and negated and _UNFINISHED.match(negated[0].removeprefix("并")):
        negated = None
    return bool(
        negated
        or _NEGATED_AFTER.search(after)
        or _OTHERS.search(before)
        or (_OF_THE_LAW.search(before) and _RULE.match(after))
        or (name in _PERSONAL and _VICTIM.search(before))
        or (name == "谅解" and (_WANTED.search(before) or "未" in before[-6:] or "不" in before[-4:]))
        or (name == "退赃" and words != "退赃" and _TO_DO.search(before))
    )


def tidy(names: list[str]) -> list[str]:
    """The names in the order of `NAMES`, each once.

    Truthful confession is part of surrender, and 胁从犯 contains 从犯.
    """
    present = set(names)
    if "自首" in present:
        present.discard("坦白")
    if "累犯" in present:
        present.discard("前科")
    return [name for name in NAMES if name in present]
