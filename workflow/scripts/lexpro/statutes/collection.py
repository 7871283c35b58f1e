"""A folder of statutes → one table of articles.

Duplicates are left out, versions of one law are dated, repealed laws closed.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from lexpro.config.knowledge import Statutes
from lexpro.encoding import Undecodable
from lexpro.hashing import sha256
from lexpro.law import articles
from lexpro.statutes import changes, versions
from lexpro.statutes import documents as statutes
from lexpro.statutes.documents import Document, Problem
from lexpro.statutes.lookup import plain
from lexpro.statutes.source_lines import read_lines
from lexpro.statutes.table import Row
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded


def _candidates(path: str) -> list[Path]:
    """Where a path may be: as it is given, or below `LEXPRO_MIRROR`."""
    own = expanded(path)
    mirror = os.environ.get("LEXPRO_MIRROR")
    return [own, *([Path(mirror) / path] if mirror else [])]


def locate(path: str) -> Path:
    """A folder as it is given, or below `LEXPRO_MIRROR`.

    Raises:
        UserError: neither exists.
    """
    for folder in _candidates(path):
        if folder.is_dir():
            return folder
    mirror = os.environ.get("LEXPRO_MIRROR")
    below = f" nor below LEXPRO_MIRROR ({mirror})" if mirror else ", and LEXPRO_MIRROR is not set"
    if mirror and not Path(mirror).is_dir():
        below = f", and LEXPRO_MIRROR ({mirror}) is no folder"
    raise UserError(
        f"knowledge.path: no folder {path}{below}. Give a folder of statutes (Markdown, text or HTML), "
        "or use knowledge=facts, which needs none. What a mirror folder holds: docs/data.md."
    )


def find(path: str) -> Path:
    """A file or folder as it is given, or below `LEXPRO_MIRROR`.

    As it is given where it is nowhere.
    """
    candidates = _candidates(path)
    return next((candidate for candidate in candidates if candidate.exists()), candidates[0])


def files(folder: Path, include: Iterable[str]) -> list[Path]:
    """Documents that match a glob pattern, in the order of their paths; `_index.md` is none."""
    matching = {path for pattern in include for path in folder.glob(pattern)}
    chosen = (
        p
        for p in matching
        if p.is_file() and p.suffix.lower() in statutes.SUFFIXES and not p.name.startswith(("_", "."))
    )
    return sorted(chosen, key=lambda path: path.relative_to(folder).as_posix())


def sources(settings: Statutes) -> Iterator[tuple[Path, list[Path]]]:
    """What the settings of `knowledge=statutes` read, as far as it is there.

    Returns:
        (folder, files in it) of each source.
    """
    folder = locate(settings.path)
    yield (
        folder,
        files(folder, [*settings.include, *settings.charge_lists, *settings.interpretations]),
    )
    for older in map(find, settings.older):
        if older.is_dir():
            yield older, versions.paths(older)
    for path in map(find, filter(None, (settings.guideline, settings.thresholds))):
        if path.is_file():
            yield path.parent, [path]


def _body(document: Document) -> str:
    return hashlib.sha256("\n".join(f"{row.ref} {row.text}" for row in document.rows).encode()).hexdigest()


def _parse(folder: Path, path: Path) -> Document:
    name = path.relative_to(folder).as_posix()
    kind = name.split("/")[0] if "/" in name else ""
    try:
        lines, encoding = read_lines(path)
    except Undecodable as error:
        return Document(name, problems=[Problem(name, 0, "unreadable", str(error))])
    document = statutes.parse(lines, name, kind, sha256(path))
    if not encoding.startswith("utf-8"):
        document.problems.append(Problem(name, 0, "encoding", f"read as {encoding}"))
    return document


# Files that say what is in a folder.
_CONTENTS = re.compile(r"(?:readme|index|目录|00?)$", re.I)
_HAN = re.compile("[\u4e00-\u9fa5]")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def of_several_files(documents: list[Document]) -> list[Document]:
    """The documents, where the files of a folder that are parts of one law are one.

    README.md names the law and when it was made, else the folder does. A part that nothing names
    loses its articles: they would be nobody's.
    """
    folders: dict[str, list[Document]] = {}
    for document in documents:
        folders.setdefault(str(PurePosixPath(document.file).parent), []).append(document)
    kept: list[Document] = []
    for folder, inside in folders.items():
        contents = [one for one in inside if _CONTENTS.match(PurePosixPath(one.file).stem)]
        parts = [one for one in inside if statutes.is_part(one) and one not in contents and one.rows]
        named = [one for one in inside if one not in parts and one not in contents]
        told = next((one for one in contents if not statutes.is_part(one)), None)
        name = told.title if told else PurePosixPath(folder).name
        if not parts:
            kept += inside
        elif named or not _HAN.search(name):
            kept += [one for one in inside if one not in parts]
            for one in parts:
                detail = f"{one.title or 'no title'}: name the law in a README.md beside it"
                one.rows, one.problems = [], [*one.problems, Problem(one.file, 0, "no_name", detail)]
            kept += parts
        else:
            history = [line for one in contents for line in one.history if _YEAR.search(line)]
            kept.append(statutes.joined(name, history, parts))
    return kept


def without_duplicates(documents: list[Document]) -> tuple[list[Document], list[Problem]]:
    """Documents whose title and articles were not seen before, and a problem for each that was."""
    seen: dict[tuple[str, str], str] = {}
    kept, problems = [], []
    for document in documents:
        key = document.law, _body(document)
        if document.rows and key in seen:
            problems.append(Problem(document.file, 0, "duplicate", f"the same text as {seen[key]}"))
        else:
            seen[key] = document.file
            kept.append(document)
    return kept, problems


def _close(old: Document, day: str, new: Document, by_number: bool = True) -> bool:
    """End the rows of `old` that are still in force on `day`; whether there were any."""
    after = {(row.ref, row.unit): row.id for row in new.rows} if by_number else {}
    ended = [row for row in old.rows if not row.valid_to or row.valid_to > day]
    for row in ended:
        row.valid_to = day
        row.superseded_by = after.get((row.ref, row.unit), new.file)
    return bool(ended)


def date_versions(documents: list[Document]) -> list[Problem]:
    """End each version of a law on the day of the next one that numbers its articles alike.

    Parts of one law in several files (the Civil Code) share no number, so they end nothing.
    """
    by_law: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        by_law[plain(document.law)].append(document)
    problems = []
    for same in by_law.values():
        same.sort(key=lambda document: document.date)
        numbers = [{(row.ref, row.unit) for row in document.rows} for document in same] if same[1:] else []
        for place, old in enumerate(same[:-1]):
            later = (
                same[other]
                for other in range(place + 1, len(same))
                if old.date < same[other].date and numbers[place] & numbers[other]
            )
            if (new := next(later, None)) and _close(old, new.date, new):
                problems.append(Problem(old.file, 0, "superseded", f"from {new.date} on by {new.file}"))
                for row in new.rows:
                    # The version before it is known: this one need not answer for its time.
                    row.exists_from = ""
    return problems


# 《…》、《…》同时废止 in the last articles; 中关于…的规定同时废止 ends a part only.
_REPEAL = re.compile(r"[^。；\n]*废止")
_NAME = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_PART = re.compile(r"》[^《。；]{0,12}中[^《。；]*废止")


def repealed(document: Document) -> list[str]:
    """Names (as `plain` has them) of the laws that a document repeals altogether."""
    names = []
    for row in document.rows[-3:]:
        for match in _REPEAL.finditer(row.text):
            if not _PART.search(match[0]):
                names += [plain(name) for name in _NAME.findall(match[0])]
    return names


def close_repealed(documents: list[Document]) -> list[Problem]:
    """End what a later document repeals by name (…同时废止), on the day it comes into force."""
    by_name: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        name = plain(document.law)
        for short in {name, name[max(name.find("关于"), 0) :]}:
            by_name[short].append(document)
    problems = []
    for document in documents:
        day = document.in_force or document.date
        for old in (old for name in repealed(document) for old in by_name.get(name, [])):
            if old.file != document.file and old.date < day and _close(old, day, document, by_number=False):
                problems.append(Problem(old.file, 0, "repealed", f"from {day} on by {document.file}"))
    return problems


def unique(rows: list[Row]) -> tuple[list[Row], list[Problem]]:
    """Rows by identity.

    A number that one document has twice (an annex counts from 1 again) makes two rows, the second
    with `copy` 2; the same article in two documents of one law and date is one row, the longer
    text.
    """
    by_id: dict[str, Row] = {}
    repeated: Counter[tuple[str, str]] = Counter()
    for row in rows:
        while (known := by_id.get(row.id)) and known.source == row.source:
            row.copy += 1
        if known or row.copy > 1:
            repeated[row.source, known.source if known else row.source] += 1
        if not known or len(row.text) > len(known.text):
            by_id[row.id] = row
    problems = [
        Problem(source, 0, "repeated_articles", f"{count} also in {other}")
        for (source, other), count in repeated.items()
    ]
    return list(by_id.values()), problems


def criminal_law(
    documents: list[Document], older: Iterable[Path] = ()
) -> tuple[list[Row] | None, list[Problem]]:
    """Versions of the Criminal Law from its full texts and amendments among `documents`.

    Args:
        documents: parsed files.
        older: folders with older full texts; one that is not there is reported.

    Returns:
        (rows, problems); no rows (None) where there is no full text, or where the amendments that
        its history names are not all there: then a text cannot be dated article by article.
    """
    full = [document for document in documents if document.law == articles.CRIMINAL_LAW]
    changed = [document for document in documents if changes.is_amendment(document)]
    if not full:
        return None, []
    problems = []
    if lacking := sorted({name for document in full for name in versions.missing(document, changed)}):
        problems.append(
            Problem(full[0].file, 0, "no_amendment", f"not dated by article without {'、'.join(lacking)}")
        )
        return None, problems
    for folder in older:
        earlier = versions.full_texts(folder) if folder.is_dir() else []
        if not earlier:
            problems.append(Problem(folder.name, 0, "no_older_text", "no text of 刑法 there"))
        full = full + earlier
    return versions.build(full, changed), problems


def read(folder: Path, include: Iterable[str], older: Iterable[Path] = ()) -> tuple[list[Row], list[Problem]]:
    """All articles of a collection, in the order of paths and articles.

    Amendments of the Criminal Law make its versions and are no rows themselves.

    Args:
        folder: the collection.
        include: glob patterns of its documents.
        older: folders with older full texts of the Criminal Law.

    Returns:
        (rows, problems).
    """
    parsed = of_several_files([_parse(folder, path) for path in files(folder, include)])
    documents, problems = without_duplicates(parsed)
    for document in parsed:
        problems += document.problems
    criminal, of_law = criminal_law(documents, older)
    # What an amendment says stands in the law by now.
    documents = [document for document in documents if not changes.is_amendment(document)]
    problems += [*of_law, *date_versions(documents), *close_repealed(documents)]
    rows: list[Row] = []
    for document in documents:
        if criminal is None or document.law != articles.CRIMINAL_LAW:
            rows += document.rows
        else:
            # Once, where its first text stands.
            rows, criminal = rows + criminal, []
    rows, repeated = unique([row for row in rows if row.text or not row.complete])
    return rows, problems + repeated
