"""Near-duplicates: editions of one text are one family, strangers from the same template are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus import duplicates

TEMPLATE = (
    "本院认为，被告人{}的行为构成盗窃罪。依照《中华人民共和国刑法》第二百六十四条之规定，判决如下：判处{}。"
)
TAIL = "如不服本判决，可在接到判决书的第二日起十日内提出上诉。"


@pytest.mark.parametrize(
    "other",
    [
        "被告人张某，男。（2021）鄂0102刑初1号",
        "被告人张某,男｡\n (2021)鄂０１０２刑初1号 ",
        "被告人 张某 男（2021）鄂0102刑初1号",
    ],
)
def test_editions_that_differ_in_punctuation_are_exact_copies(other):
    assert duplicates.digest(other) == duplicates.digest("被告人张某，男。（2021）鄂0102刑初1号")


def test_a_changed_figure_is_no_exact_copy():
    assert duplicates.digest("罚金1000元") != duplicates.digest("罚金2000元")


def test_boilerplate_is_what_many_documents_have():
    boilerplate = duplicates.Boilerplate(limit=3)
    for number in range(6):
        boilerplate.count(f"被告人第{number}人窃得财物，{TAIL}")
    assert boilerplate.rest(f"被告人第2人窃得财物，{TAIL}") == "被告人第2人窃得财物"
    assert boilerplate.rest(TAIL) == duplicates.normal(TAIL)


def jaccard(a: str, b: str, size: int) -> float:
    one, two = ({text[i : i + size] for i in range(len(text) - size + 1)} for text in (a, b))
    return len(one & two) / len(one | two)


@given(st.text("甲乙丙丁戊己", min_size=30, max_size=120), st.integers(0, 20))
def test_signatures_estimate_jaccard(text, cut):
    other = text[cut:] + "庚辛"
    table = duplicates.signatures([text, other], 4, 256)
    assert abs(float((table[0] == table[1]).mean()) - jaccard(text, other, 4)) < 0.2


def test_signature_of_a_text_does_not_depend_on_its_company():
    alone = duplicates.signatures(["被告人张某甲在某市窃得手机一部"], 5, 64)
    among = duplicates.signatures(["另一份", "被告人张某甲在某市窃得手机一部", ""], 5, 64)
    assert np.array_equal(alone[0], among[1])


def test_families_keep_the_best_copy():
    base = (
        "二〇二一年三月五日，被告人张某甲在江岸区某超市内趁人不备窃得手机一部，价值三千五百元，后被抓获归案。"
    )
    texts = [
        base,
        base + "此件无误",
        "完全不同的另一份判决书，说的是交通事故和保险公司的赔偿问题，与前文毫无关系。",
        base,
    ]
    table = duplicates.signatures([duplicates.normal(t) for t in texts], 5, 128)
    digests = [duplicates.digest(t) for t in texts]
    family, dropped = duplicates.resolve(digests, table, [(0.5,), (0.9,), (0.1,), (0.4,)], 0.7)
    assert family == [1, 1, 2, 1]
    assert [d and d[0] for d in dropped] == ["near_duplicate", None, None, "exact_duplicate"]


def test_components_join_chains():
    assert duplicates.components(6, [(4, 5), (1, 2), (2, 4)]) == [0, 1, 1, 3, 1, 1]
