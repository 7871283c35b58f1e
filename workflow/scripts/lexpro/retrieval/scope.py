"""What a search may return: articles of a day and a law; cases of a province, a time, a charge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lexpro.law import courts
from lexpro.statutes import table
from lexpro.statutes.table import OPEN_END, as_number


@dataclass(frozen=True, slots=True)
class Scope:
    """Articles of `date` (ISO; None: in force now), of `law` (None: any)."""

    date: str | None = None
    law: str | None = None

    @property
    def day(self) -> int:
        """The day as a number, as `table.spans` has them."""
        return as_number(self.date or "", OPEN_END - 1)


@dataclass(frozen=True, slots=True)
class CaseScope:
    """Cases of a `province` (short name), with a `charge`, that cite `ref`; None for any.

    `level` is that of the court, one of `records.COURT_LEVELS`. They were decided from `since` to
    before `until` (ISO). Cases without a date are left out where either is given.
    """

    province: str | None = None
    charge: str | None = None
    ref: str | None = None
    since: str | None = None
    until: str | None = None
    level: str | None = None


class ArticleMask:
    """Which rows of articles.parquet a scope allows: [rows] bool."""

    def __init__(self, rows: Sequence[dict]):
        spans = np.array(table.spans(rows), int).reshape(-1, 2)
        self.begins, self.ends = spans.T
        self.laws = np.array([row["law"] for row in rows], object)

    def __call__(self, scope: Scope) -> np.ndarray:
        """The rows that a scope allows."""
        allowed = (self.begins <= scope.day) & (scope.day < self.ends)
        return allowed & (self.laws == scope.law) if scope.law else allowed


class CaseMask:
    """Which rows of cases.parquet a scope allows: [rows] bool."""

    def __init__(self, rows: Sequence[dict]):
        self.rows = rows
        self.columns = {name: np.array([row[name] for row in rows], object) for name in ("province", "date")}

    def __call__(self, scope: CaseScope) -> np.ndarray:
        """The rows that a scope allows."""
        allowed = np.ones(len(self.rows), bool)
        dates = self.columns["date"]
        if scope.province:
            allowed &= self.columns["province"] == scope.province
        if scope.since:
            allowed &= dates >= scope.since
        if scope.until:
            allowed &= (dates < scope.until) & (dates != "")
        if scope.level:
            allowed &= np.array(
                [bool(row["court"]) and courts.level(row["court"]) == scope.level for row in self.rows], bool
            )
        for name, wanted in (("charges", scope.charge), ("refs", scope.ref)):
            if wanted:
                allowed &= np.array([wanted in row[name] for row in self.rows], bool)
        return allowed
