"""The gold answer to a task, and the completion that a model is trained to give.

A completion is reasoning, then the answer. The reasoning is built from the judgment alone. It
spells out what small models get wrong when they have to do it in one step, above all the arithmetic
from years to months.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from lexpro.config.tasks import Form
from lexpro.law import builtin_law as law
from lexpro.law.articles import CRIMINAL_LAW, is_special, parse_ref
from lexpro.records import TIMED_KINDS, Defendant, Judgment, Term
from lexpro.task_names import CASE_FIELDS
from lexpro.tasks import quotes
from lexpro.tasks.form import case_fields, clip, defendant_fields
from lexpro.tasks.texts import section


def refs(judgment: Judgment) -> list[str]:
    """Cited articles of the Criminal Law, each once, in the order of the judgment."""
    return list(dict.fromkeys(article.ref for article in judgment.articles if article.law == CRIMINAL_LAW))


def charges(judgment: Judgment) -> list[str]:
    """Charges of all defendants, each once."""
    return list(dict.fromkeys(charge for defendant in judgment.defendants for charge in defendant.charges))


def _readable(defendant: Defendant) -> bool:
    sentence = defendant.sentence
    timed = sentence is not None and sentence.kind in TIMED_KINDS
    return bool(defendant.name and sentence and (sentence.months is not None or not timed))


def has_answer(task: str, judgment: Judgment) -> bool:
    """Whether the judgment has an answer to `task`: nothing is asked whose truth is not known."""
    if task == "elements":
        return bool(judgment.defendants) and all(_readable(d) and d.charges for d in judgment.defendants)
    if task == "term":
        return len(judgment.defendants) == 1 and _readable(judgment.defendants[0])
    return bool(charges(judgment) if task == "charge" else refs(judgment))


def _sentence(defendant: Defendant) -> Term:
    """The sentence of a defendant who is `_readable`."""
    if defendant.sentence is None:
        raise ValueError("this defendant has no sentence: nothing may be asked of the judgment")
    return defendant.sentence


def _defendant(defendant: Defendant) -> dict:
    sentence = _sentence(defendant)
    return {
        "姓名": defendant.name,
        "罪名": list(defendant.charges),
        "刑种": sentence.kind,
        "刑期": sentence.months,
        "缓刑": defendant.probation_months,
        "罚金": defendant.fine,
        "情节": list(defendant.circumstances),
    }


def gold(task: str, judgment: Judgment, form: Form) -> dict:
    """The true answer to a task, as docs/formats.md lays it out: months, yuan, refs of articles.

    Args:
        task: one of `TASKS`.
        judgment: one that is `asked` the task.
        form: its `fields` restrict the elements.

    Raises:
        ValueError: there is no such task.
    """
    if task == "elements":
        people = [_defendant(defendant) for defendant in judgment.defendants]
        totals = dict(
            zip(CASE_FIELDS, (judgment.amount, judgment.restitution, judgment.compensation), strict=True)
        )
        return {
            "被告人": [{key: person[key] for key in defendant_fields(form)} for person in people],
            **{key: totals[key] for key in case_fields(form)},
        }
    if task == "charge":
        return {"罪名": charges(judgment)}
    if task == "article":
        return {"法条": refs(judgment)}
    if task == "term":
        sentence = _sentence(judgment.defendants[0])
        return {"刑种": sentence.kind, "刑期": sentence.months}
    raise ValueError(f"unknown task {task!r}")


def _elements(judgment: Judgment, text: str, form: Form) -> str:
    verdict = section(text, judgment, "judgment") or text
    lines = []
    for person in judgment.defendants:
        sentence = _sentence(person)
        term = quotes.term(sentence, verdict)
        if sentence.months is not None:
            term += f"={quotes.months(sentence.months)}"
        parts = {"罪名": "、".join(person.charges), "刑期": term}
        if person.probation_months:
            spelt = quotes.probation(person.probation_months, verdict)
            parts["缓刑"] = f"缓刑{spelt}={quotes.months(person.probation_months)}"
        if person.fine:
            parts["罚金"] = f"罚金{quotes.yuan(person.fine, verdict)}"
        parts["情节"] = "、".join(person.circumstances)
        wanted = [value for key, value in parts.items() if value and key in form.fields]
        lines.append(f"{person.name}：{'；'.join(wanted)}")
    totals = zip(CASE_FIELDS, (judgment.amount, judgment.restitution, judgment.compensation), strict=True)
    case = [
        f"{key}{quotes.yuan(value, text if key == '金额' else verdict)}"
        for key, value in totals
        if value and key in form.fields
    ]
    return "\n".join([*lines, "；".join(case)] if case else lines)


def _charge(judgment: Judgment, shown: Mapping[str, str]) -> str:
    """Why each charge: its conduct; or name and number, where its article is shown with a name.

    Args:
        judgment: the record.
        shown: ref of each article that the prompt shows → the name that it has there, or "".
    """
    charge_facts = law.load().charges
    lines = []
    for charge, based in _of_charges(judgment):
        fact = charge_facts.get(charge)
        if copied := [ref for ref in based if shown.get(ref)]:
            lines.append(charge + "、".join(copied))
            continue
        if fact is None:
            lines.append(f"构成{charge}")
        else:
            source = f"{fact.article}：" if fact.article in shown else ""
            lines.append(f"{source}{fact.conduct}，构成{charge}")
    return "；".join(lines)


def _of_charges(judgment: Judgment) -> list[tuple[str, list[str]]]:
    """Each charge and its articles."""
    facts, accused = law.load().charges, charges(judgment)
    # An article of the special part can only be cited for the one charge there is.
    special = [ref for ref in refs(judgment) if is_special(ref)] if len(accused) == 1 else []
    return [
        (name, [facts[name].article, *facts[name].also] if name in facts else special) for name in accused
    ]


def _article(judgment: Judgment, with_refs: bool) -> str:
    """Charge → its article, circumstance → its article, then the rest; or the names alone."""
    cited = refs(judgment)
    facts = law.load()
    reasons = _of_charges(judgment)
    for name in dict.fromkeys(c for defendant in judgment.defendants for c in defendant.circumstances):
        rule = facts.circumstances.get(name)
        if rule and rule.article and rule.law == CRIMINAL_LAW:
            reasons.append((name, [rule.article]))
    if not with_refs:
        return "；".join(name for name, based in reasons if set(based) & set(cited))
    parts, left = [], list(cited)
    for name, based in reasons:
        if used := [ref for ref in based if ref in cited]:
            parts.append(name + "、".join(used))
            left = [ref for ref in left if ref not in used]
    if left:
        parts.append("另引" + "、".join(left))
    return "；".join(parts)


def _used(judgment: Judgment, shown: Sequence[str]) -> str:
    cited = refs(judgment)
    return "选用" + ("、".join(ref for ref in shown if ref in cited) or "无") + "\n"


def _term(judgment: Judgment) -> str:
    person = judgment.defendants[0]
    return "；".join(
        ["、".join(person.charges), *filter(None, ["、".join(person.circumstances)]), _sentence(person).kind]
    )


def think(
    task: str,
    judgment: Judgment,
    form: Form,
    articles: Sequence[dict] | None = None,
    text: str = "",
) -> str:
    """The reasoning of a completion, without its tags.

    The compact style derives each value of the answer, but none of articles and charges that can be
    copied (`form.listing: numbers`). The full style has the judgment's own 本院认为 before that,
    except for `elements`, whose prompt shows it.

    Args:
        task: one of `TASKS`.
        judgment: one that is `asked` the task.
        form: its style, fields, and the longest quotation of 本院认为 (`think_chars`).
        articles: those that the prompt shows; None without retrieval.
        text: the document, which is quoted.
    """
    shown = {article["ref"]: article.get("name", "") for article in articles or ()}
    copied = articles is not None and form.listing == "numbers"
    if copied and (task == "article" or (task == "charge" and form.charges_shown)):
        return ""
    if task == "elements":
        derived = _elements(judgment, text, form)
    elif task == "charge":
        derived = _charge(judgment, shown)
    elif task == "article":
        # A list of what is used is more text to get right: a tiny model goes without
        # (docs/performance.md, "The demo"; the second run of "lecard" had it).
        listed = articles is not None and form.style == "full"
        with_refs = form.listing == "texts"
        derived = (_used(judgment, list(shown)) if listed else "") + _article(judgment, with_refs)
    else:
        derived = _term(judgment)
    own = section(text, judgment, "reasoning") if form.style == "full" and task != "elements" else ""
    return "\n".join(filter(None, [clip(own, form.think_chars), derived]))


def dump(answer: dict) -> str:
    """The answer as compact JSON."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def completion(
    task: str,
    judgment: Judgment,
    form: Form,
    articles: Sequence[dict] | None = None,
    text: str = "",
) -> str:
    """`<think>…</think>` and the JSON answer.

    Args:
        task: one of `TASKS`.
        judgment: one that has an answer to the task.
        form: its style, fields, and the longest quotation of 本院认为 (`think_chars`).
        articles: those that the prompt shows; None without retrieval.
        text: the document, which is quoted.
    """
    answer = gold(task, judgment, form)
    if task == "article" and form.listing == "numbers":
        shown = [article["ref"] for article in articles or ()]
        answer["法条"].sort(key=lambda ref: _place(ref, shown))
    return f"<think>{think(task, judgment, form, articles, text)}</think>{dump(answer)}"


def _place(ref: str, shown: Sequence[str]) -> tuple[int, bool, int, int]:
    """Sorts the articles of an answer: those shown, in their order, then crimes, then the rest."""
    article = parse_ref(ref)
    number = (article.number, article.sub) if article else (0, 0)
    return shown.index(ref) if ref in shown else len(shown), not is_special(ref), *number
