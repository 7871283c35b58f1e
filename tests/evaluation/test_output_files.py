"""What people do to files of outputs: read where it is clear, else an error that says what."""

import json

import pytest

from lexpro.cli.main import main
from lexpro.evaluation import references, rescoring
from lexpro.evaluation.tasks.lawbench import reference_forms
from lexpro.evaluation.tasks.lexeval import scorer as lexeval
from lexpro.workflow.errors import UserError

ASKED = "预测刑期。"
QUESTIONS = [f"事实:被告人某{name}偷了{name}部手机，其后被抓获。" for name in "甲乙丙丁"]
GOLDS = ["刑期:6个月", "刑期:12个月", "刑期:24个月", "刑期:36个月"]


@pytest.fixture(autouse=True)
def _benchmark(tmp_path_factory, monkeypatch):
    """LawBench 3-4 with four items, and LexEval 1_1 with two."""
    data = tmp_path_factory.mktemp("data")
    rows = [
        {"instruction": ASKED, "question": question, "answer": gold}
        for question, gold in zip(QUESTIONS, GOLDS, strict=True)
    ]
    (data / "3-4.json").write_text(json.dumps(rows), encoding="utf-8")
    choices = [{"instruction": "选出选项。", "input": f"{name}说是什么?", "answer": "B"} for name in "甲乙"]
    (data / "1_1.json").write_text("\n".join(map(json.dumps, choices)), encoding="utf-8")
    monkeypatch.setattr(references.datasets, "resolve", lambda *_: data)
    monkeypatch.setattr(rescoring, "expected", lambda name: {"lawbench/3-4": 4, "lexeval/1_1": 2}.get(name))


def row(number: int, text: object = "", **other) -> dict:
    prompt = f"{ASKED}\n{QUESTIONS[number]}"
    return {"origin_prompt": prompt, "prediction": text or GOLDS[number], "refr": GOLDS[number]} | other


ALL = [row(number) for number in range(4)]


def written(tmp_path, rows, name="3-4.json"):
    path = tmp_path / name
    text = "\n".join(map(json.dumps, rows)) if name.endswith("l") else json.dumps(rows)
    path.write_text(text, encoding="utf-8")
    return path


def scored(path, task="lawbench/3-4", form="lawbench", partial=False):
    task = rescoring.task(task)
    outputs = rescoring.load(path, task, form, partial)
    return rescoring.evaluate(task, outputs, 50), outputs


def test_a_whole_file_says_nothing(tmp_path):
    found, outputs = scored(written(tmp_path, ALL))
    assert found["normalised"]["score"] == 1 and found["n"] == 4 and "partial" not in found
    assert outputs.notes == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ALL[:2], "2 of 4 items are missing"),
        ([ALL[0]] * 4, "3 of 4 items are missing.*3 records repeat"),
        ([*ALL, row(0, origin_prompt="预测刑期。\n事实:别的案件。")], "1 records are of no item"),
        (
            [row(0, origin_prompt=f"给出{n}") for n in range(4)],
            "4 of 4 items are missing.*4 records are of no",
        ),
        (
            [*ALL[:3], row(3, origin_prompt=f"{ASKED}\n{QUESTIONS[3]}法条内容：" + "盗窃公私财物的。" * 9)],
            "no item",
        ),
    ],
)
def test_what_is_not_the_whole_task_is_an_error_that_partial_allows(tmp_path, rows, message):
    path = written(tmp_path, rows)
    with pytest.raises(UserError, match=message):
        scored(path)
    if len({one["origin_prompt"] for one in rows} & {one["origin_prompt"] for one in ALL}):
        found, _ = scored(path, partial=True)
        assert found["partial"]["missing"] == 4 - found["n"]


def test_another_tasks_file_is_no_partial_one(tmp_path):
    """LawBench 3-1, 3-4 and 3-5 share their facts: the references tell them apart."""
    path = written(tmp_path, [row(number, refr="罪名:盗窃") for number in range(4)])
    with pytest.raises(UserError, match="reference"):
        scored(path, partial=True)
    path = written(tmp_path, [row(number, refr="刑期:99个月") for number in range(4)])
    with pytest.raises(UserError, match="of 4 references 4 are not those"):
        scored(path)


def test_of_a_resumed_run_the_last_that_is_not_empty_counts(tmp_path):
    rows = [row(0, " "), *ALL, row(1, " "), row(2, "刑期:1个月")]
    found, outputs = scored(written(tmp_path, rows))
    assert (
        found["n"] == 4
        and outputs.texts[outputs.items.index(next(i for i in outputs.items if "乙" in i.prompt))] == GOLDS[1]
    )
    assert "刑期:1个月" in outputs.texts and "repeat" in " ".join(outputs.notes)


@pytest.mark.parametrize(
    ("rows", "note"),
    [
        (
            [
                {("output" if key == "prediction" else key): value for key, value in one.items()}
                for one in ALL
            ],
            "'output'",
        ),
        (
            [
                {("gen_ans" if key == "prediction" else key): value for key, value in one.items()}
                for one in ALL
            ],
            "'gen_ans'",
        ),
        ([one | {"prediction": [one["prediction"]]} for one in ALL], "lists of one text"),
        ([one | {"prediction": int(one["refr"][3:-2])} for one in ALL], "numbers"),
        (
            [
                one
                | {
                    "origin_prompt": [
                        {"role": "SYSTEM", "prompt": "你是法官。"},
                        {"role": "HUMAN", "prompt": one["origin_prompt"]},
                    ]
                }
                for one in ALL
            ],
            None,
        ),
        ([one | {"refr": one["refr"].replace("刑期:", "")} for one in ALL], "references in another form"),
    ],
)
def test_other_fields_and_forms_are_read_and_said(tmp_path, rows, note):
    found, outputs = scored(written(tmp_path, rows))
    assert found["normalised"]["score"] == 1 and found["failed"] == 0
    assert (note is None and not outputs.notes) or note in " ".join(outputs.notes)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (
            [{"origin_prompt": "甲", "refr": "刑期:6个月", "wrong": "六个月"}],
            "no field 'prediction'.*fields: origin_prompt, refr, wrong",
        ),
        (
            [{"origin_prompt": "甲", "refr": "刑期:6个月", "output": "六", "text": "七"}],
            "several that may be it",
        ),
        ([row(0, ["六个月", "七个月"])], "record 1: 'prediction' is a list of 2"),
        ([row(0, {"text": "六个月"})], "is dict, a text is expected"),
    ],
)
def test_what_is_unclear_is_an_error(tmp_path, rows, message):
    with pytest.raises(UserError, match=message):
        scored(written(tmp_path, rows), partial=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("lines", [False, True])
def test_encodings_and_both_kinds_of_json(tmp_path, encoding, lines):
    path = tmp_path / "3-4.json"
    texts = [json.dumps(one, ensure_ascii=False) for one in ALL]
    path.write_bytes(("\r\n".join(texts) if lines else f"[{','.join(texts)}]").encode(encoding))
    found, outputs = scored(path)
    assert found["normalised"]["score"] == 1
    assert len(outputs.notes) == (not encoding.startswith("utf-8")) + lines


def test_a_cut_last_line_is_named_and_left_out_of_a_part(tmp_path):
    path = tmp_path / "3-4.json"
    path.write_text("\n".join(map(json.dumps, ALL[:3])) + '\n{"origin_prompt": "甲', encoding="utf-8")
    with pytest.raises(UserError, match=r"3-4\.json: line 4 is no JSON.*cut there, 3 records are whole"):
        scored(path)
    found, outputs = scored(path, partial=True)
    assert found["n"] == 3 and found["partial"]["missing"] == 1 and "line 4" in " ".join(outputs.notes)


def test_a_line_separator_in_a_csv_is_no_end_of_a_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("input,A,B,C,D,model_output\n甲\u2028乙,1,2,3,4,答案：A\n", encoding="utf-8")
    outputs = rescoring.read(path, "disc", lambda rows: ["A"] * len(rows))
    assert outputs.texts == ["答案：A"] and outputs.items[0].prompt == "甲\u2028乙"
    path.write_text("input,A,B,C,D,model_output\n甲,1,2,3,4,五,六\n", encoding="utf-8")
    with pytest.raises(UserError, match="record 1 has more fields"):
        rescoring.read(path, "disc", lambda rows: ["A"] * len(rows))


def test_a_task_whose_data_is_nowhere_is_scored_by_the_files_own_answers(tmp_path):
    rows = [{"input": "写一份摘要。", "output": "合同无效。", "answer": "合同无效。"}]
    found, _ = scored(written(tmp_path, rows, "gpt_5_1.jsonl"), "lexeval/5_1", "lexeval")
    assert found["normalised"]["score"] == 1 and found["expected_n"] is None
    assert lexeval.WITHOUT_DATA == ("4_1", "5_1", "5_2")


@pytest.mark.parametrize(
    ("number", "reference", "form"),
    [
        ("1-2", "B", "正确答案：B。"),
        ("1-2", "答案：B", "正确答案：B。"),
        ("2-8", "C", "[正确答案]C<eoa>"),
        ("2-2", "利息", "争议焦点类别：利息。"),
        ("2-3", "准予离婚", "类别:准予离婚。"),
        ("3-1", "第264条、第67条", "法条:刑法第264、67条"),
        ("3-3", "盗窃罪;诈骗罪", "罪名:盗窃;诈骗"),
        ("3-4", "三年六个月", "刑期:42个月"),
        ("3-5", "无期徒刑", "刑期:无期"),
        ("3-7", "8500元", "上文涉及到的犯罪金额:8500.0元。"),
        ("3-8", "随便", "随便"),
    ],
)
def test_references_in_other_forms(number, reference, form):
    assert reference_forms.written(number, reference) == form
    assert reference_forms.written(number, form) == form


def test_a_reference_that_says_nothing_is_an_error():
    with pytest.raises(UserError, match="as lawbench/1-2 writes it"):
        reference_forms.written("1-2", "不知道")


def test_a_folder_is_scored_at_once(tmp_path, capsys, monkeypatch):
    written(tmp_path, ALL, "3-4.json")
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    (tmp_path / "other.json").write_text("[]", encoding="utf-8")
    assert main(["rescore", "--benchmark", "lawbench", "--predictions", str(tmp_path), "--draws", "20"]) == 0
    said = capsys.readouterr()
    found = json.loads(said.out)
    assert list(found["tasks"]) == ["lawbench/3-4"] and found["average"]["normalised"] == 1
    assert "3-4.json is named" not in said.err and "other.json is named by no task of lawbench" in said.err
    assert "the average is of 1 tasks" in said.err and "has no file of 1-1, 1-2" in said.err
    rows = [{"input": f"{name}说是什么?\n答案:", "output": "B", "answer": "B"} for name in "甲乙"]
    written(tmp_path, rows, "gpt4_1_1.jsonl")
    # 5_1 is scored by the answers of its file.
    written(tmp_path, rows, "gpt4_5_1.jsonl")
    assert list(rescoring.files_of("lexeval", tmp_path)) == ["lexeval/1_1", "lexeval/5_1"]
    with pytest.raises(UserError, match="no file is named by a task of disc"):
        rescoring.files_of("disc", tmp_path)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("", "record 3: the reference ''"),
        ("很久", "record 3: the reference '很久'"),
        (6, "record 3: 'refr' is int"),
    ],
)
def test_a_reference_that_cannot_be_read_is_named_by_its_record(tmp_path, reference, message):
    path = written(tmp_path, [*ALL[:2], row(2, refr=reference), ALL[3]])
    with pytest.raises(UserError, match=f"3-4.json: {message}"):
        scored(path)


def test_a_record_without_its_id_is_named(tmp_path):
    path = written(tmp_path, [{"document": "判决如下"}], "judge.jsonl")
    with pytest.raises(UserError, match="record 1 has no field 'id'"):
        scored(path, "judge", "judge")


def test_a_task_whose_items_are_not_at_hand_is_said(tmp_path):
    path = written(tmp_path, [{"input": "问", "output": "答", "answer": "答"}], "5_1.jsonl")
    _, outputs = scored(path, "lexeval/5_1", "lexeval")
    assert outputs.notes == [
        "no record is compared with the benchmark's items: they are not at hand or not named"
    ]
