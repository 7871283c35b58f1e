"""Prompts of the four tasks: one user message that ends in the text asked about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lexpro.law.numerals import NUMERAL
from lexpro.tasks.form import DEFENDANT_FIELDS, Form, clip

COMPACT = {"elements": "提取要素：", "charge": "判断罪名：", "article": "引用法条：", "term": "预测刑期："}

_THINK = "先在<think>与</think>之间写出推理，再只输出一个JSON对象"
_MONTHS = "刑期、缓刑以月为单位（三年六个月写作42）"
FULL = {
    "charge": f'阅读案件事实，判断被告人构成的全部罪名。{_THINK}，格式为{{"罪名":["…罪"]}}。',
    "article": (
        f"阅读案件事实，列出判决应当引用的《中华人民共和国刑法》条文。{_THINK}，"
        '格式为{"法条":["264","133之1"]}，只写条号。'
    ),
    "term": (
        f"阅读案件事实，预测被告人应当判处的主刑。{_THINK}，格式为"
        '{"刑种":"有期徒刑","刑期":42}。刑期以月为单位；没有期限的刑种写null。'
    ),
}


# The number at the head of an article's text: the prompt gives its ref instead.
_HEAD = re.compile(rf"^第\s*{NUMERAL}\s*条(?:之{NUMERAL})?\s*")


def instruction(task: str, form: Form) -> str:
    """What is asked, without the case. Raises KeyError on an unknown task."""
    if form.style == "compact":
        return COMPACT[task]
    if task != "elements":
        return FULL[task]
    person = "、".join(field for field in DEFENDANT_FIELDS if field in form.fields or field == "姓名")
    case = "、".join(field for field in form.fields if field not in DEFENDANT_FIELDS)
    return (
        f"阅读判决书，提取每名被告人的{person}" + (f"，以及全案的{case}" if case else "") + f"。{_THINK}，"
        f"键为“被告人”（数组，每人一项）{'和' + case if case else ''}。{_MONTHS}，金额以元为单位，没有的写0。"
        "罚金、退赔与附带民事赔偿是不同的要素。"
    )


def shown(articles: Sequence[dict], form: Form) -> list[dict]:
    """The retrieved articles that fit into the budget, in rank order, each cut to its share of it."""
    kept, used = [], 0
    for article in articles:
        text = clip(_HEAD.sub("", " ".join(article["text"].split())), form.article_chars)
        used += len(text)
        if form.articles_chars and kept and used > form.articles_chars:
            break
        kept.append({"ref": article["ref"], "text": text})
    return kept


def build(task: str, text: str, articles: Sequence[dict] | None = None, form: Form | None = None) -> str:
    """The prompt of `task` on `text` (a document for `elements`, else facts).

    `articles` ({ref, text} in rank order) are listed before the text in retrieval mode; None is the mode
    without, and an empty list says that nothing was found.
    """
    form = form or Form()
    parts = [instruction(task, form)]
    if articles is not None:
        listed = [f"{article['ref']} {article['text']}" for article in shown(articles, form)]
        parts += ["法条：", *(listed or ["无"])]
    if articles is not None or form.style == "full":
        parts.append("判决书：" if task == "elements" else "事实：")
    return "\n".join([*parts, text])


def messages(prompt: str, completion: str | None = None) -> list[dict[str, str]]:
    """A prompt as chat messages, with the answer where there is one."""
    found = [{"role": "user", "content": prompt}]
    return found if completion is None else [*found, {"role": "assistant", "content": completion}]
