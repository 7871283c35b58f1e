"""Provinces from case numbers, courts and places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.law import provinces


def test_there_are_31():
    assert len(provinces.PROVINCES) == 31


@pytest.mark.parametrize(("letter", "province"), provinces.LETTERS.items())
def test_letters(letter, province):
    assert provinces.by_case_number(f"（2017）{letter}0120刑初684号") == province


@pytest.mark.parametrize("number", ["（2015）澄刑初字第01756号", "（2014）京刑初字第1号", "2017年", ""])
def test_before_2016_the_letter_says_nothing(number):
    assert provinces.by_case_number(number) is None


COURTS = {
    "河北雄安新区中级人民法院": ("河北", "雄安新区"),
    "重庆两江新区人民法院": ("重庆", "重庆市"),
    "洋浦经济开发区人民法院": ("海南", "洋浦经济开发区"),
    "湖北省武汉市武昌区人民法院": ("湖北", "武汉市"),
    "杭州市下城区人民法院": ("浙江", "杭州市"),
    "舞钢市人民法院": ("河南", "平顶山市"),
    "绥中县人民法院": ("辽宁", "葫芦岛市"),
    "济源市人民法院": ("河南", "济源市"),
    "达尔罕茂明安联合旗人民法院": ("内蒙古", "包头市"),
    "内蒙古科尔沁左翼后旗人民法院": ("内蒙古", "通辽市"),
    "锦州铁路运输法院": ("辽宁", "锦州市"),
    "吉林市船营区人民法院": ("吉林", "吉林市"),
    "吉林省长春市朝阳区人民法院": ("吉林", "长春市"),
    "北京市朝阳区人民法院": ("北京", "北京市"),
    "重庆市第一中级人民法院": ("重庆", "重庆市"),
    "张家口市桥西区人民法院": ("河北", "张家口市"),
    "新疆生产建设兵团芳草湖垦区人民法院": ("新疆", None),
    "海南藏族自治州中级人民法院": ("青海", "海南藏族自治州"),
    "河南蒙古族自治县人民法院": ("青海", "黄南藏族自治州"),
    "云南省红河哈尼族彝族自治州中级人民法院": ("云南", "红河哈尼族彝族自治州"),
    "朝阳区人民法院": (None, None),
}


@pytest.mark.parametrize(("name", "place"), COURTS.items())
def test_courts(name, place):
    assert provinces.locate(name) == place


def test_the_province_decides_between_counties_of_one_name():
    assert provinces.locate("鼓楼区人民法院", "福建") == ("福建", "福州市")


@pytest.mark.parametrize(
    ("hint", "province"), [("湖北", "湖北"), ("广西壮族自治区", "广西"), ("武汉", "湖北"), ("hubei", None)]
)
def test_hints(hint, province):
    assert provinces.resolve(hint) == province


@given(st.text(max_size=80))
def test_nothing_raises(text):
    provinces.locate(text)
    provinces.by_case_number(text)
