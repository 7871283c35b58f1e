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
}


@pytest.mark.parametrize(("sentence", "names"), FOUND.items())
def test_find(sentence, names):
    assert circumstances.tidy([name for name, _ in circumstances.find(sentence)]) == names


@pytest.mark.parametrize("name", circumstances.NAMES)
@given(st.data())
def test_all_that_a_circumstance_reads_like_is_looked_at(name, data):
    text = data.draw(st.from_regex(circumstances._WORDS[name], fullmatch=True))
    assert circumstances._ANY.match(text)


@given(st.text(alphabet="自首坦白立功累犯从未遂不系构成，。辩护人提出采纳予", max_size=80))
def test_nothing_raises(text):
    for name, place in circumstances.find(text):
        assert name in circumstances.NAMES and 0 <= place < len(text)
