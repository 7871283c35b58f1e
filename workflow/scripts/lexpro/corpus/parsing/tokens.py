"""The words of the operative part (主文) that decide something, as typed tokens.

被告人 and names, charges, punishments with their measure, and what joins, revokes or quotes
earlier punishments; all else is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lexpro.law import charges, money, terms
from lexpro.records import TIMED_KINDS, Money, Term

_BRACKETS = re.compile(r"（(?!边）|缓期)[^（）]*）")
_OPEN_REMARK = re.compile(
    r"（(?:刑期|缓刑|罚金|上述|以上|即|已)[^（）。]*(?:。[^（）。\n]*?(?:止"
    r"|纳|缴|算|日))?[。）]?"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word that decides something, at text[start:end].

    Attributes:
        kind: end, who, crime, term, probation, fine, confiscate, deprive, joint, prior, revoke,
            maintain, acquit or respectively.
        start: in the text.
        end: in the text.
        names: who: the names in a row.
        charges: crime: canonical where they are known.
        owner: crime: the name that stands right before it.
        term: term: the main punishment; its months are None where they cannot be read.
        amount: fine, confiscate: yuan; None where none can be read.
        months: probation, deprive: months, -1 for life.
        beside: fine: whether it is said to stand beside another punishment (并处).
    """

    kind: str
    start: int
    end: int
    names: tuple[str, ...] = ()
    charges: tuple[str, ...] = ()
    owner: str | None = None
    term: Term | None = None
    amount: Money | None = None
    months: int = 0
    beside: bool = False


_MEASURED = "有期|拘役|管制|无期|死刑|死缓"
_TOKEN = re.compile(
    r"(?P<end>[。；\n])"
    r"|(?P<revoke>撤销)"
    r"|(?P<maintain>维持)"
    r"|(?P<acquit>无罪)"
    r"|(?P<respectively>分别|依次)"
    rf"|(?P<joint>决定(?:合并|共同|应当|应|并)?(?:执行|处)|(?:合并|共同|实际|判决|应)执行(?!之日|以?前|完毕|期)|应?执行刑期"
    rf"|(?:并罚|(?<=[，。；]))(?:合并)?执行(?={_MEASURED})|(?:决定|合并)(?={_MEASURED}))"
    r"|(?P<prior>[与和](?=[^。；]{0,80}?(?:并罚|决定执行|合并执行))|总和刑期|连同|合并前|余刑|尚未执行|扣除"
    r"|(?:剩余|尚余)(?=[^。；]{0,6}(?:刑|年|月))|[原前]犯|因(?:其)?(?:前罪|犯)(?=[^。；]{2,60}被)"
    r"|(?:前|原)(?:罪|判|犯)[^，。；]{0,20}?(?=判处|所判|被判))"
    r"|(?P<who>被告(?:人|单位)|上诉人(?:（原审被告人）)?|罪犯)"
    r"|(?:犯(?!罪(?![^，。；、]{2,20}罪，?判处))(?=[^。；]{2,90}?(?:罪|判处))"
    r"|(?:以(?![前下上]|被告)|构成)(?=[^，。；以]{2,60}罪，?判处))(?P<crime>)"
    r"|(?P<probation>缓刑|缓期(?=[一二三四五六七八九十0-9]))"
    r"|(?<!折抵)(?<!缴纳)(?<!抵作)(?<!上述)(?<!交纳)(?<!预缴)(?<!预交)(?<!剩余)(?<!抵缴)(?<!充抵)(?<!抵扣)"
    r"(?P<fine>罚金)"
    r"|(?P<confiscate>没收(?:其|被告人[^，。；]{2,4}?)?(?:个人|所有|的|全部|部分|名下){0,5}财[产物](?!保险))"
    r"|(?P<deprive>剥夺政治权利)"
    rf"|(?P<term>{terms.TERM})"
    r"|(?P<bare>判处(?=[一二三四五六七八九十两0-9]{1,3}(?:年|个月)))"
)
_CHARGES = re.compile(
    r"(?:犯有?|以|构成)犯?(?P<charges>.{2,120}?罪)罪?(?=[，。；：]|判|免|单|处|一案|的|从轻|减轻|$)", re.S
)
_WITHOUT_WORD = re.compile(r"犯(?P<charges>[^，。；]{2,40}?)，?(?=判处|免予|单处)")
_MORE_CHARGES = re.compile(r"[、，和及与](?:犯)?[^，。；、]{1,60}?罪(?=[，。；：、]|判|免|单|处|$)")
_PROCEEDS = re.compile(r"(?:一案)?的?(?:违法所得|犯罪所得|所得|赃|非法|作案|事实)")
_BARE_CHARGE = re.compile(r"[^，。；]{2,40}?罪(?=，?(?:判处|免|单处|处))")
_AND = re.compile(r"[、，和及与]*(?:被告(?:人|单位))?")
_NOT_PUNISHED = re.compile(r"(?:折抵|抵扣|折合|相当于|以上|以下|先行羁押)[^，。；]{0,12}$")
_MONEY_BEHIND = re.compile(
    r"(?:各|共计|合计|总计|为|计|的数额为|数额|均为)?(?=人民"
    r"|RMB|¥|￥|[0-9一二三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾两])"
)
_BESIDE = re.compile(r"(?:并|附加|同时)(?:各)?处?(?:以)?$")
_PROBATION_BEHIND = re.compile(
    r"(?:的)?(?:，缓刑)?(?:考验期)?(?:限)?(?:为|：)?(?=[0-9一二三四五六七八九十壹贰叁肆伍陆两半])"
)
# Another one of a list: 有期徒刑八个月、六个月; 罚金三千元、二千元.
_NEXT = re.compile(r"[、，和及与；]")
_LISTED = re.compile(r"[，。；、和及与]|$")
_ALL = re.compile(r"全部|所有")
_NO_CHARGE = {"新罪", "数罪", "前罪", "漏罪", "余罪", "本罪", "二罪", "两罪", "同种罪", "上述罪", "三罪"}
# How far what is revoked or maintained reaches.
_REVOKED = re.compile(
    r"[^。；\n]*?(?:部分|(?:缓刑|假释)(?:的?(?:决定|宣告|判决))?(?=[，。；\n与])|第?[一二三四五六七八九十0-9]+项"
    r"|(?:判决|裁定)书?(?=[，。；\n]))"
)
_GOES_ON = re.compile(r"(?:，?(?:即|中|对|关于|部分|[“\"]|[、和及]第))")
_QUOTED = re.compile(r"[^。；，“”\"]{0,80}(?:，?即：?)?[“\"][^“”\"]*[”\"]")
_STOP = re.compile(r"[。；\n]|$")


# 有期徒刑刑六个月, 合同合同诈骗罪: typed twice.
_TWICE = re.compile(
    r"(判处|有期徒刑|合同|盗窃|诈骗|寻衅滋事|故意伤害)\1|(?<=徒刑)刑(?=[一二三四五六七八九十0-9])"
)


def clean(judgment: str) -> str:
    """The operative part without remarks in brackets and words that were typed twice."""
    text = judgment
    for _ in range(3):
        shorter = _BRACKETS.sub("", text)
        if shorter == text:
            break
        text = shorter
    text = _OPEN_REMARK.sub("", text)
    return _TWICE.sub(lambda match: match[1] or "", text)


def names_at(text: str, position: int, names: Sequence[str]) -> tuple[list[str], int]:
    """Names that stand at `position` one after another (张某甲、李某), and where they end.

    Args:
        text: a text.
        position: where to look.
        names: those that are known, the longest first.
    """
    found: list[str] = []
    while True:
        name = next((name for name in names if text.startswith(name, position)), None)
        if name is None:
            return found, position
        found.append(name)
        position += len(name)
        match = _AND.match(text, position)
        end = match.end() if match else position
        if end == position or not text.startswith(tuple(names), end):
            return found, position
        position = end


def charges_at(text: str, position: int) -> tuple[list[str], int]:
    """The charges behind 犯 at `position`, canonical where they are known; and where they end."""
    stop = min(
        (place for place in (text.find(mark, position) for mark in ("。", "；", "判处")) if place >= 0),
        default=len(text),
    )
    match = _CHARGES.match(text, position, min(len(text), stop + 1))
    if not match:
        match = _WITHOUT_WORD.match(text, position)
        named = charges.canonical(match["charges"]) if match else None
        return ([named], match.end()) if match and named else ([], position)
    # 犯盗窃罪、诈骗罪，判处…: go on while more charges follow.
    end = match.end("charges")
    while True:
        more = _MORE_CHARGES.match(text, end, stop)
        if not more or not charges.split(more[0].lstrip("、，和及与犯")):
            break
        end = more.end()
    named = text[match.start("charges") : end]
    found = charges.split(named.replace("，犯", "、").replace("罪、犯", "罪、"))
    if not found and named not in _NO_CHARGE and 3 <= len(named) <= 40 and "，" not in named:
        found = [named]
    return found, end


def sum_behind(text: str, position: int) -> tuple[Money, int] | None:
    """The sum in yuan right behind `position`, and where it ends."""
    match = _MONEY_BEHIND.match(text, position)
    if not match:
        return None
    found = money.find(text, match.end(), min(len(text), match.end() + 40))
    if not found or found[0].start > match.end() + 4 or found[0].currency != money.YUAN:
        return None
    return found[0].amount, found[0].end


def _revoked(text: str, position: int) -> int:
    """Where what is revoked (撤销…缓刑部分) ends."""
    # 撤销…第一项“被告人张某犯…”的缓刑部分: what is quoted is revoked.
    if quoted := _QUOTED.match(text, position):
        position = quoted.end()
        if text[position - 2] in "。；":
            return position
    match = _REVOKED.match(text, position)
    if match and not _GOES_ON.match(text, match.end()):
        return match.end()
    found = _STOP.search(text, match.end() if match else position)
    return found.start() if found else len(text)


def _who(match: re.Match[str], text: str, names: Sequence[str]) -> Iterator[Token]:
    found, end = names_at(text, match.end(), names)
    if not found and len(names) == 1 and text.startswith("犯", end):
        # 被告人犯盗窃罪: the only one there is.
        found = list(names)
    if not found:
        return
    yield Token("who", match.start(), end, names=tuple(found))
    # 被告人张某盗窃罪，判处…: 犯 is left out.
    if bare := _BARE_CHARGE.match(text, end):
        named = charges.canonical(bare[0])
        if named:
            yield Token("crime", end, bare.end(), charges=(named,), owner=found[-1])


def _crime(match: re.Match[str], text: str, names: Sequence[str]) -> Iterator[Token]:
    found, end = charges_at(text, match.start())
    # 追缴张某犯贪污罪的违法所得 sentences nobody.
    if found and not _PROCEEDS.match(text, end):
        owner = next((name for name in names if text.endswith(name, 0, match.start())), None)
        yield Token("crime", match.start(), end, charges=tuple(found), owner=owner)


def _measured(match: re.Match[str], text: str) -> Token | None:
    """A punishment with its measure."""
    kind, start, end = match.lastgroup, match.start(), match.end()
    if kind == "probation":
        behind = _PROBATION_BEHIND.match(text, end)
        length = terms.length_at(text, behind.end()) if behind else None
        return Token(kind, start, length.end, months=length.months) if length else None
    if kind == "fine":
        beside = bool(_BESIDE.search(text, max(0, start - 6), start))
        found = sum_behind(text, end)
        return Token(kind, start, found[1] if found else end, amount=found and found[0], beside=beside)
    if kind == "confiscate":
        found = sum_behind(text, end)
        everything = -1 if _ALL.search(match[0]) and not found else 0
        return Token(kind, start, found[1] if found else end, amount=found and found[0], months=everything)
    if kind == "deprive":
        months = terms.deprivation(text[start : end + 24])
        return Token(kind, start, end, months=months) if months else None
    if kind == "bare":
        length = terms.length_at(text, end)
        return Token("term", start, length.end, term=Term("有期徒刑", length.months)) if length else None
    term, end = terms.term_of(match, text)
    if _NOT_PUNISHED.search(text, max(0, start - 20), start):
        return None
    return Token("term", start, end, term=term)


def _listed(text: str, before: Token) -> Token | None:
    """The next of a list of measures (分别判处…八个月、六个月), of the kind of the one before."""
    match = _NEXT.match(text, before.end)
    if not match or before.kind not in ("term", "probation", "fine"):
        return None
    start = match.end()
    if before.kind == "fine":
        found = sum_behind(text, start)
        return Token("fine", start, found[1], amount=found[0], beside=before.beside) if found else None
    length = terms.length_at(text, start)
    if not length or not _LISTED.match(text, length.end):
        return None
    if before.kind == "probation":
        return Token("probation", start, length.end, months=length.months)
    kind = before.term.kind if before.term and before.term.kind in TIMED_KINDS else "有期徒刑"
    return Token("term", start, length.end, term=Term(kind, length.months))


def tokenise(text: str, names: Sequence[str]) -> Iterator[Token]:
    """The tokens of an operative part, in order.

    Args:
        text: the operative part, as `clean` gives it.
        names: the defendants, the longest name first.
    """
    position = 0
    listing = False
    while match := _TOKEN.search(text, position):
        kind = match.lastgroup or "term"
        position = match.end()
        made: list[Token] = []
        if match["crime"] is not None:
            made = list(_crime(match, text, names))
        elif kind == "who":
            made = list(_who(match, text, names))
        elif kind in ("revoke", "maintain"):
            made = [Token(kind, match.start(), _revoked(text, position) if kind == "revoke" else position)]
        elif kind in ("end", "acquit", "respectively", "joint", "prior"):
            made = [Token(kind, match.start(), position)]
            if kind == "joint" and (length := terms.length_at(text, position)):
                made.append(Token("term", position, length.end, term=Term("有期徒刑", length.months)))
        elif token := _measured(match, text):
            made = [token]
            while listing and (token := _listed(text, made[-1])):
                made.append(token)
        listing = kind == "respectively" or (
            listing and kind not in ("crime", "joint") and text[position - 1] != "。"
        )
        for token in made:
            position = max(position, token.end)
            yield token
