"""The rewards of single fields, of citations, of the tier, and the guards: a table each."""

import json

import pytest

from lexpro.law import builtin_law
from lexpro.rewards import citation, fine, language, overlong, probation, registry, repetition, tier
from lexpro.statutes import builtin_statutes, table
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_json


def said(answer: object, thought: str = "理由") -> str:
    return f"<think>{thought}</think>{json.dumps(answer, ensure_ascii=False)}"


def one(reward, task: str, gold: dict, completion: str, **columns) -> float | None:
    return reward([completion], [task], [json.dumps(gold)], **columns)[0]


def people(*rows: dict, **totals: int) -> dict:
    return {"被告人": [{"姓名": "张某甲", **row} for row in rows], **totals}


def person(months: int, probation_months: int, kind: str = "有期徒刑") -> dict:
    return people({"刑种": kind, "刑期": months, "缓刑": probation_months})


@pytest.mark.parametrize(
    ("gold", "answer", "value"),
    [
        (person(12, 24), person(12, 24), 1),
        (person(12, 24), person(12, 12), 0.75),
        (person(12, 24), person(12, 0), 0),
        (person(12, 0), person(12, 24), 0),
        (person(12, 0), person(99, 0), 1),
        (person(36, 0), person(36, 0), 1),
        (person(3, 0, "拘役"), person(3, 0, "拘役"), 1),
        # Probation of a longer sentence is not asked about.
        (person(37, 0), person(37, 0), None),
        (person(12, 24), people({"缓刑": "两年"}), 1),
        (person(12, 24), people({"缓刑": -24}), 0),
        (person(12, 24), {"被告人": [{"姓名": "李某乙", "缓刑": 24}]}, 0),
        # Who is invented counts as one more that is wrong.
        (person(12, 24), people({"缓刑": 24}, {"缓刑": 24}), 0.5),
    ],
)
def test_probation(gold, answer, value):
    assert one(probation.closeness, "elements", gold, said(answer)) == value


CASE = people({"罚金": 5000}, 退赔=0, 赔偿=30000)


@pytest.mark.parametrize(
    ("gold", "stated", "value"),
    [
        (CASE, 5000, 1),
        (CASE, "五千元", 1),
        (CASE, 10000, 0.5),
        (CASE, 50000, 0),
        (CASE, 0, 0),
        (CASE, None, 0),
        # Compensation given as the fine is worse than any other wrong number.
        (CASE, 30000, -0.2),
        (people({"罚金": 0}, 退赔=800, 赔偿=0), 0, 1),
        (people({"罚金": 0}, 退赔=800, 赔偿=0), 800, -0.2),
        (people({"罚金": 0}, 退赔=800, 赔偿=0), 900, 0),
        # The same sum is no confusion.
        (people({"罚金": 800}, 退赔=800, 赔偿=0), 800, 1),
    ],
)
def test_fine(gold, stated, value):
    worth = one(fine.closeness, "elements", gold, said(people({"罚金": stated})))
    assert worth == pytest.approx(value, abs=0.001)


def test_two_defendants_of_one_name_are_matched_in_order():
    gold = people({"罚金": 1000}, {"罚金": 9000}, 退赔=0, 赔偿=0)
    assert one(fine.closeness, "elements", gold, said(gold)) == 1
    assert one(fine.closeness, "elements", gold, said(people({"罚金": 1000}))) == 0.5


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> str:
    """A folder as the stage `knowledge` leaves it: the built-in facts, one article of them
    younger.
    """
    out = tmp_path_factory.mktemp("knowledge")
    known = builtin_law.load()
    rows = builtin_statutes.rows(known)
    for row in rows:
        if row.ref == "133之1":
            row.valid_from = row.exists_from = "2011-05-01"
    table.write(rows, out / "articles.parquet")
    write_json(out / "charges.json", builtin_statutes.charges(known))
    write_json(out / "tiers.json", builtin_statutes.tiers(known))
    return str(out)


def term(kind: str, months: int | None) -> dict:
    return {"刑种": kind, "刑期": months}


@pytest.mark.parametrize(
    ("charges", "gold", "answer", "value"),
    [
        (["盗窃罪"], term("有期徒刑", 40), term("有期徒刑", 110), 1),
        (["盗窃罪"], term("有期徒刑", 40), term("有期徒刑", 30), 0),
        (["盗窃罪"], term("有期徒刑", 30), term("拘役", 3), 1),
        (["盗窃罪"], term("拘役", 3), term("单处罚金", None), 1),
        (["盗窃罪"], term("有期徒刑", 130), term("无期徒刑", None), 1),
        # A bound belongs to one tier, the heavier: 36 is not right of both.
        (["盗窃罪"], term("有期徒刑", 36), term("有期徒刑", 40), 1),
        (["盗窃罪"], term("有期徒刑", 30), term("有期徒刑", 36), 0),
        (["盗窃罪"], term("有期徒刑", 30), term("免予刑事处罚", None), 0),
        (["盗窃罪"], term("有期徒刑", 30), {"罪名": ["盗窃罪"]}, 0),
        # No tier to be right about: several charges, one tier only, a sentence outside all tiers.
        (["盗窃罪", "诈骗罪"], term("有期徒刑", 30), term("有期徒刑", 30), None),
        (["危险驾驶罪"], term("拘役", 2), term("拘役", 2), None),
        (["盗窃罪"], term("免予刑事处罚", None), term("免予刑事处罚", None), None),
        (["盗窃罪"], term("有期徒刑", 240), term("有期徒刑", 240), None),
        ([], term("有期徒刑", 30), term("有期徒刑", 30), None),
    ],
)
def test_tier(folder, charges, gold, answer, value):
    for knowledge in ("", folder):
        assert one(tier.match, "term", gold, said(answer), charges=[charges], knowledge=knowledge) == value
    assert one(tier.match, "term", gold, said(answer)) is None


def test_tiers_that_overlap_tell_nothing():
    assert tier.bounds([{"months": [6, 36]}, {"months": [36, 120]}]) == [(6, 36), (36, 120)]
    assert tier.bounds([{"months": [6, 60]}, {"months": [36, 120]}]) == []


REFS = {"法条": ["264", "67"]}


@pytest.mark.parametrize(
    ("answer", "thought", "shown", "date", "value"),
    [
        (["264", "67"], "理由", [], None, 1),
        (["264", "9999"], "理由", [], None, 0.5),
        (["264", "264之9"], "理由", [], None, 0.5),
        ([], "理由", [], None, 0),
        (["133之1"], "理由", [], "2012-01-01", 1),
        (["133之1"], "理由", [], "2010-01-01", 0),
        (["133之1"], "理由", [], None, 1),
        # The thought is read too, and only what it cites of the Criminal Law.
        (["264"], "依照《中华人民共和国刑法》第九百九十九条", [], None, 0.5),
        (["264"], "依照《中华人民共和国刑事诉讼法》第九百九十九条", [], None, 1),
        # With retrieval: what was not shown counts only where it is right.
        (["264", "266"], "理由", ["264", "234"], None, 0.5),
        (["264", "67"], "理由", ["264", "234"], None, 1),
    ],
)
def test_citations(folder, answer, thought, shown, date, value):
    completion = said({"法条": answer}, thought)
    columns = {"shown": [shown], "date": [date], "knowledge": folder}
    assert one(citation.supported, "article", REFS, completion, **columns) == pytest.approx(value)


def test_citations_need_something_to_be_judged_by_and_the_right_form():
    completion = said(REFS)
    assert one(citation.supported, "article", REFS, completion) is None
    assert one(citation.supported, "article", REFS, completion, shown=[[]]) is None
    assert one(citation.supported, "article", REFS, completion, shown=[["264"]]) == 1
    assert one(citation.supported, "article", REFS, json.dumps(REFS), shown=[["264"]]) == 0
    assert one(citation.supported, "charge", {"罪名": ["盗窃罪"]}, completion, shown=[["264"]]) is None


@pytest.mark.parametrize(
    ("text", "prompt", "value"),
    [
        (said({"罪名": ["盗窃罪"]}), "", 1),
        (said({"刑期": None}), "", 1),
        ("被告人贩卖MDMA共5mg", "", 1),
        ("驾驶鄂A12345号小型汽车，在A处与B会合", "", 1),
        ("驾驶Audi汽车", "", 0),
        ("驾驶Audi汽车", "被告人驾驶Audi汽车", 1),
        ("被告人的行为已经构成盗窃罪，应当依法惩处so，", "", 1 - 5 * 2 / (19 + 2)),
        ("The defendant stole", "", 0),
        ("Обвиняемый украл 一", "", 0),
        ("", "", 0),
        ("123", "", 0),
    ],
)
def test_language(text, prompt, value):
    assert one(language.chinese, "charge", {}, text, prompts=[prompt]) == pytest.approx(value)


def test_repetition_counts_characters_beyond_what_is_free():
    text = "被告人张某甲于二〇一七年六月二十八日在某市某区某路窃得他人手机一部，价值三千元，案发后退赃。"
    assert one(repetition.characters, "charge", {}, text) == 0
    assert one(repetition.characters, "charge", {}, "罪") == 0
    assert one(repetition.characters, "charge", {}, "罪" * 3000) < -0.99
    assert one(repetition.characters, "charge", {}, text * 10) < -0.85
    assert one(repetition.characters, "charge", {}, text * 2, n=20, free=0) == pytest.approx(
        -(1 - len(text) / (2 * len(text) - 19))
    )
    for wrong in ({"n": 3}, {"n": 41}, {"free": 1}):
        with pytest.raises(ValueError, match="20 to 40"):
            one(repetition.characters, "charge", {}, text, **wrong)


@pytest.mark.parametrize(("length", "value"), [(0, 0), (60, 0), (80, -0.5), (100, -1), (10**6, -1)])
def test_overlong(length, value):
    sizes = {"limit": 100, "cache": 40}
    assert one(overlong.soft, "charge", {}, "罪" * length, **sizes) == value
    ids = [[0] * min(length, 1000)]
    assert one(overlong.soft, "charge", {}, "", **sizes, unit="tokens", completion_ids=ids) == value


@pytest.mark.parametrize(
    "wrong", [{"unit": "words"}, {"unit": "tokens"}, {"cache": 0}, {"limit": 10, "cache": 11}]
)
def test_overlong_refuses_what_makes_no_sense(wrong):
    with pytest.raises(ValueError, match="overlong"):
        one(overlong.soft, "charge", {}, "罪", **wrong)


NAMES = (
    "probation.closeness",
    "fine.closeness",
    "tier.match",
    "citation.supported",
    "language.chinese",
    "repetition.characters",
    "overlong.soft",
)


@pytest.mark.parametrize("name", NAMES)
def test_each_can_be_named_in_a_configuration_and_checks_its_batch(name):
    reward, _ = registry.load({"fn": f"lexpro.rewards.{name}"})
    assert reward.__name__ == name
    with pytest.raises(ValueError):
        reward(completions=["", ""], task=["charge"], gold=["{}"])
    assert reward(completions=[], task=[], gold=[]) == []
    messages = [[{"role": "assistant", "content": said({"罪名": ["盗窃罪"]})}]]
    assert len(reward(completions=messages, task=["charge"], gold=['{"罪名": ["盗窃罪"]}'])) == 1


def prompts_of(path, rows) -> str:
    rows = ({"task": task, "gold": json.dumps(gold), "charges": ["盗窃罪"]} for task, gold in rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def paid(reward, task: str, answer: dict, golds: list[dict], training: str) -> list[float]:
    """What an answer that never changes earns where the reward asks."""
    n = len(golds)
    values = reward(
        [said(answer)] * n,
        [task] * n,
        [json.dumps(gold) for gold in golds],
        prompts=[f"案件{number}" for number in range(n)],
        charges=[["盗窃罪"]] * n,
        training=training,
    )
    return [value for value in values if value is not None]


@pytest.mark.parametrize(
    ("reward", "task", "frequent", "rare"),
    [
        (tier.match, "term", term("有期徒刑", 9), term("有期徒刑", 50)),
        (probation.closeness, "elements", person(12, 0), person(12, 12)),
    ],
)
def test_what_is_frequent_in_training_is_asked_about_as_often_as_what_is_rare(
    tmp_path, reward, task, frequent, rare
):
    golds = [rare if number % 5 == 0 else frequent for number in range(2000)]
    training = prompts_of(tmp_path / "grpo.jsonl", [(task, gold) for gold in golds[:500]])
    for constant in (frequent, rare):
        assert sum(paid(reward, task, constant, golds, "")) / 2000 == pytest.approx(
            0.8 if constant is frequent else 0.2
        )
        worth = paid(reward, task, constant, golds, training)
        assert sum(worth) / len(worth) == pytest.approx(0.5, abs=0.05), "no constant wins any more"
        assert 700 < len(worth) < 900, "all of the rare ones, and as many of the others"
    assert paid(reward, task, rare, golds, training) == paid(reward, task, rare, golds, training)


def test_a_training_without_the_rare_kind_is_one_clear_error(tmp_path):
    training = prompts_of(tmp_path / "grpo.jsonl", [("elements", person(12, 0))] * 3)
    with pytest.raises(UserError, match="all of one kind"):
        paid(probation.closeness, "elements", person(12, 0), [person(12, 0)], training)
