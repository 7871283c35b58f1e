"""Citations: lists, paragraphs, items, 条之X, both numeral systems, laws; and the slips that courts
make.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.law import articles
from lexpro.records import Article


def short(text, law="刑法"):
    return [(a.ref, a.paragraph, a.item) for a in articles.parse(text) if a.law == law]


EXAMPLES = {
    "《刑法》第三百八十三条第一款第（一）项、第二款、第三款": [
        ("383", 1, 1),
        ("383", 2, None),
        ("383", 3, None),
    ],
    "《刑法》第二百六十三条第（一）（四）项": [("263", None, 1), ("263", None, 4)],
    "《中华人民共和国刑法》第二百六十六条、第二十三条": [("266", None, None), ("23", None, None)],
    "《中华人民共和国刑法》第六十七条第一、三款、第七十二条": [
        ("67", 1, None),
        ("67", 3, None),
        ("72", None, None),
    ],
    "刑法第六十七条第一款、第三款": [("67", 1, None), ("67", 3, None)],
    "《刑法》第一百三十三条之一第一款第（二）项": [("133之1", 1, 2)],
    "刑法第133条之1第1款第2项": [("133之1", 1, 2)],
    "刑法第67条第1款、第264条": [("67", 1, None), ("264", None, None)],
    "刑法第二百九十三条第一款（一）项、第二十五条": [("293", 1, 1), ("25", None, None)],
    "刑法第五十二条、五十三条和六十四条": [("52", None, None), ("53", None, None), ("64", None, None)],
    "刑法第二十五、二十六、二十七条": [("25", None, None), ("26", None, None), ("27", None, None)],
    "刑法第二百三十四条、第六十七第三款": [("234", None, None), ("67", 3, None)],
    "刑法第七十三条第二条款、第三款": [("73", 2, None), ("73", 3, None)],
    "刑法第二十六条第一、四款": [("26", 1, None), ("26", 4, None)],
    "刑法第二十五条至第二十七条": [("25", None, None), ("26", None, None), ("27", None, None)],
    "刑法第72条至74条": [("72", None, None), ("73", None, None), ("74", None, None)],
    "刑法第二十五至二十七条": [("25", None, None), ("26", None, None), ("27", None, None)],
    "刑法第72条到第73条第二款": [("72", None, None), ("73", 2, None)],
    "刑法第二百八十条之一至第二百八十条之三": [
        ("280之1", None, None),
        ("280之2", None, None),
        ("280之3", None, None),
    ],
    "刑法第六十七条第一款至第三款": [("67", 1, None), ("67", 2, None), ("67", 3, None)],
    "刑法第六十七条第一至三款": [("67", 1, None), ("67", 2, None), ("67", 3, None)],
    "刑法第二百九十三条第一款第（一）项至第（三）项": [("293", 1, 1), ("293", 1, 2), ("293", 1, 3)],
    # The end of a range that is cut off, that is no range, or that spans a whole code.
    "刑法第六十七条第一款至第七十条": [("67", 1, None), ("70", None, None)],
    "刑法第七十条至第六十七条": [("70", None, None), ("67", None, None)],
    "刑法第一条至第四百五十条": [("1", None, None), ("450", None, None)],
    "刑法第五条，聊天记录十条至三十条": [("5", None, None)],
    "刑法第三百四十七条，第六十五条": [("347", None, None), ("65", None, None)],
    "刑法第133-1条第1款": [("133之1", 1, None)],
    "刑法133－1条、第280-1条": [("133之1", None, None), ("280之1", None, None)],
    "刑法第一百三十三之一条": [("133之1", None, None)],
    "刑法第263-265条": [("263", None, None), ("264", None, None), ("265", None, None)],
    "刑法第二百六十三—二百六十四条": [("263", None, None), ("264", None, None)],
    "刑法第壹佰叁拾叁條之壹": [("133之1", None, None)],
    "刑法第廿五条": [("25", None, None)],
}


@pytest.mark.parametrize(("text", "expected"), EXAMPLES.items())
def test_reads(text, expected):
    assert short(text) == expected


def test_the_law_holds_until_the_next():
    text = (
        "《中华人民共和国刑法》第六十七条、"
        "《最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释》第三百八十九条第三项，刑诉法第十五条"
    )
    assert [(a.law, a.ref) for a in articles.parse(text)] == [
        ("刑法", "67"),
        ("最高人民法院关于适用〈中华人民共和国刑事诉讼法〉的解释", "389"),
        ("刑事诉讼法", "15"),
    ]


def test_amendments_are_laws_of_their_own():
    assert articles.parse("《中华人民共和国刑法修正案（八）》第二十二条") == [Article("刑法修正案（八）", 22)]


def test_a_number_of_things_is_no_article():
    assert articles.parse("刑法规定，共获取公民信息160308条，聊天记录30条") == []


def test_literal_citations_have_no_mercy_on_slips():
    text = "《中华人民共和国刑法》第五十三条、六十四条、第六十七第三款、第七十三条第二条款"
    assert [a.number for a in articles.literal(text)] == [53, 73, 2]


def test_base_is_the_number_without_sub():
    assert articles.base(articles.parse("刑法第一百三十三条之一、刑诉法第十五条")) == {133}


@given(
    law=st.sampled_from(["刑法", "刑事诉讼法", "民法典", ""]),
    number=st.integers(1, 520),
    sub=st.integers(0, 9),
    paragraph=st.one_of(st.none(), st.integers(1, 12)),
    item=st.one_of(st.none(), st.integers(1, 20)),
    style=st.sampled_from(["chinese", "arabic", "fullwidth"]),
)
def test_what_is_written_is_read_back(law, number, sub, paragraph, item, style):
    article = Article(law, number, sub, paragraph, item)
    assert articles.parse(articles.render(article, style)) == [article]


@given(first=st.integers(1, 450), more=st.integers(1, 60), style=st.sampled_from(["chinese", "arabic"]))
def test_ranges_are_whole(first, more, style):
    one, last = (articles.render(Article("", number), style) for number in (first, first + more))
    numbers = [a.number for a in articles.parse(f"《刑法》{one}至{last}的规定")]
    assert numbers == list(range(first, first + more + 1))


@given(number=st.integers(1, 999), sub=st.integers(0, 20))
def test_refs_are_read_back(number, sub):
    article = Article("刑法", number, sub)
    assert articles.parse_ref(article.ref) == article


@pytest.mark.parametrize("ref", ["", "之1", "264条", "二百", "12345"])
def test_bad_refs(ref):
    assert articles.parse_ref(ref) is None


@given(st.text(alphabet="《》〈〉刑法中华人民共和国第一二三十百0123456789条款项之（）、，和 ", max_size=120))
def test_nothing_raises(text):
    articles.find(text)
    articles.literal(text)


@pytest.mark.slow
@given(st.from_regex(articles._TOKEN.pattern.split("])(?:", 1)[1].removesuffix(")"), fullmatch=True))
def test_every_kind_of_token_is_looked_at(text):
    assert articles._TOKEN.match(text) or articles._TOKEN.match("、" + text, 1)


@pytest.mark.parametrize(
    ("number", "ref"),
    [
        (133, "133"),
        ("１３３", "133"),
        ("一百三十三", "133"),
        ("第一三三条", "133"),
        ("壹佰叁拾叁", "133"),
        ("第 133 条 之 1", "133之1"),
        ("133-1", "133之1"),
        ("133_1", "133之1"),
        ("第一百三十三條之一", "133之1"),
        ("第一百三十三之一条", "133之1"),
        ("《中华人民共和国刑法》第一百三十三条之一第一款", "133之1"),
    ],
)
def test_a_number_in_any_form(number, ref):
    assert articles.parse_number(number).ref == ref


@pytest.mark.parametrize(
    "number", ["", "条", "0", 0, -1, "第款", "133-", "第133条、第134条", "一二三四五六七八九十一二"]
)
def test_no_number(number):
    assert articles.parse_number(number) is None


@given(st.one_of(st.integers(), st.text(alphabet="第条之-0123456789一二三百十零款 ", max_size=20)))
def test_a_number_never_raises(number):
    found = articles.parse_number(number)
    assert found is None or found.number > 0
