"""Noise for the synthetic corpus: what a pile of raw judgments also holds, with its truth."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import date
from itertools import islice
from random import Random

from lexpro.corpus.synthetic.text import assemble
from lexpro.corpus.synthetic.words import chinese, chinese_date, sentence_money
from lexpro.records import Article, Defendant, Judgment

LOANS = ("民间借贷纠纷", "买卖合同纠纷", "离婚纠纷", "房屋租赁合同纠纷", "机动车交通事故责任纠纷")


def _only(truth: dict, **known: object) -> dict:
    """Truth of a document that says no more than `known`."""
    return {
        **Judgment(truth["doc_id"]).to_dict(),
        "court": truth["court"],
        "province": truth["province"],
        **known,
    }


def _same(truth: dict, *names: str) -> dict:
    return {name: truth[name] for name in names}


def _pleads(text: str) -> bool:
    return any(words in text for words in ("认罪认罚", "具结"))


def _named(truth: dict) -> list[dict]:
    """The defendants of a document that does not say what they get."""
    return Judgment(
        truth["doc_id"], defendants=[Defendant(d["name"], amount=d["amount"]) for d in truth["defendants"]]
    ).to_dict()["defendants"]


def spoil(kind: str, rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """A good document made into one of noise `kind`.

    Args:
        kind: one of `generate.NOISE`, but for the duplicates.
        rng: of this document.
        text: the good document.
        truth: what is known of it, as `generate.clean` gives it.

    Returns:
        (text, truth); the truth holds only what the new text still says.

    Raises:
        KeyError: there is no such kind.
    """
    return {
        "second_instance": second_instance,
        "civil": civil,
        "cut": cut,
        "hidden": hidden,
        "empty": lambda *_: (rng.choice(("", " \n\n", "\u3000\r\n")), _only(truth)),
        # Unreadable bytes and broken JSON are made by whoever writes the files: the text itself is
        # whole.
        "broken": lambda *_: (text, _only(truth)),
    }[kind](rng, text, truth)


def second_instance(rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """An order of the court of appeal that upholds the judgment.

    Args:
        rng: of this document.
        text: the judgment that is appealed, whose facts are repeated.
        truth: what is known of it.

    Returns:
        (text, truth) of the order. Its defendants have neither charges nor sentences.
    """
    names = "、".join(d["name"] for d in truth["defendants"])
    charge = truth["defendants"][0]["charges"][0]
    city = truth["city"]
    court = f"{city}第一中级人民法院" if truth["province"] + "市" == city else f"{city}中级人民法院"
    number = re.sub(r"(（\d+）\D)(\d\d)\d*刑初", r"\1\2刑终", truth["case_number"])
    form = rng.choice(("刑事裁定书", "刑事判决书"))
    facts = text[slice(*truth["sections"]["facts"])]
    verb = "裁定" if form == "刑事裁定书" else "判决"
    text, sections = assemble(
        {
            "header": f"{court}\n{form}\n{number}\n",
            "parties": f"原公诉机关{truth['court'].removesuffix('人民法院')}人民检察院。\n"
            f"上诉人（原审被告人）{names}。\n"
            f"{truth['court']}审理被告人{names}犯{charge}一案，作出{truth['case_number']}刑事判决。宣判后，"
            f"{names}不服，提出上诉。",
            "accusation": "本院依法组成合议庭审理了本案，现已审理终结。\n",
            "facts": facts + "\n",
            "reasoning": "本院认为，原判认定的事实清楚，证据确实、充分，定罪准确，量刑适当，审判程序合法。"
            "依照《中华人民共和国刑事诉讼法》第二百三十六条第一款第（一）项之规定，",
            "judgment": f"{verb}如下：\n驳回上诉，维持原判。\n",
            "ending": f"本{verb}为终审{verb}。\n审判长{rng.choice('王李张刘')}某\n{_date(truth)}",
        }
    )
    known = {
        "case_number": number,
        "court": court,
        "court_level": "中级",
        "city": city,
        "date": _later(truth).isoformat(),
        "plea": _pleads(facts),
        "kind": "criminal",
        "instance": "second",
        "sections": {name: list(span) for name, span in sections.items()},
        "defendants": _named(truth),
        "articles": [asdict(Article("刑事诉讼法", 236, 0, 1, 1))],
        "amount": truth["amount"],
    }
    return text, _only(truth, **known, document_type=form)


def _later(truth: dict) -> date:
    """The day of a judgment a year after."""
    year, month, day = map(int, truth["date"].split("-"))
    return date(year + 1, month, min(day, 28))


def _date(truth: dict) -> str:
    day = _later(truth)
    return chinese_date(day.year, day.month, day.day)


def civil(rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """A civil judgment of the same court.

    Args:
        rng: of this document.
        text: the criminal judgment; nothing of it is used.
        truth: what is known of that: court, case number and date are taken over.

    Returns:
        (text, truth) of the civil judgment.
    """
    cause, sum_of_money = rng.choice(LOANS), rng.randrange(20, 900) * 1000
    number = truth["case_number"].replace("刑初", "民初")
    first, second = rng.sample("王李张刘陈杨黄赵吴周", 2)
    parts = {
        "header": f"{truth['court']}\n民事判决书\n{number}\n",
        "parties": f"原告{first}某，男，住本市。\n被告{second}某某，女，住本市。\n"
        f"原告{first}某与被告{second}某某{cause}一案，本院立案后依法适用简易程序公开开庭审理，现已审理终结。\n"
        f"原告{first}某提出诉讼请求：判令被告支付{sum_of_money}元。\n",
        "facts": f"经审理查明，双方于{rng.randint(2015, 2019)}年发生往来，被告尚欠{sum_of_money}元未付，经催要未果。\n",
        "reasoning": "本院认为，合法的民事权益受法律保护，原告的请求有事实依据，予以支持。依照"
        f"《中华人民共和国民事诉讼法》第{chinese(article := rng.randint(64, 67))}条之规定，",
        "judgment": f"判决如下：\n被告{second}某某于本判决生效之日起十日内向"
        f"原告{first}某支付{sentence_money(rng, sum_of_money)}。\n案件受理费由被告负担。\n",
        "ending": f"审判员{rng.choice('孙马朱胡')}某\n{_date(truth)}",
    }
    text, sections = assemble(parts)
    known = {
        "case_number": number,
        **_same(truth, "court_level", "city"),
        "date": _later(truth).isoformat(),
        "procedure": "简易",
        "kind": "civil",
        "instance": "first",
        "sections": {name: list(span) for name, span in sections.items()},
        "articles": [asdict(Article("民事诉讼法", article))],
    }
    return text, _only(truth, **known, document_type="民事判决书")


def cut(rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """The document ends before 本院认为: no reasoning, no judgment.

    Args:
        rng: not used.
        text: the whole judgment.
        truth: what is known of it.

    Returns:
        (text, truth); the truth has the sections before the cut, and defendants without a sentence.
    """
    end = truth["sections"]["reasoning"][0]
    text = text[:end].rstrip("\n")
    sections = {name: span for name, span in truth["sections"].items() if span[1] <= end}
    same = _same(
        truth,
        "case_number",
        "court_level",
        "city",
        "procedure",
        "instance",
        "kind",
        "document_type",
        "amount",
    )
    return text, _only(truth, **same, plea=_pleads(text), sections=sections, defendants=_named(truth))


def hidden(rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """The facts are blanked out: published, but of no use.

    Args:
        rng: not used.
        text: the readable judgment.
        truth: what is known of it.

    Returns:
        (text, truth): all but the first 6 characters of the facts are ×, and sections lie where
        they lay. The amounts are 0, and `plea` is what the rest of the text says.
    """
    start, end = truth["sections"]["facts"]
    body = text[start:end]
    keep = min(len(body), 6)
    text = text[:start] + body[:keep] + "×" * (len(body) - keep) + text[end:]
    defendants = [defendant | {"amount": 0} for defendant in truth["defendants"]]
    return text, {**truth, "plea": _pleads(text), "amount": 0, "defendants": defendants}


# What another site changes: (pattern, what it becomes, how often; 0: everywhere).
EDITS = (
    ("，", ",", 3),
    (r"\Z", "\n本件与原本核对无异", 1),
    ("（", "(", 0),
    (r"(?<=。)\n", "\n\n", 2),
    ("经审理查明", "经本院审理查明", 1),
    (r"\Z", "\n书记员{}某", 1),
)


def _edit(text: str, spans: dict, pattern: str, new: str, count: int) -> tuple[str, dict]:
    """`re.sub`, and where sections lie then.

    What is changed at the beginning of a section belongs to it, and what is added behind the last
    one too.
    """
    places = [match.span() for match in islice(re.finditer(pattern, text), count or None)]

    def moved(offset: int) -> int:
        return offset + sum(len(new) - (end - start) for start, end in places if start < offset)

    changed = re.sub(pattern, new, text, count=count)
    out = {name: [moved(start), moved(end)] for name, (start, end) in spans.items()}
    list(out.values())[-1][1] = len(changed)
    return changed, out


def edited(rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """The same judgment as another site published it: a few small changes.

    Args:
        rng: draws two or three of `EDITS`.
        text: the original.
        truth: what is known of it.

    Returns:
        (text, truth); the sections are moved along with the text.
    """
    spans = truth["sections"]
    for pattern, new, count in rng.sample(EDITS, 2 + (rng.random() < 0.5)):
        new = new.format(rng.choice("王李张刘陈")) if "{}" in new else new
        text, spans = _edit(text, spans, pattern, new, count)
        if pattern == "（":
            text = text.replace("）", ")")
    return text, {**truth, "sections": spans}
