"""Prompts as if their crime were new: one name and one number in prompt and answer, in no law."""

import json
import re

import corpora
import pytest
from sample_judgments import plain_form

from lexpro.config.tasks import Settings
from lexpro.corpus.synthetic import generate
from lexpro.examples.new_crimes import disguised
from lexpro.examples.questions import QuestionBuilder
from lexpro.law import builtin_law, charges
from lexpro.law.articles import is_special
from lexpro.records import Defendant, Judgment
from lexpro.retrieval.lexical import LexicalRetriever, Precedent
from lexpro.statutes import builtin_statutes
from lexpro.tasks import targets
from lexpro.tasks.context import Context


def rows() -> list[dict]:
    found = builtin_statutes.rows(builtin_law.load())
    names = ("law", "text", "charges", "valid_from", "valid_to", "exists_from", "unit")
    return [{**{name: getattr(row, name) for name in names}, "ref": row.ref} for row in found]


def made(number: int) -> list[tuple[str, Judgment]]:
    values = corpora.synthetic()
    pairs = (generate.clean(values, "湖北", n) for n in range(number))
    return [(text, Judgment.from_dict(truth)) for text, truth in pairs]


def asked(share: float, **retrieval) -> list[dict]:
    """The rows of sft.jsonl that show statutes, of judgments that vote for each other."""
    judgments = made(80)
    voters = [
        Precedent(one.doc_id, text, targets.refs(one), charges=targets.charges(one))
        for text, one in judgments
    ]
    shown = {"share": 1.0, "gold_inserted": 0.0, "k": 6, "by_words": 2, **retrieval}
    mix = {"elements": 0.0, "charge": 1.0, "article": 1.0, "term": 1.0}
    settings = Settings.model_validate(
        {
            "form": plain_form(style="compact").model_dump(),
            "augment": {"new_crimes": share},
            "retrieval": shown,
            "mix": {"sft": mix, "grpo": mix},
        }
    )
    builder = QuestionBuilder(settings, LexicalRetriever.build(rows(), voters))
    return [
        question.sft(builder.form)
        for text, one in judgments
        for question in builder.training(one, text, "sft", one.doc_id)
    ]


def listed(row: dict) -> dict[str, str]:
    """Number → its line in the prompt."""
    text = row["prompt"][0]["content"].partition("\n法条：\n")[2].partition("\n事实：")[0]
    lines = (line for line in text.splitlines() if not line.startswith("本院多引"))
    return {re.search(r"\d+(?:之\d+)?", line)[0]: line for line in lines}


def answer(row: dict) -> list[str]:
    said = json.loads(row["completion"][0]["content"].partition("</think>")[2])
    return next(iter(said.values()))


def test_what_is_drawn_is_in_no_law_and_the_same_in_prompt_and_answer():
    known = {row["ref"] for row in rows()}
    drawn = named = told = 0
    for row in asked(1.0):
        if row["task"] == "term":
            continue
        articles = listed(row)
        assert len(articles) == 6 and "本院多引" not in row["prompt"][0]["content"]
        new = set(articles) - known
        drawn += len(new)
        assert all(is_special(ref) and not charges.find(articles[ref]) for ref in new)
        if row["task"] == "article":
            said = set(answer(row))
            assert said - known <= new
            told += len(said & new)
        else:
            names = set(answer(row)) - set(charges.names())
            lines = [articles[ref] for ref in new]
            assert all(any(line.startswith(name) for line in lines) for name in names)
            named += len(names)
        # What is thought is what stands there: the name, then the number.
        thought = row["completion"][0]["content"].partition("</think>")[0]
        for ref in new:
            name = articles[ref].partition(ref)[0]
            assert (name in thought) == (f"{name}{ref}" in thought) == (ref in thought)
    assert drawn > 50 and named > 10 and told > 10


def test_of_the_right_crimes_as_many_are_disguised_as_of_the_others():
    """Or to be new would tell which one is right."""
    counts = {True: [0, 0], False: [0, 0]}
    known = {row["ref"]: row for row in rows()}
    retriever, form = LexicalRetriever.build(rows()), plain_form(style="compact")
    for text, judgment in made(150):
        articles = retriever.search(text, 6, by_words=3)
        context, told = disguised(Context(articles, ["67"]), judgment, form, retriever, 7)
        assert context.court_citations is None and told.doc_id == judgment.doc_id
        for before, after in zip(articles, context.articles, strict=True):
            if len(before["charges"]) == 1 and before["ref"] not in ("383", "385", "386"):
                right = before["ref"] in targets.refs(judgment)
                counts[right][0] += after["ref"] not in known
                counts[right][1] += 1
            elif not is_special(before["ref"]):
                assert after == before
    shares = [new / every for new, every in counts.values()]
    assert min(every for _, every in counts.values()) > 80
    assert shares == pytest.approx([0.5, 0.5], abs=0.12)


def test_no_case_of_a_new_crime_votes():
    """Its statute is shown for its words alone: without them it is not."""
    by_votes = asked(0.0, by_words=0)
    without = asked(1.0, by_words=0)
    right = [
        sum(set(answer(row)) & set(listed(row)) != set() for row in found if row["task"] == "article")
        for found in (by_votes, without)
    ]
    assert right[1] < right[0]


def test_a_crime_of_several_articles_stays_as_it_is():
    """受贿罪 stands at 385, 383 and 386: a name at one would be told by the others."""
    retriever, form = LexicalRetriever.build(rows()), plain_form(style="compact")
    shown = [one for one in retriever.articles if one["ref"] in ("383", "385", "386", "264")]
    judgment = Judgment("x", defendants=[Defendant("甲", charges=["受贿罪"])])
    for seed in range(40):
        context, told = disguised(Context(shown), judgment, form, retriever, seed)
        assert told == judgment
        assert {one["ref"] for one in context.articles} >= {"383", "385", "386"}


@pytest.mark.parametrize(
    ("said", "numbers"), [("秘密窃取财物的", (260, 266)), ("盗窃罪：秘密窃取财物的", (102, 452))]
)
def test_statutes_without_names_or_free_numbers_stay_as_they_are(said, numbers):
    """As the real ones: the Criminal Law uses all numbers, and does not name its crimes."""
    fields = {"law": "刑法", "valid_from": "", "valid_to": "", "exists_from": "", "unit": "条"}
    law = [
        {**fields, "ref": str(n), "text": f"第{n}条 {said}", "charges": ["盗窃罪"] if n == 264 else []}
        for n in range(*numbers)
    ]
    retriever, form = LexicalRetriever.build(law), plain_form(style="compact")
    judgment = Judgment("x", defendants=[Defendant("甲", charges=["盗窃罪"])])
    shown = [one for one in law if one["ref"] in ("263", "264", "265")]
    for seed in range(10):
        context, told = disguised(Context(shown), judgment, form, retriever, seed)
        assert (list(context.articles), told) == (shown, judgment)


def test_nothing_changes_where_nothing_is_asked_for():
    terms = [[row for row in asked(share) if row["task"] == "term"] for share in (0.0, 1.0)]
    assert terms[0] == terms[1]
    assert all(set(listed(row)) <= {one["ref"] for one in rows()} for row in asked(0.0))
