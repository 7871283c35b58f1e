"""A folder of statutes → one table of articles: duplicates left out, versions of one law dated."""

from __future__ import annotations

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from lexpro.errors import UserError
from lexpro.knowledge import amendments, statutes
from lexpro.knowledge.statutes import Document, Problem
from lexpro.knowledge.table import Row

SUFFIXES = {".md", ".txt", ".html", ".htm"}


def locate(path: str) -> Path:
    """A folder as it is given, or below `LEXPRO_MIRROR`; raises UserError where neither exists."""
    own = Path(os.path.expandvars(path)).expanduser()
    mirror = os.environ.get("LEXPRO_MIRROR")
    for folder in [own, *([Path(mirror) / path] if mirror else [])]:
        if folder.is_dir():
            return folder
    below = f" nor below LEXPRO_MIRROR ({mirror})" if mirror else ", and LEXPRO_MIRROR is not set"
    raise UserError(
        f"knowledge.path: no folder {path}{below}. Give a folder of statutes (Markdown, text or HTML), "
        "or use knowledge=facts, which needs none."
    )


def files(folder: Path, include: Iterable[str]) -> list[Path]:
    """Documents that match a glob pattern, in the order of their paths; Hugo's `_index.md` is none."""
    found = {path for pattern in include for path in folder.glob(pattern)}
    chosen = (
        p for p in found if p.is_file() and p.suffix.lower() in SUFFIXES and not p.name.startswith(("_", "."))
    )
    return sorted(chosen, key=lambda path: path.relative_to(folder).as_posix())


def _body(document: Document) -> str:
    return hashlib.sha256("\n".join(f"{row.ref} {row.text}" for row in document.rows).encode()).hexdigest()


def _parse(folder: Path, path: Path) -> Document:
    name = path.relative_to(folder).as_posix()
    try:
        return statutes.parse(statutes.lines_of(path), name, name.split("/")[0] if "/" in name else "")
    except UnicodeDecodeError as error:
        problem = Problem(name, 0, "unreadable", f"not UTF-8: byte {error.start}")
        return Document(name, problems=[problem])


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


def date_versions(documents: list[Document]) -> list[Problem]:
    """Close the older versions: a later document of the same law and number ends what came before it.

    Parts of one law in several files (the Civil Code) share no number, so they close nothing.
    """
    by_article: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    newest: dict[str, str] = {}
    for document in documents:
        newest[document.law] = max(newest.get(document.law, ""), document.date)
        for row in document.rows:
            by_article[row.law, row.ref, row.unit].append(row)
    ended: dict[tuple[str, str], str] = {}
    for rows in by_article.values():
        rows.sort(key=lambda row: row.valid_from)
        for old, new in zip(rows, rows[1:], strict=False):
            if old.valid_from < new.valid_from:
                old.valid_to = new.valid_from
                ended[old.source, new.valid_from] = new.source
    # The shorter version's successor may have fewer articles: what has no counterpart ends with the rest.
    last = dict(sorted(ended))
    for document in documents:
        for row in document.rows:
            if not row.valid_to and document.file in last:
                row.valid_to = last[document.file]
    return [
        Problem(source, 0, "superseded", f"from {date} on by {successor}")
        for (source, date), successor in sorted(ended.items())
    ]


def unique(rows: list[Row]) -> tuple[list[Row], list[Problem]]:
    """Rows by identity.

    A number that one document has twice (an annex counts from 1 again) makes two rows, the second with
    `copy` 2; the same article in two documents of one law and date is one row, the longer text.
    """
    found: dict[str, Row] = {}
    repeated: Counter[tuple[str, str]] = Counter()
    for row in rows:
        while (known := found.get(row.id)) and known.source == row.source:
            row.copy += 1
        if known or row.copy > 1:
            repeated[row.source, known.source if known else row.source] += 1
        if not known or len(row.text) > len(known.text):
            found[row.id] = row
    problems = [
        Problem(source, 0, "repeated_articles", f"{count} also in {other}")
        for (source, other), count in repeated.items()
    ]
    return list(found.values()), problems


def read(folder: Path, include: Iterable[str]) -> tuple[list[Row], list[Problem]]:
    """(rows, problems) of a collection, in the order of paths and articles; amendments date the law, and
    are left out.
    """
    parsed = [_parse(folder, path) for path in files(folder, include)]
    documents, problems = without_duplicates(parsed)
    for document in parsed:
        problems += document.problems
    amendments.date(documents)
    # What an amendment says stands in the law by now.
    documents = [document for document in documents if not amendments.is_amendment(document)]
    problems += date_versions(documents)
    rows, repeated = unique([row for document in documents for row in document.rows if row.text])
    return rows, problems + repeated
