"""Names of crimes (罪名): one canonical name for one crime.

A text may use a part of a selective charge, or a former name: 贩卖毒品罪 →
走私、贩卖、运输、制造毒品罪; 偷税罪 → 逃税罪 (`name_at` gives the name of a day). A text names a
charge only where the whole name stands: 合同诈骗罪 is never 诈骗罪, and an unknown 某某诈骗罪 is
no charge at all.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Callable
from functools import cache

from lexpro.package_data import lines_beside

# A longer text that ends in 罪 is a sentence, not the name of an unknown charge.
_LONGEST_NAME = 20
_GROUP = re.compile(r"\{([^}]*)\}")
# 危及公共安全 is one word.
_SEPARATOR = re.compile(r"\s*(?:[、，,；;]|以及|并|和|(?<!危)及|与)\s*")
# What may stand before a charge in a sentence; any other character means that the name is longer
# than what we know.
_BEFORE = frozenset(
    "犯成以嫌、，和与及为是的了“‘《（(其系定按属控因对该和于其,；;：:。 \n\t\r并或由有立作即案判某甲乙丙丁"
)


def _variants(pattern: str, choose: Callable = itertools.combinations) -> list[str]:
    """Every name of a selective charge: each non-empty choice of the parts in braces.

    The parts keep their order, or (`itertools.permutations`) stand in any.
    """
    pieces = _GROUP.split(pattern)
    choices: list[list[str]] = []
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            choices.append([piece])
            continue
        parts = piece.split("、")
        sizes = range(1, len(parts) + 1)
        choices.append(["、".join(some) for size in sizes for some in choose(parts, size)])
    return ["".join(choice) for choice in itertools.product(*choices)]


def _plain(pattern: str) -> str:
    return pattern.replace("{", "").replace("}", "")


def _spellings(name: str) -> list[str]:
    """With the ways in which 国（边）境 and 掩饰、隐瞒 are written."""
    if name.startswith("掩饰、隐瞒"):
        return [name, name.replace("、隐瞒", "隐瞒", 1)]
    return (
        [name.replace("国（边）境", way) for way in ("国（边）境", "国(边)境", "国边境", "国境", "边境")]
        if "（边）" in name
        else [name]
    )


@cache
def _table() -> tuple[tuple[str, ...], dict[str, str], dict[str, list[tuple[str, str]]]]:
    """(canonical names in the order of the law, variant → canonical, canonical → former names).

    A former name is (name, ISO date until which it was used).
    """
    names: list[str] = []
    variants: dict[str, str] = {}
    former: dict[str, list[tuple[str, str]]] = {}
    renamed: list[tuple[str, str]] = []
    patterns: list[tuple[str, str]] = []
    for line in lines_beside(__file__):
        pattern, _, target = line.partition(" > ")
        if target:
            renamed.append((pattern, target))
            continue
        names.append(_plain(pattern))
        patterns.append((pattern, names[-1]))
        for variant in _variants(pattern):
            variants.setdefault(variant, names[-1])
    for pattern, target in renamed:
        name, _, until = target.partition(" ")
        for variant in _variants(pattern):
            variants.setdefault(variant, name)
        if until:
            former.setdefault(name, []).append((_plain(pattern), until))
    for name in names:
        variants[name] = name
    # 运输、贩卖毒品罪: courts do not always keep to the law's order.
    for pattern, name in patterns:
        for variant in _variants(pattern, itertools.permutations):
            variants.setdefault(variant, name)
    # 有毒有害食品罪: the same without 、 where that is clear.
    for variant, name in list(variants.items()):
        variants.setdefault(variant.replace("、", ""), name)
    return tuple(names), {spelling: v for k, v in variants.items() for spelling in _spellings(k)}, former


@cache
def _lengths() -> dict[str, list[int]]:
    """Last two characters of a name → lengths of the names that end so, the longest first.

    Only few lengths must then be tried at each 罪 of a text.
    """
    found: dict[str, set[int]] = {}
    for name in _table()[1]:
        found.setdefault(name[-2:], set()).add(len(name))
    return {end: sorted(lengths, reverse=True) for end, lengths in found.items()}


def names() -> tuple[str, ...]:
    """All canonical names, in the order of the Criminal Law."""
    return _table()[0]


def canonical(name: str) -> str | None:
    """The canonical name of a whole charge name, with or without 罪; None where it is not one."""
    name = re.sub(r"\s+", "", name).replace(",", "、").replace("，", "、")
    variants = _table()[1]
    return variants.get(name) or variants.get(name + "罪")


def name_at(charge: str, date: str) -> str:
    """The name that a canonical charge had on `date` (ISO).

    Where several were merged into it, the last former one.
    """
    names_then = [(until, old) for old, until in _table()[2].get(charge, []) if date < until]
    return min(names_then)[1] if names_then else charge


def _members(text: str) -> list[tuple[str | None, str]]:
    """(canonical name or None, as written) of each member of an enumeration."""
    pieces = [piece for piece in _SEPARATOR.split(text.strip()[:400]) if piece]
    members: list[tuple[str | None, str]] = []
    index = 0
    while index < len(pieces):
        for last in range(min(len(pieces), index + 12), index, -1):
            name = canonical("、".join(pieces[index:last]))
            if name:
                members.append((name, name))
                index = last
                break
        else:
            members.append((None, pieces[index]))
            index += 1
    return members


def split(text: str) -> list[str]:
    """The charges of an enumeration (盗窃罪、诈骗罪; 盗窃、诈骗罪), each once.

    Parts that are no charge are left out.
    """
    return list(dict.fromkeys(name for name, _ in _members(text) if name))


# What may stand behind a charge in brackets, or around an answer.
_BRACKETED = re.compile(r"[（(](?![边邊][）)])[^（）()]{0,30}[）)]")
_NUMBERED = re.compile(r"^\s*(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十])[）).、:：]|[-*•·])\s*")
_AROUND = " \t　。．.,，;；:：、\"'“”‘’[]【】<>*《》「」"


_QUOTES = str.maketrans("", "", "\"'“”‘’「」[]【】")


def _is_called_one(text: str) -> bool:
    name = text.strip(_AROUND)
    return (
        name.endswith("罪")
        and len(name) <= _LONGEST_NAME
        and not re.match("[数此本其该何有无两几]|.*[×*xX□]", name)
    )


def stated(text: str) -> list[str]:
    """The charges that an answer names, each once: 盗窃罪（未遂）。, 帮信罪, 1.盗窃；2.诈骗.

    What is no charge stays as it is written, where it is called one (偷东西罪).
    """
    names: list[str] = []
    for line in re.split(r"[;；。\n]", unicodedata.normalize("NFKC", text[:2000])):
        piece = _BRACKETED.sub("", _NUMBERED.sub("", line).translate(_QUOTES)).strip(_AROUND)
        # 构成盗窃罪, 以盗窃罪论处: in a sentence only whole names count.
        in_words = [name for name, _, _ in find(piece)]
        members = _members(piece)
        if all(name for name, _ in members) or not in_words:
            names += [name or raw.strip(_AROUND) for name, raw in members if name or _is_called_one(raw)]
        else:
            names += in_words
            names += [raw for name, raw in members if not name and _is_called_one(raw) and not find(raw)]
    return list(dict.fromkeys(names))


def ending_at(text: str, end: int, start: int = 0) -> tuple[str, int] | None:
    """The longest charge that ends at `end` (just behind its 罪), and where it begins.

    Args:
        text: a running text.
        end: place behind the charge.
        start: the charge begins here or later.

    Returns:
        (canonical name, start), None where no charge ends there.
    """
    variants = _table()[1]
    for length in _lengths().get(text[end - 2 : end], ()):
        name = variants.get(text[end - length : end]) if end - length >= start else None
        if name and (end == length or text[end - length - 1] in _BEFORE):
            return name, end - length
    return None


def find(text: str, start: int = 0, end: int | None = None) -> list[tuple[str, int, int]]:
    """Every charge named in text[start:end], the longest match, never a part of a name.

    Args:
        text: a running text.
        start: where the search begins, in characters.
        end: where it ends; None for the end of the text.

    Returns:
        [(canonical name, start, end)] in order.
    """
    stop = len(text) if end is None else end
    found = []
    position = text.find("罪", start, stop)
    while position >= 0:
        hit = ending_at(text, position + 1, start)
        if hit:
            found.append((hit[0], hit[1], position + 1))
            start = position + 1
        position = text.find("罪", position + 1, stop)
    return found
