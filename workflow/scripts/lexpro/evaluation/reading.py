"""What a model states: letters, labels, articles, charges, terms, sums and entities in its answer.

The normalised scorers read predictions and gold answers through these functions alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache

from lexpro.law import articles, charges, money, numerals, terms
from lexpro.records import TIMED_KINDS

# Nothing that is longer is an answer that anyone reads on.
_LONGEST = 20_000
_MARK = re.compile(
    r"[\[【]?(?:正确答案|最终答案|参考答案|答案|争议焦点类别|争议焦点|类别|法条|罪名|刑期|犯罪金额|金额|回答)[\]】]?"
    r"(?:应该|应当|应)?\s*(?:[:：]|为|是|选|(?<=[\]】]))\s*(?:[:：])?"
)
_END = re.compile(r"<eoa>|</s>|<\|im_end\|>")


def stated(text: str) -> str:
    """What follows the last 答案: (罪名是, [刑期], …) up to <eoa> or the end of its line.

    The whole text where nothing like it stands.
    """
    text = _END.split(text[-_LONGEST:], maxsplit=1)[0] if _END.search(text) else text[-_LONGEST:]
    for match in reversed(list(_MARK.finditer(text))):
        part = text[match.end() :].strip().split("\n")[0].strip()
        if part:
            return part
    return text.strip()


_LETTERS = r"[A-E](?:(?:[、,，和及与\s]|\.(?=\s*[A-E]))*[A-E])*(?![A-Za-z])"
_CHOICE = re.compile(
    rf"(?:答案|选项|选择|boxed|(?<!不)(?<!未)选)[\]】{{]?(?:应该|应当|应)?\s*(?:为|是|选|[:：])*\s*[\[【(（「“\"'{{]*\s*({_LETTERS})"
)
_ALONE = re.compile(r"(?<![A-Za-z])[A-E](?![A-Za-z])")


_LISTED = re.compile(r"^\s*([A-E])\s*[.、:]", re.M)


def letters(text: str) -> frozenset[str] | None:
    """The options (A to E) that are chosen; None where that is not clear.

    Those behind the last 答案 or 选; or those repeated, each on its line; or a text of letters
    alone; or the one letter that occurs.
    """
    text = unicodedata.normalize("NFKC", text[-_LONGEST:])
    # Six references of LexEval are in small letters.
    text = text.upper() if re.fullmatch(r"\W*[a-e]{1,5}\W*", text) else text
    said = _CHOICE.findall(text)
    if said:
        return frozenset(re.findall("[A-E]", said[-1]))
    listed = frozenset(_LISTED.findall(text))
    if len(listed) > 1:
        return listed
    bare = re.match(rf"\W*({_LETTERS})(?:\W*$|[.、:。(\s])", text)
    if bare:
        return frozenset(re.findall("[A-E]", bare[1]))
    alone = frozenset(_ALONE.findall(text))
    return alone if len(alone) == 1 else None


@cache
def _any_of(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))


def named(text: str, names: Sequence[str]) -> frozenset[str]:
    """The labels that the answer states, the longest where one is part of another."""
    pattern = _any_of(tuple(names))
    return frozenset(pattern.findall(stated(text))) or frozenset(pattern.findall(text))


def parts(text: str) -> list[str]:
    """The members of a list, whatever separates them."""
    return [part.strip() for part in re.split(r"[;；、,，\n]", stated(text).rstrip("。.")) if part.strip()]


def article_numbers(text: str) -> frozenset[int]:
    """Base numbers of the articles of 刑法 that are cited; of a bare list of numbers, those."""
    part = stated(text)
    found = articles.base(articles.parse(part, law=articles.CRIMINAL_LAW)) or articles.base(
        articles.parse(text[-_LONGEST:], law=articles.CRIMINAL_LAW)
    )
    if not found and re.fullmatch(r"[\d〇零一二三四五六七八九十百、,，;；和\s条.。]{1,200}", part):
        numbers = (numerals.parse_int(n) for n in re.split(r"[、,，;；和\s条.。]+", part) if n)
        found = {number for number in numbers if number}
    return frozenset(found)


def charge_names(text: str, others: Iterable[str] = ()) -> frozenset[str]:
    """Canonical names of the charges stated.

    What is no charge counts as itself where it is in `others`, or is a member of a list.
    """
    found: set[str] = set()
    for piece in re.split(r"[;；\n]", stated(text)):
        piece = piece.strip("。. 　\"'“”[]【】")
        names = {name for name, _, _ in charges.find(piece)} or set(charges.split(piece))
        if not names:
            names = {charges.canonical(name) or name for name in _any_of(tuple(others)).findall(piece)}
        found |= names or ({piece} if 0 < len(piece) <= 20 else set())
    return frozenset(found)


def _length(text: str) -> int | None:
    """The first length in a text; None where it is one end of a range."""
    for match in re.finditer(terms.LENGTH, text):
        length = terms.length_at(text, match.start()) if match[0] else None
        if length:
            lone = not re.match(r"\s*(?:至|到|-|—|~|～)\s*[\d一二三四五六七八九十]", text[length.end :])
            before = re.search(
                r"[\d一二三四五六七八九十年月个]\s*(?:至|到|-|—|~|～)\s*$", text[: match.start()]
            )
            return length.months if lone and not before else None
    return None


_WITHOUT = ("免予刑事处罚", "单处罚金")


def term(text: str) -> tuple[str, int | None] | None:
    """(kind, months) of the sentence; None where there is none, or a range.

    What follows 决定执行, else the first main punishment, else the first length (kind ""), else a
    bare number, which is months. Months are None for life and death, and 0 where no main punishment
    is imposed.
    """
    part = stated(text)
    _, decided, after = part.rpartition("决定执行")
    part = after if decided else part
    found = terms.parse(part)
    if found is None and re.search("无期|死刑", part):
        return ("无期徒刑" if "无期" in part else "死刑"), None
    if found is not None and found.kind not in TIMED_KINDS:
        return found.kind, 0 if found.kind in _WITHOUT else None
    months = _length(part)
    if months is None and (
        bare := re.fullmatch(r"\W*([\d〇零一二三四五六七八九十]{1,4})\W*(?:个?月)?\W*", part)
    ):
        months = numerals.parse_int(bare[1])
    return None if months is None else (found.kind if found else "", months)


_TOTAL = re.compile("共计|合计|总计|总金额|总额|总价值|一共|总共")


def total(text: str) -> float | None:
    """The sum in yuan that is stated: behind the last 共计 (合计, 总金额, …), else the last.

    A bare number is a sum too.
    """
    part = stated(text)
    for match in reversed(list(_TOTAL.finditer(part))):
        if sums := money.yuan(part, match.end()):
            return float(sums[0])
    if sums := money.yuan(part):
        return float(sums[-1])
    numbers = numerals.find(part[:200])
    return float(numbers[-1].value) if numbers else None


_NOTHING = re.compile(r"^(?:无|没有|未|不详|不明|不适用|N/?A|None|null|-+$)", re.I)


def entities(text: str, types: Sequence[str]) -> dict[str, str]:
    """Type → everything stated of it (种类: …), on one line or between separators.

    What is said not to be there is left out.
    """
    text = text[:_LONGEST]
    start = re.compile(
        rf"({_any_of(tuple(types)).pattern})(?:[（(][^（）()\n]{{0,20}}[）)])?\s*[\"'”*]*\s*[:：]"
    )
    found: dict[str, list[str]] = {}
    heads = list(start.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=False):
        value = text[head.end() : following.start() if following else None].strip().split("\n")[0]
        value = value.strip(" ;；。.\"'“”*,，")
        if value and not _NOTHING.match(value):
            found.setdefault(head[1], []).append(value)
    return {name: "、".join(dict.fromkeys(values)) for name, values in found.items()}
