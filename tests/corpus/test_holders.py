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
    f"被告人{B}系自首；被告人亲属赔偿损失，取得谅解": ([], ["自首", "谅解"], []),
    f"被告人{B}系自首。被告人亲属赔偿损失，取得谅解": (["谅解"], ["自首", "谅解"], ["谅解"]),
    # Who is named is not always meant.
    f"被告人{A}系主犯。被告人{B}在与{A}的共同犯罪中起辅助作用，系从犯": (["主犯"], ["从犯"], []),
    f"被告人{A}系累犯；被告人{B}协助公安机关抓获被告人{C}，系立功": (["累犯"], ["立功"], []),
    f"被告人{A}的罪行得到被告人{B}、{C}的供述证实，{A}系累犯": (["累犯"], [], []),
    f"被告人{A}指挥其他被告人作案，系主犯": (["主犯"], [], []),
    # A list of what was found before says nothing of its own.
    f"被告人{A}系累犯；被告人{B}系从犯。综合三被告人的累犯、从犯等量刑情节": (["累犯"], ["从犯"], []),
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
