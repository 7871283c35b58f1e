"""What the judgments of both styles share: articles, penalties, orders, and the truth about them.

A document is built section by section, so that the offsets in the truth are exact: a section
runs from the start of its first line to the end of its last; `judgment` begins with 判决如下,
`reasoning` with 本院认为.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from lexpro.corpus.synthetic.case import Case, Person
from lexpro.corpus.synthetic.words import chinese, chinese_term, sentence_money, words
from lexpro.law.builtin_law import load
from lexpro.law.circumstances import NAMES
from lexpro.records import SECTIONS, Article, Defendant, Judgment, Term

ITEMS = ("一", "二", "三", "四", "五", "六", "七", "八", "九")


def _article(article: Article) -> str:
    number = f"第{chinese(article.number)}条" + (f"之{chinese(article.sub)}" if article.sub else "")
    return number + (f"第{chinese(article.paragraph)}款" if article.paragraph else "")


def _refer(ref: str, paragraph: int | None = None) -> Article:
    number, _, sub = ref.partition("之")
    return Article("刑法", int(number), int(sub or 0), paragraph)


def cited(rng: Random, case: Case) -> list[Article]:
    """The articles that the case rests on, in the order in which a judgment lists them."""
    facts = load()
    exact = rng.random() < 0.7
    articles: list[Article] = []

    def add(ref: str | None, paragraph: int | None = None) -> None:
        if ref and (article := _refer(ref, paragraph if exact else None)) not in articles:
            articles.append(article)

    def by_habit(ref: str) -> bool:
        return (rng.random() < case.habits_kept) == (ref in case.habits)

    for charge, condition in zip(case.charges, case.conditions, strict=True):
        tier = next(tier for tier in charge.tiers if tier.condition == condition)
        add(charge.article, tier.paragraph or charge.paragraph)
        for ref in charge.also:
            add(ref)
    if len(case.people) > 1:
        add("25", 1)
    named = {name for d in case.defendants for name in d.circumstances} - {"退赃"}
    for name, rule in facts.circumstances.items():
        if name in named and rule.law == "刑法":
            add(rule.article, rule.paragraph)
    kinds = {d.sentence.kind for d in case.defendants}
    if kinds & {"无期徒刑", "死缓"}:
        add("57", 1)
    if "死缓" in kinds:
        add("48", 1)
    if "免予刑事处罚" in kinds:
        add("37")
    if any(len(d.terms) > 1 for d in case.defendants):
        add("69")
    if any(d.probation_months for d in case.defendants):
        add("72", 1)
        add("73", 2 if "有期徒刑" in kinds else 1)
    if any(d.fine for d in case.defendants) and by_habit("52"):
        add("52")
        if by_habit("53"):
            add("53")
    if any(d.confiscation or d.confiscation_all for d in case.defendants):
        add("59")
    if case.restitution:
        add("64")
    if case.compensation:
        add("36", 1)
    if rng.random() < 0.3:
        articles[len(case.charges) :] = sorted(
            articles[len(case.charges) :], key=lambda a: (a.number, a.paragraph or 0)
        )
    return articles


def cite(articles: list[Article], plea: bool, rng: Random) -> str:
    """《中华人民共和国刑法》第…条、第…条, neighbouring paragraphs of one article drawn together.

    Args:
        articles: of 刑法, in the order of the citation.
        plea: whether the defendants pleaded guilty for leniency (认罪认罚); then 刑事诉讼法 15 may
            follow.
        rng: decides whether it does.
    """
    parts: list[str] = []
    for before, article in zip([None, *articles], articles, strict=False):
        joined = before and (before.number, before.sub) == (article.number, article.sub) and before.paragraph
        parts.append(
            f"第{chinese(article.paragraph)}款" if joined and article.paragraph else _article(article)
        )
    law = "《中华人民共和国刑法》" + "、".join(parts)
    return law + ("、《中华人民共和国刑事诉讼法》第十五条" if plea and rng.random() < 0.7 else "")


def _penalty(term: Term) -> str:
    match term.kind:
        case "死缓":
            return "死刑，缓期二年执行"
        case "无期徒刑":
            return "无期徒刑"
    return f"{term.kind}{chinese_term(term.months)}"


def _fine(rng: Random, yuan: int) -> str:
    return f"，并处罚金{sentence_money(rng, yuan)}" if yuan else ""


def _extras(rng: Random, defendant: Defendant) -> str:
    out = f"，缓刑{chinese_term(defendant.probation_months)}" if defendant.probation_months else ""
    if defendant.deprivation_life:
        out += "，剥夺政治权利终身"
    elif defendant.deprivation_months:
        out += f"，剥夺政治权利{chinese_term(defendant.deprivation_months)}"
    if defendant.confiscation_all:
        out += "，并处没收个人全部财产"
    elif defendant.confiscation:
        out += f"，并处没收个人财产{sentence_money(rng, defendant.confiscation)}"
    return out


def operative(rng: Random, person: Person) -> str:
    """The item of the judgment (判项) about one defendant."""
    defendant = person.defendant
    head = f"被告人{defendant.name}犯{defendant.charges[0]}，"
    term = defendant.terms[0]
    if term.kind == "免予刑事处罚":
        return head + "免予刑事处罚"
    if term.kind == "单处罚金":
        return head + f"{rng.choice(('单处', '判处'))}罚金{sentence_money(rng, defendant.fine)}"
    if len(defendant.terms) == 1:
        return head + "判处" + _penalty(term) + _extras(rng, defendant) + _fine(rng, defendant.fine)
    items = [
        f"犯{t.charge}，判处{_penalty(t)}{_fine(rng, f)}"
        for t, f in zip(defendant.terms, person.fines, strict=True)
    ]
    joint = rng.choice(("数罪并罚，决定执行", "决定执行"))
    served = f"{joint}{_penalty(defendant.sentence)}{_extras(rng, defendant)}{_fine(rng, defendant.fine)}"
    return f"被告人{defendant.name}{'；'.join(items)}；{served}"


def orders(rng: Random, case: Case) -> list[str]:
    """The items of the judgment (判项), not numbered yet."""
    out = [operative(rng, person) for person in case.people]
    payers = "、".join(d.name for d in case.defendants)
    if case.restitution:
        yuan = sentence_money(rng, case.restitution)
        if case.restitution_paid:
            out.append(rng.choice((f"退缴的违法所得{yuan}依法处理", f"已退缴的{yuan}，依法发还或者上缴国库")))
        elif len(case.people) > 1:
            out.append(f"责令被告人{payers}共同退赔被害人{yuan}")
        else:
            out.append(
                rng.choice((f"责令被告人{payers}退赔被害人{yuan}", f"责令被告人{payers}向被害人退赔{yuan}"))
            )
    if case.compensation:
        together = "连带" if len(case.people) > 1 else ""
        out.append(
            f"被告人{payers}{together}赔偿附带民事诉讼原告人{rng.choice(('', '各项'))}经济损失"
            f"{sentence_money(rng, case.compensation)}"
        )
    return out


def _say(rng: Random, name: str, where: str, case: Case, person: Person) -> str:
    said = rng.choice(words()["circumstances"][name][where])
    yuan = f"{case.restitution}元"
    return said.format(d=person.defendant.name, y=yuan)


def scenes(rng: Random, case: Case) -> str:
    """What happened, charge by charge."""
    who = "被告人" + "、".join(d.name for d in case.defendants)
    if len(case.people) > 1 and rng.random() < 0.5:
        who = f"被告人{case.defendants[0].name}伙同{'、'.join(d.name for d in case.defendants[1:])}"
    first, *others = case.scenes
    # After the first scene the defendant is known: the name alone will do.
    return first.replace("{d}", who) + "".join(
        scene.replace("{d}", case.defendants[0].name) for scene in others
    )


def facts_of(rng: Random, case: Case) -> str:
    """What happened, with the circumstances that show in the facts."""
    story = scenes(rng, case)
    for person in case.people:
        story += "".join(_say(rng, name, "facts", case, person) for name in person.defendant.circumstances)
    return story


def reasoned(rng: Random, case: Case) -> str:
    """The reasoning without the articles at its end."""
    who = "被告人" + "、".join(d.name for d in case.defendants)
    acts = "；".join(
        f"{charge.conduct}，{condition}" if condition not in charge.conduct else charge.conduct
        for charge, condition in zip(case.charges, case.conditions, strict=True)
    )
    names = "、".join(charge.name for charge in case.charges)
    verb = rng.choice(("其行为已构成", "其行为构成", "已构成"))
    parts = [f"{who}{acts}，{verb}{names}"]
    for person in case.people:
        parts += [_say(rng, name, "reasoning", case, person) for name in person.defendant.circumstances]
    return "本院认为，" + "。".join(parts) + "。"


def closing(rng: Random, case: Case, articles: list[Article]) -> str:
    """The end of the reasoning, which cites the articles.

    Args:
        rng: chooses the wording.
        case: whose plea may add an article of 刑事诉讼法.
        articles: of 刑法, in the order of the citation.
    """
    lead = rng.choice(("依照", "据此，依照", "根据"))
    return lead + cite(articles, case.plea, rng) + rng.choice(("之规定，", "的规定，"))


def heading(case: Case) -> tuple[str, str]:
    """(document type, the lines of the heading)."""
    kind = "刑事附带民事判决书" if case.compensation else "刑事判决书"
    return kind, f"{case.court}\n{kind}\n{case.case_number}\n"


def numbered(items: list[str]) -> str:
    """The items of the judgment, numbered if there are several."""
    if len(items) == 1:
        return items[0] + "。\n"
    return "".join(
        f"{ITEMS[i]}、{item}{'；' if i + 1 < len(items) else '。'}\n" for i, item in enumerate(items)
    )


def assemble(parts: dict[str, str]) -> tuple[str, dict[str, tuple[int, int]]]:
    """The text and the offsets of its sections, without the line breaks that end them."""
    text, spans = "", {}
    for name in SECTIONS:
        if part := parts.get(name):
            spans[name] = (len(text), len(text) + len(part.rstrip("\n")))
            text += part
    return text, spans


# Where the parties may plead guilty for leniency (刑事诉讼法 15), as `cite` adds it to the articles
# of 刑法.
PLEA = Article("刑事诉讼法", 15)


def _told(case: Case) -> list[Defendant]:
    """The defendants with what they owe and the circumstances in the order of all records."""
    owed = case.restitution if len(case.people) == 1 or not case.restitution_paid else 0
    return [
        replace(
            defendant,
            circumstances=[name for name in NAMES if name in defendant.circumstances],
            restitution=owed,
            compensation=case.compensation,
        )
        for defendant in case.defendants
    ]


def judgment(case: Case, doc_id: str, articles: list[Article], text: str, spans: dict) -> Judgment:
    """The record of a document: what is to be read from its text.

    Args:
        case: what the document is about.
        doc_id: its identifier.
        articles: of 刑法 that it cites, in their order.
        text: the document.
        spans: section → (start, end) in the text, as `assemble` gives them.
    """
    reasoning = text[slice(*spans["reasoning"])]
    return Judgment(
        doc_id=doc_id,
        case_number=case.case_number,
        court=case.court,
        court_level=case.court_level,
        province=case.province,
        city=case.city,
        date=case.judged.isoformat(),
        procedure=case.procedure,
        plea=case.plea,
        instance="first",
        kind="criminal",
        document_type=heading(case)[0],
        sections=spans,
        defendants=_told(case),
        articles=[*articles, *([PLEA] if "刑事诉讼法" in reasoning else [])],
        restitution=case.restitution,
        compensation=case.compensation,
        amount=case.amount,
    )
