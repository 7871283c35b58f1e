"""JuDGE's evaluator (calc.py of oneal2000/JuDGE @ 2457c65), with all it gets wrong.

Charges, articles, term and fine of a judgment as text, against those of the real one. README.md
lists its defects.

Where the original fails, on a number that is no integer (1.5万元), its whole part counts here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import lru_cache
from html.parser import HTMLParser

import numpy as np

from lexpro.evaluation.scorers import ItemScore
from lexpro.evaluation.tasks.judge.charges import canonical
from lexpro.law import numerals
from lexpro.stats import ratio

LIFE, DEATH = 240, 10001
# The parts of a document, each up to the first of its patterns that is found.
_HEADING = (r"审理终结[\u4e00-\u9fa5]{0,10}。", r"公开开庭审理[\u4e00-\u9fa5]{0,10}。")
_ACCUSED = r"[\u4e00-\u9fa5]{0,10}(?:公诉|抗诉)机关[\u4e00-\u9fa5，、]{0,30}(?:认为|指控)"
_REASON = (r"判决如下[:：,，\n]", r"判决如下", r"裁定(?:如下)?[:：\n]")
_JUDGMENT = (
    r"如[\u4e00-\u9fa5]{0,3}不服本判决",
    r"\n\s*本判决为终审判决",
    r"如[\u4e00-\u9fa5]{0,5}未按本判决指定的期间[\u4e00-\u9fa5]{0,5}给付金钱义务",
    r"\n\s*(?:代理)?审[\s]{0,3}判[\s]{0,3}长",
    r"\n\s*(?:代理)?审[\s]{0,3}判[\s]{0,3}员",
    "附录",
    "附：",
    r"附[\u4e00-\u9fa5]{0,10}法律[\u4e00-\u9fa5]{0,10}",
    r"附[\u4e00-\u9fa5]{0,10}：",
    r"\n\s*本案[^\n]{0,10}法律",
    r"\n《",
    "$",
)


class _Text(HTMLParser):
    """The pieces of text between tags, without scripts and styles."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = [""]
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.hidden += tag in ("script", "style")
        self.pieces.append("")

    def handle_endtag(self, tag: str) -> None:
        self.hidden = max(0, self.hidden - (tag in ("script", "style")))
        self.pieces.append("")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces[-1] += data


def _without_tags(text: str) -> str:
    if "<" not in text:
        return html.unescape(text).strip()
    parser = _Text()
    parser.feed(text)
    parser.close()
    return " ".join(piece.strip() for piece in parser.pieces if piece.strip())


def _clean(text: str) -> str:
    for old, new in ((":", "："), (" ", ""), ("(", "（"), (")", "）"), ("\u3000", " "), ("\xa0", " ")):
        text = text.replace(old, new)
    for noise in ("<p>", "</p>", "<br>", "&#xD;", "\ufffd"):
        text = text.replace(noise, "")
    return _without_tags(re.sub(r"(?<!\d),(?!\d)", "，", text))


def _up_to(patterns: Sequence[str], text: str, inclusive: bool = False) -> str:
    for pattern in patterns:
        match = re.search(pattern, text)
        if match:
            return text[: match.end() if inclusive else match.start()]
    return ""


@lru_cache(maxsize=2048)
def segments(document: str) -> tuple[str, str]:
    """(reason, judgment) of a document.

    From 本院认为 to 判决如下, and from there to the right of appeal.
    """
    rest = _clean(document)

    def cut(part: str, rest: str) -> str:
        # All of its occurrences go, not the first alone.
        return rest.replace(part, "") if part.strip() else rest

    heading = _up_to(_HEADING, rest, inclusive=True)
    rest = cut(heading if heading.strip() else _up_to((_ACCUSED,), rest), rest)
    rest = cut(_up_to(("本院认为",), rest), rest)
    reason = _up_to(_REASON, rest, inclusive=True) or rest
    rest = cut(reason, rest)
    return reason, _up_to(_JUDGMENT, rest) or rest


_CHARGE = re.compile(r"犯([^罪犯，。；《》（）]+?罪)")
_ITEM = re.compile(r"[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）")


def _charges_in(text: str, known: Sequence[str]) -> set[str]:
    parts = _ITEM.split(text)
    parts = re.split(r"[；。]", text) if len(parts) == 1 else parts
    names = {
        name for part in parts for name in _CHARGE.findall(part.partition("撤销")[0].replace("罪犯", ""))
    }
    return {charge for name in names if (charge := canonical(name, known))}


def charges(document: str, known: Sequence[str]) -> set[str]:
    """What is 犯…罪 in the judgment, else anywhere in the document."""
    return _charges_in(segments(document)[1], known) or _charges_in(document, known)


_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}


def malformed(text: str) -> int:
    """A Chinese numeral that is none, as chinese2digits 6.0.2 reads it, from its end.

    三四十七 is 347, 三百百零一 is 30,001.
    """
    total, unit, largest, digits = 0, 1, 1, ""
    for at in range(len(text) - 1, -1, -1):
        size = _UNITS.get(text[at])
        if size:
            larger = size > unit
            largest = max(largest, size)
            unit = size if larger else largest * size
            total += size if larger and not at else 0
            continue
        digits = str(_DIGITS[text[at]]) + digits
        if (text[at - 1] in _UNITS) if at else unit > 1:
            total, digits = total + unit * int(digits), ""
    return total or (unit if unit > 10 else int(digits or "0"))


# Not a unit alone: 万元.
_CHINESE = re.compile(f"(?![百千万亿]+$)[{''.join((*_DIGITS, *_UNITS))}]+")


def _numbers(text: str) -> list[int]:
    """The numerals of a text; 零十 is read as 零."""
    values = []
    for numeral in re.findall(numerals.NUMERAL, text.replace("零十", "零")):
        value = numerals.parse(numeral)
        if value is not None:
            values.append(int(value))
        elif _CHINESE.fullmatch(numeral):
            values.append(malformed(numeral))
    return values


_TIMED = [re.compile(rf"{kind}.{{1,7}}[年月]") for kind in ("管制", "拘役", "有期徒刑")]
_UNTIMED = re.compile("无期徒刑|死刑|无罪|免予刑事处罚|免于刑事处罚|免予刑事处分")
_TERM_END = re.compile(r"[,;，。！？、；：（以缓至]")
_FINE = re.compile(r"罚金.{1,15}元")
_FINE_END = re.compile(r"[，。！？、；：以已至（]")


def _cut(text: str, end: re.Pattern[str]) -> str:
    match = end.search(text)
    return text[: match.start()] if match else text


def _terms_in(text: str) -> set[str]:
    timed = {_cut(match, _TERM_END) for pattern in _TIMED for match in pattern.findall(text)}
    return timed | set(_UNTIMED.findall(text))


def _months(text: str) -> int:
    values = _numbers(text)
    years, months = "年" in text, "月" in text
    if len(values) == 2:
        return values[0] * 12 + values[1] if years and months else values[0]
    if len(values) == 1:
        return values[0] * 12 if years else values[0] if months else 0
    if not values and "无期徒刑" in text:
        return LIFE
    return DEATH if not values and "死刑" in text else 0


def term(document: str) -> int:
    """Months of all different terms of the judgment (else of the document); -1 without any."""
    terms = _terms_in(segments(document)[1]) or _terms_in(document)
    return sum(map(_months, terms)) if terms else -1


def _fines_in(text: str) -> set[str]:
    fines = [_cut(match, _FINE_END) for match in _FINE.findall(text)]
    # The original takes out of the list that it walks through: the one behind each such piece
    # stays.
    at = 0
    while at < len(fines):
        if "元" not in fines[at]:
            fines.remove(fines[at])
        at += 1
    return {fine.replace(",", "") for fine in fines}


def fine(document: str) -> int:
    """Yuan of all different fines of the judgment (else of the document); -1 without any."""
    fines = _fines_in(segments(document)[1]) or _fines_in(document)
    numbers = [_numbers(text) for text in fines]
    return sum(values[0] for values in numbers if len(values) == 1) if fines else -1


_CITATIONS = [
    re.compile(pattern)
    for pattern in (
        r"《中华人民共和国刑法》第.*?[。《判附规]",
        r"《刑法》第.*?[。《判附规]",
        r"《中华人民共和国刑法》\s?[零一二三四五六七八九十第]+.*?[。《判附规]",
    )
]
_ARTICLE = re.compile(r"第[一二三四五六七八九零十百]+条")


def articles(document: str) -> set[int]:
    """Numbers behind the name of 刑法 in the reason, else anywhere.

    Only in Chinese numerals, without 之X.
    """
    for text in (segments(document)[0], document):
        cited = {match for pattern in _CITATIONS for match in pattern.findall(text)}
        if cited:
            break
    numbers = [_numbers(article) for match in cited for article in _ARTICLE.findall(match)]
    return {values[0] for values in numbers if len(values) == 1}


def _shares(true: set, stated: set) -> tuple[float, float]:
    right = len(true & stated)
    return right / len(true) if true else 0.0, right / len(stated) if stated else 0.0


def closeness(true: int, stated: int) -> float:
    """1 - |a - b| / max(a, b); 0 where one is missing, or one is death and the other is not."""
    if true == stated == 0:
        return 1.0
    if (true < 0) != (stated < 0) or (true - 10000) * (stated - 10000) < 0:
        return 0.0
    return 1 - abs(true - stated) / max(true, stated)


def score(true: str, stated: str, known: Sequence[str]) -> ItemScore:
    """What one document adds to the sums. The evaluator knows no abstentions.

    Args:
        true: the judgment that the court wrote.
        stated: the document that the model wrote.
        known: names of all charges, as the evaluator lists them.

    Returns:
        Nine counts: 1 for the document; recall and precision of charges; recall and precision of
        articles; then for the term and for the fine its closeness, and 1 if either document states
        one. `METRICS` reads them in this order.
    """
    parts = charges(stated, known), articles(stated), term(stated), fine(stated)
    gold = charges(true, known), articles(true), term(true), fine(true)
    counts = [1.0, *_shares(gold[0], parts[0]), *_shares(gold[1], parts[1])]
    for a, b in zip(gold[2:], parts[2:], strict=True):
        counted = a >= 0 or b >= 0
        counts += [closeness(a, b) if counted else 0.0, float(counted)]
    return ItemScore(tuple(counts))


def _f1(sums: np.ndarray, at: int) -> np.ndarray:
    """F1 of the mean recall and the mean precision."""
    recall, precision = sums[..., at] / sums[..., 0], sums[..., at + 1] / sums[..., 0]
    return ratio(2 * recall * precision, recall + precision, empty=0.0)


def _mean(sums: np.ndarray, at: int) -> np.ndarray:
    return ratio(sums[..., at], sums[..., at + 1], empty=0.0)


def _overall(sums: np.ndarray) -> np.ndarray:
    """The mean of the four (ours: the evaluator prints no one number)."""
    return (_f1(sums, 1) + _f1(sums, 3) + _mean(sums, 5) + _mean(sums, 7)) / 4


METRICS = {
    "score": _overall,
    "term": lambda sums: _mean(sums, 5),
    "fine": lambda sums: _mean(sums, 7),
    "charge_recall": lambda sums: sums[..., 1] / sums[..., 0],
    "charge_precision": lambda sums: sums[..., 2] / sums[..., 0],
    "charge_f1": lambda sums: _f1(sums, 1),
    "article_recall": lambda sums: sums[..., 3] / sums[..., 0],
    "article_precision": lambda sums: sums[..., 4] / sums[..., 0],
    "article_f1": lambda sums: _f1(sums, 3),
}
