"""What the court weighs before 本院认为: upheld opinions count, all else does not."""

import pytest

from lexpro.corpus.parsing import weighing
from lexpro.corpus.parsing.structure import structure

UPHELD = {
    "辩护人关于被告人具有坦白、退赃情节的辩护意见，于法有据，本院予以采纳。": ["坦白", "退赃"],
    "经查，被告人归案后如实供述，应认定为坦白，依法可从轻处罚。": ["坦白"],
    "被告人在共同犯罪中起次要作用，系从犯，应当从轻处罚。": ["从犯"],
    "对各被告人的量刑：经本院审查认为，被告人起主要作用，系主犯。其主动投案，如实供述，具有自首情节。": [
        "自首",
        "主犯",
    ],
    # Refused, left open, asked for, or evidence.
    "辩护人关于被告人系从犯的辩护意见，与事实不符，本院不予采纳。": [],
    "辩护人提出被告人具有自首或者坦白情节的意见，予以采纳。": [],
    "公诉机关认为，被告人系累犯，应当从重处罚。": [],
    "抓获经过，证实被告人系自首，可以从轻处罚。": [],
    "被害人出具谅解书，请求对被告人从轻处罚。": [],
    "被告人供认早有投案自首的念头，知道自首可以从轻处罚。": [],
    "根据解释第七条规定，协助抓获他人的，应当认定有立功表现的意见，予以采纳。": [],
    "被告人系累犯。": [],
}


@pytest.mark.parametrize(("answer", "names"), UPHELD.items())
def test_answers_before_the_reasoning(answer, names):
    text = (
        "某市人民法院\n刑事判决书\n（2020）京0101刑初1号\n被告人张三，男，汉族。\n"
        "某市人民检察院指控被告人张三犯盗窃罪。\n经审理查明，2020年1月1日，被告人张三在某市某区的商场内盗窃"
        "他人手机一部，后被抓获。\n"
        f"上述事实，有书证等证据证实，足以认定。\n{answer}\n"
        "本院认为，被告人张三盗窃他人财物，其行为已构成盗窃罪。依照《中华人民共和国刑法》第二百六十四条"
        "之规定，判决如下：\n被告人张三犯盗窃罪，判处拘役三个月。\n"
    )
    (defendant,) = structure(text, "x").defendants
    assert defendant.circumstances == names


def test_long_evidence_is_passed_over():
    assert weighing.before("采纳" * 300 + "，系从犯的意见予以采纳。") == ""
