"""The Criminal Law as it read on a day: every version of every article.

They come from full texts and amendments; each change of an article begins a version. A version's
text is that of a full text of the law (`刑法.md`, today's and older ones), or what an amendment
quotes, or follows from the version before or after it by the operations of `changes`. What none of
these says is missing: `complete` is False, `text` has the paragraphs that are known (or is ""), and
no later text is passed off as the law of that day.

    law = versions.read(folder, [older_folder])
    law.article("刑法", 133, "2012-01-01", sub=1)
    law.lenient("刑法", 383, act="2014-05-01", judgment="2016-03-01")   # 从旧兼从轻
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from lexpro.hashing import sha256
from lexpro.law import articles
from lexpro.statutes import changes, documents
from lexpro.statutes.changes import Change
from lexpro.statutes.documents import Document
from lexpro.statutes.lookup import Law
from lexpro.statutes.source_lines import lines_of
from lexpro.statutes.table import Row
from lexpro.workflow.errors import UserError

# Changed by decisions that are no amendment (history lines of 刑法.md): 1998-12-29 on foreign
# exchange, and 2009-08-27 on several laws (征用).
DECISIONS = {"1998-12-29": ("190",), "2009-08-27": ("381", "410")}


@dataclass(slots=True)
class _Version:
    """The days [begin, end) of an article, and what is known of its paragraphs.

    Attributes:
        begin: ISO date.
        source: file that began it.
        done: operations that led to it.
        end: ISO date, "" where it is in force.
        known: its paragraphs, None for one whose text is not known.
        closed: whether the number of its paragraphs is known too.
    """

    begin: str
    source: str
    done: list[Change]
    end: str = ""
    known: changes.Known = field(default_factory=list)
    closed: bool = False

    @property
    def deleted(self) -> bool:
        """Whether there is no such article from `begin` on."""
        return bool(self.done) and self.done[-1].kind == "delete" and not self.done[-1].paragraph

    @property
    def text(self) -> str:
        """The paragraphs that are known."""
        return "\n".join(filter(None, self.known))

    def learn(self, paragraphs: changes.Known | None, closed: bool) -> None:
        """Take over paragraphs that are known from elsewhere."""
        if paragraphs is None or (not closed and self.closed and len(paragraphs) > len(self.known)):
            return
        if self.closed and closed and len(paragraphs) != len(self.known):
            return
        longer, shorter = (
            (paragraphs, self.known) if len(paragraphs) > len(self.known) else (self.known, paragraphs)
        )
        if closed and not self.closed:
            longer, shorter = paragraphs, self.known[: len(paragraphs)]
        filled = [*shorter, *[None] * (len(longer) - len(shorter))]
        self.known = [a if a is not None else b for a, b in zip(longer, filled, strict=True)]
        self.closed = self.closed or closed


def _spread(versions: list[_Version]) -> None:
    """Fill each version from its neighbours, as far as the operations between them tell."""
    for _ in range(2):
        for before, after in zip(versions, versions[1:], strict=False):
            known = changes.applied(before.known, after.done)
            after.learn(known, before.closed or any(map(changes.whole, after.done)))
        for before, after in list(zip(versions, versions[1:], strict=False))[::-1]:
            if after.closed:
                before.learn(changes.undone(after.known, after.done), True)


def _steps(changed: Iterable[Document]) -> dict[str, list[_Version]]:
    """{ref: one version for each change of it}, in the order of days; none of them has a text."""
    by_ref: dict[str, list[_Version]] = {}
    for day, refs in DECISIONS.items():
        for ref in refs:
            by_ref.setdefault(ref, []).append(_Version(day, "", [Change("opaque")]))
    for document in changed:
        for ref, operations in changes.operations(document).items():
            by_ref.setdefault(ref, []).append(_Version(document.date, document.file, operations))
    return {ref: sorted(versions, key=lambda version: version.begin) for ref, versions in by_ref.items()}


def _rows(template: Row, versions: list[_Version], hashes: dict[str, str]) -> list[Row]:
    """A row for each version that is not a deletion."""
    rows = []
    for version, after in zip(versions, [*versions[1:], None], strict=True):
        if version.deleted:
            continue
        source = version.source or template.source
        row = replace(
            template,
            charges=list(template.charges),
            text=version.text,
            valid_from=version.begin,
            valid_to=version.end,
            exists_from=versions[0].begin,
            source=source,
            sha256=hashes.get(source, template.sha256),
            complete=version.closed and None not in version.known,
        )
        if rows and rows[-1].valid_to == row.valid_from:
            rows[-1].superseded_by = row.id
        if after is not None and after.deleted:
            row.superseded_by = after.source
        rows.append(row)
    return rows


def missing(full: Document, changed: Iterable[Document]) -> list[str]:
    """Names of the amendments that the history of a full text names and `changed` lacks."""
    return sorted(amendments(full) - {document.law for document in changed})


def amendments(full: Document) -> set[str]:
    """Names of the amendments that the history of a full text names."""
    return changes.named("\n".join(full.history))


def build(full: Sequence[Document], changed: Sequence[Document]) -> list[Row]:
    """Rows of full texts and amendments, article by article and oldest version first."""
    full = sorted(full, key=lambda document: document.date, reverse=True)
    today = full[0]
    dates = {document.law: document.date for document in changed}
    until = [
        max((dates[name] for name in amendments(text) if name in dates), default=today.in_force or today.date)
        for text in full
    ]
    texts = [{row.ref: row for row in text.rows} for text in full]
    hashes = {document.file: document.sha256 for document in changed}
    steps = _steps(changed)

    def gone(number: int, sub: int) -> Row:
        """An article that no full text has any more: what it shares with the others of the law."""
        shared = {name: getattr(today.rows[0], name) for name in ("kind", "issuer", "source", "sha256")}
        return Row(today.law, number, sub, "", **shared)

    rows: list[Row] = []
    for ref in dict.fromkeys([*texts[0], *(ref for text in texts[1:] for ref in text), *steps]):
        article = articles.parse_ref(ref)
        known = [text[ref] for text in texts if ref in text]
        # A decision is no source: an article that neither a text nor an amendment has is not of
        # this law.
        if article is None or not (known or any(version.source for version in steps[ref])):
            continue
        template = known[0] if known else gone(article.number, article.sub)
        versions = list(steps.get(ref, []))
        # 条之X came with an amendment; the others were there from the beginning.
        if not article.sub or not versions:
            versions.insert(0, _Version(today.in_force or today.date, "", []))
        for version, after in zip(versions, versions[1:], strict=False):
            version.end = after.begin
        if versions[0].done:
            versions[0].learn(changes.applied([], versions[0].done), True)
        # Today's text last: where nothing changed between two of them it is the source.
        for text, last in list(zip(texts, until, strict=True))[::-1]:
            then = [version for version in versions if version.begin <= last]
            if then and ref in text:
                then[-1].known, then[-1].closed = [*changes.paragraphs(text[ref].text)], True
                then[-1].source = text[ref].source
                hashes[text[ref].source] = text[ref].sha256
        _spread(versions)
        rows += _rows(template, versions, hashes)
    return rows


def parse(path: Path, folder: Path) -> Document:
    """Parse a file of a folder of statutes."""
    name = path.relative_to(folder).as_posix()
    return documents.parse(lines_of(path), name, "刑法", sha256(path))


def paths(folder: Path) -> list[Path]:
    """The files of a folder that may be full texts of the Criminal Law, by their names."""
    return sorted(path for path in folder.rglob("刑法*") if path.suffix.lower() in documents.SUFFIXES)


def full_texts(folder: Path) -> list[Document]:
    """Full texts of the Criminal Law in a folder, by the names of files.

    Sources bear the folder's name, because an older text is often called as today's.
    """
    parsed = [parse(path, folder.parent) for path in paths(folder)]
    return [document for document in parsed if document.law == articles.CRIMINAL_LAW]


def read(folder: Path, older: Sequence[Path] = ()) -> Law:
    """The law of a folder with `刑法/刑法.md` and `刑法/刑法修正案*.md`.

    Args:
        folder: the folder.
        older: folders with an older `刑法.md`.

    Raises:
        UserError: one of them has no text of the law.
    """
    full = []
    for root in [folder, *older]:
        texts = full_texts(root)
        if not texts:
            raise UserError(f"versions: no text of 刑法 in {root} (刑法/刑法.md).")
        full += texts
    changed = [parse(path, folder) for path in sorted(folder.glob("刑法/刑法修正案*.md"))]
    return Law(build(full, [document for document in changed if changes.is_amendment(document)]))
