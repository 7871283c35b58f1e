"""Where the values of a record stand in the text."""

from __future__ import annotations

import pytest

from lexpro.corpus import spans
from lexpro.corpus.parsing.structure import structure

JUDGMENT = """某县人民法院
刑事判决书
（2020）京0101刑初1号
被告人{a}，男，1980年生。
被告人{b}，男，1981年生。
经审理查明，被告人{a}、{b}窃得现金3000元。
本院认为，被告人{a}、{b}的行为均已构成盗窃罪。依照《中华人民共和国刑法》第二百六十四条之规定，判决如下：
一、被告人{a}犯盗窃罪，判处有期徒刑一年，并处罚金人民币一千元；
二、被告人{b}犯盗窃罪，判处有期徒刑二年，并处罚金人民币二千元。
审判员王某
二〇二〇年一月十四日"""


@pytest.mark.parametrize(("a", "b"), [("刘某", "刘某民"), ("刘某民", "刘某"), ("张某", "张某甲")])
def test_a_name_inside_another_has_no_part_in_its_sentence(a, b):
    text = JUDGMENT.format(a=a, b=b)
    judgment = structure(text, "1")
    assert [person.name for person in judgment.defendants] == [a, b]
    finder = spans._Finder(judgment, text)
    for person, item in zip(judgment.defendants, ("一、", "二、"), strict=True):
        (own,) = finder.sentences_of(person)
        assert text[slice(*own)].startswith(f"{item}被告人{person.name}犯")
