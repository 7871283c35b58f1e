"""法条, 类案, 量刑, 核对: what their pages say."""

import csv
import io

import pytest
from sample_cases import FACTS, TEXT
from web import Found, bench, client, dated

from lexpro.serve import sentences, statutes
from lexpro.serve.documents import Document

TABS = ("elements", "statutes", "cases", "sentences", "checks", "questions")


@pytest.fixture
def law():
    with client(bench(knowledge=dated())) as made:
        yield made


def of(web, text=TEXT) -> str:
    answer = web.post("/documents", data={"text": text}, follow_redirects=False)
    return answer.headers["location"].rsplit("/", 1)[0]


@pytest.mark.parametrize("text", [TEXT, FACTS, "嫌疑人砸坏了邻居家的玻璃。"])
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_for_judgments_and_facts(web, text, tab):
    answer = web.get(f"{of(web, text)}/{tab}")
    assert answer.status_code == 200 and answer.text.count("aria-current") == 1


def test_a_part_that_cannot_be_loaded_is_said():
    with client(bench(searcher=None)) as web:
        answer = web.get(f"{of(web)}/cases")
        assert answer.status_code == 503 and "no such thing here" in answer.text


class TestStatutes:
    def test_a_lighter_later_version_applies(self, law):
        page = law.get(f"{of(law)}/statutes").text
        assert statutes.APPLIES["now"] in page
        assert "<del>五</del><ins>三</ins>年以下" in page
        assert "3" not in statutes.in_words("偷东西的，处三年以下有期徒刑。")[0]

    def test_the_days_come_from_the_document_and_from_the_reader(self, law):
        path = of(law)
        assert 'name="act" value="2018-12-20"' in law.get(f"{path}/statutes").text
        page = law.get(f"{path}/statutes?act=2019-02-01&judgment=2019-04-12").text
        assert "<del>" not in page and statutes.APPLIES["same"] in page

    def test_a_heavier_later_version_does_not_apply(self):
        on = statutes.Days("2018-06-01", "2019-06-01")
        shown = statutes.show(dated(), "刑法", "303", on, True, None)
        assert shown.why == "then" and shown.tiers == (["聚赌：三年以下有期徒刑"], ["聚赌：五年以下有期徒刑"])

    def test_what_did_not_exist_on_the_day_of_the_act(self):
        on = statutes.Days("2010-06-01", "2012-06-01")
        assert statutes.show(dated(), "刑法", "133之1", on, True, None).why == "none"

    def test_articles_without_dates_are_not_compared(self, web):
        page = web.get(f"{of(web)}/statutes").text
        assert statutes.APPLIES["undated"] in page and ">存在<" in page and ">有效<" not in page

    @pytest.mark.parametrize(
        ("query", "said"),
        [
            ("act=2019-13-01", "写成 2019-03-04"),
            ("act=x", "写成"),
            ("act=2020-01-01&judgment=2019-01-01", "在行为日之前"),
        ],
    )
    def test_days_that_cannot_be_get_a_sentence(self, law, query, said):
        answer = law.get(f"{of(law)}/statutes?{query}")
        assert answer.status_code == 400 and said in answer.text


class TestCases:
    def test_filters(self, web):
        path = of(web)
        assert web.get(f"{path}/cases").text.count('name="compare"') == 12
        assert web.get(f"{path}/cases?province=湖北").text.count('name="compare"') == 6
        assert web.get(f"{path}/cases?level=中级&since=2015&until=2018").text.count('name="compare"') == 2
        assert "筛选之后没有案件" in web.get(f"{path}/cases?since=2030").text

    @pytest.mark.parametrize(
        "query", ["province=火星", "level=x", "charge=盗窃车", "since=2019年", "since=١٢٣٤"]
    )
    def test_filters_that_cannot_be_get_a_sentence(self, web, query):
        answer = web.get(f"{of(web)}/cases?{query}")
        assert answer.status_code == 400 and "请" in answer.text

    def test_comparison_side_by_side(self, web):
        page = web.get(f"{of(web)}/cases?compare=case1&compare=case2").text
        table = page[page.index('id="compared"') :]
        assert all(
            word in table
            for word in ("本案", "某某市中级人民法院 2011-05-06", "林某甲：有期徒刑 20个月", "18个月")
        )
        assert web.get(f"{of(web)}/cases?compare=nobody").status_code == 404

    def test_exports_follow_the_filters(self, web):
        path = of(web)
        rows = list(
            csv.DictReader(
                io.StringIO(web.get(f"{path}/cases.csv?province=湖北").text.removeprefix("\ufeff"))
            )
        )
        assert len(rows) == 6 and rows[0]["省份"] == "湖北" and "罪名：盗窃罪" in rows[0]["相似之处"]
        assert len(web.get(f"{path}/cases.json").json()) == 12


class TestSentences:
    def test_the_tier_that_the_court_states(self, web):
        page = web.get(f"{of(web)}/sentences").text
        assert "本院认为部分写明“数额较大”" in page and "不是量刑建议" in page
        assert page.count("<svg") == 2 and "本案 20" in page

    def test_a_picture_of_terms(self):
        drawn = sentences.picture([6, 12, 12, 36], 20, (10, 30))
        assert [(bar.low, bar.high, bar.count) for bar in drawn.bars] == [(6, 9, 1), (12, 15, 2), (36, 39, 1)]
        assert drawn.top == 2 and drawn.last == 39 and drawn.x(0) < drawn.x(20) < drawn.x(39) <= drawn.width
        assert sentences.picture([1, 2], None, None) is None

    def test_facts_have_the_charge_of_similar_cases(self):
        made = dated()
        views = sentences.view(Document(FACTS), made, Found(made), "湖北")
        assert [(one.charge, one.predicted, one.circumstances) for one in views] == [
            ("盗窃罪", True, ["自首"])
        ]

    def test_a_province_that_is_none(self, web):
        assert web.get(f"{of(web)}/sentences?province=火星").status_code == 400


class TestChecks:
    def test_a_sound_judgment_has_no_finding(self, law):
        page = law.get(f"{of(law, TEXT)}/checks").text
        # The sample's sum is false on purpose (38,600 + 2,400).
        assert "没有找到矛盾" in page or "金额相加不符" in page

    def test_findings_are_marked_in_the_text(self, law):
        broken = TEXT.replace("判处有期徒刑十个月，缓刑一年", "判处有期徒刑四年，缓刑一年")
        page = law.get(f"{of(law, broken)}/checks").text
        assert "缓刑不合法" in page and 'class="fault"' in page and "缓刑一年</mark>" in page
