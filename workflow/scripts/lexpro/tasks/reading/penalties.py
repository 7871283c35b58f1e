"""The sentence of an answer in words: kind and months. A range is none, and no other length is."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lexpro.law import numerals, terms
from lexpro.tasks.reading import gather, said
from lexpro.tasks.reading.statements import outside

Sentence = tuple[str, int | None]

_D = "0-9〇零一二两三四五六七八九十半"
# What is no length of a sentence: days, 2016年3月, 同年4月至7月; 三年前; 曾因盗窃被判处…; statutory
# ranges and bounds (最高刑期为十年).
_N = r"[\d一二三四五六七八九十]{1,3}"
_DATE = re.compile(
    rf"(?:\d{{4}}|[〇零一二三四五六七八九]{{4}}|[同次当去今翌本])年(?:(?:{_N}[、至到-])?{_N}月(?:{_N}[日号]|份)?)?"
    rf"(?:[至到—~-]{_N}月(?:{_N}[日号]|份)?)?|\d{{1,2}}月\d{{1,2}}[日号]"
)
_PAST = re.compile(r"(?:曾因|曾被|前科|原判|一审判处|刑满释放|劳动教养|羁押)[^。;\n]*")
_DECIMAL = re.compile(r"(\d{1,3}\.\d{1,3})(年|个?月)")
_ENGLISH = re.compile(r"(\d{1,3})\s*[-]?\s*(months?|years?)\b", re.I)
_OF_OTHERS = re.compile(
    r"(?:缓刑|剥夺政治权利|缓期|考验期|期限|罚金|每|第|满|年仅|年龄)"
    # 罚金+拘役6个月 is a term.
    r"(?:(?!有期徒刑|拘役|管制)[^,。;\d一二两三四五六七八九十]){0,8}$"
)
_BOUND_BEFORE = re.compile(
    rf"(?:[{_D}年月个×xX*],?\s*(?:至|到|-|—|~|～)|不超过|不低于|不少于|至少|至多|以上|超过|低于|高于"
    r"|(?:最[高低多长短]|[上下]限)(?:的?(?:法定)?(?:刑期?|刑罚|期限))?(?:可以?|应当?)?(?:判处?|处|达|为|是)?)"
    r"\s*(?:有期徒刑)?\s*$"
    # not more than 10 years, a maximum of 10 years, from 3 to 10 years
    r"|(?:(?:more|less|longer|fewer) than|exceed(?:ing)?|up to|at (?:least|most)|m(?:ax|in)imum(?: \w+)? (?:of|is))\s*$"
    rf"|[{_D}年月]\s*to\s*$"
    # the second of 3年或4年
    r"|或者?\s*(?:判?处)?\s*(?:有期徒刑|拘役|管制)?\s*$",
    re.I,
)
_BOUND_BEHIND = re.compile(
    rf"\s*(?:(?:有期徒刑|的)?\s*(?:以[上下内]|之[间内]|内|前|后|间|份)|(?:有期徒刑)?\s*(?:至|到|-|—|~|～)\s*[{_D}无死])"
    r"|\s*(?:to\s*\d|or (?:more|less|above))"
    # What a statute lets choose: 十五年有期徒刑或者无期徒刑; 六年租期.
    rf"|\s*(?:有期徒刑)?\s*(?:或|、\s*(?:有期徒刑|拘役|管制|无期|死刑)(?!\s*[{_D}]))"
    r"|的?(?:租期|借期|合同|利息|工资)"
)
_KINDS = "有期徒刑|无期|死刑|拘役|管制"
# 情节严重的,处无期徒刑 is a statute; 罪,判处无期徒刑 is a sentence.
_IN_LIST = re.compile(
    r"(?:、|或者?|以?及|[和与至到-]|以上(?:有期徒刑)?)\s*(?:判?处)?\s*$|[刑役制],\s*$|的,\s*(?:应当?|可以?)?(?:判处|处以?)\s*$"
    r"|(?:最[高低多长短]|[上下]限)[^,。;]{0,8}$"
)
# 判处死刑的, … is a statute's condition; so is 死刑缓期执行二年期满.
_LIST_BEHIND = re.compile(
    rf"\s*(?:或|(?:、|和|与|以?及)\s*(?:{_KINDS})|的(?:,|情形|犯罪|量刑)|(?:[二两2]年)?期[满间]|后,)"
)
_SENTENCED = re.compile(
    r"(?:判处|判决|处以|判刑|处|量刑|刑期|判|徒刑|拘役|管制)(?:[^,。;\d一二两三四五六七八九十]{0,8})$"
)
# Only where the sentence goes on with one: 判处有期徒刑三年,决定执行。
_TOGETHER = re.compile(
    rf"(?:决定执行|合并执行|总和刑期[^,。;]{{0,20}}决定)(?=[^。;]*?(?:[{_D}](?:年|个?月)|{_KINDS}|死缓))"
)
_WITHOUT = {"免予刑事处罚": 0, "单处罚金": 0}
_BARE = re.compile(rf"\W*(?:约|大约|为|是)?\s*([{_D.replace('半', '')}]{{1,4}})\s*(?:个?月)?\W*")
# The first mark of a list is no number of months.
_NUMBERED = re.compile(r"\W*(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.、)]\s*\S")
_LONGEST_YEARS = 30


@dataclass(frozen=True, slots=True)
class _Candidate:
    kind: str
    months: int | None
    start: int
    firm: bool


def _tidy(text: str) -> str:
    text = _ENGLISH.sub(lambda match: match[1] + ("年" if match[2].lower().startswith("y") else "个月"), text)
    text = re.sub(r"(?i)\bbetween (\d{1,3}(?:年|个月)?) and ", r"\1至", text)
    text = _DATE.sub("〃", _PAST.sub("〃", text))

    def months(match: re.Match[str]) -> str:
        size = 12 if match[2] == "年" else 1
        return f"{round(float(match[1]) * size)}个月"

    return _DECIMAL.sub(months, text)


def _lengths(text: str) -> list[_Candidate]:
    candidates = []
    for match in re.finditer(terms.LENGTH, text):
        length = terms.length_at(text, match.start()) if match[0] else None
        if not length or not 0 < length.months <= 12 * _LONGEST_YEARS:
            continue
        before, behind = text[max(0, match.start() - 16) : match.start()], text[length.end : length.end + 10]
        bounded = _BOUND_BEFORE.search(text, max(0, match.start() - 24), match.start())
        if bounded or _BOUND_BEHIND.match(behind) or _OF_OTHERS.search(before):
            continue
        if re.search(r"[\d一二三四五六七八九十.]$", before):
            continue
        kinds = re.findall("有期徒刑|拘役|管制", before) or re.findall("^(?:的)?(有期徒刑|拘役|管制)", behind)
        candidates.append(
            _Candidate(
                kinds[-1] if kinds else "",
                length.months,
                match.start(),
                bool(kinds or _SENTENCED.search(before)),
            )
        )
    return candidates


def _others(text: str) -> list[_Candidate]:
    """Punishments without a length, but none that a statute lists beside others."""
    candidates = []
    for match in re.finditer(
        r"死刑(?:[,，]?\s*(?:宣告)?缓[期刑](?:[二两2]年)?(?:执行)?)?|死缓|无期(?:徒刑)?|(?:免予|免于|免除)(?:刑事|刑罚)?(?:处罚|处分)|单处罚金",
        text,
    ):
        before, behind = (
            text[max(0, match.start() - 12) : match.start()],
            text[match.end() : match.end() + 10],
        )
        if (
            _IN_LIST.search(before)
            or _LIST_BEHIND.match(behind)
            or re.search("[不未非]$|可以$|应当$|或", before[-3:])
        ):
            continue
        name = match[0]
        kind = (
            "死缓"
            if "缓" in name
            else "死刑"
            if name.startswith("死")
            else "无期徒刑"
            if name.startswith("无")
            else "单处罚金"
            if name.startswith("单")
            else "免予刑事处罚"
        )
        candidates.append(_Candidate(kind, _WITHOUT.get(kind), match.start(), True))
    return candidates


def of_value(value: str) -> Sentence | None:
    """The sentence in a value or text; None where there is none, or a range."""
    text = _tidy(value)
    joint = list(_TOGETHER.finditer(text))
    text = text[joint[-1].end() :] if joint else text
    candidates = sorted(_lengths(text) + _others(text), key=lambda one: one.start)
    if chosen := next((one for one in candidates if one.firm), None) or next(iter(candidates), None):
        return chosen.kind, chosen.months
    first = text.strip().split("\n")[0]
    bare = _BARE.fullmatch(first) if len(first) <= 12 and not _NUMBERED.match(text) else None
    months = numerals.parse_int(bare[1]) if bare else None
    return None if months is None or months > 12 * _LONGEST_YEARS else ("", months)


def term(text: str, prompt: str = "") -> Sentence | None:
    """(kind, months) of the sentence; None where there is none, or a range.

    What follows 决定执行, else the first punishment, else the first length (kind ""), else a bare
    number, which is months. Months are None for life and death, and 0 where no main punishment is
    imposed.
    """

    def read(turn: str) -> Sentence | None:
        stated = gather.single(turn, "term", of_value)
        return stated or of_value(said.without_refusals(outside(turn, frozenset({"term"}))))

    return said.first(text, prompt, read)
