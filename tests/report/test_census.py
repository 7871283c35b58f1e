"""The picture of a corpus: what was kept, copied, masked and left out, from files as the stages
write them.
"""

import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lexpro.cli.main import main
from lexpro.corpus.tables import REJECTS
from lexpro.law.provinces import PROVINCES
from lexpro.records import Defendant, Judgment, Term
from lexpro.report import census, corpus_figures, corpus_tables, labels
from lexpro.workflow.files import write_json, write_text


def person(kind: str | None, months: int | None = None) -> Defendant:
    return Defendant("张三", sentence=Term(kind, months) if kind else None)


# doc_id, province, charge, characters, record
KEPT = [
    ("a", "湖北", "盗窃罪", 999, {"date": "2019-01-02", "defendants": [person("有期徒刑", 6)]}),
    ("b", "湖北", "盗窃罪", 1000, {"date": "2019-12-31", "defendants": [person("有期徒刑", 7), person("拘役", 5)]}),
    ("c", "山东", None, 20, {"defendants": [person("死缓"), person(None)]}),
    ("d", "山东", "诈骗罪", 1000, {"date": "2021-05-05", "defendants": [person("有期徒刑", 240), person("有期徒刑")]}),
]  # fmt: skip
KEPT[0][-1]["case_number"] = "（2019）鄂0102刑初77号"
# doc_id, province, reason, detail, reasons
DROPPED = [
    ("e", "山东", "near_duplicate", "a 0.81", ["near_duplicate"]),
    ("f", "湖北", "exact_duplicate", "a 1.00", ["exact_duplicate"]),
    ("g", "湖北", "near_duplicate", "b 0.70", ["near_duplicate"]),
    ("h", None, "not_criminal", "civil", ["not_criminal", "too_short"]),
    ("i", None, "exact_duplicate", "h 1.00", ["exact_duplicate", "not_criminal"]),
    ("j", "湖北", "too_short", "12", ["too_short"]),
]


PLANNED = ["湖北", "山东"]
DRAWN = ["--charges", "30", "--dpi", "150"]
COST = {"seconds": 1.0, "peak_rss_mb": 100.0}


def as_json(fields: dict) -> str:
    return json.dumps(Judgment("x", **fields).to_dict(), ensure_ascii=False)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("results")
    chosen, ingest, structure = root / "filter", root / "ingest", root / "structure"
    chosen.mkdir()
    rows = [
        {"doc_id": i, "province": p, "charge": c, "text": "字" * n, "judgment": as_json(fields)}
        for i, p, c, n, fields in KEPT
    ]
    pl.DataFrame(rows).write_parquet(chosen / "kept.parquet")
    columns = ("doc_id", "province", "reason", "detail", "reasons")
    pl.DataFrame(DROPPED, schema=columns, orient="row").write_parquet(chosen / "dropped.parquet")
    write_text(
        chosen / "funnel.csv", "province,read,too_short,kept\n湖北,5,1,2\nunknown,2,0,0\ntotal,7,1,2\n"
    )
    counts = {"read": 10, "kept": 4, "masked_name": 12, "masked_plate": 1}
    write_json(chosen / "manifest.json", {"counts": counts})
    write_json(chosen / "provenance.json", COST)
    empty = {field.name: [] for field in REJECTS}
    broken = empty | {"file": ["张三案.txt", "b.jsonl", "李四"], "reason": ["empty", "bad_json", "empty"]}
    for folder, province, found in (
        (ingest, "湖北", broken),
        (ingest, "山东", empty | {"file": ["c.txt"], "reason": ["empty"]}),
        (structure, "湖北", empty),
        (structure, "山东", empty),
        # Of a folder that the user has renamed since.
        (ingest, "山东省", empty | {"file": ["c.txt"], "reason": ["empty"]}),
    ):
        write_json(folder / province / "manifest.json", {"counts": {}})
        write_json(folder / province / "provenance.json", COST)
        schema = {"file": pl.String, "reason": pl.String}
        frame = pl.DataFrame({name: found[name] for name in schema}, schema=schema)
        frame.write_parquet(folder / province / "rejects.parquet")
    return {"filter": chosen, "ingest": ingest, "structure": structure}


@pytest.fixture(scope="module")
def found(inputs) -> dict:
    return census.build(inputs, PLANNED)


def test_charges_and_years(found):
    assert found["charges"] == [
        {"charge": "盗窃罪", "judgments": 2, "provinces": 1},
        {"charge": "诈骗罪", "judgments": 1, "provinces": 1},
        {"charge": None, "judgments": 1, "provinces": 1},
    ]
    assert found["years"] == [
        {"year": 2019, "judgments": 2},
        {"year": 2021, "judgments": 1},
        {"year": None, "judgments": 1},
    ]


def test_a_length_belongs_to_the_class_that_it_begins(found):
    assert found["lengths"] == {
        "median": 999.5,
        "longest": 1000,
        "classes": [
            {"from": 18, "to": 21, "judgments": 1},
            {"from": 866, "to": 1000, "judgments": 1},
            {"from": 1000, "to": 1155, "judgments": 2},
        ],
    }


def test_defendants_count_by_their_sentence(found):
    assert {row["kind"]: row["defendants"] for row in found["sentences"]} == {
        "有期徒刑": 4, "拘役": 1, "死缓": 1, None: 1,
    }  # fmt: skip
    # Of four terms one cannot be read: it is in no class.
    assert [row["defendants"] for row in found["months"]] == [1, 1, 0, 0, 0, 0, 0, 0, 1]


@given(st.dictionaries(st.integers(1, 400), st.integers(1, 9)))
def test_every_term_is_in_one_class(months):
    made = census.classes(months)
    assert sum(row["defendants"] for row in made) == sum(months.values())
    assert all(one["to"] == two["from"] for one, two in zip(made, made[1:], strict=False))


def test_families_count_their_copies_and_name_no_case(found):
    families = found["families"]
    assert {name: families[name] for name in ("families", "exact", "near", "across")} == {
        "families": 3, "exact": 2, "near": 2, "across": 1,
    }  # fmt: skip
    assert families["sizes"] == [{"size": 2, "families": 2}, {"size": 3, "families": 1}]
    first, second, third = families["largest"]
    assert first == {
        "case_number": "（2019）鄂0102刑初×号", "province": "湖北", "charge": "盗窃罪",
        "size": 3, "exact": 1, "near": 1, "provinces": 2,
    }  # fmt: skip
    assert (second["size"], second["case_number"]) == (2, None)
    # The document that h is a copy of was dropped itself: its province and charge are not known.
    assert (third["size"], third["province"], third["charge"]) == (2, None, None)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("（2020）京0102刑初1号", "（2020）京0102刑初×号"),
        ("(2014)朝刑初字第01234号", "(2014)朝刑初字第×号"),
        ("（2016）鄂01刑初12号之一", "（2016）鄂01刑初×号之一"),
        (None, None),
    ],
)
def test_the_serial_number_of_a_case_is_not_shown(number, shown):
    assert census.without_serial(number) == shown


def test_what_was_left_out_has_places_and_examples(found):
    assert found["left_out"] == {
        "ingest": [
            {"reason": "empty", "documents": 3}
            | {"provinces": {"湖北": 2, "山东": 1}, "files": {".txt": 2, "no ending": 1}},
            {"reason": "bad_json", "documents": 1, "provinces": {"湖北": 1}, "files": {".jsonl": 1}},
        ],
        "structure": [],
        "filter": [
            {"reason": "exact_duplicate", "documents": 2, "applies": 2}
            | {"provinces": {"?": 1, "湖北": 1}, "examples": ["f", "i"]},
            {"reason": "near_duplicate", "documents": 2, "applies": 2}
            | {"provinces": {"山东": 1, "湖北": 1}, "examples": ["e", "g"]},
            {
                "reason": "not_criminal",
                "documents": 1,
                "applies": 2,
                "provinces": {"?": 1},
                "examples": ["h"],
            },
            {
                "reason": "too_short",
                "documents": 1,
                "applies": 2,
                "provinces": {"湖北": 1},
                "examples": ["j"],
            },
        ],
    }


def test_masking_is_counted_by_kind(found):
    assert found["masked"] == {"name": 12, "plate": 1}
    assert corpus_tables.masked({"corpus": found}).rows == [
        ("names of people 姓名", 12),
        ("number plates 车牌", 1),
    ]


def test_no_name_and_no_case_leaves_the_picture(found):
    """Neither a defendant, nor a file that is called after one, nor the number of a case."""
    said = json.dumps(found, ensure_ascii=False)
    assert not any(word in said for word in ("张三", "李四", "77号", "字字"))


def test_a_corpus_of_which_nothing_is_left_is_a_picture_too(inputs, tmp_path):
    for name in ("kept", "dropped"):
        schema = pl.read_parquet_schema(inputs["filter"] / f"{name}.parquet")
        pl.DataFrame(schema=schema).write_parquet(tmp_path / f"{name}.parquet")
    write_text(tmp_path / "funnel.csv", "province,read,kept\ntotal,0,0\n")
    write_json(tmp_path / "manifest.json", {"counts": {"read": 0}})
    found = census.build(inputs | {"filter": tmp_path}, PLANNED)
    assert (
        found["years"] == found["charges"] == found["lengths"]["classes"] == found["families"]["sizes"] == []
    )
    assert found["families"]["families"] == 0 and found["left_out"]["filter"] == []
    for table in corpus_tables.TABLES.values():
        table({"corpus": found, "funnel": {}})


# The page


@pytest.mark.slow
def test_a_corpus_has_a_page_before_anything_is_trained_on_it(inputs, tmp_path):
    """Its numbers, figures and links, and one file that needs no other."""
    folders = []
    for stage, folder in inputs.items():
        # As Snakemake has them: results/<stage>/<key>.
        run = tmp_path / "results" / stage / "default-0a1b2c3d"
        shutil.copytree(folder, run)
        folders.append(str(run))
    for province in ("湖北", "山东"):
        pl.DataFrame({"doc_id": [""] * 5}).write_parquet(
            tmp_path / f"results/ingest/default-0a1b2c3d/{province}/documents.parquet"
        )
    out = tmp_path / "results/census/mine"
    main(["census", "--experiment", "mine", "--out", str(out), *folders, "--provinces", *PLANNED, *DRAWN])
    html = (out / "corpus.html").read_text(encoding="utf-8")
    assert (
        "14 records read = 4 could not be read + 0 could not be structured + 6 dropped by the filter + 4 kept"
        in html
    )
    assert 'href="../../filter/default-0a1b2c3d/dropped.parquet"' in html
    assert not re.search(r'(?:src="|url\()(?!data:)', html)
    assert not any(word in html for word in ("张三", "李四", "77号"))
    drawn = {path.name for path in (out / "figures").glob("*.png")}
    assert drawn == {"funnel.png", "map.png", "spread.png", "provinces.png"}
    assert {path.stem for path in (out / "tables").glob("*.csv")} == set(corpus_tables.TABLES)


def test_the_page_wants_all_three_stages(tmp_path, capsys):
    asked = ["--experiment", "mine", "--out", str(tmp_path), "results/filter/default-0a1b2c3d"]
    with pytest.raises(SystemExit):
        main(["census", *asked, "--provinces", *PLANNED, *DRAWN])
    assert "no folder of a run of ingest, structure is given" in capsys.readouterr().err


# Tables and figures


def test_the_funnel_of_a_province_shows_only_reasons_that_took_something(found):
    made = corpus_tables.provinces({"corpus": found})
    assert made.columns == ("province", "judgments", "too short", "kept")
    assert made.rows == [("湖北", 5, 1, 2), ("unknown", 2, 0, 0)]


def test_the_table_of_what_is_left_out_goes_by_stage(found):
    rows = corpus_tables.dropped({"corpus": dict(sorted(found.items()))}).rows
    assert [row[0] for row in rows] == ["ingest"] * 2 + ["filter"] * 4
    assert rows[0] == ("ingest", "empty", "empty", 3, None, "湖北 2, 山东 1", ".txt 2, no ending 1")
    assert rows[4][3:5] == (1, 2)


def test_the_map_has_a_tile_of_its_own_for_each_province():
    assert set(corpus_figures.TILES) == set(PROVINCES) and len(PROVINCES) == 31
    assert len(set(corpus_figures.TILES.values())) == 31


@pytest.mark.parametrize(
    ("low", "high", "name"), [(0, 6, "≤ ½"), (6, 12, "½–1"), (24, 36, "2–3"), (180, None, "> 15")]
)
def test_classes_of_terms_are_named_in_years(low, high, name):
    assert labels.years(low, high) == name


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (9876, "9,876"), (123_456, "123 k"), (1_234_567, "1.23 M"), (75e6, "75 M")]
)
def test_large_counts_are_short(count, text):
    assert corpus_figures.short(int(count)) == text


@given(st.floats(1, 1e6), st.floats(1.5, 1e6))
def test_marks_of_a_logarithmic_axis_are_few_and_inside(low, ratio):
    high = min(low * ratio, 1e8)
    made = corpus_figures.marks(low, high)
    assert made == sorted(set(made)) and len(made) <= 10
    assert all(low <= mark <= high for mark in made)
