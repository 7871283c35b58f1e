"""Tasks: what is asked of a judgment, what is shown, what is the answer, and who is held out."""

import json
import math
from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace

import corpora
import planning
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tasks
from lexpro.config.tasks import Settings
from lexpro.corpus.synthetic import generate
from lexpro.law import charges, courts, facts
from lexpro.records import Article, Defendant, Judgment, Term
from lexpro.statutes import builtin_statutes, table
from lexpro.task_names import TASKS
from lexpro.tasks import answers, augment, listing, prompts, quotes, split, targets, texts
from lexpro.tasks.form import Form
from lexpro.tasks.rows import Asker
from lexpro.tasks.shelf import Precedent, Shelf
from lexpro.workflow.files import read_yaml, write_json

CONFIG = Path(__file__).resolve().parents[2] / "config"

PARTS = {
    "parties": "被告人张某甲，男，1990年生。曾因盗窃罪被判处有期徒刑六个月。",
    "facts": "经审理查明，被告人张某甲于2019年1月1日盗窃手机三条街，价值人民币8,500元。其行为构成盗窃罪。"
    "应依照刑法第二百六十四条处罚。已退赃。",
    "reasoning": "本院认为，被告人张某甲构成盗窃罪，系坦白。"
    "依照《中华人民共和国刑法》第二百六十四条、第六十七条、第五十二条之规定，",
    "judgment": "判决如下：被告人张某甲犯盗窃罪，判处有期徒刑三年六个月，缓刑四年，并处罚金人民币五千元。"
    "责令退赔人民币8500元。",
}


def case(**changes) -> tuple[Judgment, str]:
    text, spans = "", {}
    for name, part in PARTS.items():
        spans[name] = (len(text), len(text) + len(part))
        text += part + "\n"
    person = Defendant(
        "张某甲",
        ["盗窃罪"],
        [Term("有期徒刑", 42, "盗窃罪")],
        Term("有期徒刑", 42),
        probation_months=48,
        fine=5000,
        circumstances=["坦白"],
    )
    cited = [Article("刑法", 264), Article("刑法", 67, 0, 3), Article("刑法", 67, 0, 1), Article("刑法", 52)]
    values = {
        "doc_id": "湖北-1",
        "province": "湖北",
        "date": "2019-06-01",
        "sections": spans,
        "defendants": [person],
        "articles": [*cited, Article("刑事诉讼法", 15)],
        "restitution": 8500,
        "amount": 8500,
    }
    return Judgment(**{**values, **changes}), text


def test_the_reasoning_spells_out_the_arithmetic_in_the_words_of_the_judgment():
    judgment, text = case()
    thought, answer, _ = answers.split_think(targets.completion("elements", judgment, text=text))
    assert thought == (
        "张某甲：盗窃罪；有期徒刑三年六个月=3*12+6=42；缓刑四年=4*12=48；罚金五千元=5000；坦白\n金额8,500元=8500；退赔8500元"
    )
    assert answer == (
        '{"被告人":[{"姓名":"张某甲","罪名":["盗窃罪"],"刑种":"有期徒刑","刑期":42,"缓刑":48,"罚金":5000,"情节":["坦白"]}],'
        '"金额":8500,"退赔":8500,"赔偿":0}'
    )


def test_fields_that_are_not_asked_for_are_neither_answered_nor_reasoned_about():
    judgment, text = case()
    form = Form(fields=("罪名", "刑期"))
    assert targets.gold("elements", judgment, form) == {
        "被告人": [{"姓名": "张某甲", "罪名": ["盗窃罪"], "刑期": 42}]
    }
    assert "罚金" not in targets.completion("elements", judgment, text=text, form=form)


@pytest.mark.parametrize(
    ("task", "gold"),
    [
        ("charge", {"罪名": ["盗窃罪"]}),
        # Each article once, in the order of the judgment, none of another law.
        ("article", {"法条": ["264", "67", "52"]}),
        ("term", {"刑种": "有期徒刑", "刑期": 42}),
    ],
)
def test_gold_answers(task, gold):
    judgment, _ = case()
    assert targets.gold(task, judgment) == gold


def test_the_reasoning_picks_from_the_articles_shown():
    judgment, text = case()
    shown = [{"ref": "264", "text": "盗窃"}, {"ref": "266", "text": "诈骗"}, {"ref": "52", "text": "罚金"}]
    full = Form(style="full")
    thought, _, _ = answers.split_think(targets.completion("article", judgment, shown, text, full))
    assert thought.endswith("选用264、52\n盗窃罪264；坦白67；另引52")
    assert targets.think("article", judgment, [], form=full).startswith("选用无\n")
    # Models of a few million parameters go without this list.
    for listed in (shown, [], None):
        assert targets.think("article", judgment, listed) == "盗窃罪264；坦白67；另引52"
    assert targets.think("charge", judgment, shown).startswith("264：") and "264" not in targets.think(
        "charge", judgment
    )


def test_the_full_style_reasons_in_the_words_of_the_judgment():
    judgment, text = case()
    form = Form(style="full", think_chars=20)
    thought = targets.think("article", judgment, None, text, form)
    assert thought.startswith("本院认为，被告人张某甲构成盗窃罪，系坦…\n盗窃罪264")


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        ({}, {"elements", "charge", "article", "term"}),
        ({"articles": [Article("刑事诉讼法", 15)]}, {"elements", "charge", "term"}),
        ({"defendants": []}, {"article"}),
        ({"defendants": [Defendant("张某甲", ["盗窃罪"])]}, {"charge", "article"}),
        # A length that cannot be read is not known to be anything.
        (
            {"defendants": [Defendant("张某甲", ["盗窃罪"], [], Term("有期徒刑", None))]},
            {"charge", "article"},
        ),
        ({"defendants": [Defendant("张某甲", ["盗窃罪"], [], Term("无期徒刑"))]}, set(TASKS)),
        (
            {"defendants": [Defendant(n, ["盗窃罪"], [], Term("拘役", 3)) for n in "甲乙"]},
            set(TASKS) - {"term"},
        ),
    ],
)
def test_nothing_is_asked_whose_answer_is_not_known(changes, asked):
    judgment, _ = case(**changes)
    assert {task for task in TASKS if targets.asked(task, judgment)} == asked


def test_facts_do_not_tell_the_answer():
    judgment, text = case()
    shown, left_out = texts.facts(text, judgment, Form())
    assert shown == "经审理查明，被告人张某甲于2019年1月1日盗窃手机三条街，价值人民币8,500元。已退赃。"
    assert left_out == 2


@pytest.mark.parametrize(
    "clause",
    [
        "犯诈骗罪",
        "以涉嫌盗窃罪被拘留",
        "建议判处有期徒刑一年",
        "根据刑法第67条",
        "曾被处罚金二千元",
        "构成非法持有毒品罪",
    ],
)
def test_clauses_that_name_charge_article_or_punishment_are_left_out(clause):
    judgment = Judgment("x", sections={"facts": (0, 100)})
    assert texts.facts(f"甲某，{clause}，离去。", judgment, Form())[0] == "甲某，离去。"


@pytest.mark.parametrize(
    "clause", ["以非法占有为目的实施犯罪", "盗窃香烟三条", "抢劫现金五百元", "受贿十万元"]
)
def test_words_for_the_conduct_stay(clause):
    judgment = Judgment("x", sections={"facts": (0, 100)})
    assert clause in texts.facts(f"甲某，{clause}，离去。", judgment, Form())[0]


def test_facts_of_the_accusation_stand_in_and_sections_are_chosen():
    text = "指控甲盗窃手机。判决如下：…"
    judgment = Judgment("x", sections={"accusation": (0, 8), "judgment": (8, len(text))})
    assert texts.facts(text, judgment, Form())[0] == "指控甲盗窃手机。"
    assert texts.document(text, judgment, Form()) == "指控甲盗窃手机。\n判决如下：…"
    assert texts.document(text, judgment, Form(facts_chars=4)) == "指控甲…\n判决如下：…"
    assert texts.document(text, Judgment("x"), Form()) == text


def test_prompts_list_articles_by_rank_within_the_budget():
    shown = [
        {"ref": "264", "text": "第二百六十四条 盗窃公私财物的"},
        {"ref": "133之1", "text": "第一百三十三条之一　醉酒驾驶"},
    ]
    form = Form(article_chars=6)
    assert prompts.build("article", "事实甲", shown, form) == (
        "引用法条：\n法条：\n264 盗窃公私财…\n133之1 醉酒驾驶\n事实：\n事实甲"
    )
    tight = Form(article_chars=6, articles_chars=7)
    assert [article["ref"] for article in prompts.shown(shown, tight)] == ["264"]
    assert "\n无\n" in prompts.build("article", "事实甲", [], form)
    assert prompts.build("elements", "判决书甲") == "提取要素：\n判决书甲"


@pytest.mark.parametrize(
    ("days", "label"),
    [
        ({}, ""),
        ({"valid_from": "", "valid_to": ""}, ""),
        ({"valid_from": "2011-05-01", "valid_to": ""}, "（2011-05-01起）"),
        ({"valid_from": "1997-10-01", "valid_to": "2011-05-01"}, "（1997-10-01至2011-05-01）"),
    ],
)
def test_the_full_style_names_the_version_of_an_article(days, label):
    article = {"ref": "264", "text": "第二百六十四条 盗窃", **days}
    prompt = prompts.build("article", "事实甲", [article], Form(style="full"))
    assert f"法条：\n264{label} 盗窃\n事实：" in prompt
    # Asked with what was shown, the prompt is the same.
    shown = prompts.shown([article], Form(style="full"))
    assert prompts.build("article", "事实甲", shown, Form(style="full")) == prompt
    assert "法条：\n264 盗窃\n" in prompts.build("article", "事实甲", [article], Form(style="compact"))


@pytest.mark.parametrize(("budget", "refs"), [(0, 3), (1, 1), (12, 1), (14, 2), (20, 2), (21, 3)])
def test_a_budget_of_tokens_bounds_the_articles(budget, refs):
    # 264 is one piece a digit, 甲乙丙丁 four: seven tokens a line.
    articles = [{"ref": "264", "text": "甲乙丙丁"}] * 3
    assert len(prompts.shown(articles, Form(style="full", articles_tokens=budget))) == refs


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("甲乙，丙", 4), ("2019年", 5), ("abcdef g", 3), (" \n", 0)]
)
def test_tokens_are_counted_from_above(text, count):
    assert listing.tokens(text) == count


@pytest.mark.parametrize("task", TASKS)
def test_the_full_style_states_the_keys_of_the_answer(task):
    judgment, _ = case()
    prompt = prompts.build(task, "甲", None, Form(style="full"))
    gold = targets.gold(task, judgment)
    keys = {*gold, *(gold["被告人"][0] if task == "elements" else ())}
    assert all(key in prompt for key in keys)


@pytest.mark.parametrize(("months", "spelt"), [(42, "3*12+6=42"), (36, "3*12=36"), (6, "6"), (12, "1*12=12")])
def test_arithmetic_of_months(months, spelt):
    assert quotes.months(months) == spelt


@pytest.fixture(scope="module")
def corpus() -> list[tuple[Judgment, str]]:
    values = corpora.synthetic()
    made = [generate.clean(values, province, n) for province in ("湖北", "四川") for n in range(60)]
    made += [generate.clean(corpora.synthetic(style="full"), "湖北", n) for n in range(15)]
    return [(Judgment.from_dict(truth), text) for text, truth in made]


@pytest.mark.parametrize("style", ["compact", "full"])
def test_completions_hold_the_gold_answer_and_facts_never_do(corpus, style):
    form = Form(style=style)
    for judgment, text in corpus:
        told, _ = texts.facts(text, judgment, form)
        assert not charges.find(told) and "判处" not in told
        for task in filter(lambda task: targets.asked(task, judgment), TASKS):
            _, answer, finished = answers.split_think(targets.completion(task, judgment, None, text, form))
            assert finished and json.loads(answer) == targets.gold(task, judgment, form)
            assert answers.parse(task, answer) == targets.gold(task, judgment, form)


def cases(families: int = 600) -> list[split.Case]:
    return [
        split.Case(f"{n}-{part}", str(n), "甲乙丙丁戊"[n % 5], f"罪{n * 7 % 11 % (1 + n % 4)}")
        for n in range(families)
        for part in range(1 + (n % 10 == 0))
    ]


SHARES = {"sft": 0.7, "grpo": 0.15, "heldout": 0.15}


def test_splits_keep_their_shares_in_every_province_and_charge():
    found = split.assign(cases(), SHARES, 1)
    for label in ("province", "charge"):
        counts: dict[str, Counter] = defaultdict(Counter)
        for one in cases():
            counts[getattr(one, label)][found[one.doc_id]] += 1
        for value, by_split in counts.items():
            for name, share in SHARES.items():
                assert abs(by_split[name] - share * by_split.total()) < 4, (value, by_split)


def test_documents_of_a_case_stay_together_and_order_does_not_matter():
    found = split.assign(cases(), SHARES, 1)
    assert split.assign(cases()[::-1], SHARES, 1) == found
    families = defaultdict(set)
    for one in cases():
        families[one.family].add(found[one.doc_id])
    assert all(len(splits) == 1 for splits in families.values())
    assert split.assign(cases(), SHARES, 2) != found == split.assign(cases(), SHARES, 1)


def test_shares_are_checked_and_an_empty_split_gets_nothing():
    with pytest.raises(ValueError, match="together 1"):
        split.assign(cases(), {"sft": 0.5, "heldout": 0.4}, 1)
    assert set(split.assign(cases(), {"sft": 0.9, "grpo": 0.0, "heldout": 0.1}, 1).values()) == {
        "sft",
        "heldout",
    }


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.sampled_from("甲乙"), st.sampled_from("丙丁戊")), min_size=1, max_size=60),
    st.integers(0, 9),
)
def test_every_document_is_in_one_split_and_totals_are_near_their_shares(labels, seed):
    rows = [split.Case(str(n), str(n), *label) for n, label in enumerate(labels)]
    found = split.assign(rows, SHARES, seed)
    assert found.keys() == {row.doc_id for row in rows} and set(found.values()) <= set(SHARES)
    sizes = Counter(found.values())
    assert all(abs(sizes[name] - share * len(rows)) <= 4 for name, share in SHARES.items())


def rows() -> list[dict]:
    names = ("law", "ref", "unit", "text", "valid_from", "valid_to", "exists_from")
    return [{name: getattr(row, name) for name in names} for row in builtin_statutes.rows(facts.load())]


def test_the_shelf_finds_the_article_of_the_facts_and_what_similar_cases_cite():
    facts_text = "被告人秘密窃取他人手机，系坦白"
    alone = Shelf(rows()).find(facts_text, 3)
    assert alone[0]["ref"] == "264" and len({article["ref"] for article in alone}) == 3
    neighbours = [Precedent(str(n), "秘密窃取他人手机一部", ("264", "52", "53")) for n in range(5)]
    voted = Shelf(rows(), neighbours).find(facts_text, 3)
    assert {article["ref"] for article in voted} == {"264", "52", "53"}
    # A case is no precedent for itself.
    own = Shelf(rows(), [Precedent("x", facts_text, ("258", "340", "225"))])
    assert {"258", "340"} & {article["ref"] for article in own.find(facts_text, 4)}
    assert own.find(facts_text, 4, family="x") == Shelf(rows()).find(facts_text, 4)


def test_the_shelf_shows_the_version_in_force():
    article = {"law": "刑法", "ref": "264", "unit": "条", "exists_from": ""}
    old = {**article, "text": "盗窃 旧", "valid_from": "1997-10-01", "valid_to": "2011-05-01"}
    new = {**article, "text": "盗窃 新", "valid_from": "2011-05-01", "valid_to": ""}
    shelf = Shelf([old, new, {**new, "law": "民法典"}])
    assert shelf.find("盗窃", 2, "2010-01-01") == [old]
    assert shelf.find("盗窃", 2, "2011-05-01") == shelf.find("盗窃", 2) == [new]


def test_gold_articles_are_put_in_for_others_only():
    shelf = Shelf(rows())
    found = [article for article in shelf.rows if article["ref"] in ("264", "266", "274")]
    filled = shelf.with_gold(found, ["264", "52", "999"], 1)
    assert {article["ref"] for article in filled} == {"264", "266", "52"}
    assert {article["ref"] for article in shelf.with_gold(found, ["264", "52", "53", "67"], 1)} <= {
        "264",
        "52",
        "53",
        "67",
    }
    assert found == shelf.with_gold(found, [], 1)


@pytest.mark.parametrize("name", ["tiny", "full"])
def test_rows_of_training_and_evaluation(name, corpus):
    values = read_yaml(CONFIG / "tasks" / f"{name}.yaml")
    Settings.model_validate(values)
    form = Form.from_dict(values["form"])
    assert Form.from_dict(json.loads(json.dumps(form.to_dict()))) == form
    asker = Asker(values, form, Shelf(rows()))
    asked: Counter = Counter()
    for judgment, text in corpus:
        for question in asker.training(judgment, text, "sft", judgment.doc_id):
            row, sampled = question.sft(form), question.grpo(form)
            assert row["prompt"] == sampled["prompt"] and json.loads(sampled["gold"]) == question.gold(form)
            assert bool(sampled["shown"]) == question.id.endswith(":rag") == (question.articles is not None)
            asked[question.task, question.articles is not None] += 1
        ids = [question.heldout(form, "湖北", "盗窃罪")["id"] for question in asker.questions(judgment, text)]
        assert len(ids) == len(set(ids)) and all(i.startswith(judgment.doc_id) for i in ids)
    assert not asked["elements", True]
    share = values["retrieval"]["share"]
    with_law = [(asked[task, True], asked[task, False]) for task in ("charge", "article", "term")]
    shown, hidden = map(sum, zip(*with_law, strict=True))
    assert hidden and abs(shown / (shown + hidden) - share) < 0.15


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"style": "long"}, "compact or full"),
        ({"fields": ["身高"]}, "allowed are"),
        ({"sections": ["facts"], "x": 1}, "x"),
    ],
)
def test_a_form_that_cannot_be_is_refused(change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        Form.from_dict({**Form().to_dict(), **change})


# --- variation of the training examples
# ---------------------------------------------------------------------

ALL = {"reworded": 1.0, "shuffled": 1.0, "masked": 1.0}
NONE = dict.fromkeys(ALL, 0.0)
FULL_FORM = Form(style="full", sections=("parties", "facts", "reasoning", "judgment"))


@pytest.mark.parametrize("wording", range(3))
@pytest.mark.parametrize("task", TASKS)
def test_no_prompt_is_read_as_an_answer(task, wording):
    """A copy of the prompt must earn nothing."""
    prompt = prompts.build(task, "张某甲盗窃8500元。", [], FULL_FORM, wording)
    _, answer, _ = answers.split_think(prompt)
    assert answers.parse(task, answer) is None
    assert answers.parse(task, prompt) is None


def test_wordings_differ_in_nothing_but_words():
    for task in TASKS:
        asked = {prompts.instruction(task, FULL_FORM, n) for n in range(prompts.wordings(task, FULL_FORM))}
        assert len(asked) == 3
        ends = {text[text.index("先在<think>") :] for text in asked}
        assert len(ends) == 1, "the form of the answer is the same"
    assert prompts.wordings("term", Form()) == 1


def test_elements_are_asked_and_answered_in_the_drawn_order():
    judgment, _ = case()
    orders = set()
    for number in range(20):
        form = augment.order(FULL_FORM, ALL, 1, f"q{number}")
        answer = targets.gold("elements", judgment, form)
        asked = prompts.instruction("elements", form)
        assert "、".join(answer["被告人"][0]) in asked
        assert answer["被告人"][0] == targets.gold("elements", judgment, FULL_FORM)["被告人"][0]
        assert answer == targets.gold("elements", judgment, FULL_FORM)
        orders.add(tuple(answer["被告人"][0]))
    assert len(orders) > 10
    assert augment.order(FULL_FORM, NONE, 1, "q") is FULL_FORM


def test_names_are_masked_anew_everywhere_and_places_stay():
    judgment, text = case()
    other, record = augment.masked(text, judgment, ALL, 3)
    name = record.defendants[0].name
    assert name != "张某甲" and "张某甲" not in other and other.count(name) == text.count("张某甲")
    assert other.replace(name, "张某甲") == text and record.sections == judgment.sections
    assert augment.masked(text, judgment, ALL, 3) == (other, record), "the same on every machine"
    assert augment.masked(text, judgment, NONE, 3) == (text, judgment)
    completion = targets.completion("elements", record, text=other)
    assert name in completion and "张某甲" not in completion


@pytest.mark.parametrize("name", ["张", "阿卜杜拉·买买提", "张某"])
def test_names_that_cannot_be_told_apart_stay(name):
    """`张某` is the beginning of 张某甲: whose name it is, is not known."""
    judgment, text = case()
    judgment.defendants[0].name = name
    text = text + name
    assert augment.masked(text, judgment, ALL, 3) == (text, judgment)


def test_every_example_draws_its_own_variant(corpus):
    values = read_yaml(CONFIG / "tasks/full.yaml") | {"augment": ALL}
    form = Form.from_dict(values["form"])
    asker = Asker(values, form, Shelf(rows()))
    seen, names = Counter(), 0
    for judgment, text in corpus:
        for question in asker.training(judgment, text, "sft", judgment.doc_id):
            row = asker.varied(question)
            seen[row["prompt"][0]["content"].partition("先在")[0][:6]] += question.task == "term"
            _, answer, finished = answers.split_think(row["completion"][0]["content"])
            assert finished and answers.parse(question.task, answer) is not None
            names += question.judgment.defendants[0].name != judgment.defendants[0].name
    assert sum(count > 0 for count in seen.values()) == 2, "both other wordings of the task"
    assert names > 0


def test_nothing_varies_where_all_shares_are_0(corpus):
    values = read_yaml(CONFIG / "tasks/tiny.yaml")
    assert set(values["augment"].values()) == {0.0}, "the demo's examples"
    form = Form.from_dict(values["form"])
    asker = Asker(values, form, Shelf(rows()))
    for judgment, text in corpus:
        for question in asker.training(judgment, text, "sft", judgment.doc_id):
            assert question.judgment is judgment and asker.varied(question) == question.sft(form)


def test_rows_of_grpo_say_what_the_rewards_ask_for():
    judgment, text = case()
    values = read_yaml(CONFIG / "tasks/full.yaml")
    asker = Asker(values, Form.from_dict(values["form"]), Shelf(rows()))
    row = next(asker.questions(judgment, text)).grpo(Form())
    assert row["charges"] == ["盗窃罪"] and row["date"] == "2019-06-01"


def test_training_shows_what_the_court_of_the_case_usually_cites():
    judgment, text = case()
    judgment.court, judgment.province = "湖北省武汉市江岸区人民法院", "湖北"
    values = read_yaml(CONFIG / "tasks/tiny.yaml")
    values["mix"]["grpo"] = dict.fromkeys(values["mix"]["grpo"], 1.0)
    values["retrieval"]["share"] = 1.0
    form = Form.from_dict(values["form"])
    key = courts.key("武汉市江岸区人民法院")
    own = [Precedent(f"a{n}", "窃取他人手机", ("999", "53"), key) for n in range(5)]
    other = [Precedent(f"b{n}", "窃取他人手机", ("888",), "湖北 别的法院") for n in range(5)]
    asked = {
        question.task: question.grpo(form)
        for question in Asker(values, form, Shelf(rows(), own + other)).training(judgment, text, "grpo", "x")
    }
    for task in ("charge", "article", "term"):
        assert "\n本院多引：53、999\n" in asked[task]["prompt"][0]["content"]
        # 999 is no article of the table: only the court's cases speak of it.
        assert {"53", "999"} <= set(asked[task]["shown"]) and "888" not in asked[task]["shown"]
    assert "本院多引" not in asked["elements"]["prompt"][0]["content"]
    assert asked["elements"]["shown"] == []


def test_a_judgment_is_no_precedent_for_another_of_its_case(tmp_path):
    """Two judgments with one case number: each is the other's family, whatever the filter called
    them.
    """
    values = corpora.synthetic()
    made = [generate.clean(values, "湖北", n) for n in range(3)]
    made.append((made[0][0], {**made[0][1], "doc_id": "again"}))
    kept = [
        {"doc_id": truth["doc_id"], "family": truth["doc_id"], "province": "湖北", "text": text}
        | {"charge": "盗窃罪", "judgment": json.dumps(truth)}
        for text, truth in made
    ]
    pl.DataFrame(kept).write_parquet(tmp_path / "kept.parquet")
    known = tasks.cases(tmp_path / "kept.parquet")
    splits = {case.doc_id: "sft" for case in known}
    settings = read_yaml(CONFIG / "tasks/tiny.yaml")
    found = tasks.precedents(tmp_path / "kept.parquet", known, splits, settings, Form())
    assert all(precedent.court.startswith("湖北 ") for precedent in found)
    asked = []

    class Asking:
        form = Form()

        def training(self, judgment, text, split, family):
            asked.append((judgment.doc_id, family))
            return iter(())

    run = SimpleNamespace(out=tmp_path, counts=Counter())
    tasks.write(run, Asking(), tmp_path / "kept.parquet", splits, {c.doc_id: c.family for c in known})
    family = dict(asked)
    assert family["again"] == family[made[0][1]["doc_id"]] and len(set(family.values())) == 3
    assert Counter(family.values()) == Counter(precedent.family for precedent in found)


def test_no_training_file_tells_of_a_held_out_judgment(tmp_path, monkeypatch):
    """The stage itself, on a corpus in which every tenth case has two judgments."""
    monkeypatch.chdir(tmp_path)
    values = corpora.synthetic()
    made = [generate.clean(values, province, n) for province in ("湖北", "四川") for n in range(60)]
    made += [(text, {**truth, "doc_id": f"{truth['doc_id']}-again"}) for text, truth in made[::10]]
    kept = [
        {"doc_id": truth["doc_id"], "family": None, "province": truth["province"], "text": text}
        | {"charge": truth["defendants"][0]["charges"][0], "judgment": json.dumps(truth)}
        for text, truth in made
    ]
    for name in ("filter", "knowledge"):
        write_json(tmp_path / f"results/{name}/k/manifest.json", {"files": {}, "counts": {}})
    pl.DataFrame(kept).write_parquet("results/filter/k/kept.parquet")
    table.write(builtin_statutes.rows(facts.load()), tmp_path / "results/knowledge/k/articles.parquet")
    inputs = {name: f"results/{name}/k" for name in ("filter", "knowledge")}
    tasks.main(planning.arguments(planning.plan("tasks", read_yaml(CONFIG / "tasks/tiny.yaml"), inputs)))

    out = tmp_path / "results/tasks/k"
    found = defaultdict(set)
    for doc, name in pl.read_parquet(out / "splits.parquet").select("doc_id", "split").iter_rows():
        found[name].add(doc)
    assert set(found) == set(split.SPLITS)
    asked = defaultdict(set)
    lines = {
        name: (out / f"{name}.jsonl").read_text(encoding="utf-8") for name in ("pretrain", *split.SPLITS)
    }
    for name in split.SPLITS:
        asked[name] = {json.loads(line)["id"].partition(":")[0] for line in lines[name].splitlines()}
    assert asked == found
    # Whose facts stand in a file, whatever its rows are called: every judgment is asked its
    # elements, facts and all.
    told = {truth["doc_id"]: text[slice(*truth["sections"]["facts"])] for text, truth in made}
    told = {name: {doc for doc, story in told.items() if story in lines[name]} for name in lines}
    assert told == {**found, "pretrain": found["sft"] | found["grpo"]}


@pytest.mark.parametrize("number", [1, 2, 3, 400])
def test_too_few_judgments_are_told_what_there_is_what_it_takes_and_what_to_change(number):
    config = read_yaml(CONFIG / "tasks/tiny.yaml")
    known = [split.Case(f"d{i}", f"f{i}", "湖北", "盗窃罪") for i in range(number)]
    splits = split.assign(known, config["shares"], config["seed"])
    counts = Counter(f"{part}.elements" for part in splits.values())
    said = tasks.too_few(known, splits, counts, config)
    if set(splits.values()) == set(split.SPLITS):
        assert said == ""
        return
    empty = [part for part in split.SPLITS if part not in splits.values()]
    assert said.startswith(
        f"too few judgments: {number} were kept, of {number} cases, and no question is left for"
    )
    for part in split.SPLITS:
        given = list(splits.values()).count(part)
        assert f"{part}: share {config['shares'][part]:g}, {given} judgments, {given} questions" in said
        assert (f"tasks.shares.{part} (now {config['shares'][part]:g})" in said) == (part in empty)
    assert f"about {math.ceil(1 / min(config['shares'][part] for part in empty))} judgments" in said


def test_a_split_whose_judgments_are_asked_nothing_is_told_its_mix():
    config = read_yaml(CONFIG / "tasks/tiny.yaml")
    config["mix"]["grpo"] = dict.fromkeys(config["mix"]["grpo"], 0.25)
    splits = {"a": "sft", "b": "grpo", "c": "heldout"}
    known = [split.Case(doc, doc, "湖北", "盗窃罪") for doc in splits]
    said = tasks.too_few(known, splits, {"sft.term": 1, "heldout.term": 1}, config)
    assert "grpo: share 0.1, 1 judgments, 0 questions" in said and "about 40 judgments" in said
    assert "tasks.mix.grpo" in said and "tasks.mix.sft" not in said


def test_what_the_filter_dropped_is_told_beside_it(tmp_path):
    counts = {"read": 5, "kept": 1, "dropped": 4, "drop_too_short": 0, "drop_near_duplicate": 4}
    write_json(tmp_path / "manifest.json", {"files": {}, "counts": counts})
    said = f"The filter dropped 4 of 5 (near_duplicate 4): {tmp_path}/dropped.parquet."
    assert tasks.dropped(tmp_path).strip() == said
    write_json(tmp_path / "manifest.json", {"files": {}, "counts": counts | {"dropped": 0}})
    assert tasks.dropped(tmp_path) == ""
