"""A judgment's text to its typed record: `structure(text, doc_id)`.

Never raises, whatever the text.
"""

from __future__ import annotations

from lexpro.corpus.parsing import (
    amounts,
    heading,
    holders,
    parties,
    payments,
    reasoned,
    shares,
    story,
    weighing,
)
from lexpro.corpus.parsing import operative as sentence
from lexpro.corpus.parsing.layout import tighten
from lexpro.corpus.parsing.sections import find_sections, plain
from lexpro.law import articles, courts
from lexpro.records import Article, Defendant, Judgment


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


def _defendants(listed: str, reasoning: str, operative: str, text: str) -> list[Defendant]:
    """The defendants of the list of parties, and those that only the operative part names.

    Each has what the operative part gives them.
    """
    names = parties.listed(listed)
    names += parties.namesakes(names, listed, reasoning, operative)
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
    reasoned.settle(defendants, reasoning)
    return defendants


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
    judgment.defendants = _defendants(part.get("parties", ""), reasoning, operative, same)
    holders.assign([weighing.before(part.get("evidence", "")), reasoning], judgment.defendants)
    judgment.articles = basis(reasoning)
    judgment.restitution, judgment.compensation = payments.ordered(operative)
    payments.assign(operative, judgment.defendants)
    if judgment.kind in ("criminal", "other"):
        facts = story.of(part.get("facts", ""), part.get("evidence", ""), part.get("accusation", ""))
        charges = [charge for defendant in judgment.defendants for charge in defendant.charges]
        judgment.amount = amounts.amount(reasoning, facts, charges, len(judgment.defendants))
        judgment.amount = shares.assign(reasoning, facts, judgment.amount, judgment.defendants)
        crimes = amounts.crimes_of([charge for charge in charges if amounts.measured(charge)])
        for defendant in judgment.defendants:
            defendant.amount_certain = amounts.certain(defendant.amount, reasoning, crimes)
    return judgment
