"""The sentencing guideline as data. Sentences of the small cases are invented, in the form of the
real one.
"""

import os
from pathlib import Path

import pytest

from lexpro.statutes import guideline

TEXT = """一、通知
- #### 一、原则
  第一段。
- #### 二、方法
- ##### （一）步骤
  1.先甲。
  2.再乙。
- #### 三、情节
  （一）对于从犯，综合考虑情况，应当减少基准刑的20%-50%；犯罪较轻的，减少基准刑的50%以上或者依法免除处罚。
  （二）对于累犯，应当增加基准刑的10%－40%，一般不少于3个月。
  （三）对于犯罪对象为未成年人的，可以增加基准刑的20％以下。
- #### 四、罪名
- ##### （一）盗窃罪
  1.构成盗窃罪的，根据下列情形确定量刑起点：
  （1）数额较大的，在一年以下有期徒刑、拘役幅度内确定量刑起点。
  （2）数额巨大的，可以在三年至四年有期徒刑幅度内确定量刑起点；特别巨大的，量刑起点为十五年有期徒刑。依法应当判处无期徒刑的除外。
  2.有下列情节之一的，增加基准刑的10%-30%：
  （1）甲的；
  （2）乙的。
  3.构成盗窃罪的，在一千元以上盗窃数额二倍以下决定罚金；无数额的，在一千元以上十万元以下判处罚金。
- ##### （二）危险驾驶罪
  1.构成危险驾驶罪的，依法在一个月至六个月拘役幅度内确定宣告刑。
- ##### （三）某某罪
  1.不是罪名。
"""


@pytest.fixture(scope="module")
def data() -> dict:
    return guideline.parse(TEXT.splitlines())


def test_steps(data):
    assert data["steps"] == [{"section": "二（一）", "title": "步骤", "points": ["先甲。", "再乙。"]}]


def test_circumstances(data):
    said = [
        (c["section"], c["name"], [(a["direction"], a["from"], a["to"]) for a in c["adjustments"]])
        for c in data["circumstances"]
    ]
    assert said == [
        ("三（一）", "从犯", [("reduce", 0.2, 0.5), ("reduce", 0.5, None)]),
        ("三（二）", "累犯", [("increase", 0.1, 0.4)]),
        # A victim who is a minor is not the defendant's age.
        ("三（三）", None, [("increase", 0.0, 0.2)]),
    ]
    accomplice, again, minor = (c["adjustments"] for c in data["circumstances"])
    assert [a["exempt"] for a in accomplice] == [False, True]
    assert again[0]["least_months"] == 3
    assert (again[0]["may"], minor[0]["may"]) == (False, True)


def test_charges(data):
    assert list(data["charges"]) == ["盗窃罪", "危险驾驶罪"]
    theft, drunk = data["charges"].values()
    assert [(s["condition"], s["months"], s["lighter"], s["heavier"]) for s in theft["starts"]] == [
        ("数额较大", [6, 12], ["拘役"], False),
        ("数额巨大", [36, 48], [], True),
        ("特别巨大", [180, 180], [], True),
    ]
    assert [(a["from"], a["to"], a["cases"]) for a in theft["adjustments"]] == [
        (0.1, 0.3, ["甲的；", "乙的。"])
    ]
    assert theft["fines"] == [
        {"from": 1000, "to": None, "times": 2, "of": "盗窃数额"},
        {"from": 1000, "to": 100000, "times": None, "of": None},
    ]
    (start,) = drunk["starts"]
    assert (start["months"], start["detention"], start["sentence"]) == (None, [1, 6], True)


@pytest.mark.parametrize("text", ["", "不是指导意见。", "（一）对于从犯，应当减少基准刑的20%。"])
def test_what_is_no_guideline_is_empty(text):
    assert guideline.parse(text.splitlines()) == {"steps": [], "circumstances": [], "charges": {}}


REAL = (
    Path(os.environ.get("LEXPRO_MIRROR", ""))
    / "xtjeyvc__xtjeyvc.github.com/pages/关于常见犯罪的量刑指导意见.md"
)


@pytest.mark.mirror("xtjeyvc__xtjeyvc.github.com/pages/关于常见犯罪的量刑指导意见.md")
def test_the_real_guideline():
    data = guideline.parse(REAL.read_text(encoding="utf-8").splitlines())
    assert len(data["charges"]) == 23 and len(data["circumstances"]) == 18
    assert [len(step["points"]) for step in data["steps"]][:3] == [3, 3, 5]
    assert all(charge["starts"] for charge in data["charges"].values())
    assert all(circumstance["adjustments"] for circumstance in data["circumstances"])
    by_name = {c["name"]: [(a["from"], a["to"]) for a in c["adjustments"]] for c in data["circumstances"]}
    assert by_name["累犯"] == [(0.1, 0.4)]
    assert by_name["自首"] == [(0.0, 0.4), (0.4, None)]
    assert by_name["坦白"] == [(0.0, 0.2), (0.1, 0.3), (0.3, 0.5)]
    theft = data["charges"]["盗窃罪"]
    assert theft["section"] == "四（十一）"
    assert [start["months"] for start in theft["starts"]] == [[6, 12], [36, 48], [120, 144]]
    assert [s["months"] for s in data["charges"]["交通肇事罪"]["starts"]] == [[6, 24], [36, 60], [84, 120]]
    assert [s["months"] for s in data["charges"]["走私、贩卖、运输、制造毒品罪"]["starts"]] == [
        [180, 180],
        [84, 96],
        [6, 36],
        [36, 48],
    ]
