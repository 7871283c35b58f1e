"""The grammar of the operative part: each production, in words of our own."""

from __future__ import annotations

import pytest

from lexpro.corpus.parsing import operative
from lexpro.corpus.parsing.punishments import unreadable
from lexpro.corpus.parsing.tokens import tokenise
from lexpro.records import Defendant, Term


def one(text: str) -> Defendant:
    (found,) = operative.read(text, ["张某"])
    return found


def several(text: str, *names: str) -> list[Defendant]:
    return operative.read(text, list(names or ("张某", "李某")))


def months(defendants: list[Defendant]) -> list[int | None]:
    return [d.sentence.months if d.sentence else None for d in defendants]


def test_tokens_are_typed():
    kinds = [
        token.kind
        for token in tokenise("被告人张某犯盗窃罪，判处有期徒刑一年，缓刑二年，并处罚金一千元。", ["张某"])
    ]
    assert kinds == ["who", "crime", "term", "probation", "fine", "end"]


@pytest.mark.parametrize(
    ("text", "charges", "terms"),
    [
        ("被告人张某犯盗窃罪，判处有期徒刑一年。", ["盗窃罪"], [("有期徒刑", 12)]),
        ("张某犯盗窃罪判处有期徒刑一年。", ["盗窃罪"], [("有期徒刑", 12)]),
        ("被告人张某以盗窃罪判处有期徒刑一年。", ["盗窃罪"], [("有期徒刑", 12)]),
        ("以盗窃罪判处被告人张某有期徒刑一年。", ["盗窃罪"], [("有期徒刑", 12)]),
        ("以被告人张某犯盗窃罪，判处有期徒刑一年。", ["盗窃罪"], [("有期徒刑", 12)]),
        ("被告人张某盗窃罪，判处有期徒刑一年。", ["盗窃罪"], [("有期徒刑", 12)]),
        ("被告人张某犯盗窃，判处有期徒刑一年。", ["盗窃罪"], [("有期徒刑", 12)]),
        ("被告人张某犯犯盗窃罪罪，判处有期徒刑一年。", ["盗窃罪"], [("有期徒刑", 12)]),
        ("被告人张某犯故意杀人（未遂）罪，判处有期徒刑十年。", ["故意杀人罪"], [("有期徒刑", 120)]),
        ("被告人张某犯盗窃罪，判处一年二个月。", ["盗窃罪"], [("有期徒刑", 14)]),
        ("被告人张某犯盗窃罪，判处有期徒一年二个月。", ["盗窃罪"], [("有期徒刑", 14)]),
        ("被告人张某犯盗窃罪，判处有期徒刑有期徒刑一年。", ["盗窃罪"], [("有期徒刑", 12)]),
        ("被告人张某犯盗窃罪，判处死刑，缓期贰年执行。", ["盗窃罪"], [("死缓", None)]),
        ("被告人张某犯盗窃罪，判处死刑（缓期二年执行）。", ["盗窃罪"], [("死缓", None)]),
        ("被告人张某犯盗窃罪，判处死刑，缓期执行。", ["盗窃罪"], [("死缓", None)]),
        ("被告人张某犯盗窃罪，判处死缓。", ["盗窃罪"], [("死缓", None)]),
        ("被告人张某犯盗窃罪，判处死刑，剥夺政治权利终身。", ["盗窃罪"], [("死刑", None)]),
    ],
)
def test_offence(text, charges, terms):
    found = one(text)
    assert found.charges == charges
    assert [(term.kind, term.months) for term in found.terms] == terms
    assert found.sentence == found.terms[0]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("犯盗窃罪，判处拘役三个月，宣告缓刑，缓刑考验期限为六个月。", "probation_months", 6),
        ("犯盗窃罪，判处拘役三个月，缓刑的考验期六个月。", "probation_months", 6),
        ("犯盗窃罪，判处拘役三个月，并处罚金人民2000元。", "fine", 2000),
        ("犯盗窃罪，判处拘役三个月。并处罚金二千元。", "fine", 2000),
        ("犯盗窃罪，判处拘役三个月。扣押的500元折抵罚金500元。", "fine", 0),
        ("犯盗窃罪，判处无期徒刑，并处没收全部个人财产。", "confiscation_all", True),
        ("犯盗窃罪，判处无期徒刑，并处没收财产五万元。", "confiscation", 50_000),
        ("犯盗窃罪，判处有期徒刑十年，附加剥夺政治权利二年。", "deprivation_months", 24),
        ("犯盗窃罪，判处无期徒刑，剥夺政治权利终身。", "deprivation_life", True),
    ],
)
def test_punishment(text, field, value):
    assert getattr(one("被告人张某" + text), field) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("单处罚金二千元", "单处罚金"),
        ("判处罚金二千元", "单处罚金"),
        ("罚金二千元", "单处罚金"),
        ("免予刑事处罚", "免予刑事处罚"),
        ("判处××，并处罚金二千元", None),
        ("判处有期徒刑×年×个月，并处罚金二千元", None),
        ("判处有期徒刑XX年，并处罚金二千元", None),
        ("判处有期徒刑�个月，并处罚金二千元", None),
        ("判处，并处罚金二千元", None),
    ],
)
def test_a_fine_alone_only_where_the_text_says_so(text, kind):
    found = one(f"被告人张某犯盗窃罪，{text}。")
    assert (found.sentence.kind if found.sentence else None) == kind


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("判处有期徒刑×年×个月。", True),
        ("判处有期徒刑****。", True),
        ("判处拘役三个月，并处罚金人民币××元。", True),
        ("判处拘役三个月，缓刑×个月。", True),
        ("判处拘役三个月，并处罚金一千元，没收车牌为鄂A×××的车。", False),
    ],
)
def test_what_cannot_be_read(text, hidden):
    assert (unreadable(text) is not None) is hidden


@pytest.mark.parametrize(
    ("text", "sentence", "fine"),
    [
        ("数罪并罚，决定执行有期徒刑三年，并处罚金三千元。", ("有期徒刑", 36), 3000),
        ("合并执行有期徒刑三年，并处罚金三千元。", ("有期徒刑", 36), 3000),
        ("数罪并罚，执行有期徒刑三年，并处罚金三千元。", ("有期徒刑", 36), 3000),
        ("数罪并罚，合并有期徒刑三年，罚金三千元。", ("有期徒刑", 36), 3000),
        ("合并后，决定并处有期徒刑三年，并处罚金三千元。", ("有期徒刑", 36), 3000),
        ("总和刑期有期徒刑三年六个月，决定执行三年，罚金三千元。", ("有期徒刑", 36), 3000),
        ("决定执行有期徒刑三年。", ("有期徒刑", 36), 3000),
        # 69(2): control is served after imprisonment; the heavier counts.
        ("决定执行有期徒刑三年，管制一年。", ("有期徒刑", 36), 3000),
        # The last joint term counts.
        (
            "决定执行有期徒刑三年，罚金三千元；连同前罪的有期徒刑一年，罚金一千元，"
            "决定执行有期徒刑四年，罚金四千元。",
            ("有期徒刑", 48),
            4000,
        ),
    ],
)  # fmt: skip
def test_joint(text, sentence, fine):
    found = one(
        f"被告人张某犯盗窃罪，判处有期徒刑二年，并处罚金一千元；犯诈骗罪，判处有期徒刑一年六个月，并处罚金二千元；{text}"
    )
    assert (found.sentence.kind, found.sentence.months) == sentence
    assert found.fine == fine
    assert [(term.charge, term.months) for term in found.terms] == [("盗窃罪", 24), ("诈骗罪", 18)]


@pytest.mark.parametrize(
    "earlier",
    [
        "与前罪所判有期徒刑一年，并处罚金二万元并罚，",
        "与原犯诈骗罪判处的有期徒刑一年，并处罚金二万元并罚，",
        "原犯诈骗罪，判处有期徒刑一年，并处罚金二万元，数罪并罚，",
        "前犯诈骗罪，判处有期徒刑一年，缓刑二年，并处罚金二万元；数罪并罚，",
        "其因前罪被判处有期徒刑一年，并处罚金二万元，",
        "被告人因犯诈骗罪于2018年8月1日被某县人民法院判处有期徒刑一年，并处罚金二万元；数罪并罚，",
        "与前罪没有执行的有期徒刑一年，并处罚金二万元并罚，",
        "撤销某县人民法院刑事判决中缓刑二年的执行部分，执行原判有期徒刑一年，并处罚金二万元，",
        "撤销对其判处有期徒刑一年，缓刑二年，并处罚金二万元的缓刑部分，",
        "撤销某县人民法院判决第一项“被告人张某犯诈骗罪，判处有期徒刑一年，缓刑二年，并处罚金二万元”的缓刑部分，",
    ],
)
def test_earlier(earlier):
    found = one(
        f"被告人张某犯盗窃罪，判处有期徒刑二年，并处罚金二千元；{earlier}决定执行有期徒刑二年六个月，并处罚金二万二千元。"
    )
    assert found.charges == ["盗窃罪"]
    assert found.terms == [Term("有期徒刑", 24, "盗窃罪")]
    assert found.sentence == Term("有期徒刑", 30)
    assert (found.fine, found.probation_months) == (22_000, 0)


def test_revoked_before_the_sentence():
    first, second = several(
        "一、撤销某市中级人民法院刑事判决书对被告人李某判处的缓刑部分，被告人李某犯开设赌场罪，判处有期徒刑三年；"
        "与原被判处的有期徒刑一年并罚，决定执行有期徒刑三年六个月。二、被告人张某犯开设赌场罪，判处有期徒刑二年。"
    )
    assert (first.sentence.months, second.sentence.months) == (24, 42)


def test_maintained_counts_unless_sentenced_again():
    text = (
        "一、维持某区人民法院刑事判决第一、二项，即被告人张某犯诈骗罪，判处有期徒刑四年，并处罚金六千元；"
        "被告人李某犯诈骗罪，判处有期徒刑二年；二、上诉人张某犯诈骗罪，判处有期徒刑三年，并处罚金五千元。"
    )
    first, second = several(text)
    assert (first.sentence.months, first.fine, first.charges) == (36, 5000, ["诈骗罪"])
    assert second.sentence.months == 24


def test_acquittal():
    first, second = several("一、被告人张某犯盗窃罪，判处拘役三个月；二、宣告被告人李某无罪。")
    assert first.sentence.kind == "拘役"
    assert (second.sentence, second.charges) == (Term("无罪"), [])


@pytest.mark.parametrize(
    ("words", "terms", "probation", "fines"),
    [
        ("分别判处有期徒刑八个月、六个月，并处罚金三千元、二千元", [8, 6], [0, 0], [3000, 2000]),
        ("分别判处有期徒刑一年，缓刑二年；有期徒刑八个月，缓刑一年", [12, 8], [24, 12], [0, 0]),
        ("分别判处有期徒刑一年，并处罚金五千元；有期徒刑八个月，并处罚金三千元", [12, 8], [0, 0], [5000, 3000]),
        ("分别判处有期徒刑一年和八个月，缓刑二年和一年，各并处罚金一千元", [12, 8], [24, 12], [1000, 1000]),
        ("各判处有期徒刑一年，缓刑二年，并处罚金一千元", [12, 12], [24, 24], [1000, 1000]),
        ("均判处有期徒刑一年", [12, 12], [0, 0], [0, 0]),
    ],
)  # fmt: skip
def test_dealt_to_several_defendants(words, terms, probation, fines):
    both = several(f"被告人张某、李某犯盗窃罪，{words}。")
    assert months(both) == terms
    assert [d.probation_months for d in both] == probation
    assert [d.fine for d in both] == fines


def test_dealt_to_several_charges():
    found = one("被告人张某犯盗窃罪、诈骗罪，分别判处有期徒刑二年和三年，决定执行有期徒刑四年。")
    assert found.terms == [Term("有期徒刑", 24, "盗窃罪"), Term("有期徒刑", 36, "诈骗罪")]
    assert found.sentence == Term("有期徒刑", 48)


def test_charges_before_the_name():
    found = one(
        "以受贿罪判处被告人张某无期徒刑，剥夺政治权利终身；以滥用职权罪判处被告人张某有期徒刑十年，"
        "决定执行无期徒刑，剥夺政治权利终身。"
    )
    assert found.charges == ["受贿罪", "滥用职权罪"]
    assert found.terms == [Term("无期徒刑", None, "受贿罪"), Term("有期徒刑", 120, "滥用职权罪")]
    assert found.sentence == Term("无期徒刑")


def test_two_defendants_of_one_name():
    both = operative.read(
        "一、被告人王某犯盗窃罪，判处拘役三个月，并处罚金一千元。二、被告人王某犯盗窃罪，判处拘役四个月，并处罚金二千元。",
        ["王某", "王某"],
    )
    assert [(d.sentence.months, d.fine) for d in both] == [(3, 1000), (4, 2000)]


def test_proceeds_of_a_crime_sentence_nobody():
    found = one("一、被告人张某犯贪污罪，判处有期徒刑三年。二、被告人张某犯受贿罪的违法所得五万元予以没收。")
    assert found.charges == ["贪污罪"]
    assert found.sentence.months == 36


@pytest.mark.parametrize(
    "text, charge",
    [
        ("被告人张某犯合同合同诈骗罪，判处有期徒刑六个月。", "合同诈骗罪"),
        ("被告人张某犯盗窃罪，判处有期徒刑刑六个月。", "盗窃罪"),
        ("被告人张某犯盗窃罪，判处判处有期徒刑六个月。", "盗窃罪"),
        (
            "被告人张某犯非法携带枪支危及公共安全罪，判处有期徒刑六个月。",
            "非法携带枪支、弹药、管制刀具、危险物品危及公共安全罪",
        ),
        ("被告人张某犯掩饰隐瞒犯罪所得罪，判处有期徒刑六个月。", "掩饰、隐瞒犯罪所得、犯罪所得收益罪"),
    ],
)
def test_words_typed_twice_and_a_mark_left_out(text, charge):
    defendant = one(text)
    assert (defendant.charges, months([defendant])) == ([charge], [6])


@pytest.mark.parametrize(
    "remark",
    [
        "刑期自判决执行之日起计算。判决执行以前先行羁押的，羁押一日折抵刑期一日。",
        "以上有期徒刑刑期，均自判决执行之日起计算。",
        "判决执行前先行羁押的，羁押一日折抵刑期一日。",
    ],
)
def test_a_remark_without_brackets_decides_nothing(remark):
    found = one(
        "被告人张某犯贪污罪，判处有期徒刑二年；犯诈骗罪，判处有期徒刑四年，并处罚金1000元；"
        f"决定执行有期徒刑五年，并处罚金1000元。{remark}"
    )
    assert (found.sentence, found.fine) == (Term("有期徒刑", 60), 1000)
