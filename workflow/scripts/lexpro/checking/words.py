"""Names, charges and citations that do not agree with the rest of the document or with the law."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lexpro.checking.case import Case, Finding
from lexpro.law import articles, charges
from lexpro.law.articles import CRIMINAL_LAW

_NAMED = re.compile(
    r"(?<!诉讼)被告人(?P<name>[一-龥]某?[一-龥甲乙丙丁0-9]{0,2}?)(?=[，。；：、（犯的在于因系与和及]|到案|归案|供述|辩解)(?<!所(?=在))"
)
# The operative part speaks of another judgment too.
_EARLIER = re.compile(r"撤\s?销|前罪|原判|维持|数罪并罚")
_ITEM = re.compile(r"\s*（[一二三四五六七八九十]+）")
# The law before 1997, which the collection does not have.
_OLD_LAW = re.compile(r"(?:1979|一九七九)年[^。]{0,12}刑法|(?:1979|一九七九)年《")
# 该意见第二条: of another text than the name that stands last.
_OTHER_TEXT = re.compile(r"(?:意见|解释|规定|批复|纪要)[》”、]{0,2}$")
# Somebody else's citation, which the court puts right.
_PUT_RIGHT = re.compile(r"不当|纠正|有误|错误")
# More paragraphs than any article has: 第一二款 is two.
_MOST_PARAGRAPHS = 10


def _differ(one: str, other: str) -> bool:
    """Whether two names of one length differ in exactly one character."""
    return len(one) == len(other) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def names(case: Case) -> Iterator[Finding]:
    """被告人 by a name that differs from a listed one in one character and is nobody's."""
    known = [person.name for person in case.record.defendants]
    parties = case.part("parties")
    if not known or not parties:
        return
    counts: dict[str, int] = {}
    seen: set[str] = set()
    for match in _NAMED.finditer(case.plain, parties[1]):
        name = match["name"]
        if any(case.plain.startswith(one, match.start("name")) for one in known):
            continue
        counts[name] = counts.get(name, 0) + 1
        near = [one for one in known if _differ(one, name)]
        if near and name not in seen and case.plain.count(name) <= 2:
            seen.add(name)
            reason = f"名单里是“{near[0]}”，这里写作“{name}”，只差一个字。"
            yield Finding(match.start("name"), match.end("name"), reason, "姓名前后不一")


def _unmarked(text: str) -> str:
    return text.replace("、", "")


def charge(case: Case) -> Iterator[Finding]:
    """A charge of the operative part that the reasoning does not name."""
    reasoning = case.part("reasoning")
    if not reasoning:
        return
    named = {name for name, _, _ in charges.find(case.plain, *reasoning)}
    # 掩饰隐瞒犯罪所得、犯罪所得收益罪: a mark that is left out is no other charge.
    said = _unmarked(case.plain[slice(*reasoning)])
    operative = case.plain[slice(*(case.part("judgment") or (0, 0)))]
    if not named or _EARLIER.search(operative):
        return
    for number, person in case.people():
        for name in person.charges:
            told = name in named or ("、" in name and _unmarked(name) in said)
            if charges.canonical(name) == name and not told:
                found = "、".join(sorted(named))
                reason = f"判项为{name}，本院认为部分写的是{found}。"
                yield Finding(*case.place(number, "罪名", value=name), reason, "罪名前后不一")


def citations(case: Case) -> Iterator[Finding]:
    """Articles, paragraphs and items that do not exist or were not in force on the day."""
    reasoning, day = case.part("reasoning"), case.record.date
    if case.law is None or not reasoning or not day:
        return
    if _OLD_LAW.search(case.plain, *reasoning):
        return
    done = set()
    for cited in articles.find(case.plain, "", *reasoning):
        article = cited.article
        if article.law != CRIMINAL_LAW or article in done:
            continue
        after = case.plain[cited.end : reasoning[1]].partition("。")[0]
        if _PUT_RIGHT.search(after) or _OTHER_TEXT.search(case.plain[cited.start - 12 : cited.start]):
            continue
        done.add(article)
        history = case.law.history(CRIMINAL_LAW, article.number, article.sub)
        row = case.law.article(CRIMINAL_LAW, article.number, day, article.sub)
        name = articles.render(article)
        if not history:
            yield Finding(cited.start, cited.end, f"刑法没有{name.partition('》')[2]}。", "刑法")
        elif row is None:
            begin = history[0].valid_from
            reason = (
                f"{name}在裁判日 {day} 不生效（{begin} 起才有）。"
                if day < begin
                else f"{name}在裁判日 {day} 已不生效。"
            )
            yield Finding(cited.start, cited.end, reason, "刑法")
        elif article.paragraph and article.paragraph < _MOST_PARAGRAPHS:
            # In any version between the act and the judgment (article 12).
            act = min(case.since or day, day)
            valid = [one for one in history if one.valid_from <= day and (one.valid_to or "9999") > act]
            count = max(len(paragraphs(one.text)) for one in valid)
            if article.paragraph > count and all(one.complete for one in valid):
                reason = f"刑法第{article.ref}条在裁判日只有 {count} 款，文书引用第 {article.paragraph} 款。"
                yield Finding(cited.start, cited.end, reason, f"刑法第{article.ref}条")


def paragraphs(text: str) -> list[str]:
    """The paragraphs (款) of an article's text; its items belong to the one above them."""
    return [line for line in text.split("\n") if line.strip() and not _ITEM.match(line)]
