"""Ratings in SQLite while experts work: a log of events that is only ever added to.

A rating and its undoing are events; what holds is worked out from them. Every event is on disk
before the expert sees the next pair (WAL, full synchronisation), so a killed server loses nothing.
Tokens are kept as hashes.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from lexpro.experts.exports import Rating

_TABLES = """
CREATE TABLE IF NOT EXISTS experts (
    token_sha256 TEXT PRIMARY KEY, sheet TEXT NOT NULL, expert INTEGER NOT NULL, made_at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, sheet TEXT NOT NULL, expert INTEGER NOT NULL,
    showing TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('rated', 'undone')), rating TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS by_expert ON events (sheet, expert, number);
"""
# Seconds to wait for another process that writes.
_BUSY = 10


def now() -> str:
    """This instant, as ratings state it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


class Store:
    """The ratings of one sheet or several.

    Attributes:
        path: the database; its folder is made where it is missing.
    """

    def __init__(self, path: Path):
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.executescript(_TABLES)
        path.chmod(0o600)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=_BUSY, isolation_level="IMMEDIATE")) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            with database:
                yield database

    def enrol(self, sheet: str, expert: int) -> str:
        """A new token of an expert, who may have several; it is shown once and not kept."""
        token = secrets.token_urlsafe(18)
        with self._open() as database:
            database.execute("INSERT INTO experts VALUES (?, ?, ?, ?)", (_hash(token), sheet, expert, now()))
        return token

    def expert_of(self, sheet: str, token: str) -> int | None:
        """The expert of a token, or None; its hash is looked up, so that time tells nothing."""
        with self._open() as database:
            found = database.execute(
                "SELECT expert FROM experts WHERE token_sha256 = ? AND sheet = ?", (_hash(token), sheet)
            ).fetchone()
        return found[0] if found else None

    def add(self, ratings: Iterable[Rating]) -> None:
        """Record ratings, all of them or none."""
        with self._open() as database:
            database.executemany(
                "INSERT INTO events (sheet, expert, showing, kind, rating, at) VALUES (?, ?, ?, 'rated', ?, ?)",
                [
                    (r.sheet, r.expert, r.showing, json.dumps(asdict(r), ensure_ascii=False), r.at or now())
                    for r in ratings
                ],
            )

    def undo(self, sheet: str, expert: int) -> Rating | None:
        """Take back the rating that the expert made last; it is returned, and stays in the log."""
        last = next(iter(reversed(self.ratings(sheet, expert))), None)
        if last is not None:
            with self._open() as database:
                database.execute(
                    "INSERT INTO events (sheet, expert, showing, kind, rating, at) VALUES (?, ?, ?, 'undone', '', ?)",
                    (sheet, expert, last.showing, now()),
                )
        return last

    def ratings(self, sheet: str | None = None, expert: int | None = None) -> list[Rating]:
        """The ratings that hold, in the order in which they were made.

        Args:
            sheet: id of the sheet; None: all.
            expert: number of the expert; None: all.
        """
        with self._open() as database:
            rows = database.execute(
                "SELECT sheet, expert, showing, kind, rating FROM events "
                "WHERE (?1 IS NULL OR sheet = ?1) AND (?2 IS NULL OR expert = ?2) ORDER BY number",
                (sheet, expert),
            ).fetchall()
        held: dict[tuple, Rating] = {}
        for *name, kind, rating in rows:
            held.pop(tuple(name), None)
            if kind == "rated":
                held[tuple(name)] = Rating(**json.loads(rating))
        return list(held.values())

    def take_over(self, ratings: Iterable[Rating]) -> int:
        """Add the ratings of an export that are not there yet; how many.

        A rating that was made here later than the one of the export stays.
        """
        held = {(r.sheet, r.expert, r.showing): r.at for r in self.ratings()}
        fresh = [r for r in ratings if r.at > held.get((r.sheet, r.expert, r.showing), "")]
        self.add(fresh)
        return len(fresh)
