"""What a check is given, and what it gives: a case, and findings with their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lexpro.corpus import days, spans
from lexpro.corpus.parsing.sections import plain
from lexpro.law import articles
from lexpro.records import Defendant, Judgment
from lexpro.statutes import tiers
from lexpro.statutes.lookup import Law

_YEAR = re.compile("((?:19|20)[0-9]{2})年")


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not agree.

    Attributes:
        start: place in the text that was checked.
        end: its end.
        reason: what does not agree with what, in Chinese.
        basis: the article or the arithmetic.
        kind: name of the check.
    """

    start: int
    end: int
    reason: str
    basis: str = ""
    kind: str = ""


@dataclass
class Case:
    """A judgment and the law to check it by.

    Attributes:
        text: as `lexpro.encoding.tidy` gives it.
        record: what the rules read in it.
        law: versions of articles; None: nothing is said of citations.
        charges: charge → articles of 刑法.
        tiers: article → tiers of today, for articles without a penalty of their own.
    """

    text: str
    record: Judgment
    law: Law | None = None
    charges: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tiers: Mapping[str, Sequence[dict]] = field(default_factory=dict)

    @cached_property
    def plain(self) -> str:
        """The text in one kind of characters; same places."""
        return plain(self.text)

    @cached_property
    def act(self) -> str | None:
        """The last day of the act, where the facts tell it."""
        return days.of_act(self.record, self.text)

    @cached_property
    def since(self) -> str:
        """The act was on this day or later: of a year alone, its first day."""
        start, end = self.part("facts") or self.part("accusation") or (0, len(self.text))
        years = _YEAR.findall(self.plain, start, end)
        return self.act or (f"{max(years)}-01-01" if years else "")

    @cached_property
    def elements(self) -> list[spans.Element]:
        """The elements with their places."""
        return spans.elements(self.record, self.text)

    def part(self, name: str) -> tuple[int, int] | None:
        """A section's place, None where the text has none."""
        return self.record.sections.get(name)

    def found(self, number: int, *fields: str, value: object = None) -> tuple[int, int] | None:
        """Where an element of a defendant stands.

        Args:
            number: of the defendant, from 0; -1 for the case.
            *fields: names of elements, without the charge of a term (有期徒刑 for 盗窃罪·有期徒刑);
                the first of them that has a place counts.
            value: the value that the element has to have; None for any.

        Returns:
            (start, end) in the text; None where none of them has a place.
        """
        for name in fields:
            for one in self.elements:
                if one.owner != number or one.field.split("·")[-1] != name or not one.span:
                    continue
                if value is None or one.value == value:
                    return one.span
        return None

    def place(self, number: int, *fields: str, value: object = None) -> tuple[int, int]:
        """Where an element of a defendant stands, or the beginning of the operative part.

        Args:
            number: of the defendant, from 0; -1 for the case.
            *fields: names of elements, as in `found`.
            value: the value that the element has to have; None for any.

        Returns:
            (start, end) in the text. Where the element has no place, the first 40 characters of the
            operative part, or of the text where that has none.
        """
        if span := self.found(number, *fields, value=value):
            return span
        start, end = self.part("judgment") or (0, len(self.text))
        return start, min(end, start + 40)

    def term_place(self, number: int, charge: str, kind: str) -> tuple[int, int]:
        """Where the term for one charge stands.

        Args:
            number: of the defendant, from 0.
            charge: its canonical name.
            kind: of the punishment: 有期徒刑, 拘役.

        Returns:
            (start, end) in the text. Where the term for the charge has no place, that of the
            sentence as a whole, else what `place` gives.
        """
        wanted = f"{charge}·{kind}"
        found = next(
            (one.span for one in self.elements if one.owner == number and one.field == wanted and one.span),
            None,
        )
        return found or self.place(number, "刑期", "刑种")

    def people(self) -> Iterator[tuple[int, Defendant]]:
        """The defendants with their numbers."""
        return enumerate(self.record.defendants)

    def tiers_of(self, charge: str) -> tuple[str, list[dict]]:
        """(article, tiers of natural persons) of a charge on the day of the judgment.

        A charge of several articles (114 and 115) has the tiers of all; none where how one of them
        read that day is not known, or came after the act.
        """
        refs = list(self.charges.get(charge, ()))
        found: list[dict] = []
        for ref in refs:
            own = self._tiers_of_article(ref)
            if not own:
                return refs[0], []
            found += own
        found = [tier for tier in found if not tier.get("unit") and tier.get("charge") in (None, charge)]
        return (refs[0] if refs else ""), found

    def _tiers_of_article(self, ref: str) -> list[dict]:
        today = list(self.tiers.get(ref, ()))
        if self.law is None:
            return today
        row = self.law.article(articles.CRIMINAL_LAW, ref, self.record.date)
        if row is None or not row.complete:
            # How it read that day is not known: today's text would accuse the judges of then.
            return []
        if self.since < row.valid_from:
            # 从旧兼从轻 (article 12): which version counts is not for a check.
            return []
        own = tiers.parse(row.text)
        if not own:
            return [] if row.valid_to else today
        # The gravest case may be punished by another article: 144 → 141.
        elsewhere = [tier for tier in today if tier.get("from")]
        return [] if tiers.referred(row.text) and not elsewhere else own + elsewhere
