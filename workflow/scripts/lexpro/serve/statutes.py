"""法条: the articles of a case in the versions of the act and of the judgment."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from lexpro.corpus import days
from lexpro.law import articles, builtin_law
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.records import Article
from lexpro.retrieval import cite
from lexpro.serve.documents import Document
from lexpro.serve.errors import Refused
from lexpro.serve.experiment import Knowledge
from lexpro.statutes import builtin_statutes, tiers
from lexpro.statutes.lookup import Lenient
from lexpro.statutes.table import Row

if TYPE_CHECKING:
    from lexpro.retrieval.search import Searcher

# Articles that retrieval adds to those that the document cites.
FOUND = 8
APPLIES = {
    "same": "两日适用同一文本。",
    "then": "裁判时的条文不更轻：适用行为时的条文（从旧）。",
    "now": "裁判时的条文处罚较轻：适用裁判时的条文（从轻）。",
    "check": "各档法定刑有轻有重，条文不定法定刑，或者文本不全：轻重不能只比法定刑，须由人逐案比较。",
    "none": "行为时没有这一条：不得溯及既往，除非旧法另有规定处罚；须由人查明。",
    "gone": "裁判时已没有这一条：是否不再处罚，或者由别的条文处罚，须由人查明。",
    "carved": "行为时没有这一条，但此类行为当时可依较重的条文处罚，新条文可能较轻：须由人比较。",
    "interim": "两日之间有过可能更轻的文本（中间法）：须由人比较。",
    "newer": "程序法和司法解释一般从新，此处列裁判时的文本；是否溯及须由人判断。",
    "absent": "知识库里没有这一条的文本，没有比较。",
    "undated": "内置条文没有生效日期，不能比较版本。要比较，请用 knowledge=statutes 的实验。",
}
VERDICTS = {
    cite.FINE: ("有效", "good"),
    cite.NOT_IN_FORCE: ("裁判时不生效", "bad"),
    cite.MISSING: ("不存在", "bad"),
    cite.UNKNOWN: ("知识库没有这部法律", ""),
}
# Of an article without dates nobody knows whether it was in force.
UNDATED = "存在", "good"


@dataclass(frozen=True, slots=True)
class Days:
    """The day of the act and that of the judgment, ISO or ""."""

    act: str
    judgment: str


def chosen_days(document: Document, act: str | None, judgment: str | None) -> Days:
    """The days that somebody gives, else those that the document tells.

    Args:
        document: the case at hand.
        act: day of the act, ISO; "" for unknown, None for that of the document.
        judgment: day of the judgment, ISO; "" for unknown, None for that of the document.

    Returns:
        Both days; "" where one is not known.

    Raises:
        Refused: a day is none, or the judgment is before the act.
    """
    found = Days(
        act if act is not None else days.of_act(document.record, document.text) or "",
        judgment if judgment is not None else document.record.date or "",
    )
    for day in (found.act, found.judgment):
        try:
            assert not day or date.fromisoformat(day)
        except ValueError as error:
            raise Refused("日期读不出来。请写成 2019-03-04 的样子，或者留空。") from error
    if found.act and found.judgment and found.judgment < found.act:
        raise Refused("裁判日在行为日之前。请改正两个日期中的一个。")
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """An article as the page shows it.

    Attributes:
        name: 《刑法》第二百六十四条.
        cited: whether the document cites it.
        verdict: words and kind of `cite.check` on the day of the judgment; None where not cited.
        then: the version of the act, or None.
        now: the version of the judgment, or of today.
        why: which applies, and why: key of `APPLIES`.
        parts: the change as [(equal | delete | insert, text)]; empty where there is none.
        tiers: (行为时, 裁判时) tiers in words, where they differ.
    """

    law: str
    ref: str
    name: str
    cited: bool
    verdict: tuple[str, str] | None
    then: Row | None
    now: Row | None
    why: str
    parts: list[tuple[str, str]]
    tiers: tuple[list[str], list[str]] | None


def difference(old: str, new: str) -> list[tuple[str, str]]:
    """What changed between two texts: [(equal | delete | insert, text)]."""
    found: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(("equal", old[a:b]))
        else:
            found += [(name, text) for name, text in (("delete", old[a:b]), ("insert", new[c:d])) if text]
    return found


def in_words(text: str) -> list[str]:
    """The tiers of penalty of an article's text, one a line."""
    return [tier_words(tier) for tier in tiers.parse(text)]


def tier_words(tier: dict) -> str:
    """数额较大：三年以下有期徒刑、拘役或者管制，并处或者单处罚金."""
    months = tuple(tier["months"]) if tier["months"] else None
    same = builtin_law.Tier(
        tier["condition"],
        months,
        tier["fine"],
        tuple(tier["lighter"]),
        tuple(tier["heavier"]),
        confiscation=tier["confiscation"] and not tier.get("or_fine", False),
    )
    words = builtin_statutes.penalty(same)
    return f"{tier['condition']}：{words}" if tier["condition"] else words


def _why(law: str, both: Lenient, dated: bool) -> str:
    if both.then is None and both.now is None:
        return "absent"
    if not dated:
        return "undated"
    if law != CRIMINAL_LAW:
        return "newer"
    if not both.check:
        return "same"
    if both.then is None:
        return "carved" if both.before else "none"
    if both.now is None:
        return "gone"
    return "interim" if both.interim else both.applies


def show(knowledge: Knowledge, law: str, ref: str, on: Days, cited: bool, verdict: str | None) -> Shown:
    """One article of a case, as it read on both days.

    Args:
        knowledge: versions of articles.
        law: name of the law.
        ref: of the article, as 264 or 133之1.
        on: day of the act and of the judgment; an unknown day of the judgment is today, one of the
            act is that of the judgment.
        cited: whether the document cites it.
        verdict: of `cite.check`; None where it is not cited.
    """
    article = articles.parse_ref(ref, law) or Article(law, 0)
    judged = on.judgment or date.today().isoformat()
    both = knowledge.law.lenient(law, ref, on.act or judged, judged)
    why = _why(law, both, knowledge.dated)
    parts: list[tuple[str, str]] = []
    words = None
    if both.check and both.then and both.now and both.then.complete and both.now.complete:
        parts = difference(both.then.text, both.now.text)
        mine = in_words(both.then.text), in_words(both.now.text)
        words = mine if law == CRIMINAL_LAW and mine[0] != mine[1] else None
    return Shown(
        law,
        ref,
        articles.render(article),
        cited,
        UNDATED if why == "undated" and verdict == cite.FINE else VERDICTS.get(verdict or ""),
        both.then,
        both.now,
        why,
        parts,
        words,
    )


def view(document: Document, knowledge: Knowledge, searcher: Searcher | None, on: Days) -> list[Shown]:
    """The articles that the document cites, then those that retrieval finds for its facts.

    Args:
        document: the case at hand; where no citation was read in its parts, its whole text is
            searched for them.
        knowledge: versions of articles.
        searcher: finds further articles for the facts, as of the day of the act, else of the
            judgment, else of today; None adds none.
        on: day of the act and of the judgment.

    Returns:
        Each article once.
    """
    cited = [(article.law, article.ref) for article in document.record.articles]
    cited = list(dict.fromkeys(cited or cite.cited_in(document.text)))
    checked = knowledge.check(cited, None, on.judgment or None)
    shown = [show(knowledge, one.law, one.ref, on, True, one.verdict) for one in checked]
    known = {(one.law, one.ref) for one in shown}
    if searcher:
        found = searcher.articles(document.facts, FOUND, on.act or on.judgment or None)
        more = dict.fromkeys((row["law"], row["ref"]) for row in found)
        shown += [show(knowledge, law, ref, on, False, None) for law, ref in more if (law, ref) not in known]
    return shown


@dataclass(frozen=True, slots=True)
class Crime:
    """What is known of a charge.

    Attributes:
        name: canonical.
        conduct: what is punished, in our own words; "" where not known.
        refs: articles of 刑法.
        interpretations: [{law, articles, valid_from, valid_to}] that bear on it, in force that day.
        guideline: section of the sentencing guideline, or None.
    """

    name: str
    conduct: str
    refs: list[str]
    interpretations: list[dict]
    guideline: str | None


# Interpretations that are listed of a charge.
MOST = 6


def crimes(knowledge: Knowledge, names: list[str], day: str) -> list[Crime]:
    """What is known of charges: conduct, articles, and interpretations in force on a day.

    Args:
        knowledge: what bears on each charge.
        names: canonical charges.
        day: ISO; "" lists interpretations of all days.

    Returns:
        One for each name, in order, with at most `MOST` interpretations.
    """
    own = builtin_law.load().charges
    found = []
    for name in names:
        bearing = knowledge.links["charges"].get(name, {})
        listed = [
            entry
            for entry in bearing.get("interpretations", [])
            if not day or (entry["valid_from"] <= day and day < (entry["valid_to"] or "9999"))
        ]
        conduct = own[name].conduct if name in own else ""
        refs = knowledge.charges.get(name, [])
        found.append(Crime(name, conduct, refs, listed[:MOST], bearing.get("guideline")))
    return found
