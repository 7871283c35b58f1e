"""Circumstances that a court finds, not those that it rejects or that somebody claims in vain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.law import circumstances

FOUND = {
    "被告人自动投案，如实供述自己的罪行，是自首，可以从轻处罚": ["自首"],
    "被告人归案后如实供述自己的罪行，可以从轻处罚": ["坦白"],
    "系累犯，应当从重处罚；系从犯，应当从轻处罚": ["累犯", "从犯"],
    "因意志以外的原因未得逞，系犯罪未遂": ["未遂"],
    "犯罪时不满十八周岁": ["未成年"],
    "猥亵不满十四周岁的幼女": [],
    "被告人无视国家法律，有立功表现": ["立功"],
    "被告人的行为不构成自首": [],
    "不属于累犯，但有前科": ["前科"],
    "辩护人提出被告人系从犯的意见，与查明的事实不符，不予采纳": [],
    "辩护人提出被告人系从犯的意见，予以采纳": ["从犯"],
    "未取得被害人谅解": [],
    "积极退赃，取得被害人谅解": ["退赃", "谅解"],
    "系未成年人、自愿认罪认罚": ["未成年", "认罪认罚"],
    # Titles and headings of laws.
    "依照《最高人民法院关于处理自首和立功具体应用法律若干问题的解释》第一条的规定": [],
    "依照最高人民法院《关于适用〈中华人民共和国刑法〉累犯规定的意见》": [],
    "《刑法》第六十五条（累犯）": [],
    "根据刑法关于累犯的规定": [],
    "自愿签署《认罪认罚具结书》": ["认罪认罚"],
    # Denied, in many words; a denial does not reach over 而 or a comma.
    "不能认定为从犯": [],
    "不宜区分主从犯，各被告人作用相当": [],
    "本案不存在立功情节": [],
    "不属从犯而系主犯": ["主犯"],
    "虽不构成自首，但如实供述，系坦白": ["坦白"],
    "拒不如实供述": [],
    "虽自动投案，但未如实供述，不能认定为自首": [],
    "不具有自首、坦白情节": [],
    "其行为未构成自首": [],
    "犯罪未完成形态系未遂": ["未遂"],
    "不构成犯罪未遂": [],
    "自首的意见不能成立": [],
    "如果构成自首，可以从轻处罚": [],
    # Others than the defendant.
    "被害人系未成年人": [],
    "犯罪对象为未成年人": [],
    "同案犯系从犯": [],
    "被害人对引发本案有明显过错": ["被害人过错"],
    "被害人没有过错": [],
    # Ordered or asked for, not done.
    "应责令被告人退赔被害人损失": [],
    "自愿退出违法所得": ["退赃"],
    "被告人请求被害人谅解": [],
    # By whom it is said, and what the court makes of it; also across sentences.
    "辩护人提出被告人系从犯。经查，各被告人作用相当，不应区分主从犯，该意见本院不予采纳。": [],
    "辩护人提出的具有坦白情节、积极退赃并获得谅解的意见，本院予以采纳，提出其系从犯的意见，与事实不符，不予采纳。": [
        "坦白",
        "退赃",
        "谅解",
    ],
    "公诉机关指控被告人系累犯。经查，前罪系过失犯罪，依法不构成累犯。": [],
    "辩护人提出被告人有自首情节。经查，其系被抓获归案，不能认定为自首，但其归案后如实供述，依法从轻处罚。": [
        "坦白"
    ],
    "其关于系从犯的辩护意见，与查明的事实不符，不能成立。": [],
    "公诉机关指控的事实清楚，罪名成立，被告人系从犯，依法从轻处罚。": ["从犯"],
    "辩护人的意见，本院予以采纳。被告人有前科，酌情从重处罚。": ["前科"],
    # In the words of the law.
    "在共同犯罪中起次要作用，应当从轻处罚": ["从犯"],
    "在共同犯罪中起主要作用，应当按照其所参与的全部犯罪处罚": ["主犯"],
    "主动到公安机关投案，并如实供述自己的罪行": ["自首"],
    "自愿如实供述自己的罪行，承认指控的犯罪事实，愿意接受处罚": ["坦白", "认罪认罚"],
    "系限定刑事责任能力人": ["限制责任能力"],
    "已上交全部违法所得": ["退赃"],
    "退出全部涉案赃款": ["退赃"],
    "案发后返还大部分赃款": ["退赃"],
    "赃物已被公安机关追缴": [],
    "曾因危险驾驶罪被判刑，仍再次犯罪，酌情从重处罚": ["前科"],
    "因贩卖毒品罪被判过刑，又犯贩卖毒品罪": ["毒品再犯"],
    "被告人系自首；在另一起犯罪中系坦白": ["自首", "坦白"],
}


@pytest.mark.parametrize(("sentence", "names"), FOUND.items())
def test_find(sentence, names):
    assert circumstances.tidy([name for name, _ in circumstances.find(sentence)]) == names


@pytest.mark.parametrize("name", circumstances.NAMES)
def test_every_name_is_found_and_its_denial_is_not(name):
    words = {"未成年": "未成年人", "被害人过错": "被害人有过错", "老年": "已满七十五周岁", "中止": "犯罪中止"}
    words |= {
        "限制责任能力": "限制刑事责任能力人",
        "聋哑或盲": "又聋又哑的人",
        "未遂": "犯罪未遂",
        "预备": "犯罪预备",
    }
    said = words.get(name, name)
    found = [found for found, _ in circumstances.find(f"被告人系{said}，可以考虑")]
    assert name in found
    if name != "被害人过错":
        assert name not in [found for found, _ in circumstances.find(f"被告人不属于{said}，不予考虑")]


@pytest.mark.parametrize("name", circumstances.NAMES)
@given(st.data())
def test_all_that_a_circumstance_reads_like_is_looked_at(name, data):
    text = data.draw(st.from_regex(circumstances._WORDS[name], fullmatch=True))
    assert circumstances._ANY.match(text)


@given(st.text(alphabet="自首坦白立功累犯从未遂不系构成，。辩护人提出采纳予", max_size=80))
def test_nothing_raises(text):
    for name, place in circumstances.find(text):
        assert name in (*circumstances.NAMES, circumstances.CONFESSED) and 0 <= place < len(text)
