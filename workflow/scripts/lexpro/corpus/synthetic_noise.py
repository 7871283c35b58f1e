"""Noise for the synthetic corpus: what a pile of raw judgments also holds, with the truth about it."""

from __future__ import annotations

import re
from random import Random

from lexpro.corpus.record import Judgment
from lexpro.corpus.synthetic_words import chinese, chinese_date, sentence_money

LOANS = ("民间借贷纠纷", "买卖合同纠纷", "离婚纠纷", "房屋租赁合同纠纷", "机动车交通事故责任纠纷")


def _only(truth: dict, **known: object) -> dict:
    """Truth of a document about which no more than `known` is asserted."""
    return {
        **Judgment(truth["doc_id"]).to_dict(),
        "court": truth["court"],
        "province": truth["province"],
        **known,
    }


def spoil(kind: str, rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """A good document made into one of noise `kind`: (text, truth)."""
    return {
        "second_instance": second_instance,
        "civil": civil,
        "cut": cut,
        "hidden": hidden,
        "empty": lambda *_: (rng.choice(("", " \n\n", "\u3000\r\n")), _only(truth)),
        # Unreadable bytes and broken JSON are made by whoever writes the files: the text itself is whole.
        "broken": lambda *_: (text, _only(truth)),
    }[kind](rng, text, truth)


def second_instance(rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """An order of the court of appeal that upholds the judgment."""
    names = "、".join(d["name"] for d in truth["defendants"])
    charge = truth["defendants"][0]["charges"][0]
    city = truth["city"]
    court = f"{city}第一中级人民法院" if truth["province"] + "市" == city else f"{city}中级人民法院"
    number = re.sub(r"(（\d+）\D)(\d\d)\d*刑初", r"\1\2刑终", truth["case_number"])
    form = rng.choice(("刑事裁定书", "刑事判决书"))
    facts = text[slice(*truth["sections"]["facts"])]
    text = (
        f"{court}\n{form}\n{number}\n原公诉机关{truth['court'].removesuffix('人民法院')}人民检察院。\n"
        f"上诉人（原审被告人）{names}。\n"
        f"{truth['court']}审理被告人{names}犯{charge}一案，作出{truth['case_number']}刑事判决。宣判后，"
        f"{names}不服，提出上诉。"
        f"本院依法组成合议庭审理了本案，现已审理终结。\n{facts}\n"
        "本院认为，原判认定的事实清楚，证据确实、充分，定罪准确，量刑适当，审判程序合法。依照《中华人民共和"
        "国刑事诉讼法》第二百三十六条"
        f"第一款第（一）项之规定，{'裁定' if form == '刑事裁定书' else '判决'}如下：\n驳回上诉，维持原判。\n"
        f"本{form[2:4]}为终审{form[2:4]}。\n审判长{rng.choice('王李张刘')}某\n{_date(truth)}"
    )
    known = {
        "case_number": number,
        "court": court,
        "court_level": "中级",
        "city": city,
        "kind": "criminal",
        "instance": "second",
    }
    return text, _only(truth, **known, document_type=form)


def _date(truth: dict) -> str:
    year, month, day = map(int, truth["date"].split("-"))
    return chinese_date(year + 1, month, min(day, 28))


def civil(rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """A civil judgment of the same court."""
    cause, sum_of_money = rng.choice(LOANS), rng.randrange(20, 900) * 1000
    number = truth["case_number"].replace("刑初", "民初")
    first, second = rng.sample("王李张刘陈杨黄赵吴周", 2)
    text = (
        f"{truth['court']}\n民事判决书\n{number}\n原告{first}某，男，住本市。\n被告{second}某某，女，"
        "住本市。\n"
        f"原告{first}某与被告{second}某某{cause}一案，本院立案后依法适用简易程序公开开庭审理，"
        "现已审理终结。\n"
        f"原告{first}某提出诉讼请求：判令被告支付{sum_of_money}元。\n经审理查明，"
        f"双方于{rng.randint(2015, 2019)}年发生往来，被告尚欠"
        f"{sum_of_money}元未付，经催要未果。\n本院认为，合法的民事权益受法律保护，原告的请求有事实依据，"
        "予以支持。依照"
        f"《中华人民共和国民事诉讼法》第{chinese(rng.randint(64, 67))}条之规定，判决如下：\n被告{second}"
        "某某于本判决生效之日起十日内向"
        f"原告{first}某支付{sentence_money(rng, sum_of_money)}。\n案件受理费由被告负担。"
        f"\n审判员{rng.choice('孙马朱胡')}某\n{_date(truth)}"
    )
    known = {
        "case_number": number,
        "court_level": truth["court_level"],
        "city": truth["city"],
        "kind": "civil",
        "instance": "first",
    }
    return text, _only(truth, **known, document_type="民事判决书")


def cut(rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """The document ends before 本院认为: no reasoning, no judgment."""
    end = truth["sections"]["reasoning"][0]
    text = text[:end].rstrip("\n")
    sections = {name: span for name, span in truth["sections"].items() if span[1] <= end}
    same = ("case_number", "court_level", "city", "procedure", "instance", "kind", "document_type", "amount")
    return text, _only(truth, **{name: truth[name] for name in same}, sections=sections)


def hidden(rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """The facts are blanked out: published, but of no use."""
    start, end = truth["sections"]["facts"]
    body = text[start:end]
    keep = min(len(body), 6)
    text = text[:start] + body[:keep] + "×" * (len(body) - keep) + text[end:]
    same = (
        "case_number",
        "court_level",
        "city",
        "date",
        "procedure",
        "instance",
        "kind",
        "document_type",
        "sections",
    )
    return text, _only(truth, **{name: truth[name] for name in same})


def edited(rng: Random, text: str, truth: dict) -> tuple[str, dict]:
    """The same judgment as another site published it: a few small changes. Offsets are not asserted any
    more.
    """
    changes = [
        lambda t: t.replace("，", ",", 3),
        lambda t: t + "\n本件与原本核对无异",
        lambda t: t.replace("（", "(").replace("）", ")"),
        lambda t: t.replace("。\n", "。\n\n", 2),
        lambda t: t.replace("经审理查明", "经本院审理查明", 1),
        lambda t: t + f"\n书记员{rng.choice('王李张刘陈')}某",
    ]
    for change in rng.sample(changes, 2 + (rng.random() < 0.5)):
        text = change(text)
    return text, {**truth, "sections": {}}
