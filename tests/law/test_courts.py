"""Courts: their level by their name, and one key for one court."""

import pytest

from lexpro.law import courts


@pytest.mark.parametrize(
    ("court", "level"),
    [
        ("最高人民法院", "最高"),
        ("湖北省高级人民法院", "高级"),
        ("武汉市中级人民法院", "中级"),
        ("北京市第一中级人民法院", "中级"),
        ("武汉市江岸区人民法院", "基层"),
        ("神农架林区基层法院", "基层"),
        ("武汉铁路运输法院", "专门"),
        ("北京互联网法院", "专门"),
    ],
)
def test_court_levels(court, level):
    assert courts.level(court) == level


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("河北省石家庄市长安区人民法院", "石家庄市长安区人民法院"),
        ("上海市奉贤区人民法院", "上海市奉贤区人民法院"),
        ("广西壮族自治区南宁市青秀区人民法院", "南宁市青秀区人民法院"),
        ("广西南宁市青秀区人民法院", "南宁市青秀区人民法院"),
        ("吉林省吉林市昌邑区人民法院", "吉林市昌邑区人民法院"),
    ],
)
def test_a_court_has_one_key_with_its_province_and_without(name, same):
    assert courts.key(name) == courts.key(same) != ""


def test_courts_of_the_same_short_name_stay_apart():
    first = [courts.key(f"{city}市第一中级人民法院") for city in ("北京", "上海", "重庆")]
    drum = [courts.key("鼓楼区人民法院", province) for province in ("江苏", "福建")]
    cities = [courts.key(f"吉林省{city}市中级人民法院") for city in ("长春", "吉林")]
    assert "" not in first + drum + cities
    assert all(len(set(keys)) == len(keys) for keys in (first, drum, cities))


@pytest.mark.parametrize("name", ["", None, "某县人民法院", "××市人民法院", "鼓楼区人民法院"])
def test_what_names_no_one_court_has_no_key(name):
    assert courts.key(name) == ""


@pytest.mark.parametrize(
    ("heading", "text", "name"),
    [
        ("江西省鹰潭市月湖区人民法院刑事判决书", "", "江西省鹰潭市月湖区人民法院"),
        ("张某盗窃一审刑事判决书日照市东港区人民法院刑事判决书", "", "日照市东港区人民法院"),
        ("", "某县人民法院刑事判决书", "某县人民法院"),
        # Other courts that a document mentions.
        ("", "2017年1月因犯盗窃罪被某省某市某区人民法院判处有期徒刑六个月。", None),
        ("", "辩护人请求人民法院对其从轻处罚。", None),
        ("", "上诉于某市中级人民法院。", None),
    ],
)
def test_the_own_court_or_none(heading, text, name):
    assert courts.name_in(heading, text) == name
