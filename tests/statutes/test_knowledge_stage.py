"""The stage `knowledge` on a folder of statutes: what it writes, and what it refuses. Texts are
invented, not law.
"""

import csv
import importlib.util
import os
import sys
from pathlib import Path

import planning
import polars as pl
import pytest

from lexpro.cli.main import main
from lexpro.config.knowledge import Statutes
from lexpro.dag.compose import choice
from lexpro.statutes import collection, knowledge, links, passages
from lexpro.statutes.lookup import Law
from lexpro.statutes.table import Row
from lexpro.workflow import stage
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, write_text

LAW = """# 中华人民共和国刑法
1997年3月14日 第八届全国人民代表大会第五次会议修订
<!-- INFO END -->
## 第二编 分则
### 第五章 侵犯财产罪
第二百六十四条 甲的，处三年以下有期徒刑。
乙的，有下列情形之一的：
（一）子；
（二）丑。
第二百六十五条 丙的，依照本法第二百六十四条的规定处罚。
第四百五十二条 本法自1997年10月1日起施行。
"""
LIST = "# 关于确定罪名的规定\n1997年12月16日\n<!-- INFO END -->\n1．盗窃罪（第264条）\n"
INTERPRETATION = """# 最高人民法院关于样本的解释
2013年4月4日 施行
<!-- INFO END -->
第一条 价值一百元以上的，应当认定。本解释第二百六十五条除外。
第二条 价值一百元至三百元以上、五千元以上的，应当分别认定为刑法第二百六十四条规定的“数额较大”、“数额巨大”。
"""
GUIDE = "四、罪名\n（三）盗窃罪\n1.数额较大的，在一年以下有期徒刑、拘役幅度内确定量刑起点。\n"
SETTINGS = {
    "kind": "statutes",
    "path": "laws",
    "include": ["**/*"],
    "older": ["older"],
    "charge_lists": ["解释/*罪名*"],
    "interpretations": ["解释/*"],
    "guideline": "guide.md",
    "thresholds": "amounts.csv",
}


def script(name: str = "knowledge"):
    path = Path(__file__).parents[2] / f"workflow/scripts/{name}.py"
    spec = importlib.util.spec_from_file_location(f"{name}_script", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[f"{name}_script"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEXPRO_MIRROR", raising=False)
    texts = {
        "laws/刑法/刑法.md": LAW,
        "laws/解释/关于确定罪名的规定.md": LIST,
        "laws/解释/样本.txt": INTERPRETATION,
        "guide.md": GUIDE,
        "amounts.csv": "地区,盗窃罪-较大\n湖北省,200\n",
    }
    for name, text in texts.items():
        write_text(tmp_path / name, text)
    return tmp_path


def planned(folder: Path, monkeypatch, settings: dict) -> list[str]:
    write_text(folder / "lock.txt", "numpy==2.3.5\n")
    monkeypatch.setattr(stage, "lock_file", lambda: folder / "lock.txt")
    return planning.arguments(planning.plan("knowledge", settings, {}))


def test_what_the_stage_writes(folder, monkeypatch):
    script().main(planned(folder, monkeypatch, SETTINGS))
    out = folder / "results/knowledge/k"
    articles = pl.read_parquet(out / "articles.parquet")
    assert {"law", "kind", "issuer", "number", "sub", "ref", "heading", "text"} <= set(articles.columns)
    assert {"valid_from", "valid_to", "superseded_by", "source", "sha256"} <= set(articles.columns)
    first = articles.row(0, named=True)
    assert first["heading"] == "第二编 分则 / 第五章 侵犯财产罪"
    assert (first["issuer"], first["valid_from"], first["charges"]) == (
        "全国人民代表大会",
        "1997-10-01",
        ["盗窃罪"],
    )
    parts = pl.read_parquet(out / "passages.parquet").filter(
        (pl.col("ref") == "264") & (pl.col("law") == "刑法")
    )
    assert parts.select("paragraph", "item", "text").rows() == [
        (1, None, "甲的，处三年以下有期徒刑。"),
        (2, None, "乙的，有下列情形之一的："),
        (2, 1, "（一）子；"),
        (2, 2, "（二）丑。"),
    ]
    assert set(parts["article"]) == {first["id"]}
    web = read_json(out / "links.json")
    theft = web["charges"]["盗窃罪"]
    assert (theft["articles"], theft["guideline"]) == (["264"], "四（三）")
    assert [(entry["law"], entry["articles"]) for entry in theft["interpretations"]] == [
        ("最高人民法院关于样本的解释", ["2"])
    ]
    assert web["articles"]["265"] == {"charges": [], "interpretations": [], "refers": ["264"]}
    assert [tier["from"] for tier in read_json(out / "tiers.json")["265"]] == ["264"]
    amounts = read_json(out / "thresholds.json")
    assert [(row["province"], row["level"], row["from"]) for row in amounts] == [
        ("", "数额较大", 100),
        ("", "数额巨大", 5000),
        ("湖北", "数额较大", 200),
    ]
    assert list(read_json(out / "guideline.json")["charges"]) == ["盗窃罪"]
    with (out / "problems.csv").open(encoding="utf-8", newline="") as file:
        assert ("older", "no_older_text") in {(row["file"], row["kind"]) for row in csv.DictReader(file)}
    law = Law.from_run(out)
    assert law.article("刑法", "第二百六十五条", "2020-01-01").text.startswith("丙的")
    assert law.article("刑法", 264, "1997-09-30") is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["刑法", "265"], "丙的"),
        (["刑法", "第二百六十五条", "--date", "1997-09-30"], "没有这一条\n知识库里的版本：1997-10-01–"),
        (["刑法", "265", "--act", "2000-01-01", "--judgment", "2010-01-01"], "条文和法定刑没有变化"),
        (["样本法", "1"], "知识库里的版本：无。知识库有法律 "),
        (["刑法", "9999", "--act", "2000-01-01", "--judgment", "2010-01-01"], "两日都没有这一条\n知识库里的"),
    ],
)
def test_an_article_is_printed(folder, monkeypatch, capsys, arguments, said):
    script("knowledge").main(planned(folder, monkeypatch, SETTINGS))
    capsys.readouterr()
    main(["article", *arguments])
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["刑法", "265"], "no knowledge base below"),
        (["刑法", "265", "--knowledge", "."], "no articles.parquet"),
        (["刑法", "265", "--act", "2000-01-01"], "belong together"),
    ],
)
def test_what_cannot_be_asked_is_said(folder, capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        main(["article", *arguments])
    assert stopped.value.code == 2 and message in capsys.readouterr().err


def test_two_runs_write_the_same_bytes(folder, monkeypatch):
    arguments = planned(folder, monkeypatch, SETTINGS)
    hashes = []
    for _ in range(2):
        script().main(arguments)
        hashes.append(read_json(folder / "results/knowledge/k/manifest.json")["files"])
    assert hashes[0] == hashes[1]


def test_files_that_are_not_there_are_reported(folder):
    settings = {**SETTINGS, "guideline": "no.md", "thresholds": None, "older": []}
    known = knowledge.from_statutes(Statutes(**settings))
    assert [(p.file, p.kind) for p in known.problems if p.kind == "not_at_hand"] == [("no.md", "not_at_hand")]
    assert known.guideline["charges"] == {} and {row["province"] for row in known.thresholds} == {""}


def test_all_that_is_read_is_listed(folder):
    write_text(folder / "older/刑法/刑法.md", LAW)
    listed = {
        f"{root.name}/{path.relative_to(root)}"
        for root, files in collection.sources(Statutes(**SETTINGS))
        for path in files
    }
    assert listed == {
        "laws/刑法/刑法.md",
        "laws/解释/关于确定罪名的规定.md",
        "laws/解释/样本.txt",
        "older/刑法/刑法.md",
        "/guide.md",
        "/amounts.csv",
    }


@pytest.mark.parametrize("content", [None, b"", b"\xff\xd8\xff" + bytes(range(256))])
def test_a_folder_without_an_article_is_refused(folder, content):
    (folder / "empty").mkdir()
    if content is not None:
        (folder / "empty/a.md").write_bytes(content)
    with pytest.raises(UserError, match="no article"):
        knowledge.from_statutes(Statutes(**SETTINGS | {"path": "empty"}))


def test_the_embedded_facts_have_the_same_files(folder, monkeypatch):
    script().main(planned(folder, monkeypatch, {"kind": "facts"}))
    out = folder / "results/knowledge/k"
    assert read_json(out / "links.json")["charges"]["盗窃罪"]["articles"] == ["264"]
    assert read_json(out / "thresholds.json") == []
    assert Law.from_run(out).article("刑法", "264").charges == ["盗窃罪"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲。", [(1, None)]),
        ("甲。\n乙。", [(1, None), (2, None)]),
        ("甲：\n（一）子；\n(2)丑。\n乙。", [(1, None), (1, 1), (1, 2), (2, None)]),
        ("（十一）子。", [(1, 11)]),
        ("", []),
    ],
)
def test_passages(text, expected):
    assert [(paragraph, item) for paragraph, item, _ in passages.split(text)] == expected


def test_an_interpretation_bears_on_what_it_cites():
    crimes = [Row("刑法", 264, 0, "甲。", ["盗窃罪"]), Row("刑法", 266, 0, "乙。", ["诈骗罪", "集资诈骗罪"])]
    said = [
        Row(
            "甲解释",
            1,
            0,
            "依照刑法第二百六十四条、本解释第二百六十六条处罚。",
            source="a",
            valid_from="2001-01-01",
        ),
        Row("乙解释", 1, 0, "刑法第二百六十六条。", source="b", valid_from="2002-01-01"),
        Row("乙解释", 2, 0, "以诈骗罪定罪，刑事诉讼法第二百六十四条。", source="b", valid_from="2002-01-01"),
    ]
    web = links.build(
        crimes, {"盗窃罪": ["264"], "诈骗罪": ["266"], "集资诈骗罪": ["266"]}, said, {"诈骗罪": "四（二）"}
    )
    laws = {
        charge: [(e["law"], e["articles"]) for e in entry["interpretations"]]
        for charge, entry in web["charges"].items()
    }
    # An article with two charges tells neither; a name does.
    assert laws == {"盗窃罪": [("甲解释", ["1"])], "诈骗罪": [("乙解释", ["2"])], "集资诈骗罪": []}
    assert [e["law"] for e in web["articles"]["266"]["interpretations"]] == ["乙解释"]
    assert web["charges"]["诈骗罪"]["guideline"] == "四（二）"


MIRROR = Path(os.environ.get("LEXPRO_MIRROR", ""))


@pytest.mark.mirror("LawRefBook__Laws")
def test_the_real_criminal_law():
    known = knowledge.from_statutes(choice("knowledge", "statutes", Path(__file__).parents[2] / "config"))
    law = Law(known.rows)
    asked = {
        ("刑法", "第一百三十三条之一", "2011-04-30"): None,
        ("刑法", "133-1", "2011-05-01"): ("2011-05-01", "2015-11-01"),
        ("中华人民共和国刑法", "133条之一", "2024-06-01"): ("2015-11-01", ""),
        # 133 itself never changed: a new article was put behind it.
        ("刑法", "１３３", "1999-01-01"): ("1997-10-01", ""),
        ("刑法", "第一百九十九条", "2015-10-31"): ("2011-05-01", "2015-11-01"),
        ("刑法", 199, "2015-11-01"): None,
        ("刑法", 383, "2016-01-01"): ("2015-11-01", ""),
        ("《刑法》", "二百六十四", "2012-01-01"): ("2011-05-01", ""),
        ("刑法", 17, "2021-02-28"): ("1997-10-01", "2021-03-01"),
        ("刑法", 390, "2024-03-01"): ("2024-03-01", ""),
    }
    for question, expected in asked.items():
        found = law.article(*question)
        assert (found and (found.valid_from, found.valid_to)) == expected, question
    bribery = law.lenient("刑法", 390, act="2023-01-01", judgment="2024-06-01")
    assert (bribery.check, bribery.applies) == (True, "now")
    # The text of that day is from the older folder, and says so.
    assert bribery.then.source == "LawRefBook__Laws@3cd6e86_before_Amendment_XII/刑法/刑法.md"
    assert bribery.then.sha256 != bribery.now.sha256
    assert bribery.then.superseded_by == bribery.now.id
    assert known.links["articles"]["386"]["refers"] == ["383"]
    theft = known.links["charges"]["盗窃罪"]
    assert theft["guideline"] == "四（十一）"
    assert "办理盗窃刑事案件" in theft["interpretations"][0]["law"]
    assert sum(bool(charge["guideline"]) for charge in known.links["charges"].values()) == 23


@pytest.mark.mirror("LawRefBook__Laws")
def test_readers_of_the_real_table_go_by_the_day(tmp_path):
    from lexpro.retrieval.lexical import LexicalRetriever
    from lexpro.rewards import citation
    from lexpro.statutes import table
    from lexpro.workflow.files import read_yaml

    path = Path(__file__).parents[2] / "config/knowledge/statutes.yaml"
    known = knowledge.from_statutes(Statutes(**read_yaml(path)))
    knowledge.write(known, tmp_path)
    spans = citation.existing(str(tmp_path))
    days = {
        ("133之1", "2011-04-30"): False,
        ("133之1", "2011-05-01"): True,
        ("199", "2015-10-31"): True,
        ("199", "2015-11-01"): False,
        # Its text of that day is not known; that there was such an article is.
        ("264", "2005-01-01"): True,
        ("264", "1997-09-30"): False,
        ("264之9", "2020-01-01"): False,
    }
    assert {asked: citation.exists(*asked[:1], spans, asked[1]) for asked in days} == days
    retriever = LexicalRetriever.build(table.read(tmp_path / "articles.parquet"))
    facts = "国家工作人员为谋取不正当利益行贿，情节严重"
    for day, version in {
        "2020-01-01": "2015-11-01",
        "2024-06-01": "2024-03-01",
        "2000-01-01": "2015-11-01",
    }.items():
        found = {article["ref"]: article for article in retriever.search(facts, 10, day)}
        assert found["390"]["valid_from"] == version and found["390"]["text"]
        assert "133之1" not in found or day >= "2011-05-01"
