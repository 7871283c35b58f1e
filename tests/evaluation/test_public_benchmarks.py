"""Scorers of the public benchmarks: no text raises, a score depends on item and text alone, and
what is read.
"""

import json
from dataclasses import replace

import pytest
from benchmark_cases import CHARGES, JUDGMENT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lexpro.evaluation import references, rescoring, text_overlap
from lexpro.evaluation.scorers import Item
from lexpro.evaluation.tasks.cail2018 import scorer as cail2018
from lexpro.evaluation.tasks.casegen import scorer as casegen
from lexpro.evaluation.tasks.disc import scorer as disc
from lexpro.evaluation.tasks.judge import official as judge_official
from lexpro.evaluation.tasks.judge import scorer as judge
from lexpro.evaluation.tasks.lawbench import align, edits
from lexpro.evaluation.tasks.lawbench import official as lawbench_official
from lexpro.evaluation.tasks.lawbench import scorer as lawbench
from lexpro.evaluation.tasks.lexeval import scorer as lexeval
from lexpro.evaluation.tasks.pdp import scorer as pdp
from lexpro.tasks.reading import choices, crimes, penalties, sums
from lexpro.workflow.errors import UserError

# Made-up tables: 己 and 已 are alike, 张 and 王 mean alike.
TABLES = align.Tables({"张": "Aa01A01=", "王": "Aa01A02="}, {"己": frozenset("已")})
GOLDS = {
    "1-1": "答案:任何人不得伪造证件。",
    "1-2": "正确答案：B。",
    "2-1": "他已经到了法院门口。",
    "2-2": "争议焦点类别：利息。",
    "2-3": "类别:婚后有子女、准予离婚。",
    "2-4": "婚姻家庭",
    "2-5": "回答:21万元借款,律师费4000元",
    "2-6": "犯罪嫌疑人:黄某某;物品价值:人民币600元",
    "2-7": "三人被通报。",
    "2-8": "[正确答案]C<eoa>",
    "2-9": "拘捕;供述",
    "2-10": "查扣;退给",
    "3-1": "法条:刑法第264条",
    "3-2": "根据刑法第二十条，正当防卫不负责任。",
    "3-3": "罪名:盗窃;诈骗",
    "3-4": "刑期:42个月",
    "3-5": "刑期:无期",
    "3-6": "正确答案:C。",
    "3-7": "上文涉及到的犯罪金额:8500.0元。",
    "3-8": "回答:可以起诉。<p>法律依据:</p>",
}
PROMPT = "纠正句子。句子：\n他己经到了法院的门口口。"
LISTS = {"cail_accu": ("盗窃", "诈骗"), "cail_law": ("264", "67")}


@pytest.fixture(autouse=True)
def _no_downloads(monkeypatch):
    monkeypatch.setattr(judge, "_charges", lambda: CHARGES)
    monkeypatch.setattr(cail2018, "_list", LISTS.__getitem__)


def tasks():
    for number in lawbench.TASKS:
        task = lawbench.task(number)
        if number == "2-1":
            task = replace(task, official=lawbench_official.proofreading_scorer(lambda: TABLES))
        yield task, Item("0", PROMPT, GOLDS[number])
    yield lexeval.task("1_1"), Item("0", "", "BC")
    yield lexeval.task("5_3"), Item("0", "", "合同无效。")
    yield disc.task("multi/cpa"), Item("0", "", "ABD")
    yield judge.task(""), Item("0", "", JUDGMENT)
    yield pdp.task(), Item("0", "", "【适用法条】\n刑法：第二百六十四条\n【最终结论】\n决定：相对不起诉")
    yield casegen.task("judgement"), Item("0", "", "被告支付货款5000元。")
    for number, gold in (("charge", "罪名：盗窃"), ("article", "法条：刑法第264条"), ("term", "刑期：无期")):
        yield cail2018.task(number), Item("0", "", gold)


ALL = list(tasks())
# What readers look for, so that made-up texts get past their first pattern.
PIECES = [
    *(
        "第",
        "条",
        "款",
        "、",
        "，",
        "。",
        ";",
        "；",
        ":",
        "：",
        "\n",
        "\t",
        " ",
        "\r",
        "\u3000",
        "<",
        "</p>",
        "&#",
        "\\",
    ),
    *(
        "<think>",
        "</think>",
        "<eoa>",
        "[",
        "]",
        "答案",
        "答案是",
        "选",
        "A",
        "BC",
        "Ｄ.",
        "正确",
        "罪名",
        "刑期",
        "金额",
    ),
    *(
        "个月",
        "月",
        "年",
        "元",
        "万元",
        "万",
        "十",
        "百",
        "零",
        "二",
        "两",
        "半",
        "廿",
        "点",
        "负",
        "分之",
        "摄氏度",
        "٣",
        "²",
        "½",
        "5",
        "9" * 30,
    ),
    *(
        "判决如下：",
        "本院认为",
        "有期徒刑",
        "死刑",
        "无期徒刑",
        "罚金",
        "犯",
        "罪",
        "《中华人民共和国刑法》",
        "决定执行",
        "撤销",
    ),
    *(
        "犯罪嫌疑人",
        "物品价值",
        "盗窃",
        "诈骗",
        "他",
        "己经",
        "门口",
        "没有错误",
        "无法标注",
        "解析",
        "合计",
        "\ufffd",
        "\x00",
        "😀",
    ),
]
TEXT = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


@pytest.mark.parametrize("task, item", ALL, ids=[task.name for task, _ in ALL])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXT)
def test_no_text_raises_and_the_same_text_scores_the_same(task, item, text):
    for scorer in (task.official, task.normalised):
        score = scorer.score_item(item, text)
        assert score == scorer.score_item(item, text)
        table, _ = scorer.table([item, item], [text, "甲"])
        for metric in scorer.metrics.values():
            assert -1e9 <= float(metric(table.sum(axis=0))) <= 1 + 1e-9


@pytest.mark.parametrize("task, item", ALL, ids=[task.name for task, _ in ALL])
@pytest.mark.parametrize(
    "text", ["", " ", "9" * 10_000 + "个月", "第" + "一" * 5000 + "条", "己" * 300, "{" * 3000, "A" * 5000]
)
def test_long_and_empty_texts(task, item, text):
    for scorer in (task.official, task.normalised):
        scorer.score_item(item, text)


@pytest.mark.parametrize("task, item", ALL, ids=[task.name for task, _ in ALL])
def test_gold_is_worth_one(task, item):
    assert task.normalised.score([item], [item.gold]) == pytest.approx(1)
    assert not task.normalised.score_item(item, item.gold).abstained


@pytest.mark.parametrize(
    "text, expected",
    [
        ("三年六个月", ("", 42)),
        ("判处有期徒刑三年六个月，并处罚金五千元", ("有期徒刑", 42)),
        ("[刑期]42月<eoa>", ("", 42)),
        ("拘役四个月，缓刑六个月", ("拘役", 4)),
        ("分别判处二年、一年，决定执行有期徒刑二年六个月", ("有期徒刑", 30)),
        ("无期徒刑", ("无期徒刑", None)),
        ("刑期:死刑", ("死刑", None)),
        ("免予刑事处罚", ("免予刑事处罚", 0)),
        ("0个月", ("", 0)),
        ("12-24个月", None),
        ("无法判断", None),
        ("被告人犯故意杀人罪，判处无期徒刑，剥夺政治权利终身。", ("无期徒刑", None)),
        ("判决：被告人犯故意杀人罪，判处死刑，缓期二年执行。", ("死缓", None)),
        ("无期徒刑、剥夺政治权利终身", ("无期徒刑", None)),
        ("决定执行死刑，缓期二年执行", ("死缓", None)),
        ("情节特别严重的，处无期徒刑", None),
        ("处无期徒刑或者死刑，并处没收财产", None),
        ("该罪的最高刑罚为死刑。", None),
        ("刑罚包括有期徒刑、拘役、无期徒刑和死刑。", None),
        ("可以同时决定在其死刑缓期执行二年期满依法减为无期徒刑后，终身监禁", None),
    ],
)
def test_terms(text, expected):
    assert penalties.term(text) == expected


@pytest.mark.parametrize(
    "text, official, normalised",
    [("三年六个月", 6, 42), ("有期徒刑三年", 36, 36), ("3年6个月", 6, 42), ("免予刑事处罚", None, 0)],
)
def test_the_official_scorer_reads_months_first(text, official, normalised):
    assert lawbench_official.months(text) == official
    assert penalties.term(text)[1] == normalised


@pytest.mark.parametrize(
    "text, expected",
    [
        ("[正确答案]C<eoa>", "C"),
        ("答案：A、C", "AC"),
        ("选AC", "AC"),
        ("B。因为A错", "B"),
        ("正确答案：Ｄ。", "D"),
        ("A. 甲\nC. 丙", "AC"),
        ("ABCD", "ABCD"),
        ("按照ABS规定处理", None),
        ("A和B都有道理，很难说", None),
        ("", None),
    ],
)
def test_letters(text, expected):
    assert choices.letters(text) == (None if expected is None else frozenset(expected))


def test_charges_and_articles_and_sums():
    assert crimes.charge_names("[罪名]盗窃;诈骗<eoa>") == {"盗窃罪", "诈骗罪"}
    assert crimes.charge_names("被告人的行为构成合同诈骗罪。") == {"合同诈骗罪"}
    assert crimes.article_numbers("《刑法》第一百三十三条之一、第67条") == {133, 67}
    assert crimes.article_numbers("264、266") == {264, 266}
    assert sums.total("分别为3000元、2000元，合计5000元。") == 5000
    assert sums.total("[金额]1.5万元<eoa>") == 15000
    # What follows is a question of the model's own.
    assert (
        sums.total("#答案\n4870元\n#相关问题\n数额较大是多少？\n#答案\n三千元至一万元以上，即3000元") == 4870
    )


def test_options_inside_options():
    """Officially 盗窃 is also found in a longer charge; here the longest counts."""
    item = Item("0", "", "罪名:盗窃、抢夺枪支、弹药、爆炸物")
    task = lawbench.task("3-3")
    assert task.official.score_item(item, item.gold).counts[0] < 1
    assert task.normalised.score_item(item, item.gold).counts[0] == 1


@pytest.mark.parametrize(
    "source, target, expected",
    [
        ("他己经到了", "他已经到了", {(1, 2, "已"): 1}),
        ("他到了口口", "他到了口", {(3, 4, "-NONE-"): 1}),
        ("法院门口", "法院的门口", {(2, 2, "的"): 1}),
        ("人民法院", "民人法院", {(0, 2, "民人"): 1}),
        ("法院", "法院", {}),
        ("法院", "法 院", {}),
    ],
)
def test_edits(source, target, expected):
    """The last of two equal characters is matched; a transposition is one edit; spaces do not
    count.
    """
    assert edits.annotate(source, target, TABLES) == expected


def test_edits_compare():
    true = edits.annotate("他己经到了门口口", "他已经到了门口", TABLES)
    assert edits.compare(true, true) == (2, 0, 0)
    assert edits.compare({}, true) == (0, 0, 2)
    assert float(edits.f_half([2, 0, 0])) == 1


@pytest.mark.parametrize(
    "text, expected", [("三四十七", 347), ("三百百零一", 30001), ("八九十", 890), ("七十二十二", 722)]
)
def test_numerals_that_are_none(text, expected):
    assert judge_official.malformed(text) == expected


def test_a_judgment_is_read_as_judge_reads_it():
    assert judge_official.charges(JUDGMENT, CHARGES) == {"盗窃罪"}
    assert judge_official.articles(JUDGMENT) == {264, 67}
    assert (judge_official.term(JUDGMENT), judge_official.fine(JUDGMENT)) == (18, 3000)
    # 零十一 is read as 1.
    assert judge_official.term(JUDGMENT.replace("零六个月", "零十一个月")) == 13


def test_a_reference_in_small_letters_is_read_and_no_answer_is_not_like_it():
    """Six of LexEval 6_1: they were read as nothing, and whatever had no letters was right."""
    item, scorer = Item("0", "", "bd"), lexeval.task("6_1").normalised
    assert scorer.score_item(item, "BD").counts == scorer.score_item(item, "bd").counts == (1, 1)
    assert scorer.score_item(item, "不知道").counts == (0, 1) and scorer.score_item(item, "不知道").abstained


def test_lexeval_letters_keep_their_order():
    assert lexeval.letters("C、A 解析：B") == "CA"
    assert lexeval.letters("AAB C") == "C"
    assert lexeval.letters("AAB，C") == ""


@given(
    st.text(alphabet="甲乙丙丁，。 ", max_size=30), st.text(alphabet="甲乙丙丁，。 ", min_size=1, max_size=30)
)
@settings(max_examples=100, deadline=None)
def test_overlaps_are_shares(a, b):
    for score in (text_overlap.lcs_f1, text_overlap.character_f1, text_overlap.distinct_rouge_l):
        assert 0 <= score(a, b) <= 1
        assert score(b, b) == pytest.approx(1) or not text_overlap.plain(b)


def outputs(path, rows):
    path.write_text(
        json.dumps({str(n): row for n, row in enumerate(rows)}, ensure_ascii=False), encoding="utf-8"
    )
    return rescoring.read(path, "lawbench")


def test_failed_truncated_and_abstained_are_told_apart(tmp_path):
    row = {"origin_prompt": "…", "refr": "刑期:42个月"}
    texts = [None, "<think>三年六个月", "<think>不好说</think>三年六个月", "无法判断", "六个月"]
    found = rescoring.evaluate(
        rescoring.task("lawbench/3-4"),
        outputs(tmp_path / "a.json", [row | {"prediction": text} for text in texts]),
    )
    assert (found["n"], found["failed"], found["truncated"], found["normalised"]["abstained"]) == (5, 1, 1, 1)
    assert found["normalised"]["score"] == pytest.approx(1 / 5)
    assert found["official"]["abstention_rate"] == pytest.approx(2 / 5)


def test_other_files_that_will_do(tmp_path):
    """With a byte-order mark, as a list, with numbers for texts, and with texts that are very
    long.
    """
    row = {"origin_prompt": "…", "refr": "刑期:42个月", "prediction": "三年六个月"}
    path = tmp_path / "a.json"
    path.write_text(
        "\ufeff" + json.dumps([row, row | {"prediction": 42}, row | {"prediction": "\ud800一年"}]), "utf-8"
    )
    found = rescoring.evaluate(rescoring.task("lawbench/3-4"), rescoring.read(path, "lawbench"))
    assert (found["n"], found["failed"], found["official"]["abstention_rate"]) == (3, 0, pytest.approx(1 / 3))
    for text in ("九" * 300_000, "9" * 300_000 + "个月", "第" + "一" * 300_000 + "条"):
        for number in ("3-1", "3-4"):
            item = Item("0", "", GOLDS[number])
            assert lawbench.task(number).official.score_item(item, text) is not None
    csv = "input,A,B,C,D,model_output\n甲,1,2,3,4," + "乙" * 200_000 + "\n"
    path.write_text(csv, encoding="utf-8")
    assert len(rescoring.read(path, "disc", lambda rows: ["A"] * len(rows)).texts[0]) == 200_000


def test_a_benchmark_in_the_format_of_another(tmp_path, monkeypatch):
    """References of the file are used where its format has them, else those of the data are looked
    up by id.
    """
    monkeypatch.setattr(references.datasets, "resolve", lambda *_: tmp_path)
    rows = [{"instruction": "…", "question": "…", "answer": gold} for gold in ("刑期:42个月", "刑期:6个月")]
    (tmp_path / "3-4.json").write_text(json.dumps(rows), encoding="utf-8")
    task, path = lawbench.task("3-4"), tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": 1, "document": "六个月"}), encoding="utf-8")
    assert rescoring.read(path, "judge", task.references).items[0].gold == "刑期:6个月"
    path.write_text(json.dumps({"input": "…", "output": "六个月", "answer": "刑期:7个月"}), encoding="utf-8")
    assert rescoring.read(path, "lexeval", task.references).items[0].gold == "刑期:7个月"
    path.write_text(
        json.dumps([{"prediction": "他", "refr": "她", "origin_prompt": "没有"}]), encoding="utf-8"
    )
    with pytest.raises(UserError, match="句子"):
        rescoring.evaluate(lawbench.task("2-1"), rescoring.read(path, "lawbench"))


def test_who_never_answers_is_not_right_where_there_is_nothing_to_say(tmp_path):
    """Eleven items of 2-6 have an empty reference: an empty answer is right there, no answer is
    not.
    """
    rows = [{"origin_prompt": "…", "refr": "", "prediction": text} for text in ("", "无", None, "<think>甲")]
    found = rescoring.evaluate(rescoring.task("lawbench/2-6"), outputs(tmp_path / "a.json", rows))
    assert (found["failed"], found["truncated"], found["normalised"]["abstained"]) == (1, 1, 0)
    assert found["normalised"]["score"] == 0.5


def test_what_is_wrong_with_a_file_is_said(tmp_path):
    path = tmp_path / "a.json"
    for text in (
        "{",
        "[]",
        "{}",
        '{"0": 1}',
        '{"1": {}}',
        "",
        "\0",
        "[1, {}]",
        '{"a": {}}',
        "[" * 100_000,
        "null",
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(UserError, match="lawbench"):
            rescoring.read(path, "lawbench")
    for content, message in (
        (b"\xff\xfe", "no records"),
        (b"[\x80\xff]", "UTF-8"),
        ("刑期".encode("gbk"), "JSON"),
    ):
        path.write_bytes(content)
        with pytest.raises(UserError, match=message):
            rescoring.read(path, "lawbench")
    for form in ("lexeval", "judge", "answers", "disc"):
        path.write_text("", encoding="utf-8")
        with pytest.raises(UserError, match=f"no records in the format '{form}'"):
            rescoring.read(path, form, lambda rows: [""] * len(rows))
    with pytest.raises(UserError, match=r"--predictions .*nowhere: there is no such file\.$"):
        rescoring.read(tmp_path / "nowhere", "lawbench")
    path.write_text('{"input": "甲", "answer": "A"}\n[]\n', encoding="utf-8")
    with pytest.raises(UserError, match="record 2"):
        rescoring.read(path, "lexeval")
    with pytest.raises(UserError, match="refr"):
        outputs(path, [{"prediction": "甲"}])
    with pytest.raises(UserError, match="3-9"):
        rescoring.task("lawbench/3-9")


def test_terms_are_also_scored_on_the_official_scale():
    golds = ("刑期:42个月", "刑期:42个月", "刑期:12个月", "刑期:无期")
    asked = [Item(str(number), "", gold) for number, gold in enumerate(golds)]
    scorers = lawbench.task("3-4").scorers

    def on_both(*texts):
        table, _ = scorers["normalised"].table(asked, texts)
        own, official_scale = (metric(table.sum(axis=0)) for metric in scorers["normalised"].metrics.values())
        return own, official_scale, scorers["official"].score(asked, texts)

    # Both read these alike; life does not count officially, and an unread term is 0.
    own, ours, officially = on_both("刑期:42个月", "18个月", "", "无期徒刑")
    assert ours == pytest.approx(officially) and own == pytest.approx((1 + 0.4073 + 0 + 1) / 4, abs=1e-3)
    # A range is no answer: officially it is six months.
    _, ours, officially = on_both("42个月", "42个月", "6个月至1年", "")
    assert ours == pytest.approx(2 / 3) and officially > 0.9
