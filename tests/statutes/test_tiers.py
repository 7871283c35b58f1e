"""Tiers of penalty: what a text says, references, other days; and articles of the real law, each
checked by eye.

Texts of the small cases are invented, not law.
"""

import os
from pathlib import Path

import pytest

from lexpro.statutes import collection, links, tiers
from lexpro.statutes.source_lines import lines_of
from lexpro.statutes.table import Row

MIRROR = Path(os.environ.get("LEXPRO_MIRROR", ""))
LAWS, OLDER = MIRROR / "LawRefBook__Laws", MIRROR / "LawRefBook__Laws@3cd6e86_before_Amendment_XII"
FINES = {"must": " 并处", "either": " 单处", "may": " 可以", "alternative": " 或者", "none": ""}


def short(tier: dict) -> str:
    """36-120 拘役 并处 没收: months, kinds, fine, confiscation."""
    months = [f"{tier['months'][0]}-{tier['months'][1]}"] if tier["months"] else []
    kinds = " ".join([*months, *tier["lighter"], *tier["heavier"]])
    return kinds + FINES[tier["fine"]] + (" 没收" if tier["confiscation"] else "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲的，处二年以上五年以下有期徒刑。", ["24-60"]),
        ("甲的，处六个月以上一年以下有期徒刑、拘役、管制或者罚金。", ["6-12 拘役 管制 或者"]),
        ("甲的，处无期徒刑或者七年以上有期徒刑，可以并处罚金。", ["84-180 无期徒刑 可以"]),
        ("甲的，处死刑。", ["死刑"]),
        # 处 of 处罚, 处置 and 判处 begins no tier.
        ("经行政处罚后处置甲的，处拘役，并处罚金。", ["拘役 并处"]),
        ("单位犯前款罪的，对单位判处罚金。被判处三年以下有期徒刑的，不适用。", []),
        ("有下列情形之一的，处三年以下有期徒刑：\n（一）甲；\n（二）乙。", ["6-36"]),
    ],
)
def test_one_text(text, expected):
    assert [short(tier) for tier in tiers.parse(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("并处二万元以上二十万元以下罚金", {"from": 20000, "to": 200000, "unit": "yuan", "of": None}),
        ("并处或者单处违法所得一倍以上五倍以下罚金", {"from": 1, "to": 5, "unit": "times", "of": "违法所得"}),
        ("并处销售金额百分之五十以上二倍以下罚金", {"from": 0.5, "to": 2, "unit": "times", "of": "销售金额"}),
        ("并处罚金", None),
    ],
)
def test_range_of_the_fine(text, expected):
    (tier,) = tiers.parse(f"甲的，处三年以下有期徒刑，{text}。")
    assert tier["fine_range"] == expected


def test_what_else_a_tier_says():
    (tier,) = tiers.parse("甲的，处五年以上有期徒刑，并处罚金或者没收财产。")
    assert tier["confiscation"] and tier["or_fine"] and not tier["deprivation"]
    first, second = tiers.parse(
        "甲的，处三年以下有期徒刑或者剥夺政治权利。\n单位犯前款罪的，对单位判处罚金，并对人员，处拘役。"
    )
    assert first["deprivation"] and not first["unit"]
    assert second["unit"] and second["paragraph"] == 2


def rows(*texts: tuple[int, str], charges: dict[int, list[str]] | None = None) -> list[Row]:
    return [Row("刑法", number, 0, text, list((charges or {}).get(number, []))) for number, text in texts]


def test_references_are_resolved():
    found = tiers.by_article(
        rows(
            (201, "甲的，处三年以下有期徒刑。\n乙的，处拘役。"),
            (202, "丙的，依照本法第二百零一条第二款的规定处罚。"),
            # Through an article that has no penalty of its own either.
            (203, "丁的，依照本法第二百零二条的规定定罪处罚。"),
            # The gravest case is punished by another article's tier of that condition.
            (204, "戊的，处管制；情节严重的，依照本法第二百零五条的规定处罚。"),
            (205, "己的，处拘役；情节严重的，处七年以上有期徒刑。"),
            # Another crime: no tier of this one.
            (206, "庚的，处管制；辛的，依照本法第二百零一条的规定定罪处罚。"),
            (207, "壬的，以贪污论处。"),
            (208, "对犯贪污罪的，处死刑。"),
            (209, "癸的，依照本法第二百零九条的规定处罚。"),
            (210, "己的，依照本法第九百九十九条的规定处罚。"),
            charges={208: ["贪污罪"]},
        )
    )
    said = {ref: [(short(tier), tier.get("from")) for tier in known] for ref, known in found.items()}
    assert said["202"] == said["203"] == [("拘役", "201")]
    assert said["204"] == [("管制", None), ("84-180", "205")]
    assert said["206"] == [("管制", None)]
    assert said["207"] == [("死刑", "208")]
    assert not {"209", "210"} & found.keys()


def test_tiers_of_another_day():
    old, new = rows((201, "甲的，处拘役。"), (201, "甲的，处管制。"))
    old.valid_from, old.valid_to, new.valid_from = "1997-10-01", "2011-05-01", "2011-05-01"
    for day, kinds in {"": "管制", "2011-05-01": "管制", "2011-04-30": "拘役"}.items():
        assert [short(tier) for tier in tiers.by_article([old, new], day)["201"]] == [kinds]
    assert tiers.by_article([old, new], "1990-01-01") == {}


@pytest.mark.parametrize(
    ("then", "now", "order"),
    [
        ("处拘役", "处管制", 1),
        ("处三年以下有期徒刑", "处三年以下有期徒刑", 0),
        ("处死刑", "处无期徒刑或者死刑", 1),
        ("处三年以下有期徒刑", "处三年以下有期徒刑，并处或者单处罚金", 1),
        ("处三年以下有期徒刑", "处三年以下有期徒刑，并处罚金", -1),
        ("处拘役；情节严重的，处死刑", "处三年以下有期徒刑；情节严重的，处无期徒刑", None),
        ("处拘役", "处拘役；情节严重的，处死刑", None),
    ],
)
def test_which_is_lighter(then, now, order):
    assert tiers.compare(tiers.parse(f"甲的，{then}。"), tiers.parse(f"甲的，{now}。")) == order
    back = tiers.compare(tiers.parse(f"甲的，{now}。"), tiers.parse(f"甲的，{then}。"))
    assert back == (None if order is None else -order)


real = pytest.mark.mirror("LawRefBook__Laws")


@pytest.fixture(scope="module")
def law() -> list[Row]:
    found, _ = collection.read(LAWS, ["刑法/*.md"], [OLDER])
    lists = collection.files(LAWS, ["司法解释/*确定罪名*.md", "司法解释/*犯罪的罪名的意见*.md"])
    links.attach(found, [pair for path in lists[::-1] for pair in links.pairs(lines_of(path))])
    return found


# Read off the text of each article: months, kinds, fine, confiscation of every tier, in the order
# of the text.
REAL = {
    "102": "120-180 无期徒刑; 死刑 没收",
    "103": "120-180 无期徒刑; 36-120; 6-36 拘役 管制; 6-60 拘役 管制; 60-180; 死刑 没收",
    "120之3": "6-60 拘役 管制 并处; 60-180 并处 没收",
    "121": "120-180 无期徒刑; 死刑",
    "122": "60-120; 120-180 无期徒刑",
    "123": "6-60 拘役; 60-180",
    "127": "36-120; 120-180 无期徒刑 死刑; 120-180 无期徒刑 死刑",
    "128": "6-36 拘役 管制; 36-84",
    "129": "6-36 拘役",
    "130": "6-36 拘役 管制",
    "133": "6-36 拘役; 36-84; 84-180",
    "133之2": "6-12 拘役 管制 单处",
    "138": "6-36 拘役; 36-84",
    "139之1": "6-36 拘役; 36-84",
    "141": "6-36 拘役 并处; 36-120 并处; 120-180 无期徒刑 死刑 并处 没收",
    "142": "36-120 并处; 120-180 无期徒刑 并处 没收",
    "144": "6-60 并处; 60-120 并处; 120-180 无期徒刑 死刑 并处 没收",
    "149": "6-24 拘役 单处; 24-84 并处; 84-180 并处; 180-180 无期徒刑 并处 没收",
    "151": "84-180 并处 没收; 无期徒刑 没收; 36-84 并处; 60-120 并处; "
    "120-180 无期徒刑 没收; 6-60 并处; 6-60 拘役 单处; 60-180 并处",
    "157": "84-180 并处 没收; 无期徒刑 没收; 36-84 并处",
    "158": "6-36 拘役 单处; 6-36 拘役",
    "161": "6-60 拘役 单处; 60-120 并处",
    "164": "6-36 拘役 并处; 36-120 并处",
    "169": "6-36 拘役; 36-84",
    "172": "6-36 拘役 单处; 36-120 并处; 120-180 并处 没收",
    "184": "6-36 拘役 并处; 36-120 并处; 120-180 无期徒刑 并处; "
    "6-36 拘役 并处; 36-120 并处 没收; 120-180 无期徒刑 并处 没收; 无期徒刑 死刑 没收",
    "187": "6-60 拘役 并处; 60-180 并处",
    "191": "6-60 拘役 单处; 60-120 并处",
    "201": "6-36 拘役 并处; 36-84 并处",
    "205": "6-36 拘役 并处; 36-120 并处; 120-180 无期徒刑 并处 没收; 6-36 拘役; 36-120; 120-180 无期徒刑",
    "208": "6-60 拘役 单处",
    "209": "6-36 拘役 管制 并处; 36-84 并处; 84-180 并处 没收; 6-24 拘役 管制 单处; 24-84 并处",
    "219之1": "6-60 单处; 60-180 并处",
    "232": "120-180 无期徒刑 死刑; 36-120",
    "234": "6-36 拘役 管制; 36-120; 120-180 无期徒刑 死刑",
    "236": "36-120; 120-180 无期徒刑 死刑",
    "239": "120-180 无期徒刑 并处 没收; 60-120 并处; 无期徒刑 死刑 没收",
    "243": "6-36 拘役 管制; 36-120",
    "251": "6-24 拘役",
    "258": "6-24 拘役",
    "263": "36-120 并处; 120-180 无期徒刑 死刑 并处 没收",
    "264": "6-36 拘役 管制 单处; 36-120 并处; 120-180 无期徒刑 并处 没收",
    "265": "6-36 拘役 管制 单处; 36-120 并处; 120-180 无期徒刑 并处 没收",
    "266": "6-36 拘役 管制 单处; 36-120 并处; 120-180 无期徒刑 并处 没收",
    "269": "36-120 并处; 120-180 无期徒刑 死刑 并处 没收",
    "274": "6-36 拘役 管制 单处; 36-120 并处; 120-180 并处",
    "278": "6-36 拘役 管制; 36-84",
    "280之1": "拘役 管制 单处",
    "288": "6-36 拘役 管制 单处; 36-84 并处",
    "290": "36-84; 6-36 拘役 管制; 60-120; 6-60 拘役 管制; 6-36 拘役 管制",
    "298": "6-60 拘役 管制",
    "300": "36-84 并处; 84-180 无期徒刑 并处 没收; 6-36 拘役 管制 单处",
    "305": "6-36 拘役; 36-84",
    "334之1": "6-36 拘役 管制 单处; 36-84 并处",
    "338": "6-36 拘役 单处; 36-84 并处; 84-180 并处",
    "347": "180-180 无期徒刑 死刑 没收; 84-180 并处; 6-36 拘役 管制 并处; 36-84 并处",
    "350": "6-36 拘役 管制 并处; 36-84 并处; 84-180 并处 没收",
    "352": "6-36 拘役 管制 单处",
    "354": "6-36 拘役 管制 并处",
    "359": "6-60 拘役 管制 并处; 60-180 并处; 60-180 并处",
    "363": "6-36 拘役 管制 并处; 36-120 并处; 120-180 无期徒刑 并处 没收; 6-36 拘役 管制 单处",
    "368": "6-36 拘役 管制 或者; 6-60 拘役",
    "369": "6-36 拘役 管制; 36-120; 120-180 无期徒刑 死刑; 6-36 拘役; 36-84",
    "371": "60-120; 6-60 拘役 管制; 36-84; 6-36 拘役 管制",
    "372": "6-36 拘役 管制; 36-120",
    "375": "6-36 拘役 管制; 36-120; 6-36 拘役 管制 单处; 6-36 拘役 管制 单处; 36-84 并处",
    "378": "6-36 拘役 管制; 36-120",
    "380": "6-60 拘役; 60-180",
    "381": "6-36 拘役",
    "382": "6-36 拘役 并处; 36-120 并处 没收; 120-180 无期徒刑 并处 没收; 无期徒刑 死刑 没收",
    "383": "6-36 拘役 并处; 36-120 并处 没收; 120-180 无期徒刑 并处 没收; 无期徒刑 死刑 没收",
    "385": "6-36 拘役 并处; 36-120 并处 没收; 120-180 无期徒刑 并处 没收; 无期徒刑 死刑 没收",
    "386": "6-36 拘役 并处; 36-120 并处 没收; 120-180 无期徒刑 并处 没收; 无期徒刑 死刑 没收",
    "388": "6-36 拘役 并处; 36-120 并处 没收; 120-180 无期徒刑 并处 没收; 无期徒刑 死刑 没收",
    "389": "6-36 拘役 并处; 36-120 并处; 120-180 无期徒刑 并处 没收",
    "394": "6-36 拘役 并处; 36-120 并处 没收; 120-180 无期徒刑 并处 没收; 无期徒刑 死刑 没收",
    "402": "6-36 拘役; 36-84",
    "407": "6-36 拘役",
    "408": "6-36 拘役",
    "412": "6-60 拘役; 60-120; 6-36 拘役",
    "418": "6-36 拘役",
    "434": "6-36; 36-84",
    "435": "6-36 拘役; 36-84",
    "438": "6-60 拘役; 60-120; 120-180 无期徒刑 死刑; 36-120; 120-180 无期徒刑 死刑; 120-180 无期徒刑 死刑",
}


@real
def test_articles_of_the_real_law(law):
    found = tiers.by_article(law)
    assert {ref: "; ".join(map(short, found[ref])) for ref in REAL} == REAL


@real
def test_every_crime_has_a_tier(law):
    found = tiers.by_article(law)
    current = {row.ref: row for row in law if not row.valid_to}
    assert [ref for ref, row in current.items() if row.charges and ref not in found] == []
    # As many tiers as the text has spans of imprisonment (449 speaks of a sentence that was
    # passed).
    for ref, row in current.items():
        own = [tier for tier in found.get(ref, []) if "from" not in tier and tier["months"]]
        assert row.number < 102 or ref == "449" or len(own) == row.text.count("有期徒刑"), ref
    assert {tier["from"] for ref in ("385", "386", "388") for tier in found[ref]} == {"383"}


@real
def test_tiers_of_the_real_law_before_an_amendment(law):
    # 263 never changed; 280之1 came with Amendment IX; Amendment XII made the lightest tier of 390
    # lighter.
    assert [short(t) for t in tiers.by_article(law, "2005-01-01")["263"]] == REAL["263"].split("; ")
    assert "280之1" not in tiers.by_article(law, "2015-10-31")
    assert short(tiers.by_article(law, "2024-02-29")["390"][0]) == "6-60 拘役 并处"
    assert short(tiers.by_article(law, "2024-03-01")["390"][0]) == "6-36 拘役 并处"
