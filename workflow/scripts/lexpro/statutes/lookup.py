"""Looking up an article: law, number in any form, day → the version in force.

law = Law.from_run(run_folder)   # articles.parquet of the stage `knowledge`
law.article("刑法", "第一百三十三条之一", "2012-01-01")
law.lenient("刑法", 383, act="2014-05-01", judgment="2016-03-01")   # 从旧兼从轻
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date as Day
from pathlib import Path

from lexpro.law import articles
from lexpro.statutes import table, tiers
from lexpro.statutes.table import Row
from lexpro.workflow.errors import UserError

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MARKS = re.compile(r"[\s　《》〈〉<>「」、，,（）()]")
_FIELDS = {field.name for field in fields(Row)}


def plain(law: str) -> str:
    """A law's name as it is compared: without the country's, quotation marks, blanks and commas."""
    return _MARKS.sub("", articles.law_name(law)).replace("中华人民共和国", "")


def _day(date: str | Day) -> str:
    """A day as ISO.

    Raises:
        UserError: `date` is no day.
    """
    text = str(date)
    try:
        if _DAY.fullmatch(text):
            return Day.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise UserError(f"article: {text!r} is no date; write 2021-03-01.")


@dataclass(frozen=True, slots=True)
class Lenient:
    """从旧兼从轻 (article 12): the version of the act, and that of the judgment.

    Attributes:
        then: the version in force on the day of the act.
        now: the one in force on the day of the judgment.
        check: whether the two differ at all.
        applies: "then", "now", or "check" where the two differ and their tiers do not decide,
            because some are lighter and some are not, or the text of one is not known.
    """

    then: Row | None
    now: Row | None
    check: bool
    applies: str


class Law:
    """Versions by (law, ref), oldest first."""

    def __init__(self, rows: Iterable[Row]):
        self.versions: dict[tuple[str, str], list[Row]] = {}
        self._names: dict[str, set[str]] = {}
        # The first day that is known of a law.
        self._since: dict[str, str] = {}
        for row in rows:
            self._since[row.law] = min(self._since.get(row.law, row.valid_from), row.valid_from)
            if (row.law, row.ref) not in self.versions:
                name = plain(row.law)
                # People leave the issuer of an interpretation away: 关于适用刑事诉讼法的解释.
                for short in {name, name[max(name.find("关于"), 0) :]}:
                    self._names.setdefault(short, set()).add(row.law)
            self.versions.setdefault((row.law, row.ref), []).append(row)
        for known in self.versions.values():
            known.sort(key=lambda row: row.valid_from)

    @classmethod
    def from_run(cls, folder: Path | str) -> Law:
        """The table that the stage `knowledge` wrote into `folder`.

        Raises:
            UserError: it is none.
        """
        return cls(
            Row(**{name: value for name, value in row.items() if name in _FIELDS})
            for row in table.read(Path(folder) / "articles.parquet")
        )

    def history(self, law: str, number: int | str, sub: int = 0) -> list[Row]:
        """Every version of an article, oldest first; [] where law or article are not known.

        Args:
            law: name of the law, short or in full.
            number: 133, "133", "１３３", "第一百三十三条之一", "133条之一", "133-1".
            sub: X of 条之X.

        Raises:
            UserError: `number` is no number of an article.
        """
        article = articles.parse_number(number)
        if article is None:
            raise UserError(
                f"article: {number!r} is no number of an article; write 133, 133之1 or 第一百三十三条之一."
            )
        ref = f"{article.number}之{sub or article.sub}" if sub or article.sub else article.ref
        names = self._names.get(plain(law), set())
        versions = [row for name in names for row in self.versions.get((name, ref), [])]
        # A short name that two laws bear names neither.
        return versions if len({row.law for row in versions}) == 1 else []

    def article(self, law: str, number: int | str, date: str | Day | None = None, sub: int = 0) -> Row | None:
        """The version in force on `date` (ISO; None: now), None where there was no such article."""
        day = None if date is None else _day(date)
        for row in reversed(self.history(law, number, sub)):
            if not row.valid_to if day is None else row.valid_from <= day and day < (row.valid_to or "9999"):
                return row
        return None

    def lenient(self, law: str, number: int | str, act: str, judgment: str, sub: int = 0) -> Lenient:
        """Which of both candidates of article 12 applies.

        Args:
            law: name of the law.
            number: number of the article, as in `history`.
            act: day of the act, ISO.
            judgment: day of the judgment, ISO.
            sub: X of 条之X.
        """
        then, now = self.article(law, number, act, sub), self.article(law, number, judgment, sub)
        if then == now:
            return Lenient(then, now, False, "then")
        if then is None:
            # What was no crime by this article stays none; before the law came into force nothing
            # is known of it.
            return Lenient(then, now, True, "then" if act >= self._since[now.law] else "check")
        if now is None or not (then.complete and now.complete):
            return Lenient(then, now, True, "check")
        order = tiers.compare(tiers.parse(then.text), tiers.parse(now.text))
        return Lenient(then, now, True, "check" if order is None else "now" if order > 0 else "then")
