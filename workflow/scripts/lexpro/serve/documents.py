"""Documents of the users: in memory only, each under an address that follows from its text."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property

from lexpro.corpus import spans
from lexpro.corpus.parsing.structure import structure
from lexpro.encoding import tidy
from lexpro.records import Judgment
from lexpro.tasks import texts

# Documents that are kept, and their characters in all; the oldest go first.
MOST, MOST_CHARACTERS = 200, 20_000_000

# In facts that somebody types, what was done follows the name at once: 张某甲趁人不备窃得手机一部.
_NAME = r"[\u4e00-\u9fff]某{1,2}[甲乙丙丁戊己庚辛0-9]?|[\u4e00-\u9fff]{2,3}?"
_DID = (
    "伙同|结伙|趁|乘|窃|盗|偷|抢|骗|在|于|酒后|醉酒|无证|驾|持|因|以|用|将|从|至|到|与|先后|多次|采|通过|利用|为|明知"
    "|未经|违反|故意|非法|携带|翻|撬|潜入|进入|来到|殴|打|伤|捅|砍|贩|吸|开设|组织|容留"
)
_TOLD = re.compile(f"({_NAME})(?:{_DID})")


def named(name: str) -> str:
    """The name at the beginning of what was read as one, where it is too long for a name."""
    found = _TOLD.match(name) if len(name) > 4 else None
    return found[1] if found else name


def alignment(raw: str, tidied: str) -> list[int]:
    """For each character of a tidied text, its place in the text as it was pasted.

    `tidy` deletes characters and replaces line ends and no-break spaces; it never adds or moves.
    """
    places, at = [], 0
    for character in tidied:
        while not (
            raw[at] == character
            or (character == "\n" and raw[at] == "\r")
            or (character == " " and raw[at] == "\xa0")
        ):
            at += 1
        places.append(at)
        # One line end, written as two characters.
        at += 2 if raw.startswith("\r\n", at) else 1
    return places


@dataclass
class Document:
    """A text that somebody brought, and what the rules read in it.

    Attributes:
        raw: the text as it was pasted, or as a reader gives it.
        source: how it came: 粘贴, or the kind of file.
        notes: what the reader of the page has to know, in Chinese.
        model: what the model extracted: variant → its parsed answer.
    """

    raw: str
    source: str = "粘贴"
    notes: list[str] = field(default_factory=list)
    model: dict[str, dict] = field(default_factory=dict)

    @cached_property
    def id(self) -> str:
        """The same text has the same address, also after a restart."""
        return hashlib.blake2b(self.raw.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()

    @cached_property
    def text(self) -> str:
        """The text that the parsers read."""
        return tidy(self.raw)

    @cached_property
    def places(self) -> list[int]:
        """`alignment` of the text."""
        return alignment(self.raw, self.text)

    @cached_property
    def record(self) -> Judgment:
        """The record that the rules make of it."""
        made = structure(self.text, self.id)
        if "judgment" not in made.sections:
            for person in made.defendants:
                person.name = named(person.name)
        return made

    @property
    def is_judgment(self) -> bool:
        """Whether it has an operative part; else it is facts, or an indictment."""
        return "judgment" in self.record.sections

    @cached_property
    def elements(self) -> list[spans.Element]:
        """Its elements, with spans in the text as it was pasted."""
        found = spans.elements(self.record, self.text)
        return [
            spans.Element(one.owner, one.field, one.value, one.unit, self.pasted(one.span)) for one in found
        ]

    @cached_property
    def facts(self) -> str:
        """The facts without the answer; the whole text where it has no sections."""
        told = texts.facts(self.text, self.record)[0] if self.is_judgment else ""
        return told or self.text

    def pasted(self, span: tuple[int, int] | None) -> tuple[int, int] | None:
        """A span of `text` in the text as it was pasted."""
        return (self.places[span[0]], self.places[span[1] - 1] + 1) if span and span[0] < span[1] else None


class Store:
    """The documents that are there, by their ids."""

    def __init__(self, most: int = MOST, characters: int = MOST_CHARACTERS):
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self._lock = threading.Lock()
        self.most, self.characters = most, characters

    def add(self, document: Document) -> Document:
        """Keep a document; the one that is there already, where its text is the same."""
        with self._lock:
            document = self._documents.setdefault(document.id, document)
            self._documents.move_to_end(document.id)
            while len(self._documents) > 1 and (
                len(self._documents) > self.most
                or sum(len(one.raw) for one in self._documents.values()) > self.characters
            ):
                self._documents.popitem(last=False)
        return document

    def get(self, id_: str) -> Document | None:
        """A document, None where it is not there any more."""
        with self._lock:
            if id_ in self._documents:
                self._documents.move_to_end(id_)
            return self._documents.get(id_)

    def remove(self, id_: str) -> None:
        """Forget a document."""
        with self._lock:
            self._documents.pop(id_, None)
