"""References of LawBench as its scorers expect them, from what people write in their place.

The official scorers cut references by position: B or 答案：B for 正确答案：B。 stops them or
scores 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from lexpro.evaluation.tasks.lawbench.labels import labels
from lexpro.tasks.reading import choices, crimes, penalties, sums
from lexpro.tasks.reading.labels import named
from lexpro.workflow.errors import UserError


def _letter(form: str) -> Callable[[str], str | None]:
    def write(text: str) -> str | None:
        letters = choices.letters(text)
        return form.format("".join(sorted(letters))) if letters else None

    return write


def _label(name: str, form: str, separator: str) -> Callable[[str], str | None]:
    def write(text: str) -> str | None:
        stated = sorted(named(text, labels(name)), key=text.find)
        return form.format(separator.join(stated)) if stated else None

    return write


def _articles(text: str) -> str | None:
    numbers = [article.number for article in crimes.stated_articles(text) if article.law == "刑法"]
    return f"法条:刑法第{'、'.join(map(str, dict.fromkeys(numbers)))}条" if numbers else None


def _charges(text: str) -> str | None:
    text = re.sub(r"^\W*罪名\W*", "", text.strip()).strip(" 。.")
    names = [name.strip().removesuffix("罪") for name in re.split("[;；]", text) if name.strip()]
    return f"罪名:{';'.join(names)}" if names and crimes.charge_names(text, labels("charges")) else None


def _term(text: str) -> str | None:
    sentence = penalties.term(text)
    if sentence is None:
        return None
    kind, months = sentence
    return f"刑期:{'死刑' if kind.startswith('死') else '无期'}" if months is None else f"刑期:{months}个月"


def _amount(text: str) -> str | None:
    total = sums.total(text)
    return None if total is None else f"上文涉及到的犯罪金额:{total}元。"


# Task → (form of its references, one of them, how another way to say it is written so).
FORMS: dict[str, tuple[str, str, Callable[[str], str | None]]] = {
    "1-2": (r"正确答案[:：][A-E]+。?", "正确答案：B。", _letter("正确答案：{}。")),
    "3-6": (r"正确答案[:：][A-E]+。?", "正确答案:B。", _letter("正确答案:{}。")),
    "2-8": (r"\[正确答案\][A-E](?:<eoa>)?", "[正确答案]B<eoa>", _letter("[正确答案]{}<eoa>")),
    "2-2": (r"争议焦点类别[:：].+。", "争议焦点类别：利息。", _label("disputes", "争议焦点类别：{}。", "、")),
    "2-3": (r"类别[:：].+。", "类别:准予离婚。", _label("marriage", "类别:{}。", "、")),
    "3-1": (r"法条:刑法第[\d、]+条", "法条:刑法第264、67条", _articles),
    "3-3": (r"罪名:.+", "罪名:盗窃;诈骗", _charges),
    "3-4": (r"刑期:(?:\d+个月|死刑|无期)", "刑期:42个月", _term),
    "3-5": (r"刑期:(?:\d+个月|死刑|无期)", "刑期:42个月", _term),
    "3-7": (r"上文涉及到的犯罪金额:\d+(?:\.\d+)?元。", "上文涉及到的犯罪金额:8500.0元。", _amount),
}  # fmt: skip


@cache
def _form(number: str) -> re.Pattern[str]:
    return re.compile(FORMS[number][0], re.S)


def written(number: str, reference: str) -> str:
    """A reference in the form of the benchmark.

    Raises:
        UserError: it is in no form that can be read for sure.
    """
    if number not in FORMS or _form(number).fullmatch(reference):
        return reference
    _, example, write = FORMS[number]
    form = write(reference)
    if form is None:
        raise UserError(
            f"the reference {reference[:40]!r} is not as lawbench/{number} writes it ({example})."
        )
    return form
