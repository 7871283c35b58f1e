"""The knowledge base: built-in facts, links between charges and articles, tiers of penalty."""

import os
from pathlib import Path

import pytest

from lexpro.law.builtin_law import Tier, load
from lexpro.statutes import builtin_statutes, collection, links, table, tiers
from lexpro.statutes.table import Row
from lexpro.workflow.errors import UserError


@pytest.mark.parametrize(
    ("months", "text"), [(6, "六个月"), (36, "三年"), (42, "三年六个月"), (180, "十五年")]
)
def test_length(months, text):
    assert builtin_statutes.length(months) == text


@pytest.mark.parametrize(
    ("tier", "text"),
    [
        (Tier("", (6, 36), "either", ("拘役", "管制")), "三年以下有期徒刑、拘役或者管制，并处或者单处罚金"),
        (Tier("", (36, 120), "must"), "三年以上十年以下有期徒刑，并处罚金"),
        (Tier("", (120, 180), "none", (), ("无期徒刑", "死刑")), "十年以上有期徒刑、无期徒刑或者死刑"),
        (Tier("", None, "must", ("拘役",)), "拘役，并处罚金"),
        (
            Tier("", (180, 180), "none", (), ("死刑",), confiscation=True),
            "十五年有期徒刑或者死刑，并处没收财产",
        ),
    ],
)
def test_penalty_in_words(tier, text):
    assert builtin_statutes.penalty(tier) == text


def test_tiers_that_are_rendered_are_read_back():
    for charge in load().charges.values():
        for tier in charge.tiers:
            (found,) = tiers.parse(f"有前述行为的，处{builtin_statutes.penalty(tier)}。")
            expected = (
                list(tier.months) if tier.months else None,
                set(tier.lighter),
                set(tier.heavier),
                tier.fine,
            )
            assert (found["months"], set(found["lighter"]), set(found["heavier"]), found["fine"]) == expected
            assert found["confiscation"] == tier.confiscation


def test_embedded_rows_cover_every_article_of_the_facts(tmp_path):
    facts = load()
    rows = builtin_statutes.rows(facts)
    refs = {(row.law, row.ref) for row in rows}
    assert len(refs) == len(rows)
    assert {("刑法", ref) for found in builtin_statutes.charges(facts).values() for ref in found} <= refs
    named = [rule for rule in [*facts.rules.values(), *facts.circumstances.values()] if rule.article]
    assert {(rule.law, rule.article) for rule in named} <= refs
    table.write(rows, tmp_path / "a.parquet")
    back = table.read(tmp_path / "a.parquet")
    assert [(row["ref"], row["charges"]) for row in back] == [(row.ref, row.charges) for row in rows]


def test_a_table_without_columns_is_refused(tmp_path):
    import polars as pl

    pl.DataFrame({"law": ["刑法"]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(UserError, match="no column"):
        table.read(tmp_path / "a.parquet")


def version(ref: int, begin: str, end: str = "", exists: str = "") -> dict:
    row = Row("刑法", ref, 0, "x", valid_from=begin, valid_to=end, exists_from=exists)
    return {
        "law": row.law,
        "ref": row.ref,
        "unit": "条",
        "valid_from": begin,
        "valid_to": end,
        "exists_from": exists,
    }


def test_spans_reach_back_only_for_the_first_known_version():
    rows = [version(1, "2011-05-01", "2021-03-01", "1997-10-01"), version(1, "2021-03-01", "", "1997-10-01")]
    assert table.spans(rows) == [(19971001, 20210301), (20210301, table.OPEN_END)]
    assert table.spans([version(2, "")]) == [(0, table.OPEN_END)]


def test_links_from_running_text_and_tables():
    lines = [
        "186．抢劫罪（第263条） 187．盗窃罪（第264条）",
        "13．放火罪（第114条、第115条第1款） 255．偷越国（边）境罪（第322条）",
        "| 第一百三十三条之一 （《刑法修正案（八）》第二十二条） |危险驾驶罪 |",
        "| 第201条 （《刑法修正案（七）》第3条） |逃税罪 （取消偷税罪罪名） |",
        "| 第三百六十条第二款 （《刑法修正案（九）》第四十三条） |取消嫖宿幼女罪罪名 |",
    ]
    assert links.pairs(lines) == [
        ("抢劫罪", "263"),
        ("盗窃罪", "264"),
        ("放火罪", "114"),
        ("放火罪", "115"),
        ("偷越国（边）境罪", "322"),
        ("危险驾驶罪", "133之1"),
        ("逃税罪", "201"),
    ]


def test_the_article_of_the_penalty_belongs_to_the_charge():
    rows = [
        Row(
            "刑法",
            383,
            0,
            "对犯贪污罪的，依照下列规定处罚：\n（一）数额较大的，处三年以下有期徒刑或者拘役，并处罚金。",
        ),
        Row("刑法", 385, 0, "甲的，是受贿罪。"),
        Row("刑法", 386, 0, "对犯受贿罪的，依照本法第三百八十三条的规定处罚。"),
    ]
    assert links.attach(rows, [("受贿罪", "385")]) == {"受贿罪": ["385", "386"], "贪污罪": ["383"]}
    found = tiers.by_article(rows)
    assert [tier["months"] for tier in found["385"]] == [[6, 36]]
    assert found["386"][0]["from"] == found["385"][0]["from"] == "383"


MIRROR = Path(os.environ.get("LEXPRO_MIRROR", "")) / "LawRefBook__Laws"


@pytest.mark.mirror("LawRefBook__Laws")
def test_tiers_of_the_real_law_are_the_facts():
    rows, _ = collection.read(MIRROR, ["刑法/刑法.md"])
    names = collection.files(MIRROR, ["司法解释/*确定罪名*.md", "司法解释/*犯罪的罪名的意见*.md"])
    from lexpro.statutes.source_lines import lines_of

    charges = links.attach(rows, [pair for path in names[::-1] for pair in links.pairs(lines_of(path))])
    real = tiers.by_article(rows)
    facts = load()
    assert {
        name for name, refs in builtin_statutes.charges(facts).items() if refs[0] not in charges.get(name, [])
    } == set()
    missing = []
    for ref, known in builtin_statutes.tiers(facts).items():
        said = [(t["months"], set(t["lighter"]), set(t["heavier"]), t["fine"]) for t in real.get(ref, [])]
        for t in known:
            if (t["months"], set(t["lighter"]), set(t["heavier"]), t["fine"]) not in said:
                missing.append((ref, t["condition"], t["months"]))
    assert missing == []
