"""The operative part (主文) of a criminal judgment: what each defendant is sentenced to.

A grammar over the tokens of `lexpro.corpus.parsing.tokens`; each production is a method below:

    verdict    = { item }
    item       = maintained | revoked | acquittal | sentence
    sentence   = [ WHO ] { offence | earlier } [ joint ]
    offence    = CRIME [ RESPECTIVELY ] { punishment }
    punishment = TERM | PROBATION | FINE | CONFISCATE | DEPRIVE
    earlier    = PRIOR { punishment }           punishments of earlier judgments: left out
    joint      = JOINT { punishment }           what is to be served of all (决定执行)
    acquittal  = WHO ACQUIT
    revoked    = REVOKE earlier                 (撤销…缓刑部分)
    maintained = MAINTAIN sentence              counts unless the same defendant is sentenced again

What is said behind 分别 is dealt out, to several defendants or to several charges (`deal`).
"""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.corpus.parsing.punishments import Offence, Person
from lexpro.corpus.parsing.tokens import Token, clean, tokenise
from lexpro.records import Defendant

PUNISHMENTS = frozenset({"term", "probation", "fine", "confiscate", "deprive"})


def deal(run: Sequence[Token], count: int) -> list[list[Token]]:
    """Deal out the punishments of `run` to `count` defendants or charges.

    By rows where each begins with its term (一年，缓刑二年；八个月，缓刑一年), else by kinds
    (一年、八个月，缓刑二年、一年); of a kind that stands once, each gets the same.
    """
    terms = [place for place, token in enumerate(run) if token.kind == "term"]
    if len(terms) == count and terms[-1] - terms[0] >= count:
        starts = [*terms, len(run)]
        return [list(run[start:end]) for start, end in zip(starts, starts[1:], strict=False)]
    rows: list[list[Token]] = [[] for _ in range(count)]
    for kind in dict.fromkeys(token.kind for token in run):
        of_kind = [token for token in run if token.kind == kind]
        if len(of_kind) == count:
            for row, token in zip(rows, of_kind, strict=True):
                row.append(token)
        elif len(of_kind) == 1 or kind in ("deprive", "confiscate"):
            for row in rows:
                row += of_kind
    return rows


class _Parser:
    """The productions over the tokens of one operative part."""

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self.people = [Person(Defendant(name)) for name in names]
        self.places: dict[str, list[int]] = {}
        for place, name in enumerate(names):
            self.places.setdefault(name, []).append(place)
        self.tokens = list(tokenise(text, sorted(self.places, key=len, reverse=True)))
        self.text = text
        self.at = 0
        self.item = 0
        self.current: list[Person] = []
        self.pending: list[str] = []
        # The charges of 以…罪判处, of whoever is named next.
        self.waiting: tuple[str, ...] = ()
        self.earlier = self.revoking = self.maintaining = False

    def verdict(self) -> list[Defendant]:
        """Read verdict = { item }."""
        productions = {
            "end": self._end,
            "who": self._named,
            "crime": self._offence,
            "joint": self._joint,
            "prior": self._earlier,
            "revoke": self._revoked,
            "maintain": self._maintained,
            "acquit": self._acquittal,
        }
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            production = productions.get(token.kind)
            if production:
                production(token)
            elif token.kind in PUNISHMENTS and not self.earlier:
                self._punished(token)
        return [person.result() for person in self.people]

    def _end(self, _: Token) -> None:
        self.earlier = self.revoking = self.maintaining = False
        self.pending, self.waiting = [], ()
        self.item += 1

    def _named(self, token: Token) -> None:
        self.pending = list(token.names)
        if self.waiting:
            self._sentenced(self._people(self.pending), self.waiting)
            self.waiting = ()

    def _people(self, names: Sequence[str]) -> list[Person]:
        """The defendants of these names; of one name, the next who has not been sentenced."""
        found: list[Person] = []
        for name in names:
            same = [self.people[place] for place in self.places[name]]
            free = [one for one in same if one not in found and one.item in (-1, self.item)]
            found += [one for one in (free or same)[:1] if one not in found]
        return found

    def _sentenced(self, people: list[Person], charges: tuple[str, ...]) -> None:
        """Begin an offence of these people."""
        for person in people:
            if person.maintained and not self.maintaining:
                person.defendant, person.offences = Defendant(person.defendant.name), []
                person.joint, person.joint_terms, person.joint_fine = False, [], False
            person.maintained = self.maintaining
            person.item = self.item
            if person.offences and people is not self.current:
                person.joint = False
            person.offences.append(Offence(charges))
            charged = person.defendant.charges
            charged += [name for name in charges if name not in charged]
        self.current, self.pending, self.earlier, self.revoking = people, [], False, False

    def _offence(self, token: Token) -> None:
        """Read offence = CRIME [ RESPECTIVELY ] { punishment }."""
        names = self.pending or ([token.owner] if token.owner else [])
        if not names and self.text.startswith("以", token.start):
            self.waiting = token.charges
            names = self._owner_behind()
            if names:
                self.waiting = ()
        if not names and (self.earlier or not self.current):
            return
        people = self._people(names) if names else self.current
        self._sentenced(people, token.charges)
        if self._at("respectively"):
            self.at += 1
            self._dealt(token.charges)
        elif len(people) == 1 and len(token.charges) > 1 and self._terms_ahead() == len(token.charges):
            self._dealt(token.charges)

    def _owner_behind(self) -> list[str]:
        """The names of 以…罪判处被告人张某, where they follow at once."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token and token.kind == "who" and token.start - self.tokens[self.at - 1].end <= 6:
            self.at += 1
            return list(token.names)
        return []

    def _at(self, kind: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at].kind == kind

    def _run(self) -> list[Token]:
        """The punishments that follow, also behind ； where they go on at once."""
        run: list[Token] = []
        place = self.at
        while place < len(self.tokens):
            token = self.tokens[place]
            if token.kind in PUNISHMENTS:
                run.append(token)
            elif token.kind != "respectively" and not self._semicolon(place):
                break
            place += 1
        return run

    def _semicolon(self, place: int) -> bool:
        token, behind = self.tokens[place], self.tokens[place + 1 : place + 2]
        return (
            self.text[token.start] == "；"
            and bool(behind)
            and behind[0].kind == "term"
            and behind[0].start == token.end
        )

    def _terms_ahead(self) -> int:
        return sum(token.kind == "term" for token in self._run())

    def _dealt(self, charges: tuple[str, ...]) -> None:
        """The punishments behind 分别: to each defendant, or to each charge of the only one."""
        run = self._run()
        count = len(self.current) if len(self.current) > 1 else len(charges)
        if count < 2 or len(run) < 2:
            return
        rows = deal(run, count)
        # All of them are read; what lies between is ； or a word.
        self.at = self.tokens.index(run[-1], self.at) + 1
        if len(self.current) > 1:
            for person, row in zip(self.current, rows, strict=True):
                for token in row:
                    person.apply(token)
            return
        (person,) = self.current
        person.offences[-1:] = [Offence((charge,)) for charge in charges]
        last = person.offences[-1]
        for offence, row in zip(person.offences[-count:], rows, strict=True):
            person.offences.append(offence)
            for token in row:
                person.apply(token)
            person.offences.pop()
        person.offences[-1] = last

    def _punished(self, token: Token) -> None:
        if self.pending and (token.kind == "term" or not self.current):
            self.current, self.pending = self._people(self.pending), []
        for person in self.current:
            person.apply(token)

    def _earlier(self, _: Token) -> None:
        """Read earlier = PRIOR { punishment }: left out up to a joint term or offence."""
        self.earlier = bool(self.current) or bool(self.pending)

    def _revoked(self, token: Token) -> None:
        """Read revoked = REVOKE earlier."""
        while self.at < len(self.tokens) and self.tokens[self.at].start < token.end:
            inside = self.tokens[self.at]
            if inside.kind == "who" and not self.current:
                self.current = self._people(inside.names)
            self.at += 1
        self.earlier = self.revoking = True

    def _maintained(self, _: Token) -> None:
        self.maintaining = True

    def _joint(self, token: Token) -> None:
        """Read joint = JOINT { punishment }: what is to be served of all."""
        if self.revoking and not self.text.startswith("决定", token.start):
            # 撤销缓刑，执行有期徒刑一年: the earlier term.
            return
        self.earlier = False
        if self.pending:
            self.current, self.pending = self._people(self.pending), []
        for person in self.current:
            person.joint, person.joint_terms, person.joint_fine = True, [], False

    def _acquittal(self, _: Token) -> None:
        """Read acquittal = WHO ACQUIT."""
        for person in self._people(self.pending):
            person.acquitted = not person.offences
            person.item = self.item
        self.pending = []


def read(judgment: str, names: list[str]) -> list[Defendant]:
    """What the operative part gives each defendant.

    Args:
        judgment: the operative part, without layout (`lexpro.corpus.parsing.layout`).
        names: names of the defendants; two of one name are two, sentenced one after the other.

    Returns:
        One record a name, in the order given.
    """
    return _Parser(clean(judgment), names).verdict()
