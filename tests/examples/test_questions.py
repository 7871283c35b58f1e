"""Questions made of judgments, and their rows in each data set."""

import json
from collections import Counter
from pathlib import Path

import pytest
from sample_judgments import article_rows, case, corpus, plain_form

from lexpro.config.tasks import Augment, ByTask, Settings
from lexpro.examples.questions import QuestionBuilder, insert_gold
from lexpro.law import courts
from lexpro.retrieval.lexical import LexicalRetriever, Precedent
from lexpro.task_names import TASKS
from lexpro.tasks import answers
from lexpro.workflow.files import read_yaml

CONFIG = Path(__file__).resolve().parents[2] / "config"


def settings_of(name: str) -> Settings:
    return Settings.model_validate(read_yaml(CONFIG / "tasks" / f"{name}.yaml"))


def test_gold_articles_are_put_in_for_others_only():
    retriever = LexicalRetriever.build(article_rows())
    found = [article for article in retriever.articles if article["ref"] in ("264", "266", "274")]
    filled = insert_gold(found, ["264", "52", "999"], retriever, 1)
    assert {article["ref"] for article in filled} == {"264", "266", "52"}
    assert {article["ref"] for article in insert_gold(found, ["264", "52", "53", "67"], retriever, 1)} <= {
        "264",
        "52",
        "53",
        "67",
    }
    assert found == insert_gold(found, [], retriever, 1)


@pytest.mark.parametrize("name", ["tiny", "full"])
def test_rows_of_training_and_evaluation(name):
    values = settings_of(name)
    builder = QuestionBuilder(values, LexicalRetriever.build(article_rows()))
    form = builder.form
    asked: Counter = Counter()
    for judgment, text in corpus():
        for question in builder.training(judgment, text, "sft", judgment.doc_id):
            row, sampled = question.sft(form), question.grpo(form)
            assert row["prompt"] == sampled["prompt"] and json.loads(sampled["gold"]) == question.gold(form)
            assert bool(sampled["shown"]) == question.id.endswith(":rag") == (question.context is not None)
            asked[question.task, question.context is not None] += 1
        ids = [
            question.heldout(form, "湖北", "盗窃罪")["id"] for question in builder.questions(judgment, text)
        ]
        assert len(ids) == len(set(ids)) and all(i.startswith(judgment.doc_id) for i in ids)
    assert not asked["elements", True]
    share = values.retrieval.share
    with_law = [(asked[task, True], asked[task, False]) for task in ("charge", "article", "term")]
    shown, hidden = map(sum, zip(*with_law, strict=True))
    assert hidden and abs(shown / (shown + hidden) - share) < 0.15


def test_every_example_draws_its_own_variant():
    values = settings_of("full").model_copy(
        update={"augment": Augment(reworded=1.0, shuffled=1.0, masked=1.0)}
    )
    builder = QuestionBuilder(values, LexicalRetriever.build(article_rows()))
    seen, names = Counter(), 0
    for judgment, text in corpus():
        for question in builder.training(judgment, text, "sft", judgment.doc_id):
            row = builder.varied(question)
            seen[row["prompt"][0]["content"].partition("先在")[0][:6]] += question.task == "term"
            _, answer, finished = answers.split_think(row["completion"][0]["content"])
            assert finished and answers.parse(question.task, answer) is not None
            names += question.judgment.defendants[0].name != judgment.defendants[0].name
    assert sum(count > 0 for count in seen.values()) == 2, "both other wordings of the task"
    assert names > 0


def test_nothing_varies_where_all_shares_are_0():
    values = settings_of("tiny")
    assert set(dict(values.augment).values()) == {0.0}, "the demo's examples"
    builder = QuestionBuilder(values, LexicalRetriever.build(article_rows()))
    form = builder.form
    for judgment, text in corpus():
        for question in builder.training(judgment, text, "sft", judgment.doc_id):
            assert question.judgment is judgment and builder.varied(question) == question.sft(form)


def test_rows_of_grpo_say_what_the_rewards_ask_for():
    judgment, text = case()
    values = settings_of("full")
    builder = QuestionBuilder(values, LexicalRetriever.build(article_rows()))
    row = next(builder.questions(judgment, text)).grpo(plain_form())
    assert row["charges"] == ["盗窃罪"] and row["date"] == "2019-06-01"


def test_training_shows_what_the_court_of_the_case_usually_cites():
    judgment, text = case()
    judgment.court, judgment.province = "湖北省武汉市江岸区人民法院", "湖北"
    values = settings_of("tiny")
    values.mix.grpo = ByTask(**dict.fromkeys(TASKS, 1.0))
    values.retrieval.share = 1.0
    key = courts.key("武汉市江岸区人民法院")
    own = [Precedent(f"a{n}", "窃取他人手机", ("999", "53"), key) for n in range(5)]
    other = [Precedent(f"b{n}", "窃取他人手机", ("888",), "湖北 别的法院") for n in range(5)]
    builder = QuestionBuilder(values, LexicalRetriever.build(article_rows(), own + other))
    asked = {
        question.task: question.grpo(values.form)
        for question in builder.training(judgment, text, "grpo", "x")
    }
    for task in ("charge", "article", "term"):
        assert "\n本院多引：53、999\n" in asked[task]["prompt"][0]["content"]
        # 999 is no article of the table: only the court's cases speak of it.
        assert {"53", "999"} <= set(asked[task]["shown"]) and "888" not in asked[task]["shown"]
    assert "本院多引" not in asked["elements"]["prompt"][0]["content"]
    assert asked["elements"]["shown"] == []
