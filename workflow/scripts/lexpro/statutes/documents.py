"""One statute or judicial interpretation: Markdown, text or HTML → its articles.

Each article has the path of its headings and its date. The Markdown is that of the public
collection LawRefBook/Laws: `# title`, a line an event of its history, `<!-- INFO END -->`,
headings, lines that begin with 第…条. Text and HTML are read by the same rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from lexpro.law import articles, numerals
from lexpro.statutes.table import Row

SUFFIXES = {".md", ".txt", ".html", ".htm"}
_D = "〇零一二三四五六七八九十百千0-9０-９"
# A paragraph that begins with a citation is no article: 第十三条规定的行为, 第四条、第五条所列.
_CITING = (
    rf"(?:之[一二三四五六七八九十]{{1,3}})?(?:的|之?规定|之罪|所(?:列|称|规定|述|指|定)|中(?:的|所|规定)"
    rf"|第\s*[{_D}]+\s*[款项]|[、，至和及或与]\s*第)"
)
# 第一百二十八 条 (a blank that should not be there), 第一百三十三条之一 (a blank follows: no 之一
# of a sentence).
_ARTICLE = re.compile(
    rf"第\s*([{_D}]{{1,9}})\s*条(?!{_CITING})(?:之([一二三四五六七八九十0-9]{{1,3}})(?=[\s　：:]|$))?[\s　：:]*(.*)"
)
# 第一百三十三条之一在…: only where 133 or 条之X came right before.
_TIGHT = re.compile(r"之([一二三四五六七八九十]{1,3})(.*)")
_SECTION = re.compile(rf"([{_D}]{{1,4}})、\s*(.*)")
_HEADING = re.compile(r"(#{1,6})\s*(.*)")
# Headings of plain text: 第一编 总则, 第五章 侵犯财产罪.
_PLAIN_HEADING = re.compile(rf"第[{_D}]{{1,5}}(编|分编|章|节)[\s　]+(\S.{{0,40}})")
_BARE_HEADING = re.compile(r"[总分附]\s*则")
_PLAIN_LEVEL = {"编": 2, "分编": 3, "章": 3, "节": 4}
_COMMENT = re.compile(r"<!--.*?-->")
# Marks of Markdown before an article, heading or item, and characters that nobody sees.
_MARKED = re.compile(r"(?:[-*+>]\s+|\*\*|__)+\s*(?=第|[（(]?[一二三四五六七八九十]{1,3}[）)、])")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
_INFO_END = re.compile(r"<!--\s*INFO END\s*-->")
_DAY = (
    r"((?:19|20)\d\d|[一二][九〇零○][〇零○一二三四五六七八九]{2})\s*年\s*"
    r"(\d{1,2}|[一二三四五六七八九十]{1,2})\s*月\s*(\d{1,2}|[一二三四五六七八九十]{1,3})\s*日"
)
_DATE = re.compile(_DAY)
_FILE_DATE = re.compile(r"[(（](\d{4})-(\d{2})-(\d{2})[)）]$")
# 自2021年3月1日起施行: the article or line that says when the text comes into force.
_IN_FORCE = re.compile(rf"自\s*(?:{_DAY})\s*起\s*(?:正式)?(?:施行|实施|生效)")
_ORGAN = re.compile(
    r"全国人民代表大会常务委员会|全国人民代表大会|国务院|中央军事委员会|最高人民法院|最高人民检察院|公安部|司法部|国家安全部"
)
_TITLE_ISSUER = re.compile(rf"(?:(?:{_ORGAN.pattern})[、\s　]*)+(?=关于)")
_DELETED = re.compile(r"[（(［\[【]?\s*(?:本条|已)?(?:删去|删除|废止)\s*[）)］\]】]?。?")


@dataclass(frozen=True, slots=True)
class Problem:
    """What was worked around or left out in a source; `line` from 1, 0 is the whole file."""

    file: str
    line: int
    kind: str
    detail: str


@dataclass(slots=True)
class Document:
    """One parsed file.

    Attributes:
        file: its path in the collection.
        title: as written.
        law: short name.
        date: ISO date from which this text is in force, "" where nothing says.
        in_force: day that the text itself names (自…起施行); of a law that was amended since, that
            of the first version.
        since: first day of its history: of a law that was amended, when it was made.
        sha256: hash of the file.
        history: lines between title and text, one an event.
        rows: its articles.
        problems: what was worked around or left out.
    """

    file: str
    title: str = ""
    law: str = ""
    date: str = ""
    in_force: str = ""
    since: str = ""
    sha256: str = ""
    history: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def iso(year: str, month: str, day: str) -> str:
    """2021, 三, 1 in any numerals → 2021-03-01.

    Args:
        year: four digits.
        month: without 月.
        day: without 日.

    Returns:
        With zeros for a part that is no number; whether the calendar has the day is not checked.
    """
    y, m, d = (numerals.parse_int(part) or 0 for part in (year, month, day))
    return f"{y:04d}-{m:02d}-{d:02d}"


class _Reader:
    """Builds a document line by line."""

    def __init__(self, file: str, kind: str):
        self.document = Document(file)
        self.kind = kind
        self.headings: list[tuple[int, str]] = []
        self.body: list[str] = []
        self.last = (0, 0)

    def problem(self, line: int, kind: str, detail: str) -> None:
        self.document.problems.append(Problem(self.document.file, line, kind, detail))

    def heading(self, level: int, text: str) -> None:
        self.close()
        self.headings = [h for h in self.headings if h[0] < level]
        if text:
            self.headings.append((level, re.sub(r"[\s　]+", " ", text)))

    def open(self, line: int, number: int, sub: int, unit: str) -> None:
        self.close()
        if unit == "条" and not self._follows(number, sub):
            self.problem(line, "order", f"第{number}条 after 第{self.last[0]}条")
        self.last = (number, sub)
        path = " / ".join(text for _, text in self.headings)
        row = Row(
            self.document.law,
            number,
            sub,
            "",
            heading=path,
            unit=unit,
            kind=self.kind,
            source=self.document.file,
        )
        self.document.rows.append(row)

    def _follows(self, number: int, sub: int) -> bool:
        before, before_sub = self.last
        return (number, sub) == (before, before_sub + 1) if sub else number == before + 1 or before == 0

    def close(self) -> None:
        if self.document.rows and self.body:
            row = self.document.rows[-1]
            row.text = "\n".join(filter(None, [row.text, *self.body]))
        self.body = []


def _plain(line: str) -> str:
    """A line without comments, marks and blanks at its ends."""
    line = _COMMENT.sub("", line).translate(_INVISIBLE).strip().strip("　")
    if match := _MARKED.match(line):
        line = re.sub(r"\*\*|__", "", line[match.end() :]).strip()
    return line


def _begins(lines: list[str]) -> int:
    """The index of the line that the text begins with, where no mark says.

    That is its first heading or article, else its first section (一、), else what follows the title
    and the short lines with a date below it.
    """
    bare = [_plain(line).lstrip("# ") for line in lines]
    for kinds in ((_ARTICLE, _PLAIN_HEADING), (_SECTION,)):
        starts = (i for i, line in enumerate(bare) if any(kind.match(line) for kind in kinds))
        if (first := next(starts, None)) is not None:
            return first
    said = [i for i, line in enumerate(bare) if line]
    return next((i for i in said[1:] if len(bare[i]) > 60 or not _DATE.search(bare[i])), len(lines))


def _split(lines: list[str]) -> tuple[int, str, list[str]]:
    """(index of the first line of the text, title, history lines)."""
    matter = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), 0)
    first = matter + 1 if lines and lines[0].strip() == "---" and matter else 0
    named = [line.partition(":")[2].strip(" \"'") for line in lines[:first] if line.startswith("title:")]
    end = next((i + 1 for i, line in enumerate(lines) if _INFO_END.match(line.strip())), None)
    end = first + _begins(lines[first:]) if end is None else end
    head = [line.strip() for line in lines[first:end] if line.strip() and not _COMMENT.match(line.strip())]
    # A law in several files has its own heading below the law's: # 民法典, # 物权编.
    titles = [line.lstrip("# ") for line in head if re.match(r"#\s", line)] or named or head[:1]
    return end, titles[0] if titles else "", [line for line in head if line.lstrip("# ") not in titles]


# What a file of a law in several files is called.
_PART = re.compile(
    r"(?:第[零一二三四五六七八九十百0-9]+(?:分编|编|章|节|部分).{0,40}|总则|分则|附则|目录|序言|正文|前言|[0-9._\- ]+)"
)


def _date(document: Document) -> str:
    """In force from: the latest date of the file name, the history and the text (自…起施行)."""
    dates = [iso(*m.groups()) for line in document.history for m in _DATE.finditer(line)]
    document.since = min(dates, default="")
    if match := _FILE_DATE.search(Path(document.file).stem):
        dates.append(iso(*match.groups()))
    text = "\n".join([*document.history, *(row.text for row in document.rows[-2:])])
    named = [iso(*m.groups()) for m in _IN_FORCE.finditer(text)]
    document.in_force = max(named, default="")
    dates += named
    return max(dates, default="")


def issuer(document: Document) -> str:
    """Who made a text; "" where nothing says.

    It is named in the title (…关于), in the oldest line of the history that names one (an amendment
    does not make another issuer), or by the folder of a ministry.
    """
    if match := _TITLE_ISSUER.match(document.title):
        return "、".join(_ORGAN.findall(match[0]))
    for line in document.history:
        if organs := list(dict.fromkeys(_ORGAN.findall(line))):
            # A congress is named with its committee; the others issue together.
            return organs[0] if organs[0].startswith("全国") else "、".join(organs)
    folders = document.file.split("/")
    return folders[1] if len(folders) > 2 else ""


def parse(lines: list[str], file: str, kind: str = "", sha256: str = "") -> Document:
    """Parse the lines of one document; never raises on odd content.

    Args:
        lines: those of the file, HTML as Markdown.
        file: its path in the collection.
        kind: folder of the source.
        sha256: hash of the file.
    """
    reader = _Reader(file, kind)
    document = reader.document
    start, document.title, document.history = _split(lines)
    document.law = articles.law_name(re.sub(r"[\s　]+", "", document.title))
    preamble: list[str] = []
    plain = [_plain(line) for line in lines[start:]]
    numbered = any(_ARTICLE.match(line.lstrip("# ")) for line in plain)
    for number, line in enumerate(plain, start + 1):
        if not line:
            continue
        heading = _HEADING.fullmatch(line)
        # #### 第一条 …: an article all the same.
        if heading and numbered and _ARTICLE.match(heading[2]):
            heading, line = None, heading[2]
        if heading:
            reader.heading(len(heading[1]), heading[2])
        elif match := _PLAIN_HEADING.fullmatch(line):
            reader.heading(_PLAIN_LEVEL[match[1]], line)
        elif _BARE_HEADING.fullmatch(line):
            reader.heading(2, line)
        elif match := (_ARTICLE if numbered else _SECTION).match(line):
            value, text = numerals.parse_int(match[1]) or 0, match[match.lastindex]
            sub = (numerals.parse_int(match[2]) or 0) if numbered and match[2] else 0
            if numbered and not sub and (tight := _TIGHT.match(text)):
                after = numerals.parse_int(tight[1]) or 0
                sub, text = (after, tight[2]) if reader.last == (value, after - 1) else (sub, text)
            reader.open(number, value, sub, "条" if numbered else "项")
            reader.body = [text] if text else []
            if numbered and re.match(rf"第\s*[{_D}]+\s+条", line):
                reader.problem(number, "broken_article", line[:20])
        else:
            (reader.body if document.rows else preamble).append(line)
    reader.close()
    if not document.rows and preamble:
        reader.problem(0, "no_articles", document.title)
        whole = Row(document.law, 0, 0, "\n".join(preamble), unit="全文", kind=kind, source=file)
        document.rows.append(whole)
    for row in list(document.rows):
        if _DELETED.fullmatch(row.text.strip()):
            document.rows.remove(row)
            reader.problem(0, "deleted", f"第{row.ref}条 {row.text.strip()}")
    document.sha256 = sha256
    for row in document.rows:
        row.sha256 = sha256
    _date_rows(document)
    if not document.rows:
        reader.problem(0, "empty", document.title)
    return document


def _date_rows(document: Document) -> None:
    """Give a document and its articles their dates and who made them."""
    document.date = _date(document)
    made_by = issuer(document)
    for row in document.rows:
        row.valid_from, row.issuer = document.date, made_by
        row.exists_from = document.since if document.since < document.date else ""
    if not document.date:
        document.problems.append(Problem(document.file, 0, "undated", document.title))


def is_part(document: Document) -> bool:
    """Whether its title names a part of a law (第二编 分则), or nothing."""
    return not document.title or bool(_PART.fullmatch(document.title))


def joined(name: str, history: list[str], parts: list[Document]) -> Document:
    """One document of the files that a law is published in.

    Args:
        name: of the law.
        history: lines that say when it was made and changed.
        parts: its files, in order.
    """
    whole = Document(parts[0].file, name, articles.law_name(re.sub(r"[\s　]+", "", name)), history=history)
    for part in parts:
        whole.problems += [problem for problem in part.problems if problem.kind != "undated"]
        for row in part.rows:
            row.law = whole.law
            if part.title and not row.heading.startswith(part.title):
                row.heading = f"{part.title} / {row.heading}" if row.heading else part.title
        whole.rows += part.rows
    whole.sha256 = parts[0].sha256
    _date_rows(whole)
    return whole
