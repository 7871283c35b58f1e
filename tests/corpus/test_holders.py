"""Whose a circumstance is among several defendants, whatever layout, order and names."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus.parsing import holders
from lexpro.corpus.parsing.structure import structure
from lexpro.records import Defendant

NAMES = ["陈建国", "林小芳", "吴大勇"]
A, B, C = NAMES

# The reasoning, and what it finds for each of the three.
FOUND = {
    # One by one, and lists.
    f"被告人{A}系主犯；被告人{B}、{C}起次要作用，均系从犯": (["主犯"], ["从犯"], ["从犯"]),
    f"被告人{A}系累犯。被告人{B}、{C}取得被害人谅解": (["累犯"], ["谅解"], ["谅解"]),
    f"被告人{A}、{B}、{C}归案后如实供述": (["坦白"], ["坦白"], ["坦白"]),
    # All, some, the others.
    f"被告人{A}系累犯，三被告人均如实供述": (["坦白", "累犯"], ["坦白"], ["坦白"]),
    f"被告人{A}系累犯，各被告人均如实供述": (["坦白", "累犯"], ["坦白"], ["坦白"]),
    f"被告人{A}系主犯，其他被告人系从犯": (["主犯"], ["从犯"], ["从犯"]),
    f"被告人{A}组织他人，起主要作用，系主犯；其余被告人起次要作用，系从犯": (["主犯"], ["从犯"], ["从犯"]),
    f"被告人{A}起主要作用，系主犯。被告人{B}望风，被告人{C}开车，二被告人起辅助作用，系从犯": (
        ["主犯"],
        ["从犯"],
        ["从犯"],
    ),
    f"被告人{A}系主犯。{B}运输，{C}窝藏，其二人均如实供述": (["主犯"], ["坦白"], ["坦白"]),
    f"被告人{A}、{B}二人系主犯，被告人{C}系从犯": (["主犯"], ["主犯"], ["从犯"]),
    f"被告人{A}系主犯，被告人{B}伙同他人作案，被告人{C}协助，上述被告人均取得谅解": (
        ["主犯", "谅解"],
        ["谅解"],
        ["谅解"],
    ),
    f"被告人{A}供述尚未掌握的罪行，被告人{B}主动投案，均系自首": (["自首"], ["自首"], []),
    f"被告人{B}系自首。被害人对引发本案有过错": (["被害人过错"], ["自首", "被害人过错"], ["被害人过错"]),
    f"被告人{B}系自首。被害人对被告人{A}威胁，扣留车辆，存在过错": (
        ["被害人过错"],
        ["自首", "被害人过错"],
        ["被害人过错"],
    ),
    f"被告人{B}系自首；被告人亲属赔偿损失，取得谅解": ([], ["自首", "谅解"], []),
    f"被告人{B}系自首。被告人亲属赔偿损失，取得谅解": (["谅解"], ["自首", "谅解"], ["谅解"]),
    # Who is named is not always meant.
    f"被告人{A}系主犯。被告人{B}在与{A}的共同犯罪中起辅助作用，系从犯": (["主犯"], ["从犯"], []),
    f"被告人{A}系累犯；被告人{B}协助公安机关抓获被告人{C}，系立功": (["累犯"], ["立功"], []),
    f"被告人{A}的罪行得到被告人{B}、{C}的供述证实，{A}系累犯": (["累犯"], [], []),
    f"被告人{A}指挥其他被告人作案，系主犯": (["主犯"], [], []),
    f"被告人{B}在与被告人{A}的共同犯罪中系从犯；归案后如实供述": ([], ["坦白", "从犯"], []),
    f"被告人{B}单独以及与被告人{A}共同盗窃，起主要作用，系主犯": ([], ["主犯"], []),
    f"上述三被告人均积极参与。被告人{B}、{C}与其他被告人相比，起次要作用，系从犯": ([], ["从犯"], ["从犯"]),
    f"被告人{B}的作用明显低于被告人{A}，应属从犯": ([], ["从犯"], []),
    f"被告人{A}的家属代被告人{B}赔偿，取得谅解": ([], ["谅解"], []),
    f"被告人{B}的地位相对于被告人{A}低，结合其归案后如实供述": ([], ["坦白"], []),
    f"被告人{B}协助抓捕可能被判处无期徒刑的同案被告人{A}，系立功": ([], ["立功"], []),
    f"被告人{A}、{B}在侦查阶段如实供述，但被告人{B}在庭审过程中避重就轻": (["坦白"], [], []),
    f"被告人{B}系自首。本案被害人出具了谅解书": (["谅解"], ["自首", "谅解"], ["谅解"]),
    f"被告人{B}系自首。被害人出具了谅解书": ([], ["自首", "谅解"], []),
    f"被告人{B}系自首。本案案发后，其家属赔偿并取得谅解": ([], ["自首", "谅解"], []),
    f"被告人{B}归案后如实供述，但在庭审中未否认指控的事实": ([], ["坦白"], []),
    # Other ways to join, and to count.
    f"被告人{A}或{B}操纵秤，起主要作用，系主犯": (["主犯"], ["主犯"], []),
    f"被告人{A}、郑大山、{C}系主犯": (["主犯"], [], ["主犯"]),
    f"被告人{A}邀约{B}作案；被告人{B}望风，二人起次要作用系从犯": (["从犯"], ["从犯"], []),
    f"上述3名被告人退出违法所得。被告人{A}系主犯": (["主犯", "退赃"], ["退赃"], ["退赃"]),
    f"致二人轻伤、三人死亡，被告人{A}系主犯": (["主犯"], [], []),
    f"被告人{A}2011年因犯盗窃罪被判处有期徒刑，系累犯": (["累犯"], [], []),
    # One each, unless it was said before.
    f"被告人{A}、{B}分别具有自首、立功情节": (["自首"], ["立功"], []),
    f"被告人{A}系自首。被告人{B}系立功。对二被告人分别具有立功、自首情节的意见，予以采纳": (
        ["自首"],
        ["立功"],
        [],
    ),
    f"被告人{A}、{B}分别检举他人犯罪，系立功": (["立功"], ["立功"], []),
    # Somebody else, and the law.
    f"被告人{A}明知是幼女，程某系未成年人，仍实施强奸": ([], [], []),
    "《刑法》第六十五条规定：五年以内再犯应当判处有期徒刑以上刑罚之罪的，是累犯": ([], [], []),
    # A denial withdraws what was told, not what was named, and of those only whom it speaks of.
    f"被告人{A}归案后如实供述。{A}当庭翻供，不能认定坦白。被告人{B}如实供述": ([], ["坦白"], []),
    f"被告人{A}、{B}自动投案，被告人{B}如实供述，具有自首情节；{A}未如实供述，不构成自首": ([], ["自首"], []),
    f"被告人{A}起次要作用，系从犯；{A}在另一起犯罪中不系从犯": (["从犯"], [], []),
    # A list of what was found before says nothing of its own.
    f"被告人{A}系累犯；被告人{B}系从犯。综合三被告人的累犯、从犯等量刑情节": (["累犯"], ["从犯"], []),
    # What is refused by name is withdrawn where it was only told.
    f"被告人{A}如实供述部分事实；对于辩护人提出{A}系坦白的意见，因{A}并未如实供述全部事实，不予采纳": (
        [],
        [],
        [],
    ),
    # What should follow from it is refused, not the circumstance.
    f"被告人{A}起次要作用，可以从轻处罚。辩护人提出{A}系从犯，应免除处罚的意见，不予采纳": (["从犯"], [], []),
    # For whom something of the case makes it lighter, and all defendants without a number.
    f"被告人{A}系累犯。本案因纠纷引起，双方已互相谅解，可以对三被告人均酌情从轻处罚": (
        ["累犯", "谅解"],
        ["谅解"],
        ["谅解"],
    ),
    f"被告人{A}系主犯。案发后，本案被告人退出了全部赃款": (["主犯", "退赃"], ["退赃"], ["退赃"]),
    f"被告人{A}系坦白。{B}的辩护人辩称{B}属自首能够成立": (["坦白"], ["自首"], []),
    f"被告人{A}、{B}（自报）、{C}到案后均如实供述，系坦白": (["坦白"], ["坦白"], ["坦白"]),
    f"被告人{C}系从犯。责令被告人{A}、{B}、{C}予以退赔": ([], [], ["从犯"]),
    # So many of those whom the sentence names, as subject or not.
    f"被告人{A}利用职务之便帮助被告人{B}占有财物，两被告人均起主要作用；被告人{C}起次要作用": (
        ["主犯"],
        ["主犯"],
        ["从犯"],
    ),
    # 本院认为 sums nothing up.
    f"本院认为，公诉机关指控被告人{A}、{B}、{C}抢劫，三被告人均具有坦白等法定从轻情节，事实清楚，予以支持": (
        ["坦白"],
        ["坦白"],
        ["坦白"],
    ),
    # A later sentence goes on.
    f"被告人{B}主动投案。到案后如实供述，系自首": ([], ["自首"], []),
    # What a lawyer claims for one.
    f"被告人{A}的辩护人提出{A}系从犯的意见，不予采纳。被告人{B}系从犯": ([], ["从犯"], []),
}


def found(reasoning, names):
    defendants = [Defendant(name) for name in names]
    holders.assign([reasoning], defendants)
    return tuple(defendant.circumstances for defendant in defendants)


@pytest.mark.parametrize(("reasoning", "right"), FOUND.items())
def test_assign(reasoning, right):
    assert found(reasoning, NAMES) == right


@pytest.mark.parametrize(("reasoning", "right"), FOUND.items())
@given(st.randoms(use_true_random=False))
def test_other_names_say_the_same(reasoning, right, rng):
    others = rng.sample(["赵某甲", "钱某乙", "孙×", "李某1", "和青松", "王某某", "阿卜杜拉", "欧阳修"], 3)
    for name, other in zip(NAMES, others, strict=True):
        reasoning = reasoning.replace(name, other)
    assert found(reasoning, others) == right


@pytest.mark.parametrize(("reasoning", "right"), FOUND.items())
def test_the_order_of_the_list_of_parties_says_nothing(reasoning, right):
    order = [2, 0, 1]
    assert found(reasoning, [NAMES[i] for i in order]) == tuple(right[i] for i in order)


PARTS = [(A, "系累犯", "累犯"), (B, "取得被害人谅解", "谅解"), (C, "系从犯", "从犯")]


@given(st.permutations(PARTS), st.sampled_from("。；"))
def test_the_order_of_clauses_says_nothing(parts, mark):
    reasoning = mark.join(f"被告人{name}{said}" for name, said, _ in parts)
    right = {name: [circumstance] for name, _, circumstance in parts}
    assert found(reasoning, NAMES) == tuple(right[name] for name in NAMES)


def test_a_name_that_is_masked_in_one_place_is_the_same_persons():
    assert found("被告人钱某系累犯，被告人金建军系从犯", ["金建军", "钱俊"]) == (["从犯"], ["累犯"])
    assert found("被告人毛大钢、许秀军如实供述", ["毛大刚", "许秀军"]) == (["坦白"], ["坦白"])


def test_a_misspelt_name_in_a_list_is_the_one_that_it_is_like():
    assert found("被告人陈建国、林晓芳、吴大勇取得被害人谅解。被告人林小芳系累犯", NAMES) == (
        ["谅解"],
        ["累犯", "谅解"],
        ["谅解"],
    )


def test_the_rest_of_some_are_the_last_that_were_named_with_them():
    names = [A, B, C, "赵大山"]
    text = (
        f"被告人赵大山犯窝藏罪。被告人{A}伙同村干部被告人{B}、{C}侵占，被告人{A}系主犯；其他二名被告人系从犯"
    )
    assert found(text, names) == (["主犯"], ["从犯"], ["从犯"], [])


@given(st.integers(2, 9), st.booleans())
def test_a_number_in_digits_is_the_one_in_words(number, all_of_them):
    names = [f"李某{place}" for place in range(1, number + (1 if all_of_them else 3))]
    row = "、".join(names[:number])
    for written in ("零一二三四五六七八九"[number], str(number)):
        text = f"被告人{row}结伙盗窃，{written}名被告人均如实供述"
        assert found(text, names) == tuple(["坦白"] if name in names[:number] else [] for name in names)


@given(
    st.lists(st.sampled_from(NAMES), min_size=1, unique=True),
    st.sampled_from(["伙同", "纠集", "抓获", "以及与", "单独或者与"]),
)
def test_companions_have_nothing(companions, with_whom):
    first = next((name for name in NAMES if name not in companions), None)
    if first:
        text = f"被告人{first}{with_whom}被告人{'、'.join(companions)}共同作案，系主犯"
        assert found(text, NAMES) == tuple(["主犯"] if name == first else [] for name in NAMES)


def test_a_companion_without_a_trial_here_is_nobody():
    said = "同案犯吉某甲积极联系买主，起主要作用，系主犯；被告人肖某起次要作用，系从犯"
    assert found(said, ["肖某"]) == (["从犯"],)
    assert found("检举同案犯，同案犯李某甲被抓获，属立功", ["肖某"]) == (["立功"],)


def test_a_unit_surrenders():
    names = ["某某贸易有限公司", "张三"]
    assert found("被告人张三作为负责人主动交代，应认定为单位自首", names) == (["自首"], [])


def test_a_unit_beside_those_above():
    names = ["陈建国", "林小芳", "风安物流有限公司"]
    said = "被告人陈建国、林小芳、被告单位风安物流有限公司系从犯。上述被告人、被告单位签署了认罪认罚具结书"
    assert found(said, names) == (["从犯", "认罪认罚"],) * 3


def test_units():
    names = ["某某贸易有限公司", "张三", "李四"]
    text = "被告单位及二被告人均系自首。被告人张三系主犯"
    assert found(text, names) == (["自首"], ["自首", "主犯"], ["自首"])


@given(st.text(alphabet="甲乙丙被告人二三均其他系自首从犯累，。；、的与", max_size=60))
def test_nothing_raises(reasoning):
    assert len(found(reasoning, ["甲乙", "乙丙", "甲"])) == 3


def test_breaks_say_nothing():
    head = "某市人民法院\n刑事判决书\n（2020）京0101刑初1号\n" + "".join(
        f"被告人{name}，男，汉族。\n" for name in NAMES
    )
    for reasoning, right in FOUND.items():
        text = (
            f"{head}某市人民检察院指控被告人犯盗窃罪。\n经审理查明，三人盗窃。\n本院认为，{reasoning}。依照"
            f"《中华人民共和国刑法》第二百六十四条之规定，判决如下：\n被告人{A}犯盗窃罪，判处拘役三个月。\n"
        )
        rng = random.Random(reasoning)
        broken = re.sub("(?<=[，。；])", lambda _, rng=rng: rng.choice(["", "\n", " ", "　"]), text)
        for form in (text, broken):
            assert tuple(d.circumstances for d in structure(form, "x").defendants) == right


@given(st.permutations(["刘某", "刘某民", "刘某某", "王某", "王某才"]), st.integers(1, 5))
def test_a_name_inside_another_name_is_not_said(names, number):
    """In any order, whoever is listed has it, and nobody else."""
    listed = names[:number]
    defendants = [Defendant(name) for name in sorted(names)]
    holders.assign([f"被告人{'、'.join(listed)}到案后如实供述，是坦白。"], defendants)
    assert {one.name for one in defendants if one.circumstances == ["坦白"]} == set(listed)
