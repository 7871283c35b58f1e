"""The grammar of answers: "field: value", in any dress, on one line or several.

罪名：盗窃罪; [刑期] 12月; 正确答案是 B; "法条": ["264"]; 罪名：, then a list below. A value ends
where the next field begins, so that what stands there is never taken for this one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ANSWER = "answer"
# Field → its names; the longest is tried first.
# A line of words each.
_LINES = {
    ANSWER: "正确答案 最终答案 参考答案 标准答案 我的答案 答案选项 答案 回答 最终结论 结论 正确选项 最终判断",
    "charge": "指控罪名 涉嫌罪名 涉及罪名 所犯罪名 罪名 罪行 charge charges",
    "article": (
        "适用法条 适用的法条 涉及法条 相关法条 刑法法条 法条编号 法律条文 法条 适用法律 法律依据 条文 articles"
    ),
    "term": "判决刑期 预测刑期 量刑建议 刑期 量刑 主刑 刑罚 宣告刑 判决结果 预测结果 判处 sentence",
    "amount": (
        "犯罪总金额 犯罪金额 涉案总金额 涉案金额 最终金额 盗窃金额 诈骗金额 总金额 总价值 金额 总计 共计 合计 amount"
    ),
    "label": "争议焦点类别 争议焦点 咨询类别 事件类型 触发事件 触发的事件 类别 类型 分类 事件 标签",
    "word": "触发词 触发事件的词 词语",
    # Ends what stands before it; what it says is read as text.
    "judgment": "判决主文 判决如下 判决",
    "other": (
        "罚金 附加刑 缓刑考验期 缓刑 刑种 没收 退赔 赔偿 理由 解析 分析 解释 说明 原因 推理 案件事实 证据 备注 "
        "被告人姓名 被告人 姓名 情节 被害人 参考 思路 注 建议 法院 案号 审判长 依据"
    ),
}
NAMES: dict[str, tuple[str, ...]] = {field: tuple(line.split()) for field, line in _LINES.items()}
NAMES[ANSWER] += ("correct answer", "final answer", "answer")
_FIELD_OF = {name.lower(): field for field, names in NAMES.items() for name in names}


def _either(names: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))


_SAID = tuple(name for field, names in NAMES.items() if field != "other" for name in names)
# At most four: without a bound, a text of brackets alone costs its length squared.
_OPEN, _CLOSE = r"[\[【<(〔「『\"'“‘{]", r"[\]】>)〕」』\"'”’]"
_MARK = re.compile(
    # 最高刑期为十年 states no term.
    rf"(?P<open>{_OPEN}{{0,4}})(?<!最[高低长短])(?<!m[ai][xn]imum )(?P<name>{_either(_SAID)})(?P<close>{_CLOSE}{{0,4}})"
    rf"\s*(?:[(][^()\n]{{0,12}}[)])?\s*(?:(?P<verb>(?:应该|应当|应|可能|可以|很可能)?(?:为|是|选)|is)\s*[:=]?|[:=]|(?<=[\]】>])(?!\s*[,，。、]))\s*"
    # Behind its end, or in a sentence that a list ends: 罪名为:
    rf"|(?m:^[ \t]*(?:\d{{1,2}}[.、)]|[-•])?[ \t]*)(?P<bracket>{_OPEN}{{0,4}})(?P<other>{_either(NAMES['other'])})"
    rf"(?:{_CLOSE}{{1,4}}\s*[:=]?|{_CLOSE}{{0,4}}\s*[:=])\s*"
    # Without any mark, 罪名盗窃;诈骗: what stands behind must be a value.
    r"|(?m:^[ \t]*)(?P<plain>罪名|法条|争议焦点|类别|正确答案|答案)(?=[一-龥A-E\d])"
    # Alone on its line: # 答案
    rf"|(?m:^[ \t]*(?:\d{{1,2}}[.、)][ \t]*)?)(?P<alone>{_either(_SAID)})[ \t]*\n",
    re.I,
)
_NUMBER = re.compile(r"\n[ \t]*\d{1,2}[.、)][ \t]*\Z")
ITEM = re.compile(r"^\s*(?:[(]?\d{1,2}[.、):](?!\d)|[(]?[一二三四五六七八九十]{1,2}[.、)]|[-•*·])\s*(?=\S)")


@dataclass(frozen=True, slots=True)
class Statement:
    """A field and what is stated of it.

    Attributes:
        field: a key of `NAMES`.
        name: as it is written.
        value: the first line behind the mark, or the whole list that begins there.
        rest: the lines behind, up to the next field.
        firm: written with a colon or in brackets, not in a sentence (罪名是…).
    """

    field: str
    name: str
    value: str
    rest: tuple[str, ...] = ()
    firm: bool = True


def _value(body: str) -> tuple[str, tuple[str, ...]]:
    """(value, lines behind it) of what stands between two marks."""
    lines = [line.strip() for line in body.split("\n")]
    while lines and not lines[0].strip(" \t\"'[]{},。"):
        lines.pop(0)
    if not lines:
        return "", ()
    if not ITEM.match(lines[0]):
        return lines[0], tuple(line for line in lines[1:] if line)
    listed: list[str] = []
    for index, line in enumerate(lines):
        if line and not ITEM.match(line):
            return "\n".join(listed), tuple(rest for rest in lines[index:] if rest)
        listed += [ITEM.sub("", line)] if line else []
    return "\n".join(listed), ()


def _name(mark: re.Match[str]) -> str:
    return mark["name"] or mark["alone"] or mark["other"] or mark["plain"]


def statements(text: str) -> list[Statement]:
    """Every statement of a text (of `said.turns`), in order."""
    marks = list(_MARK.finditer(text))
    stated = []
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        name = _name(mark)
        end = following.start() if following else len(text)
        # The number of the next field, where fields are numbered, is no value of this one.
        numbered = _NUMBER.search(text, mark.start(), end) if following else None
        value, rest = _value(text[mark.end() : numbered.start() if numbered else end])
        field = _FIELD_OF[name.lower()]
        firm = not (mark["verb"] or mark["plain"])
        stated.append(Statement(field, name, value.strip(" \t\"'“”{}"), rest, firm))
    return stated[:-1] if _cut(stated) else stated


def _cut(stated: list[Statement]) -> bool:
    """Whether the last statement is a repeated one that the end of the text cuts: 824|77元."""
    if len(stated) < 3:
        return False
    first, second, last = ((one.field, one.value) for one in stated[-3:])
    return first == second and last[0] == second[0] and last != second and second[1].startswith(last[1])


def outside(text: str, fields: frozenset[str]) -> str:
    """A text without the statements of other fields than these and the answer."""
    kept, at = [], 0
    marks = list(_MARK.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        name = _name(mark).lower()
        if (
            _FIELD_OF[name] not in fields
            and _FIELD_OF[name] not in (ANSWER, "judgment")
            and not (mark["verb"] or mark["plain"])
        ):
            kept.append(text[at : mark.start()])
            end = following.start() if following else len(text)
            line = text.find("\n", mark.end(), end)
            # A value ends with its line, or below it where it begins there.
            at = end if line < 0 or not text[mark.end() : line].strip() else line
    return "".join([*kept, text[at:]])
