"""What was read of each defendant of an operative part, and the record that it makes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lexpro.corpus.parsing.tokens import Token
from lexpro.records import ACQUITTED, ALONE, TERM_KINDS, TIMED_KINDS, Defendant, Term

# A punishment whose measure was taken out, or is damaged: 有期徒刑×年, 判处××, 罚金****元.
_HIDDEN = r"[×xX*＊�_＿■□?？]"
_UNREADABLE = re.compile(
    rf"判处(?:有期徒刑|拘役|管制)?{_HIDDEN}+|(?:有期徒刑|拘役|管制|考验期|缓刑){_HIDDEN}+(?:年|个月|月|，|$)"
    rf"|(?:有期徒刑|拘役|管制)[一二三四五六七八九十两零0-9年]{{0,4}}{_HIDDEN}+(?:年|个月|月)"
    rf"|罚金(?:人民币)?{_HIDDEN}+|有期徒\ufffd+|\ufffd+期徒刑"
)


def _readable(term: Term) -> bool:
    return term.months is not None or term.kind not in TIMED_KINDS


def _joint_term(terms: list[Term]) -> Term | None:
    """The joint term; of unlike kinds (有期徒刑三年，管制一年, article 69(2)) the heaviest."""
    found = [term for term in terms if _readable(term)]
    if not found:
        return None
    first = max(found, key=lambda term: TERM_KINDS.index(term.kind))
    return Term(first.kind, first.months)


def _only(terms: list[Term]) -> Term | None:
    """The sentence where none is joint: the only term, or the only one that deprives of liberty."""
    if any(not _readable(term) for term in terms):
        return None
    if len(terms) == 1:
        return terms[0]
    served = {(term.kind, term.months) for term in terms}
    if len(served) > 1:
        served = {one for one in served if one[0] not in ("免予刑事处罚", ALONE)}
    return Term(*served.pop()) if len(served) == 1 else None


@dataclass(slots=True)
class Offence:
    """A charge, or several under one punishment, and what was read for it."""

    charges: tuple[str, ...]
    term: Term | None = None
    # Fines: whether one is named, and whether it stands beside a term (并处).
    fined: bool = False
    beside: bool = False


@dataclass(slots=True)
class Person:
    """What was read of one defendant so far."""

    defendant: Defendant
    offences: list[Offence] = field(default_factory=list)
    joint: bool = False
    joint_terms: list[Term] = field(default_factory=list)
    joint_fine: bool = False
    acquitted: bool = False
    maintained: bool = False
    # The number of the item in which the person was sentenced first.
    item: int = -1

    def apply(self, token: Token) -> None:
        """Give the defendant a punishment."""
        who = self.defendant
        offence = self.offences[-1] if self.offences else None
        if token.kind == "term" and token.term:
            if self.joint:
                self.joint_terms.append(token.term)
            elif offence is None:
                self.offences.append(Offence((), token.term))
            elif offence.term is None or not _readable(offence.term):
                offence.term = token.term
        elif token.kind == "probation":
            who.probation_months = token.months
        elif token.kind == "deprive":
            if token.months == -1:
                # For life takes in any number of years.
                who.deprivation_life, who.deprivation_months = True, 0
            elif not who.deprivation_life:
                who.deprivation_months = token.months
        elif token.kind == "confiscate":
            if token.amount:
                who.confiscation = token.amount + (0 if self.joint else who.confiscation)
            elif token.months:
                # All of it takes in a part.
                who.confiscation_all, who.confiscation = True, 0
        elif token.kind == "fine":
            self._fine(offence, token)

    def _fine(self, offence: Offence | None, token: Token) -> None:
        if offence and not self.joint:
            offence.fined = True
            offence.beside = offence.beside or token.beside
        if token.amount is None:
            return
        if self.joint:
            self.defendant.fine = token.amount + (self.defendant.fine if self.joint_fine else 0)
            self.joint_fine = True
        else:
            self.defendant.fine += token.amount

    def result(self) -> Defendant:
        """The defendant with terms and sentence; a fine alone counts only where no term stands."""
        who = self.defendant
        if self.acquitted and not self.offences:
            who.sentence = Term(ACQUITTED)
            return who
        for offence in self.offences:
            charge = offence.charges[0] if len(offence.charges) == 1 else None
            if offence.term:
                who.terms.append(Term(offence.term.kind, offence.term.months, charge))
            elif offence.fined and not offence.beside:
                who.terms.append(Term(ALONE, None, charge))
        who.sentence = _joint_term(self.joint_terms) if self.joint else _only(who.terms)
        if self.joint and not self.joint_terms:
            who.sentence = _only(who.terms)
        return who


def unreadable(operative: str) -> str | None:
    """The first punishment whose measure cannot be read (有期徒刑×年), or None."""
    match = _UNREADABLE.search(operative)
    return match[0] if match else None
