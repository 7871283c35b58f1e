"""Tasks: what is asked of a judgment, what is shown, and what is the answer."""

import json

import pytest
from sample_judgments import case, corpus, plain_form

from lexpro.law import charges
from lexpro.records import Article, Defendant, Judgment, Term
from lexpro.task_names import TASKS
from lexpro.tasks import answers, listing, prompts, quotes, targets, texts
from lexpro.tasks.context import Context
from lexpro.tasks.form import read_form, write_form
from lexpro.workflow.files import write_json

FULL_FORM = plain_form(style="full", sections=["parties", "facts", "reasoning", "judgment"])


def test_the_reasoning_spells_out_the_arithmetic_in_the_words_of_the_judgment():
    judgment, text = case()
    thought, answer, _ = answers.split_think(
        targets.completion("elements", judgment, plain_form(), text=text)
    )
    assert thought == (
        "张某甲：盗窃罪；有期徒刑三年六个月=3*12+6=42；缓刑四年=4*12=48；罚金五千元=5000；坦白\n金额8,500元=8500；退赔8500元"
    )
    assert answer == (
        '{"被告人":[{"姓名":"张某甲","罪名":["盗窃罪"],"刑种":"有期徒刑","刑期":42,"缓刑":48,"罚金":5000,"情节":["坦白"]}],'
        '"金额":8500,"退赔":8500,"赔偿":0}'
    )


def test_fields_that_are_not_asked_for_are_neither_answered_nor_reasoned_about():
    judgment, text = case()
    form = plain_form(fields=["罪名", "刑期"])
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
    assert targets.gold(task, judgment, plain_form()) == gold


def test_the_reasoning_picks_from_the_articles_shown():
    judgment, text = case()
    shown = [{"ref": "264", "text": "盗窃"}, {"ref": "266", "text": "诈骗"}, {"ref": "52", "text": "罚金"}]
    full = plain_form(style="full")
    thought, _, _ = answers.split_think(targets.completion("article", judgment, full, shown, text))
    assert thought.endswith("选用264、52\n盗窃罪264；坦白67；另引52")
    assert targets.think("article", judgment, full, []).startswith("选用无\n")
    # Models of a few million parameters go without this list.
    for listed in (shown, [], None):
        assert targets.think("article", judgment, plain_form(), listed) == "盗窃罪264；坦白67；另引52"


def test_the_full_style_reasons_in_the_words_of_the_judgment():
    judgment, text = case()
    form = plain_form(style="full", think_chars=20)
    thought = targets.think("article", judgment, form, None, text)
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
    assert {task for task in TASKS if targets.has_answer(task, judgment)} == asked


def test_facts_do_not_tell_the_answer():
    judgment, text = case()
    shown, left_out = texts.facts(text, judgment)
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
    assert texts.facts(f"甲某，{clause}，离去。", judgment)[0] == "甲某，离去。"


@pytest.mark.parametrize(
    "clause", ["以非法占有为目的实施犯罪", "盗窃香烟三条", "抢劫现金五百元", "受贿十万元"]
)
def test_words_for_the_conduct_stay(clause):
    judgment = Judgment("x", sections={"facts": (0, 100)})
    assert clause in texts.facts(f"甲某，{clause}，离去。", judgment)[0]


def test_facts_of_the_accusation_stand_in_and_sections_are_chosen():
    text = "指控甲盗窃手机。判决如下：…"
    judgment = Judgment("x", sections={"accusation": (0, 8), "judgment": (8, len(text))})
    assert texts.facts(text, judgment)[0] == "指控甲盗窃手机。"
    assert texts.document(text, judgment, plain_form()) == "指控甲盗窃手机。\n判决如下：…"
    assert texts.document(text, judgment, plain_form(facts_chars=4)) == "指控甲…\n判决如下：…"
    assert texts.document(text, Judgment("x"), plain_form()) == text


def test_small_models_find_a_number_behind_its_name_as_they_write_it():
    law = [
        {"ref": "264", "text": "第264条 盗窃罪：秘密窃取公私财物，数额较大的"},
        {"ref": "67", "text": "第67条 自首：犯罪后自动投案"},
        {"ref": "52", "text": "第52条 判处罚金，应当根据犯罪情节决定"},
    ]
    form = plain_form(style="compact", article_chars=12)
    prompt = prompts.build("charge", "事实甲", form, Context(law))
    assert "\n盗窃罪264：秘密窃取公私财…\n自首67：犯罪后自动投案\n52 判处罚金，应当根据犯罪…\n" in prompt
    judgment, text = case()
    thought = targets.think("charge", judgment, form, prompts.shown(law, form), text)
    assert thought == "盗窃罪264"
    assert targets.think("article", judgment, form, prompts.shown(law, form), text).startswith("盗窃罪264；")
    # An article of two crimes begins with the name of one.
    both = prompts.shown([{"ref": "277", "text": "第277条 妨害公务罪：以暴力阻碍；袭警罪：暴力袭击"}], form)
    officer, _ = case(defendants=[Defendant("张某甲", charges=["袭警罪"])])
    assert targets.think("charge", officer, form, both, text) == "袭警罪277"
    # Words before a colon that are no name of the built-in law, as the Criminal Law has them, are
    # none; there the thought says what the conduct was.
    real = [
        {"ref": "33", "text": "第三十三条　主刑的种类如下：（一）管制"},
        {"ref": "264", "text": "盗窃公私财物"},
    ]
    assert "\n33 主刑的种类如下：（一）…\n" in prompts.build("charge", "事实甲", form, Context(real))
    thought = targets.think("charge", judgment, form, prompts.shown(real, form), text)
    assert thought.startswith("264：") and thought.endswith("构成盗窃罪")
    # Statutes that are shown twice stay as they are.
    once = prompts.shown(law, form)
    assert prompts.shown(once, form) == once
    full = prompts.build("charge", "事实甲", plain_form(style="full"), Context(law))
    assert "264 盗窃罪：秘密窃取公私财物，数额较大的" in full


def test_prompts_list_articles_by_rank_within_the_budget():
    shown = [
        {"ref": "264", "text": "第二百六十四条 盗窃公私财物的"},
        {"ref": "133之1", "text": "第一百三十三条之一　醉酒驾驶"},
    ]
    form = plain_form(article_chars=6)
    assert prompts.build("article", "事实甲", form, Context(shown)) == (
        "引用法条：\n法条：\n264 盗窃公私财…\n133之1 醉酒驾驶\n事实：\n事实甲"
    )
    tight = plain_form(article_chars=6, articles_chars=7)
    assert [article["ref"] for article in prompts.shown(shown, tight)] == ["264"]
    assert "\n无\n" in prompts.build("article", "事实甲", form, Context([]))
    assert prompts.build("elements", "判决书甲", plain_form()) == "提取要素：\n判决书甲"


def test_answers_to_a_listing_of_numbers_copy_it_and_then_go_on():
    """Shown articles in the order of the prompt, then crimes, then the rest."""
    judgment, text = case()
    form = plain_form(listing="numbers")
    cited = set(targets.refs(judgment))
    assert cited == {"264", "67", "52"}

    def answer(*shown):
        rows = [{"ref": ref, "text": "", "version": "", "tenths": None} for ref in shown]
        return targets.completion("article", judgment, form, rows, text)

    assert answer("67", "25", "264") == '<think></think>{"法条":["67","264","52"]}'
    assert answer("52") == '<think></think>{"法条":["52","264","67"]}'
    assert answer() == '<think></think>{"法条":["264","52","67"]}'
    alone = targets.completion("article", judgment, form, None, text)
    assert alone == '<think>盗窃罪；坦白</think>{"法条":["264","52","67"]}'
    told = plain_form(listing="numbers", charges_shown=2)
    assert targets.completion("charge", judgment, told, [], text) == '<think></think>{"罪名":["盗窃罪"]}'
    assert targets.think("charge", judgment, form, [], text), "no charge is shown that could be copied"
    assert targets.think("charge", judgment, form, None, text)
    assert set(targets.gold("article", judgment, form)["法条"]) == cited


@pytest.mark.parametrize(
    "form",
    [
        {"listing": "numbers", "citing_shares": True},
        {"least_tenths": 3},
        {"listing": "numbers", "style": "full"},
    ],
)
def test_settings_of_the_other_listing_are_refused(form):
    with pytest.raises(ValueError, match="state one of them only|style: compact"):
        plain_form(**form)


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
    prompt = prompts.build("article", "事实甲", plain_form(style="full"), Context([article]))
    assert f"法条：\n264{label} 盗窃\n事实：" in prompt
    # Asked with what was shown, the prompt is the same.
    shown = prompts.shown([article], plain_form(style="full"))
    assert prompts.build("article", "事实甲", plain_form(style="full"), Context(shown)) == prompt
    assert "法条：\n264 盗窃\n" in prompts.build(
        "article", "事实甲", plain_form(style="compact"), Context([article])
    )


@pytest.mark.parametrize(("budget", "refs"), [(0, 3), (1, 1), (12, 1), (14, 2), (20, 2), (21, 3)])
def test_a_budget_of_tokens_bounds_the_articles(budget, refs):
    # 264 is one piece a digit, 甲乙丙丁 four: seven tokens a line.
    articles = [{"ref": "264", "text": "甲乙丙丁"}] * 3
    assert len(prompts.shown(articles, plain_form(style="full", articles_tokens=budget))) == refs


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("甲乙，丙", 4), ("2019年", 5), ("abcdef g", 3), (" \n", 0)]
)
def test_tokens_are_counted_from_above(text, count):
    assert listing.tokens(text) == count


@pytest.mark.parametrize("task", TASKS)
def test_the_full_style_states_the_keys_of_the_answer(task):
    judgment, _ = case()
    prompt = prompts.build(task, "甲", plain_form(style="full"))
    gold = targets.gold(task, judgment, plain_form())
    keys = {*gold, *(gold["被告人"][0] if task == "elements" else ())}
    assert all(key in prompt for key in keys)


@pytest.mark.parametrize(("months", "spelt"), [(42, "3*12+6=42"), (36, "3*12=36"), (6, "6"), (12, "1*12=12")])
def test_arithmetic_of_months(months, spelt):
    assert quotes.months(months) == spelt


@pytest.mark.parametrize("style", ["compact", "full"])
def test_completions_hold_the_gold_answer_and_facts_never_do(style):
    form = plain_form(style=style)
    for judgment, text in corpus():
        told, _ = texts.facts(text, judgment)
        assert not charges.find(told) and "判处" not in told
        for task in filter(lambda task: targets.has_answer(task, judgment), TASKS):
            _, answer, finished = answers.split_think(targets.completion(task, judgment, form, None, text))
            assert finished and json.loads(answer) == targets.gold(task, judgment, form)
            assert answers.parse(task, answer) == targets.gold(task, judgment, form)


@pytest.mark.parametrize("wording", range(3))
@pytest.mark.parametrize("task", TASKS)
def test_no_prompt_is_read_as_an_answer(task, wording):
    """A copy of the prompt must earn nothing."""
    prompt = prompts.build(task, "张某甲盗窃8500元。", FULL_FORM, Context([]), wording)
    _, answer, _ = answers.split_think(prompt)
    assert answers.parse(task, answer) is None
    assert answers.parse(task, prompt) is None


def test_wordings_differ_in_nothing_but_words():
    for task in TASKS:
        asked = {prompts.instruction(task, FULL_FORM, n) for n in range(prompts.wordings(task, FULL_FORM))}
        assert len(asked) == 3
        ends = {text[text.index("先在<think>") :] for text in asked}
        assert len(ends) == 1, "the form of the answer is the same"
    assert prompts.wordings("term", plain_form()) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"style": "long"}, "'compact' or 'full'"),
        ({"fields": ["身高"]}, "'罪名'"),
        ({"sections": ["facts"], "x": 1}, "x"),
    ],
)
def test_a_form_that_cannot_be_is_refused(change, message, tmp_path):
    write_json(tmp_path / "form.json", {**plain_form().model_dump(), **change})
    with pytest.raises(ValueError, match=message):
        read_form(tmp_path)


@pytest.mark.parametrize(
    "form", [plain_form(), plain_form(style="full", fields=["刑期", "罪名"], court_cases=10)]
)
def test_a_form_is_read_as_it_was_written(form, tmp_path):
    write_form(form, tmp_path)
    assert read_form(tmp_path) == form
