"""The Criminal Law as it read on a day: every version of every article, from full texts and amendments.

Each change of an article begins a version. A version's text is that of a full text of the law (`刑法.md`, today's
and older ones), or what an amendment quotes, or follows from the version before or after it by the operations of
`changes`. What none of these says is missing: `complete` is False, `text` has the paragraphs that are known (or
is ""), and no later text is passed off as the law of that day.

    law = versions.read(folder, [older_folder])
    law.article("刑法", 133, "2012-01-01", sub=1)
    law.lenient("刑法", 383, act="2014-05-01", judgment="2016-03-01")   # 从旧兼从轻
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from lexpro.errors import UserError
from lexpro.knowledge import amendments, changes, collection, statutes
from lexpro.knowledge.changes import Change
from lexpro.knowledge.statutes import Document
from lexpro.knowledge.table import Row
from lexpro.law import articles

# Changed by decisions that are no amendment (history lines of 刑法.md): 1998-12-29 on foreign exchange, and
# 2009-08-27 on several laws (征用).
DECISIONS = {"1998-12-29": ("190",), "2009-08-27": ("381", "410")}
_TITLE = re.compile(r"刑法修正案(?:（[一二三四五六七八九十]+）)?")
_DAY = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")


@dataclass(slots=True)
class Version:
    """An article on the days [valid_from, valid_to), ISO dates, valid_to "" while in force.

    `text` has what is known of it, all of it where `complete`; `deleted`: from valid_from on there is no such article.
    """

    law: str
    ref: str
    valid_from: str
    valid_to: str = ""
    text: str = ""
    complete: bool = False
    source: str = ""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Lenient:
    """从旧兼从轻 (article 12): the version of the act, and where it is another one, that of the judgment.

    `check` is True where they differ: the later one applies instead only if it is lighter, which the text of the
    two must tell.
    """

    then: Version | None
    now: Version | None
    check: bool


class Law:
    """Versions by (law, ref), oldest first."""

    def __init__(self, versions: Iterable[Version]):
        self.versions: dict[tuple[str, str], list[Version]] = {}
        for version in versions:
            self.versions.setdefault((version.law, version.ref), []).append(version)
        for known in self.versions.values():
            known.sort(key=lambda version: version.valid_from)

    def article(self, law: str, number: int, date: str, sub: int = 0) -> Version | None:
        """The version in force on `date` (ISO), None where there was no such article; UserError on no date."""
        if not _DAY.fullmatch(date):
            raise UserError(f"article: {date!r} is no date; write 2021-03-01.")
        ref = f"{number}之{sub}" if sub else str(number)
        for version in self.versions.get((articles.law_name(law), ref), []):
            if version.valid_from <= date and (not version.valid_to or date < version.valid_to):
                return None if version.deleted else version
        return None

    def lenient(self, law: str, number: int, act: str, judgment: str, sub: int = 0) -> Lenient:
        """Both candidates of article 12 for an act of the day `act` that is judged on `judgment`."""
        then, now = self.article(law, number, act, sub), self.article(law, number, judgment, sub)
        return Lenient(then, now, then != now)


def _history(
    ref: str, sub: int, steps: list[tuple[str, str, list[Change]]], in_force: str
) -> tuple[list[Version], list[list[Change]]]:
    """Empty versions of an article, and the operations that lead to each from the one before it."""
    law = articles.CRIMINAL_LAW
    versions = [] if sub else [Version(law, ref, in_force)]
    done: list[list[Change]] = [] if sub else [[]]
    for date, source, operations in steps:
        if versions:
            versions[-1].valid_to = date
        removed = operations[-1].kind == "delete" and not operations[-1].paragraph
        versions.append(Version(law, ref, date, source=source, deleted=removed))
        done.append(operations)
    return versions, done


@dataclass(slots=True)
class _Text:
    """What is known of a version's paragraphs; `closed`: how many they are, too."""

    known: changes.Known = field(default_factory=list)
    closed: bool = False

    def learn(self, found: changes.Known | None, closed: bool) -> None:
        if found is None or (not closed and self.closed and len(found) > len(self.known)):
            return
        if self.closed and closed and len(found) != len(self.known):
            return
        longer, shorter = (found, self.known) if len(found) > len(self.known) else (self.known, found)
        if closed and not self.closed:
            longer, shorter = found, self.known[: len(found)]
        filled = [*shorter, *[None] * (len(longer) - len(shorter))]
        self.known = [a if a is not None else b for a, b in zip(longer, filled, strict=True)]
        self.closed = self.closed or closed


def _spread(texts: list[_Text], done: list[list[Change]]) -> None:
    """Fill each version from its neighbours, as far as the operations between them tell."""
    for _ in range(2):
        for i in range(1, len(texts)):
            after = changes.applied(texts[i - 1].known, done[i])
            texts[i].learn(after, texts[i - 1].closed or any(map(changes.whole, done[i])))
        for i in range(len(texts) - 1, 0, -1):
            if texts[i].closed:
                texts[i - 1].learn(changes.undone(texts[i].known, done[i]), True)


def build(full: list[tuple[Document, set[str]]], changed: list[Document]) -> list[Version]:
    """Versions from full texts, each with the titles of the amendments in it, today's first, and amendments."""
    today = full[0][0]
    steps: dict[str, list[tuple[str, str, list[Change]]]] = {}
    for date, refs in DECISIONS.items():
        for ref in refs:
            steps.setdefault(ref, []).append((date, "", [Change("opaque")]))
    dates = {document.law: document.date for document in changed}
    for document in changed:
        for ref, operations in changes.of(document).items():
            steps.setdefault(ref, []).append((document.date, document.file, operations))
    texts = [{row.ref: row.text for row in document.rows} for document, _ in full]
    found: list[Version] = []
    for ref in dict.fromkeys([*(row.ref for row in today.rows), *steps]):
        sub = int(ref.partition("之")[2] or 0)
        versions, done = _history(
            ref, sub, sorted(steps.get(ref, []), key=lambda step: step[0]), today.in_force
        )
        if not versions:
            continue
        known = [_Text() for _ in versions]
        if done[0]:
            known[0].learn(changes.applied([], done[0]), True)
        for (document, titles), text in zip(full, texts, strict=True):
            last = max((dates[title] for title in titles if title in dates), default=today.in_force)
            at = sum(version.valid_from <= last for version in versions) - 1
            if at >= 0 and text.get(ref):
                known[at] = _Text([*changes.paragraphs(text[ref])], closed=True)
                versions[at].source = document.file
        _spread(known, done)
        for version, text in zip(versions, known, strict=True):
            version.text = "\n".join(filter(None, text.known))
            version.complete = text.closed and None not in text.known
        found += versions
    return found


def parse(path: Path, folder: Path) -> tuple[Document, set[str]]:
    lines = statutes.lines_of(path)
    head = "\n".join(lines[: next((i for i, line in enumerate(lines) if "INFO END" in line), 60)])
    return statutes.parse(lines, path.relative_to(folder).as_posix(), "刑法"), set(_TITLE.findall(head))


def read(folder: Path, older: Iterable[Path] = ()) -> Law:
    """The law of a folder with `刑法/刑法.md` and `刑法/刑法修正案*.md`, and of folders with older `刑法/刑法.md`."""
    folders = [folder, *older]
    full = [parse(root / "刑法/刑法.md", root) for root in folders if (root / "刑法/刑法.md").is_file()]
    if len(full) < len(folders):
        raise UserError(f"versions: no 刑法/刑法.md in one of {', '.join(map(str, folders))}.")
    changed = [parse(path, folder)[0] for path in collection.files(folder, ["刑法/刑法修正案*.md"])]
    return Law(build(full, [document for document in changed if amendments.is_amendment(document)]))


def rows(law: Law, today: Iterable[Row]) -> list[Row]:
    """One row of `articles.parquet` a version whose text is complete, with headings and charges of today's rows."""
    known = {row.ref: row for row in today if row.law == articles.CRIMINAL_LAW}
    found = []
    for (_, ref), versions in law.versions.items():
        if ref in known:
            found += [
                replace(
                    known[ref],
                    charges=list(known[ref].charges),
                    text=version.text,
                    valid_from=version.valid_from,
                    valid_to=version.valid_to,
                    source=version.source or known[ref].source,
                    exists_from="",
                )
                for version in versions
                if version.complete and version.text
            ]
    return found
