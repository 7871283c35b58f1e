"""Which version of an article was in force: questions made from the amendments of the Criminal Law.

LEXPRO_MIRROR=… python perf/dates.py

Each article that an amendment changed is asked for on the day when the amendment came into force
and on the day before. Right is: the days of the version are those between the neighbouring changes;
after the change its text holds every paragraph that the amendment quotes; before it, the text is
not the later one, and is that of the older full text where that is of this time; and there is none
before an article was added or after it was deleted.
"""

from __future__ import annotations

import os
import random
import re
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from lexpro.law import articles
from lexpro.statutes import changes, collection, documents, versions
from lexpro.statutes.source_lines import lines_of

LAWS, OLDER = "LawRefBook__Laws", "LawRefBook__Laws@3cd6e86_before_Amendment_XII"
# When the older full text was the law: between Amendments XI and XII.
OLDER_FROM, OLDER_TO = "2021-03-01", "2024-03-01"


@dataclass(frozen=True, slots=True)
class Question:
    """What is known of the right version of `ref` on `day`; `valid_from` "" means that there is
    none.
    """

    ref: str
    day: str
    valid_from: str
    valid_to: str
    holds: list[str] = field(default_factory=list)
    holds_not: list[str] = field(default_factory=list)
    text: str = ""


def plain(text: str) -> str:
    """Without punctuation and blanks, which sources write differently."""
    return re.sub(r"[\s　，。：:；、“”,;]", "", text)


def before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def questions(mirror: Path) -> list[Question]:
    """All questions, two an article and amendment, in the order of amendments."""
    folder = mirror / LAWS
    parsed = [versions.parse(path, folder) for path in collection.files(folder, ["刑法/刑法修正案*.md"])]
    older = documents.parse(lines_of(mirror / OLDER / "刑法/刑法.md"), "刑法.md")
    full_text = {row.ref: row.text for row in older.rows}
    days: dict[str, set[str]] = {}
    deleted = {}
    for document in parsed:
        for ref, operations in changes.operations(document).items():
            days.setdefault(ref, set()).add(document.date)
            if any(c.kind == "delete" and not c.paragraph for c in operations):
                deleted[ref] = document.date
    for day, refs in versions.DECISIONS.items():
        for ref in refs:
            days.setdefault(ref, set()).add(day)
    made = []
    for document in parsed:
        for ref, operations in changes.operations(document).items():
            day = document.date
            edges = sorted(days[ref] | (set() if "之" in ref else {older.in_force}))
            begin = max((edge for edge in edges if edge < day), default="")
            end = min((edge for edge in edges if edge > day), default="")
            texts = [plain(change.text) for change in operations if change.text]
            gone = deleted.get(ref) == day
            full = plain(full_text.get(ref, ""))
            at = day if OLDER_FROM <= day < OLDER_TO else ""
            made.append(Question(ref, day, "" if gone else day, end, texts, [], full if at else ""))
            at = begin if day == OLDER_TO else ""
            made.append(Question(ref, before(day), begin, day, [], texts, full if at else ""))
    return made


def right(question: Question, law: versions.Law) -> bool:
    article = articles.parse_ref(question.ref)
    version = law.article("刑法", article.number, question.day, article.sub)
    if not question.valid_from or version is None:
        return not question.valid_from and version is None
    text = plain(version.text)
    return (
        (version.valid_from, version.valid_to) == (question.valid_from, question.valid_to)
        and all(part in text for part in question.holds)
        and not (version.complete and question.holds_not and all(part in text for part in question.holds_not))
        and (not question.text or text == question.text)
    )


def main() -> None:
    mirror = Path(os.environ.get("LEXPRO_MIRROR", ""))
    if not (mirror / OLDER).is_dir():
        sys.exit(f"LEXPRO_MIRROR must name a folder with {LAWS} and {OLDER} (docs/data.md)")
    law = versions.read(mirror / LAWS, [mirror / OLDER])
    asked = questions(mirror)
    sample = random.Random(0).sample(asked, 200)
    for name, some in (("200 questions", sample), ("all questions", asked)):
        wrong = [question for question in some if not right(question, law)]
        with_text = [
            v
            for q in some
            if (a := articles.parse_ref(q.ref)) and (v := law.article("刑法", a.number, q.day, a.sub))
        ]
        share = sum(version.complete for version in with_text) / len(with_text)
        print(
            f"{name}: {len(some) - len(wrong)}/{len(some)} right; with the whole text of the day: {share:.1%}"
        )
        for question in wrong:
            print(f"  wrong: {question.ref} on {question.day}")


if __name__ == "__main__":
    main()
