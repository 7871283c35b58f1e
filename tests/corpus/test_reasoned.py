"""Charges that the operative part leaves out or misspells, and namesakes among the defendants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus.parsing import parties
from lexpro.corpus.parsing.reasoned import charges_in
from lexpro.corpus.parsing.structure import structure

HEAD = "某市人民法院\n刑事判决书\n（2020）京0101刑初1号\n"


def read(parties, reasoning, operative):
    text = (
        f"{HEAD}{parties}某市人民检察院指控被告人犯罪。\n经审理查明，属实。\n本院认为，{reasoning}。依照"
        f"《中华人民共和国刑法》第二百六十四条之规定，判决如下：\n{operative}\n如不服本判决，可以上诉。\n"
    )
    return [(d.name, d.charges, d.sentence and d.sentence.months) for d in structure(text, "x").defendants]


ONE = "被告人张三，男，汉族。\n"
TWO = ONE + "被告人李四，男，汉族。\n"
CASES = {
    "left out": (
        TWO,
        "二被告人的行为均构成贪污罪",
        "一、被告人张三犯贪污罪，判处有期徒刑一年。二、被告人李四判处有期徒刑十个月。",
        [("张三", ["贪污罪"], 12), ("李四", ["贪污罪"], 10)],
    ),
    "misspelt": (
        ONE,
        "其行为构成强迫交易罪、故意毁坏财物罪",
        "被告人张三犯故意毁坏财物易罪，判处有期徒刑六个月。",
        [("张三", ["故意毁坏财物罪"], 6)],
    ),
    "a part left out": (
        ONE,
        "其行为已构成非法买卖枪支罪",
        "被告人张三犯买卖枪支罪，判处有期徒刑四年。",
        [("张三", ["非法制造、买卖、运输、邮寄、储存枪支、弹药、爆炸物罪"], 48)],
    ),
    "a word too much": (
        ONE,
        "其行为已构成诈骗罪",
        "被告人张三犯罪诈骗罪，判处有期徒刑九个月。",
        [("张三", ["诈骗罪"], 9)],
    ),
    "the only one is not named": (
        ONE,
        "其行为已构成盗窃罪",
        "被告人犯盗窃罪，判处有期徒刑九个月。",
        [("张三", ["盗窃罪"], 9)],
    ),
    "a crime before": (
        ONE,
        "其行为已构成盗窃罪",
        "被告人张三犯盗窃罪，判处有期徒刑一年，与以前犯交通肇事罪判处有期徒刑三年数罪并罚，决定执行有期徒刑三年六个月。",
        [("张三", ["盗窃罪"], 42)],
    ),
    "the word 执行 left out": (
        ONE,
        "其行为已构成贩卖毒品罪、非法持有枪支罪",
        "被告人张三犯贩卖毒品罪，判处有期徒刑三年；犯非法持有枪支罪，判处有期徒刑一年；决定有期徒刑三年六个月。",
        [("张三", ["走私、贩卖、运输、制造毒品罪", "非法持有、私藏枪支、弹药罪"], 42)],
    ),
    "several operative parts in a row": (
        TWO,
        "二被告人的行为均构成盗窃罪",
        "被告人张三犯盗窃罪，判处有期徒刑九个月。二、依照《中华人民共和国刑法》第二百六十四条之规定，判决如下：被告人李四犯盗窃罪，"
        "判处有期徒刑十个月。三、依照《中华人民共和国刑法》第六十四条之规定，判决如下：责令二被告人退赔。",
        [("张三", ["盗窃罪"], 9), ("李四", ["盗窃罪"], 10)],
    ),
    "another crime is not the same": (
        ONE,
        "其行为已构成合同诈骗罪",
        "被告人张三犯诈骗罪，判处有期徒刑三年。",
        [("张三", ["诈骗罪"], 36)],
    ),
    "namesakes": (
        "被告人赵某，绰号老大。\n被告人赵某，绰号老二。\n被告人袁某，男，汉族。\n",
        "被告人赵某、赵某、袁某结伙盗窃，其行为均构成盗窃罪",
        "一、被告人赵某犯盗窃罪，判处有期徒刑二年。二、被告人赵某犯盗窃罪，判处有期徒刑一年。"
        "三、被告人袁某犯盗窃罪，判处有期徒刑十个月。",
        [("赵某", ["盗窃罪"], 24), ("袁某", ["盗窃罪"], 10), ("赵某", ["盗窃罪"], 12)],
    ),
    "namesakes with an entry each": (
        "被告人孟XX，男。因涉嫌盗窃被逮捕。\n被告人孟XX，男。因涉嫌盗窃被逮捕。\n",
        "二被告人盗窃，其行为均构成盗窃罪",
        "一、被告人孟XX犯盗窃罪，判处有期徒刑二年。二、被告人孟XX犯盗窃罪，判处有期徒刑一年。",
        [("孟XX", ["盗窃罪"], 24), ("孟XX", ["盗窃罪"], 12)],
    ),
    "one with two crimes is one": (
        "被告人赵某，男，汉族。\n被告人袁某，男，汉族。\n",
        "被告人赵某、袁某盗窃，构成盗窃罪，赵某还构成诈骗罪",
        "一、被告人赵某犯盗窃罪，判处有期徒刑二年；被告人赵某犯诈骗罪，判处有期徒刑一年，决定执行有期徒刑二年六个月。"
        "二、被告人袁某犯盗窃罪，判处有期徒刑十个月。",
        [("赵某", ["盗窃罪", "诈骗罪"], 30), ("袁某", ["盗窃罪"], 10)],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_defendants(case):
    parties, reasoning, operative, right = case
    assert read(parties, reasoning, operative) == right


def test_charges_in():
    found = charges_in("公诉机关指控的罪名成立。构成猥亵儿童罪的意见，不予采纳。其行为构成贩卖毒某罪")
    accused = charges_in("公诉机关还指控被告人犯盗窃罪。其行为已构成诈骗罪")
    assert accused == {"盗窃罪": False, "诈骗罪": True}
    assert found == {"猥亵儿童罪": False, "走私、贩卖、运输、制造毒品罪": True}


@given(st.sampled_from("故意毁坏财物强迫交易诈骗"), st.integers(1, 5))
def test_a_character_too_much_changes_nothing(character, place):
    odd = "故意毁坏财物罪"
    odd = odd[:place] + character + odd[place:]
    (one,) = read(ONE, "其行为构成故意毁坏财物罪", f"被告人张三犯{odd}，判处有期徒刑六个月。")
    assert one == ("张三", ["故意毁坏财物罪"], 6)


@pytest.mark.parametrize("names", [["孟XX", "胡XX", "张XX", "李XX"], ["李XX", "张XX", "胡XX", "孟XX"]])
def test_namesakes_come_in_the_order_of_the_list(names):
    entries = "".join(f"被告人{name}，男。" for name in names for _ in range(2))
    operative = "".join(f"被告人{name}犯盗窃罪，判处拘役三个月。" for name in names for _ in range(2))
    assert parties.namesakes(names, entries, "", operative) == names
