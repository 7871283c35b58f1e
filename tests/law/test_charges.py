"""One name for one crime, whole names only."""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.law import charges

CANONICAL = {
    "盗窃罪": "盗窃罪",
    "盗窃": "盗窃罪",
    "利用邪教组织破坏法律实施罪": "组织、利用会道门、邪教组织、利用迷信破坏法律实施罪",
    "走私、非法买卖、运输制毒物品罪": "非法生产、买卖、运输制毒物品、走私制毒物品罪",
    "私藏枪支罪": "非法持有、私藏枪支、弹药罪",
    "非法私藏枪支罪": "非法持有、私藏枪支、弹药罪",
    "贩卖毒品罪": "走私、贩卖、运输、制造毒品罪",
    "走私、贩卖毒品罪": "走私、贩卖、运输、制造毒品罪",
    "掩饰、隐瞒犯罪所得罪": "掩饰、隐瞒犯罪所得、犯罪所得收益罪",
    "强制猥亵罪": "强制猥亵、侮辱罪",
    "强制猥亵、侮辱妇女罪": "强制猥亵、侮辱罪",
    "伪造、买卖国家机关印章罪": "伪造、变造、买卖国家机关公文、证件、印章罪",
    "非法持有枪支罪": "非法持有、私藏枪支、弹药罪",
    "偷越国(边)境罪": "偷越国（边）境罪",
    "销售有毒有害食品罪": "生产、销售有毒、有害食品罪",
    "偷税罪": "逃税罪",
    "包庇罪": "窝藏、包庇罪",
    "运输、贩卖毒品罪": "走私、贩卖、运输、制造毒品罪",
    "非法运输、买卖弹药、枪支罪": "非法制造、买卖、运输、邮寄、储存枪支、弹药、爆炸物罪",
    "嫖宿幼女罪": "强奸罪",
}


@pytest.mark.parametrize(("name", "expected"), CANONICAL.items())
def test_canonical(name, expected):
    assert charges.canonical(name) == expected


@pytest.mark.parametrize("name", ["", "罪", "金融诈骗罪", "经济犯罪", "盗窃罪名", "毒品罪"])
def test_no_charge(name):
    assert charges.canonical(name) is None


def test_names_are_their_own_canonical_names():
    assert len(charges.names()) > 470
    assert all(charges.canonical(name) == name for name in charges.names())
    assert all(name.endswith("罪") and "{" not in name for name in charges.names())


def test_longest_match_and_never_a_part():
    found = charges.find("被告人犯合同诈骗罪、诈骗罪；不构成金融诈骗罪，以盗窃罪定罪")
    assert [name for name, _, _ in found] == ["合同诈骗罪", "诈骗罪", "盗窃罪"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("盗窃罪、诈骗罪", ["盗窃罪", "诈骗罪"]),
        ("盗窃、诈骗罪", ["盗窃罪", "诈骗罪"]),
        ("抢劫罪、伪造、变造国家机关证件罪和走私、贩卖毒品罪",
         ["抢劫罪", "伪造、变造、买卖国家机关公文、证件、印章罪", "走私、贩卖、运输、制造毒品罪"]),
        ("某某罪", []),
    ],
)  # fmt: skip
def test_split(text, expected):
    assert charges.split(text) == expected


def test_names_by_date():
    assert charges.name_at("逃税罪", "2008-01-01") == "偷税罪"
    assert charges.name_at("逃税罪", "2018-01-01") == "逃税罪"
    assert charges.name_at("污染环境罪", "2009-06-01") == "重大环境污染事故罪"
    assert charges.name_at("盗窃罪", "1998-01-01") == "盗窃罪"
    assert charges.name_at("非国家工作人员受贿罪", "2006-01-01") == "公司、企业人员受贿罪"
    # What another charge has taken in was not its former name.
    assert charges.name_at("强奸罪", "2010-01-01") == "强奸罪"


@given(name=st.sampled_from(charges.names()), data=st.data())
def test_selective_charges_in_any_choice_and_order(name, data):
    """Whatever parts of a selective charge stand in a sentence, in whatever order, it is the one
    charge.
    """
    patterns = Path(charges.__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    pattern = next(line for line in patterns if line.replace("{", "").replace("}", "") == name)

    def chosen(group):
        parts = group[1].split("、")
        some = data.draw(st.lists(st.sampled_from(parts), min_size=1, unique=True))
        return "、".join(some)

    written = re.sub(r"\{([^}]*)\}", chosen, pattern)
    assert charges.canonical(written) == charges.canonical(charges.canonical(written))
    if "{" in pattern:
        assert [found for found, _, _ in charges.find(f"被告人犯{written}，判处")] == [
            charges.canonical(written)
        ]


@given(st.text(alphabet="盗窃诈骗合同罪、，和犯贩卖毒品走私运输制造（）", max_size=80))
def test_nothing_raises(text):
    charges.find(text)
    charges.split(text)
    charges.canonical(text)


@pytest.mark.mirror("thunlp__CAIL/meta/accu.txt")
def test_every_label_of_cail_is_known():
    path = Path(os.environ["LEXPRO_MIRROR"]) / "thunlp__CAIL/meta/accu.txt"
    unknown = [line for line in path.read_text(encoding="utf-8").split() if not charges.canonical(line)]
    # Two labels are no charges, and one joins two charges (articles 358 and 359).
    assert unknown == ["组织、强迫、引诱、容留、介绍卖淫", "经济犯", "走私"]
