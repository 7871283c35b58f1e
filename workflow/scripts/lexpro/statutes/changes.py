"""What an amendment (刑法修正案) does to each article, as operations on paragraphs.

An instruction is read with the text that it quotes: 将第X条修改为：“…” replaces an article,
增加一款作为第二款：“…” inserts a paragraph (款). What is not one of these forms (items, words)
is `opaque`: that the article changed is known, how it read before is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lexpro.law import numerals
from lexpro.statutes.documents import Document

# An amendment's name in full, without the country's.
_TITLE = re.compile(r"刑法修正案(?:（[一二三四五六七八九十]+）)?")
_N = "[一二三四五六七八九十百零〇0-9]+"
_ARTICLE = re.compile(rf"第({_N})条(?:之([一二三四五六七八九十]+))?")
# 第一百三十三条后增加一条: the article in front of the new one is not changed.
_ANCHOR = re.compile(rf"第{_N}条(?:之[一二三四五六七八九十]+)?后(?=增加)")
_PARAGRAPH = re.compile(rf"第({_N})款")
_QUOTE = re.compile(r"“([^”]*)(?:”|$)")
_ITEM = re.compile(rf"[（(]{_N}[）)]")
_NEW_ARTICLE = re.compile(rf"第({_N})条(?:之([一二三四五六七八九十]+))?[\s　]+")


def is_amendment(document: Document) -> bool:
    """Whether a document is an amendment of the Criminal Law."""
    return _TITLE.fullmatch(document.law) is not None


def named(text: str) -> set[str]:
    """Names of the amendments in a text: the history of a full text of the law."""
    return set(_TITLE.findall(text))


@dataclass(frozen=True, slots=True)
class Change:
    """One operation on an article.

    Attributes:
        kind: new, replace, delete, insert or opaque.
        paragraph: the paragraph that it is about, from 1; 0: the whole article.
        text: the new text.
    """

    kind: str
    paragraph: int = 0
    text: str = ""


def paragraphs(text: str) -> list[str]:
    """The paragraphs (款) of an article.

    Lines that begin with （一） belong to the paragraph before them.
    """
    parts: list[str] = []
    for line in filter(None, (line.strip().strip("　") for line in text.splitlines())):
        if parts and _ITEM.match(line):
            parts[-1] += "\n" + line
        else:
            parts.append(line)
    return parts


def _ref(match: re.Match) -> str:
    number, sub = numerals.parse_int(match[1]), numerals.parse_int(match[2] or "0")
    return f"{number}之{sub}" if sub else str(number)


def _quoted(text: str) -> str:
    """The new text without the mark that opens each of its paragraphs."""
    return "\n".join(line.strip().lstrip("“") for line in text.splitlines() if line.strip())


def _several(text: str) -> dict[str, str]:
    """{ref: text} of a quote that holds whole articles with their numbers, else {}."""
    by_ref: dict[str, list[str]] = {}
    ref = ""
    for line in text.splitlines():
        if match := _NEW_ARTICLE.match(line):
            ref = _ref(match)
            line = line[match.end() :]
        if not ref:
            return {}
        by_ref.setdefault(ref, []).append(line)
    return {ref: "\n".join(lines) for ref, lines in by_ref.items()}


def _placed(instruction: str, quote: str) -> list[Change]:
    """The operations on one article of an instruction and what it quotes."""
    if re.search(rf"第{_N}项|各款|各项|增加一项", instruction):
        return [Change("opaque")]
    numbers = [numerals.parse_int(number) or 0 for number in _PARAGRAPH.findall(instruction)]
    if "该条修改为" in instruction or ("修改为" in instruction and not numbers):
        return [Change("replace", 0, quote)]
    new = paragraphs(quote)
    # 原第二款作为第三款，修改为: the last number is the one that it has now.
    if "作为" in instruction and numbers:
        moved = [numerals.parse_int(n) or 0 for n in _PARAGRAPH.findall(instruction.rpartition("作为")[2])]
        if "增加" in instruction and len(moved) == len(new):
            return [Change("insert", number, text) for number, text in zip(moved, new, strict=True)]
        if "修改为" in instruction and len(moved) == len(new) and "增加" not in instruction:
            return [Change("replace", number, text) for number, text in zip(moved, new, strict=True)]
        return [Change("opaque")]
    if "修改为" in instruction and len(numbers) == len(new):
        return [Change("replace", number, text) for number, text in zip(numbers, new, strict=True)]
    return [Change("opaque")]


def _deleted(instruction: str) -> list[Change]:
    numbers = [numerals.parse_int(number) or 0 for number in _PARAGRAPH.findall(instruction)]
    return [Change("delete", number) for number in numbers] or [Change("delete")]


def operations(document: Document) -> dict[str, list[Change]]:
    """{ref of 刑法: operations in their order} of an amendment."""
    by_ref: dict[str, list[Change]] = {}
    for row in document.rows:
        ref, at = "", 0
        quotes = list(_QUOTE.finditer(row.text))
        for quote in [*quotes, None]:
            instruction = row.text[at : quote.start() if quote else len(row.text)]
            at = quote.end() if quote else at
            _read(instruction, _quoted(quote[1]) if quote else "", ref, by_ref)
            named = [_ref(match) for match in _ARTICLE.finditer(_ANCHOR.sub("", instruction))]
            ref = named[-1] if named else ref
    return by_ref


def _read(instruction: str, quote: str, open_: str, by_ref: dict[str, list[Change]]) -> None:
    """Add the operations of one instruction.

    `open_` is the article that the instruction before was about.
    """
    refs = [_ref(match) for match in _ARTICLE.finditer(_ANCHOR.sub("", instruction))]
    if articles := _several(quote):
        kind = "new" if "增加" in instruction else "replace"
        for ref, text in articles.items():
            by_ref.setdefault(ref, []).append(Change(kind, 0, text))
    elif _ANCHOR.search(instruction) and refs:
        by_ref.setdefault(refs[-1], []).append(Change("new", 0, quote))
    elif "删去" in instruction and refs and not quote:
        for ref in refs:
            by_ref.setdefault(ref, []).extend(_deleted(instruction))
    elif quote and (refs or open_) and re.search("修改为|增加", instruction):
        target = refs[-1] if refs else open_
        by_ref.setdefault(target, []).extend(_placed(instruction, quote))
        for ref in refs[:-1]:
            by_ref.setdefault(ref, []).append(Change("opaque"))
    elif refs:
        for ref in refs:
            by_ref.setdefault(ref, []).append(Change("opaque"))


# The paragraphs of a version; None for one whose text is not known.
Known = list[str | None]


def whole(change: Change) -> bool:
    """Whether nothing of the article before is left: it is new, replaced or deleted altogether."""
    return change.kind in ("new", "replace", "delete") and not change.paragraph


def applied(before: Known, changes: list[Change]) -> Known | None:
    """The article after `changes`, None where one is opaque.

    `before` may end before the place of a change.
    """
    now = list(before)
    for change in changes:
        place = change.paragraph - 1
        if change.kind == "opaque":
            return None
        now += [None] * (place - len(now))
        if whole(change):
            now = [*paragraphs(change.text)]
        elif change.kind == "insert":
            now.insert(place, change.text)
        elif change.kind == "replace":
            now[place : place + 1] = [change.text]
        else:
            del now[place : place + 1]
    return now


def undone(after: Known, changes: list[Change]) -> Known | None:
    """The article before `changes`, None where nothing of it can be told."""
    now = list(after)
    for change in reversed(changes):
        place = change.paragraph - 1
        if change.kind == "opaque" or whole(change) or place >= len(now) + (change.kind == "delete"):
            return None
        if change.kind == "insert":
            del now[place]
        elif change.kind == "replace":
            now[place] = None
        else:
            now.insert(place, None)
    return now
