"""Prompts of the four tasks, one user message each: what is asked, the text, what was found."""

from __future__ import annotations

from lexpro.config.tasks import Form
from lexpro.tasks.context import Context
from lexpro.tasks.form import case_fields, defendant_fields
from lexpro.tasks.listing import charges_line, line, numbers_line, sentences_line, shown

COMPACT = {"elements": "提取要素：", "charge": "判断罪名：", "article": "引用法条：", "term": "预测刑期："}

_THINK = "先在<think>与</think>之间写出推理，再只输出一个JSON对象"
_MONTHS = "刑期、缓刑以月为单位（三年六个月写作42）"
# What is asked, in several wordings. The first is that of the evaluation, the others are for
# training (lexpro/examples/augment.py).
ASKED = {
    "elements": (
        "阅读判决书，提取每名被告人的{person}{case}。",
        "请从下面的判决书中找出每名被告人的{person}{case}。",
        "以下是一份刑事判决书。请逐人列出被告人的{person}{case}。",
    ),
    "charge": (
        "阅读案件事实，判断被告人构成的全部罪名。",
        "根据下列事实，被告人犯了哪些罪？请列出全部罪名。",
        "请依据案情对被告人的行为定性，给出全部罪名。",
    ),
    "article": (
        "阅读案件事实，列出判决应当引用的《中华人民共和国刑法》条文。",
        "对下列案件作出判决，应当适用《中华人民共和国刑法》哪些条文？",
        "请根据案情，找出裁判所依据的《中华人民共和国刑法》条文。",
    ),
    "term": (
        "阅读案件事实，预测被告人应当判处的主刑。",
        "根据下列事实，对被告人应判处何种主刑？",
        "请依据案情为被告人量刑，给出主刑。",
    ),
}
# The form of the answer. The examples are no JSON: a copy of the prompt must not be read as an
# answer.
ANSWER = {
    "charge": '格式为{"罪名":[罪名,…]}，罪名为字符串。',
    "article": '格式为{"法条":[条号,…]}，条号为字符串，如第二百六十四条写"264"，第一百三十三条之一写"133之1"。',
    "term": (
        '格式为{"刑种":刑种,"刑期":月数}，刑种为字符串，如"有期徒刑"。刑期以月为单位（三年六个月写作42）；'
        "没有期限的刑种写null。"
    ),
}


def instruction(task: str, form: Form, wording: int = 0) -> str:
    """What is asked, without the case.

    Args:
        task: one of `TASKS`.
        form: its style, and the elements asked for.
        wording: from 0 to `wordings` - 1.

    Raises:
        KeyError: there is no such task.
    """
    if form.style == "compact":
        return COMPACT[task]
    if task != "elements":
        return f"{ASKED[task][wording]}{_THINK}，{ANSWER[task]}"
    case = "、".join(case_fields(form))
    asked = ASKED[task][wording].format(
        person="、".join(defendant_fields(form)), case=f"，以及全案的{case}" if case else ""
    )
    return (
        f"{asked}{_THINK}，键为“被告人”（数组，每人一项）{'和' + case if case else ''}。{_MONTHS}，"
        "金额以元为单位，没有的写0。罚金、退赔与附带民事赔偿是不同的要素。"
    )


def wordings(task: str, form: Form) -> int:
    """In how many wordings a task can be asked."""
    return 1 if form.style == "compact" else len(ASKED[task])


def build(
    task: str,
    text: str,
    form: Form,
    context: Context | None = None,
    wording: int = 0,
) -> str:
    """The prompt of a task on a text.

    Args:
        task: one of `TASKS`.
        text: a document for `elements`, else facts.
        form: of the prompt.
        context: what retrieval found, listed as the form says; None is the mode without retrieval.
        wording: as in `instruction`.
    """
    asked = [instruction(task, form, wording)]
    if context is not None or form.style == "full":
        asked.append("判决书：" if task == "elements" else "事实：")
    hints = [] if context is None else _hints(task, form, context)
    if form.listing == "numbers":
        return "\n".join([*asked, text, *hints])
    return "\n".join([asked[0], *hints, *asked[1:], text])


def _hints(task: str, form: Form, context: Context) -> list[str]:
    """The lines of what was found."""
    lines = []
    if context.decisions and form.charges_shown:
        lines.append(charges_line(context.decisions.charges, form))
    if context.decisions and form.sentences_shown and task == "term":
        lines.append(sentences_line(context.decisions.sentences, form.sentences_shown))
    articles = shown(context.articles, form)
    if form.listing == "numbers":
        lines.append(numbers_line(articles))
    else:
        lines += ["法条：", *(map(line, articles) if articles else ["无"])]
    if context.court_citations is not None:
        lines.append(f"本院多引：{'、'.join(context.court_citations) or '无'}")
    return lines


def refs(context: Context | None, form: Form) -> list[str]:
    """The refs that a prompt which `build` makes of these shows or names, each once.

    Args:
        context: as `build` gets it; None without retrieval.
        form: its limits decide how many of the articles are shown.

    Returns:
        The articles shown come first, in their order.
    """
    if context is None:
        return []
    listed = [article["ref"] for article in shown(context.articles, form)]
    return list(dict.fromkeys([*listed, *(context.court_citations or ())]))


def messages(prompt: str, completion: str | None = None) -> list[dict[str, str]]:
    """A prompt as chat messages, with the answer where there is one."""
    asked = [{"role": "user", "content": prompt}]
    return asked if completion is None else [*asked, {"role": "assistant", "content": completion}]
