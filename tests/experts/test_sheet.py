"""The folder that is carried to the experts says nothing of who is who."""

import json
from collections import Counter

import pytest

from lexpro.config.expert_sheet import OtherSystem, Settings
from lexpro.experts import sheet, systems
from lexpro.experts.systems import Answer
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_json_lines


def test_the_carried_folder_names_no_system_and_no_kind(questions, settings, tmp_path):
    for question in questions.values():
        for name in question.answers:
            question.answers[name] = Answer(f"答案{len(name)}{question.id[:3]}", "", {})
    made = sheet.build(questions, settings)
    sheet.write(made, tmp_path)
    carried = "".join(p.read_text(encoding="utf-8") for p in (tmp_path / "sheet").iterdir())
    for secret in (*made.drawn["systems"], "control", "gold", "spoiled", "d3:charge"):
        assert f'"{secret}"' not in carried and f"{secret}:" not in carried
    assert {p.name for p in (tmp_path / "sheet").iterdir()} == {"sheet.json", "sheet.js", *sheet.ASSETS}
    script = (tmp_path / "sheet/sheet.js").read_text(encoding="utf-8")
    assert json.loads(script.removeprefix("window.SHEET = ").rstrip(";\n")) == sheet.read(tmp_path / "sheet")


def test_key_and_sheet_belong_together(questions, settings, tmp_path):
    made = sheet.build(questions, settings)
    sheet.write(made, tmp_path)
    key = {row["id"]: row for row in sheet.read_key(tmp_path)}
    assert len(key) == len(made.shown["showings"])
    for row in made.shown["showings"]:
        about = key[row["id"]]
        assert row["expert"] == about["expert"]
        for side in ("left", "right"):
            text = made.shown["answers"][row[side]]["text"]
            if about["kind"] == "control":
                item = about["item"] if about[side] == "gold" else about["source"]
                assert text == questions[item].gold
            else:
                assert text == questions[about["item"]].answers[about[side]].text
    assert made.drawn["showings"] == dict(Counter(row["kind"] for row in key.values()))


def test_the_id_is_that_of_what_is_shown(questions, settings):
    first, again = sheet.build(questions, settings), sheet.build(questions, settings)
    other = sheet.build(questions, settings.model_copy(update={"seed": 99}))
    assert first.shown == again.shown and first.shown["id"] != other.shown["id"]


def test_answers_that_are_the_same_are_not_shown_but_counted(questions, settings):
    for question in questions.values():
        question.answers["sft.none"] = question.answers["base.none"]
    made = sheet.build(questions, settings)
    same = [row for row in made.key if row["kind"] == "same"]
    assert same and {(r["first"], r["second"], r["ratings"]) for r in same} == {("base.none", "sft.none", 2)}
    shown = [{r["left"], r["right"]} for r in made.key if r["kind"] == "pair"]
    assert {"base.none", "sft.none"} not in shown


def test_thoughts_can_be_left_out(questions, settings):
    with_thoughts = sheet.build(questions, settings).shown["answers"]
    without = sheet.build(questions, settings.model_copy(update={"thoughts": False})).shown["answers"]
    assert any(a["thought"] for a in with_thoughts.values())
    assert not any(a["thought"] for a in without.values())


def test_nothing_to_compare(questions):
    for question in questions.values():
        question.answers.pop("base.none")
        for name in ("sft.none", "grpo.none"):
            question.answers.pop(name)
    with pytest.raises(UserError, match="two systems"):
        sheet.build(questions, Settings())


def test_more_experts_for_a_pair_than_there_are():
    with pytest.raises(ValueError, match="only 2"):
        Settings(experts=2, ratings_per_pair=3)


def test_answers_are_shown_as_people_read_them():
    assert systems.readable('{"罪名":["盗窃","诈骗"],"刑期":null}') == "罪名：盗窃、诈骗\n刑期：无"
    nested = systems.readable({"被告人": [{"姓名": "张某", "罚金": 2000}], "退赔": 0})
    assert nested == "被告人：\n　（1）\n　　姓名：张某\n　　罚金：2000\n退赔：0"
    assert systems.readable(" 判决如下：{见附件} ") == "判决如下：{见附件}"


class TestSystems:
    """Runs of the experiment, and files of other systems."""

    @pytest.fixture
    def inputs(self, tmp_path):
        heldout = [{"id": f"d{n}:charge", "charge": "盗窃", "province": "湖南"} for n in range(3)]
        write_json_lines(tmp_path / "heldout.jsonl", heldout)
        rows = [
            {
                "id": f"d{n}:charge",
                "task": "charge",
                "sample": sample,
                "input": "事实",
                "gold": {"罪名": ["盗窃"]},
                "completion": '<think>因为</think>{"罪名":["盗窃"]}' if n else None,
                "score": 1.0 if n else 0.0,
                "right": [1] if n else [],
                "wrong": [],
                "missed": [] if n else [1],
            }
            for n in range(3)
            for sample in range(2)
        ]
        (tmp_path / "score").mkdir()
        write_json_lines(tmp_path / "score/items.jsonl", rows)
        return {"score.sft.none": tmp_path / "score", "tasks": tmp_path}

    def test_answers_of_a_run(self, inputs, tmp_path):
        found = systems.of_runs(inputs, [], tmp_path / "heldout.jsonl")
        assert list(found) == ["d0:charge", "d1:charge", "d2:charge"]
        one = found["d1:charge"]
        assert (one.charge, one.province, one.gold) == ("盗窃", "湖南", "罪名：盗窃")
        answer = one.answers["sft.none"]
        assert (answer.text, answer.thought) == ("罪名：盗窃", "因为")
        assert answer.metrics == {"score": 1.0, "precision": 1.0, "recall": 1.0, "length": 13.0}
        assert found["d0:charge"].answers["sft.none"].text == ""
        assert systems.of_runs(inputs, ["term"], tmp_path / "heldout.jsonl") == {}

    def test_a_file_of_another_system(self, inputs, tmp_path):
        found = systems.of_runs(inputs, [], tmp_path / "heldout.jsonl")
        write_json_lines(
            tmp_path / "other.jsonl", [{"id": f"d{n}:charge", "response": "盗窃罪"} for n in range(2)]
        )
        systems.add_files(found, {"other": OtherSystem(path=str(tmp_path / "other.jsonl"))})
        assert found["d1:charge"].answers["other"].text == "盗窃罪"
        assert "other" not in found["d2:charge"].answers

    def test_a_file_of_a_public_benchmark_is_matched_by_place(self, inputs, tmp_path):
        question = systems.of_runs(inputs, [], tmp_path / "heldout.jsonl")["d1:charge"]
        found = {"3-3:0": question}
        answers = [{"origin_prompt": [{"prompt": "问"}], "prediction": "答", "refr": "盗窃"}]
        (tmp_path / "3-3.json").write_text(json.dumps(answers), encoding="utf-8")
        other = OtherSystem(path=str(tmp_path / "3-3.json"), format="lawbench", task="3-3")
        systems.add_files(found, {"gpt": other})
        assert question.answers["gpt"].text == "答"

    def test_a_file_of_other_items_is_refused(self, inputs, tmp_path):
        found = systems.of_runs(inputs, [], tmp_path / "heldout.jsonl")
        write_json_lines(tmp_path / "other.jsonl", [{"id": "9", "response": "盗窃罪"}])
        with pytest.raises(UserError, match="answers no item"):
            systems.add_files(found, {"other": OtherSystem(path=str(tmp_path / "other.jsonl"))})
