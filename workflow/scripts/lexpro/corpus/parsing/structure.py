"""A judgment's text to its typed record: `structure(text, doc_id)`.

Never raises, whatever the text.
"""

from __future__ import annotations

import re

from lexpro.corpus.parsing import amounts, heading, parties, payments
from lexpro.corpus.parsing import operative as sentence
from lexpro.corpus.parsing.layout import tighten
from lexpro.corpus.parsing.sections import find_sections, plain
from lexpro.law import articles, circumstances, courts
from lexpro.records import Article, Defendant, Judgment

_CLAUSES = re.compile(r"[^；。\n]+")
_EACH = re.compile(
    r"(?:[二三四五六七八两各]|上述|以上|全部|所有)(?:名|个|位)?(?:原审)?被告人"
    r"|被告人(?:均|都|各)|均"
)
_DEFENDANT_UNIT = re.compile(r"被告单位")
_JOINED = re.compile(r"[、，和及与]?(?:以及)?(?:被告(?:人|单位))?")


def basis(reasoning: str) -> list[Article]:
    """Articles that the judgment is based on.

    Those of the last sentence (依照 … 之规定) if it cites 刑法, else of the whole reasoning if that
    does, else of the last sentence. What no law is named for is left out.
    """
    last = reasoning.rstrip("。 \n")
    start = max(last.rfind("。"), last.rfind("\n"), 0)
    found = articles.parse(reasoning[start:])
    if not articles.base(found) and start:
        whole = articles.parse(reasoning)
        found = whole if articles.base(whole) else found
    return [article for article in found if article.law]


def _defendants(listed: str, operative: str, text: str) -> list[Defendant]:
    """The defendants of the list of parties, and those that only the operative part names.

    Each has what the operative part gives them.
    """
    names = parties.listed(listed)
    if not operative:
        return [Defendant(name) for name in names or parties.mentioned(text[:4000])]
    judged = parties.judged(operative, names)
    # One defendant under two names, masked or misspelt in one place: the list's holds.
    written = parties.matched(names, judged)
    known = {written.get(name, name) for name in names}
    others = [name for name in judged if name not in known]
    read = [written.get(name, name) for name in names] + others
    defendants = sentence.read(operative, read or parties.mentioned(text[:4000]))
    for defendant, name in zip(defendants, names, strict=False):
        defendant.name = name
    return defendants


def _mentions(clause: str, names: list[str], unit: str | None) -> list[tuple[int, int, str]]:
    """(start, end, name) of the defendants that a clause names, in order.

    被告单位 alone is the only unit.
    """
    found = [(at, at + len(name), name) for name in names for at in payments.places_of(clause, name)]
    if unit:
        found += [
            (*match.span(), unit)
            for match in _DEFENDANT_UNIT.finditer(clause)
            if not clause.startswith(unit, match.end())
        ]
    return sorted(found)


def _find_circumstances(reasoning: str, defendants: list[Defendant]) -> None:
    """Set the circumstances of the defendants from the reasoning.

    They are those of the defendants that the clause speaks of, else of those of the clause before.
    """
    names = list(dict.fromkeys(defendant.name for defendant in defendants))
    units = [name for name in names if parties.UNIT.search(name)]
    found: dict[str, list[str]] = {name: [] for name in names}
    hits = circumstances.find(reasoning)
    if len(names) == 1:
        found[names[0]] = [name for name, place in hits if not _of_another(reasoning, place, names[0])]
        hits = []
    subject = names
    for clause in _CLAUSES.finditer(reasoning) if hits else ():
        inside = [(name, place) for name, place in hits if clause.start() <= place < clause.end()]
        mentions = _mentions(clause[0], names, units[0] if len(units) == 1 else None)
        if _EACH.search(clause[0]) and not mentions:
            subject = names
        elif mentions and not inside:
            subject = _subject(clause[0], len(clause[0]), mentions) or subject
        for name, place in inside:
            subject = _subject(clause[0], place - clause.start(), mentions) or subject
            for who in subject:
                found[who].append(name)
    for defendant in defendants:
        defendant.circumstances = circumstances.tidy(found[defendant.name])


# Somebody whose name is masked or numbered, at the beginning of what is said of them.
_ANOTHER = re.compile(
    r"(?:^|[，。；：、])(?:同案(?:被告人|犯|人)?|被告人|证人|被害人)?"
    r"(?P<name>[\u4e00-\u9fa5]某[某甲乙丙丁戊己庚辛0-9]?[0-9]?|[\u4e00-\u9fa5][甲乙丙丁×][0-9]?)(?=[系是在起，]|具有|构成)"
)


def _of_another(text: str, place: int, name: str) -> bool:
    """Whether the clause says it of somebody else than the only defendant (李某系主犯)."""
    # Bounded: a text without stops must not be read again for each word.
    near = max(0, place - 300)
    start = max([near - 1, *(text.rfind(mark, near, place) for mark in "。；\n")]) + 1
    here = text[start:place]
    last = None
    for match in _ANOTHER.finditer(here):
        last = match
    if last is None or last["name"] == name or name.startswith(last["name"]) or "被害" in last[0]:
        return False
    return name not in here[last.end() :] and "被告人" not in here[last.end() :]


# What stands before a name that is the subject of what follows, and not with whom or to whom
# something is done (劝说同案犯李某投案, 取得被害人张某的谅解).
_BEFORE_SUBJECT = re.compile(
    r"(?:^|[，。；：、“（）．.0-9]|和|及|与|以及|其中|鉴于|认定|认为|但是?|而|且|对于?|关于|针对|因为?|由于|故|虽然?|考虑到|另|又|均|中|案|综上|所提|提出的?|"
    r"指控的?|公诉机关|责任|作用|罪|查|刑)(?:原审)?(?:被告(?:人|单位))?$"
)


def _subject(clause: str, offset: int, mentions: list[tuple[int, int, str]]) -> list[str]:
    """Who a circumstance at `offset` of a clause is said of.

    The last group of names before it that may be its subject; in 甲、乙均系… that is both.
    """
    before = [mention for mention in mentions if mention[1] <= offset]
    groups: list[list[tuple[int, int, str]]] = []
    for mention in before:
        if groups and _JOINED.fullmatch(clause, groups[-1][-1][1], mention[0]):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    acting = [
        group for group in groups if _BEFORE_SUBJECT.search(clause, max(0, group[0][0] - 12), group[0][0])
    ]
    chosen = acting[-1] if acting else groups[-1] if groups else []
    return list(dict.fromkeys(name for *_, name in chosen))


def structure(text: str, doc_id: str, province_hint: str | None = None) -> Judgment:
    """The record of one document; fields that the text does not give stay empty.

    Args:
        text: the document, as `lexpro.encoding.tidy` gives it.
        doc_id: its identifier.
        province_hint: name of a province, used where the text gives none.
    """
    judgment = Judgment(doc_id)
    tight = tighten(plain(text))
    same = tight.text
    spans = find_sections(same)
    judgment.sections = {name: tight.span(*span) for name, span in spans.items()}
    part = {name: same[start:end] for name, (start, end) in spans.items()}
    head = part.get("header") or same[:300]
    heading_of_court = part.get("header", "")[-400:]
    judgment.document_type, judgment.kind = heading.document_type(head[-600:])
    judgment.case_number, _ = heading.case_number(head[-400:])
    judgment.court = courts.name_in(heading_of_court, same)
    judgment.court_level = courts.level(judgment.court) if judgment.court else None
    if judgment.case_number:
        judgment.kind = heading.kind_of_number(judgment.case_number) or judgment.kind
    if judgment.kind == "other" and judgment.document_type is None:
        judgment.kind = heading.kind_of_text(same[:3000])
    judgment.instance = heading.instance(judgment.case_number, same)
    judgment.date = heading.judged_on(part.get("ending", ""))
    trial = part.get("parties", "")[-600:] + part.get("accusation", "")
    judgment.procedure = heading.procedure(trial if "程序" in trial else trial + part.get("facts", "")[:400])
    reasoning, operative = part.get("reasoning", ""), part.get("judgment", "")
    judgment.plea = heading.plea(
        part.get("accusation", "") + part.get("facts", "") + part.get("evidence", "") + reasoning
    )
    judgment.province, judgment.city = courts.place(judgment.court, judgment.case_number, province_hint, same)
    judgment.defendants = _defendants(part.get("parties", ""), operative, same)
    _find_circumstances(reasoning, judgment.defendants)
    judgment.articles = basis(reasoning)
    judgment.restitution, judgment.compensation = payments.ordered(operative)
    payments.assign(operative, judgment.defendants)
    if judgment.kind in ("criminal", "other"):
        judgment.amount = amounts.amount(reasoning, part.get("facts", ""))
        amounts.assign(reasoning, part.get("facts", ""), judgment.amount, judgment.defendants)
    return judgment
