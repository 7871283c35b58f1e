"""How a judgment itself writes a value: 42 months as 三年六个月, 5000 yuan as 五千元.

The reasoning of a completion quotes the document and then converts (三年六个月=3*12+6=42). A model
can copy the first part and learn the second.
"""

from __future__ import annotations

import re

from lexpro.law import money, terms
from lexpro.records import Money, Term

_PREFIX = re.compile(r"^(?:人民币|RMB|[¥￥])?(?:现金)?\s*")
_PROBATION = re.compile(r"缓刑[^，。；\d一二三四五六七八九十]{0,8}")


def term(value: Term, text: str) -> str:
    """The words of a text for a main punishment (有期徒刑三年六个月), or ours where it has none."""
    for stated, start, end in terms.find(text):
        if (stated.kind, stated.months) == (value.kind, value.months):
            return text[start:end]
    return terms.render(value)


def probation(months: int, text: str) -> str:
    """The words of a text for a probation period in months, without 缓刑."""
    for match in _PROBATION.finditer(text):
        length = terms.length_at(text, match.end())
        if length and length.months == months:
            return text[match.end() : length.end].strip()
    return terms.render_length(months)


def yuan(amount: Money, text: str) -> str:
    """The words of a text for a sum in yuan, and what they come to: 五千元=5000.

    The number alone where the words are it already, or where there are none (a total of several).
    """
    for stated in money.find(text):
        if stated.currency == money.YUAN and stated.amount == amount and stated.high is None:
            words = _PREFIX.sub("", text[stated.start : stated.end])
            return words if words == f"{amount}元" else f"{words}={amount}"
    return f"{amount}元"


def months(value: int) -> str:
    """The arithmetic from years to months: 42 → 3*12+6=42, 36 → 3*12=36, 6 → 6."""
    years, rest = divmod(value, 12)
    if not years:
        return str(rest)
    return f"{years}*12{f'+{rest}' if rest else ''}={value}"
