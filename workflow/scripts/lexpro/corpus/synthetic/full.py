"""A synthetic judgment of realistic length, with parties in full, evidence, notes and appendix.

Personal data in it (names, identity numbers, telephone numbers, plates, addresses) is made up.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from lexpro.corpus.synthetic.case import Case, Person
from lexpro.corpus.synthetic.text import cite, closing, facts_of, heading, numbered, orders, reasoned
from lexpro.corpus.synthetic.words import chinese_date, full_name, words
from lexpro.records import Article

EVIDENCE = [
    "受案登记表、立案决定书，证实案件来源及侦查机关依法立案侦查",
    "抓获经过、到案情况说明，证实被告人的到案经过",
    "户籍证明、前科查询材料，证实被告人的身份及以往表现",
    "现场勘验检查笔录、现场照片及示意图，证实案发现场的方位和概貌",
    "扣押决定书、扣押清单、发还清单，证实涉案物品的扣押与发还情况",
    "鉴定意见书及鉴定人资质证明，证实送检材料的检验结果",
    "辨认笔录及照片，证实经混杂辨认，辨认人指认了被告人",
    "监控视频及截图、通话清单、转账记录等，证实被告人的行动轨迹和资金往来",
    "证人的证言，证实其当日在现场附近的所见所闻，与其他证据相互印证",
    "被害人陈述，证实其遭受侵害的时间、地点和经过",
    "被告人的供述和辩解，对主要事实的供述前后稳定",
    "提取笔录、电子数据检查笔录，证实从被告人使用的手机中提取到聊天记录",
]
COURT = [
    "本院于受理后依法组成合议庭，公开开庭审理了本案",
    "本院受理后，依法由审判员独任审判，公开开庭进行了审理",
]


def _identity(rng: Random, person: Person) -> str:
    """A made-up number in the form of an identity card's.

    It has no valid check digit, and the region code 99, on purpose.
    """
    return f"99{rng.randrange(1000, 9999)}{person.born:%Y%m%d}{rng.randrange(1000, 9999)}"


def _party(rng: Random, case: Case, person: Person) -> str:
    word = words()
    home = f"{case.city}{rng.choice(word['roads'])}{rng.randint(1, 300)}号"
    home += f"{rng.randint(1, 30)}栋{rng.randint(101, 2502)}室"
    caught = case.done + timedelta(days=rng.randint(1, 80))
    out = (
        f"被告人{person.defendant.name}，{'女' if person.woman else '男'}，{person.born.year}"
        f"年{person.born.month}月{person.born.day}日"
        f"出生，{rng.choice(word['nations'])}，{rng.choice(word['education'])}，{rng.choice(word['jobs'])}，"
    )
    if rng.random() < 0.5:
        out += f"公民身份号码{_identity(rng, person)}，"
    out += f"住{home}。"
    if rng.random() < 0.3:
        out += f"联系电话1{rng.choice('3589')}{rng.randrange(10**8, 10**9)}。"
    out += (
        f"因涉嫌犯{person.defendant.charges[0]}，于{caught.year}年{caught.month}月{caught.day}日被刑事拘留，"
    )
    return out + rng.choice(
        ("后被取保候审。", "同年被依法逮捕。现羁押于看守所。", "经批准被执行逮捕，羁押于当地看守所。")
    )


def _lawyer(rng: Random) -> str:
    return (
        f"辩护人{full_name(rng, rng.choice(words()['surnames']))}，某律师事务所律师。\n"
        if rng.random() < 0.6
        else ""
    )


def full(rng: Random, case: Case, articles: list[Article]) -> dict[str, str]:
    """The sections of a long judgment.

    Args:
        rng: chooses among wordings.
        case: what the judgment is about.
        articles: that it cites, in their order.

    Returns:
        Section → its text, as `text.assemble` takes them.
    """
    who = "、".join(d.name for d in case.defendants)
    names = "、".join(charge.name for charge in case.charges)
    indictment = f"检刑诉〔{case.judged.year}〕{rng.randint(10, 900)}号"
    parties = [f"公诉机关{case.prosecutor}。\n"]
    if case.compensation:
        parties.append(f"附带民事诉讼原告人{case.victim}，系本案被害人。\n")
    parties += [_party(rng, case, person) + "\n" + _lawyer(rng) for person in case.people]
    procedure = f"依法适用{case.procedure}程序，" if case.procedure else ""
    story = facts_of(rng, case)
    accusation = (
        f"{case.prosecutor}以{indictment}起诉书指控被告人{who}犯{names}，向本院提起公诉。"
        f"{rng.choice(COURT)}。"
        f"{procedure}公诉机关指派检察员出庭支持公诉，被告人{who}到庭参加诉讼。现已审理终结。\n"
        f"公诉机关指控：{story}公诉机关认为，应当以{names}追究被告人{who}的刑事责任，提请本院依法判处。\n"
        f"被告人{who}对指控的事实{rng.choice(('没有异议', '供认不讳', '未提出异议'))}，请求从宽处理。\n"
    )
    facts = f"经审理查明：{story}\n"
    if rng.random() < 0.4:
        letter = words()["provinces"][case.province]["letter"]
        plate = f"{letter}A{rng.randrange(10_000, 99_999)}"
        vehicle = f"车牌号为{plate}的{rng.choice(words()['vehicles'])}一辆"
        facts += f"另查明，被告人{case.defendants[0].name}名下有{vehicle}，与本案无关。\n"
    proofs = rng.sample(EVIDENCE, rng.randint(5, 10))
    evidence = "上述事实，有下列经庭审质证的证据证实：\n" + "".join(
        f"{i}．{proof}。\n" for i, proof in enumerate(proofs, 1)
    )
    evidence += "以上证据来源合法，内容客观真实，能够相互印证，本院予以确认。\n"
    defence = rng.choice(
        ("辩护人提出的从轻处罚意见，本院酌情采纳。", "辩护人的相关意见与查明的事实相符，予以采纳。", "")
    )
    notes = ""
    if any(d.sentence.kind in ("有期徒刑", "拘役") and not d.probation_months for d in case.defendants):
        notes = "（刑期从判决执行之日起计算。判决执行以前先行羁押的，羁押一日折抵刑期一日。）\n"
    j = case.judged
    return {
        "header": heading(case)[1],
        "parties": "".join(parties),
        "accusation": accusation,
        "facts": facts,
        "evidence": evidence,
        "reasoning": reasoned(rng, case) + defence + closing(rng, case, articles),
        "judgment": "判决如下：\n" + numbered(orders(rng, case)) + notes,
        "ending": (
            "如不服本判决，可在接到判决书的第二日起十日内，通过本院或者直接向上一级人民法院提出上诉。书面上"
            "诉的，应当提交上诉状正本一份，"
            f"副本二份。\n审判长{full_name(rng, rng.choice(words()['surnames']))}\n"
            f"人民陪审员{full_name(rng, rng.choice(words()['surnames']))}"
            f"\n{chinese_date(j.year, j.month, j.day)}\n"
            f"书记员{full_name(rng, rng.choice(words()['surnames']))}"
            f"\n附：本判决所依据的法律条文\n{cite(articles, False, rng)}"
        ),
    }
