"""PDP-Bench, CaseGen and CAIL2018: their data could not be had; records of our own stand in their
file formats.
"""

import json
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lexpro import datasets
from lexpro.dag import builder, requirements
from lexpro.evaluation import questions, rescoring
from lexpro.evaluation.tasks.cail2018 import items as facts
from lexpro.evaluation.tasks.cail2018 import scorer as cail2018
from lexpro.evaluation.tasks.casegen import items as cases
from lexpro.evaluation.tasks.casegen import scorer as casegen
from lexpro.evaluation.tasks.pdp import items as decisions
from lexpro.evaluation.tasks.pdp import scorer as pdp
from lexpro.workflow.errors import UserError

CHARGES = ("盗窃", "诈骗", "走私、贩卖、运输、制造毒品")


def record(charges=("盗窃",), articles=(264, 67), months=10, **term) -> dict:
    timed = {"death_penalty": False, "life_imprisonment": False, "imprisonment": months, **term}
    meta = {"accusation": list(charges), "relevant_articles": list(articles), "term_of_imprisonment": timed}
    return {
        "fact": "张某甲在某路盗窃电动自行车一辆。\n",
        "meta": meta | {"punish_of_money": 2000, "criminals": ["张某甲"]},
    }


RECORDS = [
    record(),
    record(("诈骗", "[走私、贩卖、运输、制造]毒品"), (266, 347), 42),
    record(months=0, life_imprisonment=True),
    record(months=0, death_penalty=True),
]


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "CAIL2018_ALL_DATA.zip"
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in RECORDS)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("final_all_data/exercise_contest/data_test.json", lines)
        file.writestr("final_all_data/first_stage/test.json", "{}\n")
    return path


@pytest.fixture(autouse=True)
def _lists(monkeypatch):
    """In the checkout, whose registry and configuration are read; with short lists of labels."""
    monkeypatch.chdir(Path(__file__).resolve().parents[2])
    lists = {"cail_accu": CHARGES, "cail_law": ("67", "133", "264", "266", "347")}
    monkeypatch.setattr(cail2018, "_list", lists.__getitem__)


def test_facts_are_read_from_the_archive_and_from_a_file(archive, tmp_path):
    found = facts.items(archive, "charge")
    assert [item.gold for item in found[:2]] == ["罪名：盗窃", "罪名：诈骗；走私、贩卖、运输、制造毒品"]
    assert found[0].text == RECORDS[0]["fact"].strip() and found[0].prompt.endswith(found[0].text)
    with zipfile.ZipFile(archive) as file:
        (tmp_path / "data_test.json").write_bytes(file.read("final_all_data/exercise_contest/data_test.json"))
    assert facts.items(tmp_path / "data_test.json", "charge") == found
    assert [item.gold[3:] for item in facts.items(archive, "term")] == ["10个月", "42个月", "无期", "死刑"]
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("data.json", "{}")
    with pytest.raises(UserError, match=r"data_test\.json"):
        facts.items(tmp_path / "other.zip", "term")


def test_the_judger_counts_every_label_of_its_list(archive):
    """Micro: 2 right, 1 wrong, 2 missed. Macro over three charges: 盗窃 1 right, 2 missed; 诈骗
    right; 毒品 wrong.
    """
    items = facts.items(archive, "charge")
    answers = ["罪名：盗窃", "罪名：诈骗", "罪名：走私、贩卖、运输、制造毒品罪", "不知道"]
    scorer = cail2018.task("charge").official
    table, _ = scorer.table(items, answers)
    found = {name: float(metric(table.sum(axis=0))) for name, metric in scorer.metrics.items()}
    micro, macro = 2 * 2 / (2 * 2 + 1 + 3), (2 / 4 + 1 + 0) / 3
    assert found == pytest.approx({"score": (micro + macro) / 2, "micro_f1": micro, "macro_f1": macro})
    articles = cail2018.task("article").official
    assert (
        articles.score(facts.items(archive, "article"), [i.gold for i in facts.items(archive, "article")])
        == 1
    )


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("刑期：10个月", 1),
        ("一年", 1),
        ("十四个月", 0.8),
        ("十八个月", 0.6),
        ("六年", 0),
        ("无期徒刑", 0),
        ("不知道", 0),
    ],
)
def test_terms_earn_points_by_steps(archive, text, points):
    """ln(15/11) = .31, ln(19/11) = .55, ln(13/11) = .17: the judger's steps of .2."""
    item = facts.items(archive, "term")[0]
    score = cail2018.task("term").official.score_item(item, text)
    assert score.counts == (points, 1)
    assert cail2018.task("term").normalised.score_item(item, text).abstained == (text == "不知道")


def test_life_and_death_must_be_said(archive):
    *_, life, death = facts.items(archive, "term")
    scorer = cail2018.task("term").official
    assert scorer.score([life, death], ["判处无期徒刑", "判处死刑"]) == 1
    assert scorer.score([life, death], ["判处死刑", "有期徒刑十五年"]) == 0


DECISIONS = [
    ("起诉", ["cl:第二百六十四条", "cpl:第一百七十六条"]),
    ("相对不起诉", ["cl:第一百三十三条之一", "cl:第三十七条", "cpl:第一百七十七条第二款"]),
    ("法定不起诉", ["cpl:第十六条"]),
    ("存疑不起诉", ["cpl:第一百七十五条第四款", "cpr:第三百六十七条"]),
]


@pytest.fixture
def split(tmp_path):
    rows = [
        {
            "id": f"某检刑〔2024〕{n}号",
            "meta": {"date": "2024-01-01", "province": "湖北"},
            "person_info": "张某甲，男。",
            "procedure": "因涉嫌盗窃罪被取保候审，移送审查起诉。",
            "fact": "张某甲盗窃电动自行车一辆。",
            "relevant_articles": articles,
            "decision": decision,
            "raw_reasoning_and_decision": "……",
            "source_url": "",
        }
        for n, (decision, articles) in enumerate(DECISIONS)
    ]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "test.parquet")
    return tmp_path / "test.parquet"


def test_a_decision_is_asked_with_all_that_is_known(split):
    first = decisions.items(split)[0]
    assert (
        first.gold
        == "【适用法条】\n刑法：第二百六十四条\n刑事诉讼法：第一百七十六条\n【最终结论】\n决定：起诉"
    )
    assert all(part in first.prompt for part in ("张某甲，男。", "移送审查起诉", "电动自行车"))


def test_pdp_scores(split):
    """Officially the second decision is none (more words on its line), and a class without a right
    answer has 0.
    """
    items = decisions.items(split)
    answers = [
        items[0].gold,
        "【最终结论】\n决定：建议作相对不起诉处理",
        "<think>想</think>【最终结论】\n决定：**法定不起诉**。",
        "【最终结论】\n决定：起诉",
    ]
    task = pdp.task()
    table, abstained = task.official.table(items, answers)
    found = {name: float(metric(table.sum(axis=0))) for name, metric in task.official.metrics.items()}
    assert found == pytest.approx(
        {
            "score": (2 / 3 + 0 + 1 + 0) / 4,
            "micro_f1": 2 * 2 / (2 * 2 + 1 + 2),
            "two_macro_f1": (2 / 3 + 2 / 4) / 2,
            "two_micro_f1": 2 * 2 / (2 * 2 + 1 + 2),
            "article_f1": 1 / 4,
        }
    )
    assert abstained == 1
    assert task.normalised.score(items, answers) == pytest.approx((2 / 3 + 1 + 1 + 0) / 4)
    for scorer in (task.official, task.normalised):
        sums = scorer.table(items, [item.gold for item in items])[0].sum(axis=0)
        assert {float(metric(sums)) for metric in scorer.metrics.values()} == {1.0}


@pytest.mark.parametrize(
    ("text", "decision"),
    [
        ("本案移送审查起诉后，决定：不予起诉", None),
        ("犯罪情节轻微，作酌定不起诉处理", "相对不起诉"),
        ("符合证据不足不起诉", "存疑不起诉"),
        ("综上，应当依法提起公诉。", "起诉"),
        ("可以起诉，也可以相对不起诉", None),
        ("先看相对不起诉还是起诉。【最终结论】\n决定：起诉", "起诉"),
        ("", None),
    ],
)
def test_decisions_in_any_wording(text, decision):
    assert pdp.decision(text) == decision


CASE = {
    "id": 3,
    "title": "合同纠纷",
    "full_text": "全文",
    "prosecution": "请求被告支付货款5000元。",
    "defense": "货物不合格，不应付款。",
    "evidence": {"合同": "约定货到付款。", "收条": "已收货。"},
    "event": {},
    "fact": "经审理查明，被告收货后未付款。",
    "reasoning": "本院认为，被告应当付款。",
    "judgement": "被告支付货款5000元。",
}


@pytest.fixture
def case_file(tmp_path):
    path = tmp_path / "CaseGen.json"
    path.write_text(json.dumps(CASE, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def test_each_stage_is_given_what_comes_before_it(case_file):
    (defence,), (judgement,) = cases.items(case_file, "defense"), cases.items(case_file, "judgement")
    assert "收条：已收货。" in defence.prompt and CASE["defense"] not in defence.prompt
    assert CASE["reasoning"] in judgement.prompt and CASE["defense"] not in judgement.prompt
    assert (judgement.id, judgement.gold) == ("3", CASE["judgement"])


def test_bleu_and_the_rouge_that_sees_no_chinese():
    """被告/支付/货款/5000/元/。 against 被告/支付/了/5000/元/。: five of six words, three of
    five pairs.
    """
    found = casegen.bleu("被告支付了5000元。", "被告支付货款5000元。")
    assert found[:2] == pytest.approx((5 / 6, 3 / 5)) and casegen.bleu("", "甲") == (0, 0, 0, 0)
    assert casegen.latin_rouge_l("被告支付了5000元。", "原告胜诉，5000元") == 1
    assert casegen.latin_rouge_l("被告支付。", "被告支付。") == 0


def test_a_rescored_file_is_matched_by_id(case_file, tmp_path, monkeypatch):
    monkeypatch.setattr(datasets, "resolve", lambda *_: case_file)
    path = tmp_path / "judgement.json"
    path.write_text(json.dumps({"id": 3, "response": CASE["judgement"]}, ensure_ascii=False) + "\n")
    task = rescoring.task("casegen/judgement")
    found = rescoring.evaluate(task, rescoring.read(path, "answers", task.references), 50)
    assert (
        found["normalised"]["score"] == 1 and found["official"]["bleu_4"] == 1 and found["expected_n"] == 500
    )
    path.write_text('{"id": 4, "response": ""}\n')
    with pytest.raises(UserError, match="casegen has not, the first 4"):
        rescoring.read(path, "answers", task.references)


@pytest.mark.parametrize("name", ["pdp", "casegen", "cail2018"])
def test_absent_data_stop_the_plan_and_say_where_they_belong(name, monkeypatch, tmp_path):
    monkeypatch.setenv(datasets.MIRROR, str(tmp_path))
    dag = builder.build(["demo"], [f"benchmark=[heldout,{name}]"])
    with pytest.raises(UserError, match=f"(?s)benchmark {name} needs the data set .*mirror has no"):
        requirements.check_data(dag)
    monkeypatch.delenv(datasets.MIRROR)
    if name != "casegen":
        with pytest.raises(UserError, match="read from a mirror only"):
            requirements.check_data(dag)


def test_what_a_mirror_holds_without_a_registered_hash_is_part_of_the_key(monkeypatch, tmp_path, split):
    monkeypatch.setenv(datasets.MIRROR, str(tmp_path / "mirror"))
    place = datasets.in_mirror(datasets.find("pdp_bench"), tmp_path / "mirror")
    place.parent.mkdir(parents=True)
    (tmp_path / "config").symlink_to(Path("config").resolve())
    monkeypatch.chdir(tmp_path)
    planned = []
    for content in (split.read_bytes(), b"other"):
        place.write_bytes(content)
        dag = builder.build(["demo"], ["benchmark=[heldout,pdp]"])
        requirements.check_data(dag)
        planned.append(next(run for run in dag.runs_of("predict") if run.key.startswith("pdp-sft-none")))
    assert planned[0].key != planned[1].key
    assert questions.data(planned[1].settings.items, 0) == place
    with pytest.raises(UserError, match="has changed since the workflow was planned"):
        questions.data(planned[0].settings.items, 0)
