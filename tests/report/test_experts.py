"""The experts' part of the report: rated, not rated, without a sheet."""

import rated_sheet

from lexpro.report import experts


def built(tmp_path, rated):
    folders = {"expert_sheet": tmp_path / "default-01234567"} | ({"expert": tmp_path / "r"} if rated else {})
    rated_sheet.write(folders["expert_sheet"], folders.get("expert"))
    return {"experts": experts.build(folders)}


def test_what_is_rated_stands_in_the_tables(tmp_path):
    summary = built(tmp_path, rated=True)
    rows = experts.systems_table(summary).rows
    assert [row[:3] for row in rows[:2]] == [
        ("kept", "SFT + GRPO, with retrieval", 1.2),
        ("kept", "SFT + GRPO, without retrieval", 0.5),
    ]
    assert rows[3][1] == "some-other-model" and {row[0] for row in rows} == {"kept", "all"}
    raters = experts.raters_table(summary).rows
    assert [row[-1] for row in raters][:2] == ["kept", "kept"] and raters[2][-1].startswith("seconds")
    assert [row[0] for row in experts.agreement_table(summary).rows][::4] == ["preference", "法律适用 law"]
    assert all(table(summary).rows for table in experts.TABLES.values())
    said = experts.text(summary)
    assert "114 ratings; 1 of them are left out" in said and "3 pairs that need no expert" in said


def test_where_nobody_has_rated_the_sheet_is_shown(tmp_path):
    summary = built(tmp_path, rated=False)
    assert "Nobody has rated it yet" in experts.text(summary)
    assert [name for name, table in experts.TABLES.items() if table(summary).rows] == ["expert_sheet"]
    example = summary["experts"]["example"]
    assert (example["left"], example["right"]) == ("罪名：盗窃罪", "罪名：诈骗罪")
    assert len(example["document"]) == experts.EXCERPT + 1


def test_without_two_systems_there_is_no_sheet():
    summary = {"experts": experts.build({})}
    assert "no sheet" in experts.text(summary) and experts.sheet_table(summary).rows == []
