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
    raise UserError(f"{text!r} is no date; write 2021-03-01.")


# Crimes that were carved out of heavier ones: before, the act could be punished by these articles.
CARVED = {"133之2": ("114", "115"), "142之1": ("141",), "291之2": ("114", "115"), "293之1": ("293", "238")}


@dataclass(frozen=True, slots=True)
class Lenient:
    """从旧兼从轻 (article 12): the version of the act, and that of the judgment.

    Attributes:
        then: the version in force on the day of the act.
        now: the one in force on the day of the judgment.
        check: whether the two differ at all, in their text or in their penalties, which may stand
            in other articles (385 → 383).
        applies: "then", "now", or "check" where the tiers do not decide: some are lighter and some
            are not, a text is not known, a version between the two days may be lighter than both,
            or there was no such article.
        interim: versions between the two days that may be lighter than both.
        before: articles that could punish the act while there was no such article.
    """

    then: Row | None
    now: Row | None
    check: bool
    applies: str
    interim: tuple[Row, ...] = ()
    before: tuple[str, ...] = ()


class Law:
    """Versions by (law, ref), oldest first."""

    def __init__(self, rows: Iterable[Row]):
        self.versions: dict[tuple[str, str], list[Row]] = {}
        self._names: dict[str, set[str]] = {}
        self._tiers: dict[str, dict[str, list[dict]]] = {}
        for row in rows:
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
                f"{number!r} is no number of an article; write 133, 133之1 or 第一百三十三条之一."
            )
        ref = f"{article.number}之{sub or article.sub}" if sub or article.sub else article.ref
        names = self._names.get(plain(law), set())
        versions = [row for name in names for row in self.versions.get((name, ref), [])]
        # A short name that two laws bear names neither.
        return versions if len({row.law for row in versions}) == 1 else []

    def article(self, law: str, number: int | str, date: str | Day | None = None, sub: int = 0) -> Row | None:
        """The version in force on `date` (ISO; None: now), None where there was no such article.

        Args:
            law: name of the law, short or in full.
            number: 133, "133", "第一百三十三条之一", "133-1", as in `history`.
            date: ISO or a day; None is now.
            sub: X of 条之X.

        Raises:
            UserError: `number` is no number of an article, or `date` no day.
        """
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
        act, judgment = _day(act), _day(judgment)
        then, now = self.article(law, number, act, sub), self.article(law, number, judgment, sub)
        if then is None or now is None:
            # Whether the act was or is punished by another article is for the reader.
            before = CARVED.get(now.ref, ()) if now and now.law == articles.CRIMINAL_LAW else ()
            return Lenient(then, now, True, "check", before=before)
        old, new = self._penalties(then, act), self._penalties(now, judgment)
        if then == now and old == new:
            order: int | None = 0
        else:
            order = None if old is None or new is None else tiers.compare(old, new)
        interim = () if order is None else self._lighter_between(then, act, judgment, old, new)
        applies = "check" if order is None or interim else "now" if order > 0 else "then"
        return Lenient(then, now, then != now or old != new or bool(interim), applies, interim)

    def _penalties(self, row: Row, day: str) -> list[dict] | None:
        """The tiers of an article on a day, also those that stand elsewhere.

        None where a text that they stand in is not known.
        """
        if row.law != articles.CRIMINAL_LAW:
            return tiers.parse(row.text) if row.complete else None
        if day not in self._tiers:
            rows = [one for (law, _), known in self.versions.items() if law == row.law for one in known]
            self._tiers[day] = tiers.by_article(rows, day)
        found = self._tiers[day].get(row.ref, [])
        places = {row.ref, *(tier["from"] for tier in found if "from" in tier)}
        texts = [self.article(row.law, place, day) for place in places]
        return found if all(text and text.complete for text in texts) else None

    def _lighter_between(
        self, row: Row, act: str, judgment: str, old: list[dict], new: list[dict]
    ) -> tuple[Row, ...]:
        """Versions between act and judgment that may be lighter than those of both days."""
        begun = {
            one.valid_from for (law, _), known in self.versions.items() if law == row.law for one in known
        }
        lighter: dict[str, Row] = {}
        for day in sorted(day for day in begun if act < day < judgment):
            between = self.article(row.law, row.ref, day)
            penalties = self._penalties(between, day) if between else None
            if between is None or penalties in (old, new):
                continue
            orders = [None if penalties is None else tiers.compare(one, penalties) for one in (old, new)]
            # None: nobody can tell; 1: it is lighter.
            if all(order is None or order > 0 for order in orders):
                lighter[between.id] = between
        return tuple(lighter.values())
