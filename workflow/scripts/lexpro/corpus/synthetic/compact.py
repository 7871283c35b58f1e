"""A short synthetic judgment, of 150 to 330 characters: for models that learn in minutes."""

from __future__ import annotations

from random import Random

from lexpro.corpus.synthetic.case import Case, Person
from lexpro.corpus.synthetic.text import closing, heading, numbered, orders, scenes
from lexpro.corpus.synthetic.words import chinese_date, words
from lexpro.records import Article


def _brief(rng: Random, name: str, where: str, case: Case, person: Person) -> str:
    said = rng.choice(words()["brief"][name][where])
    # With one defendant it is clear who is meant.
    return said.format(d=person.defendant.name if len(case.people) > 1 else "", y=f"{case.restitution}元")


def _brief_reasoning(rng: Random, case: Case) -> str:
    names = "、".join(charge.name for charge in case.charges)
    who = "、".join(d.name for d in case.defendants)
    out = rng.choice((f"被告人{who}的行为构成{names}。", f"被告人{who}{case.conditions[0]}，已构成{names}。"))
    for person in case.people:
        if person.defendant.circumstances:
            said = "、".join(
                _brief(rng, name, "reasoning", case, person) for name in person.defendant.circumstances
            )
            heavier = "累犯" in person.defendant.circumstances
            out += (
                (person.defendant.name if len(case.people) > 1 else "其")
                + said
                + rng.choice(("，从重处罚。" if heavier else "，从轻处罚。", "。", "。"))
            )
    return "本院认为，" + out


def compact(rng: Random, case: Case, articles: list[Article]) -> dict[str, str]:
    """The sections of a short judgment.

    Args:
        rng: chooses among wordings.
        case: what the judgment is about.
        articles: that it cites, in their order.

    Returns:
        Section → its text, as `text.assemble` takes them.
    """
    out = {"header": heading(case)[1]}
    parties = f"公诉机关{case.prosecutor}。" if rng.random() < 0.08 else ""
    parties += "".join(
        f"被告人{p.defendant.name}，{'女' if p.woman else '男'}，{p.born.year}年生。" for p in case.people
    )
    out["parties"] = parties + "\n"
    if case.procedure:
        out["accusation"] = f"本院适用{case.procedure}程序审理了本案。\n"
    story = scenes(rng, case)
    for person in case.people:
        story += "".join(_brief(rng, name, "facts", case, person) for name in person.defendant.circumstances)
    out["facts"] = rng.choice(("经审理查明，", "经审理查明：", "公诉机关指控，")) + story + "\n"
    if rng.random() < 0.06:
        out["evidence"] = "上述事实，有书证、证人证言等证据证实。\n"
    out["reasoning"] = _brief_reasoning(rng, case) + closing(rng, case, articles)
    out["judgment"] = "判决如下：\n" + numbered(orders(rng, case))
    j = case.judged
    out["ending"] = f"审判员{rng.choice(words()['surnames'])}某\n{chinese_date(j.year, j.month, j.day)}"
    return out
