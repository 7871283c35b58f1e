"""A judgment written by hand, synthetic ones, and the built-in statutes."""

from functools import cache

import corpora

from lexpro.config.tasks import Form
from lexpro.corpus.synthetic import generate
from lexpro.law import builtin_law
from lexpro.records import Article, Defendant, Judgment, Term
from lexpro.statutes import builtin_statutes

PARTS = {
    "parties": "被告人张某甲，男，1990年生。曾因盗窃罪被判处有期徒刑六个月。",
    "facts": "经审理查明，被告人张某甲于2019年1月1日盗窃手机三条街，价值人民币8,500元。其行为构成盗窃罪。"
    "应依照刑法第二百六十四条处罚。已退赃。",
    "reasoning": "本院认为，被告人张某甲构成盗窃罪，系坦白。"
    "依照《中华人民共和国刑法》第二百六十四条、第六十七条、第五十二条之规定，",
    "judgment": "判决如下：被告人张某甲犯盗窃罪，判处有期徒刑三年六个月，缓刑四年，并处罚金人民币五千元。"
    "责令退赔人民币8500元。",
}


def plain_form(**changes) -> Form:
    """A form without limits, but for the length of the articles; `changes` are fields of it."""
    values = {"style": "compact", "sections": ["parties", "facts", "reasoning", "judgment"]}
    values |= {"facts_chars": 0, "think_chars": 0, "article_chars": 40, "articles_tokens": 0}
    return Form(**{**values, **changes})


def case(**changes) -> tuple[Judgment, str]:
    """A judgment of a theft and its document; `changes` are fields of the record."""
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


@cache
def corpus() -> list[tuple[Judgment, str]]:
    """Synthetic judgments and their documents, of both styles."""
    values = corpora.synthetic()
    made = [generate.clean(values, province, n) for province in ("湖北", "四川") for n in range(60)]
    made += [generate.clean(corpora.synthetic(style="full"), "湖北", n) for n in range(15)]
    return [(Judgment.from_dict(truth), text) for text, truth in made]


def article_rows() -> list[dict]:
    """The articles of the built-in statutes, as rows of articles.parquet."""
    names = ("law", "ref", "unit", "text", "valid_from", "valid_to", "exists_from")
    return [{name: getattr(row, name) for name in names} for row in builtin_statutes.rows(builtin_law.load())]
