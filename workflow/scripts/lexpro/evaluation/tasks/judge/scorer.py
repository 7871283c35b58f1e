"""JuDGE (oneal2000/JuDGE @ 2457c65): from facts to a whole judgment of first instance.

The official score is that of its calc.py. The normalised one reads both judgments as the corpus is
read (`stated`): charges and articles (with 之X) as sets of the case, terms and fines defendant by
defendant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np

from lexpro import datasets
from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import CACHE
from lexpro.evaluation.scorers import ItemScore, Scorer, Task
from lexpro.evaluation.tasks.judge import official as judge_official
from lexpro.evaluation.tasks.judge import relevance
from lexpro.evaluation.tasks.judge.items import expected
from lexpro.evaluation.tasks.judge.stated import read
from lexpro.law import numerals, terms
from lexpro.records import Defendant
from lexpro.stats import ratio
from lexpro.tasks import closeness
from lexpro.workflow.errors import UserError

TASKS = ("",)


@cache
def _charges() -> tuple[str, ...]:
    path = datasets.resolve(datasets.find("judge_cause_codes"), CACHE)
    return tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip())


def references(rows: list[dict]) -> list[str]:
    """The real judgments of the records of a file of outputs.

    Raises:
        UserError: an id is none of JuDGE's.
    """
    judgments = expected()
    strange = [row.get("id") for row in rows if str(row.get("id")) not in judgments]
    if strange:
        raise UserError(
            f"no judgment of JuDGE has the id {strange[0]!r} ({len(strange)} of {len(rows)} records)."
        )
    return [judgments[str(row["id"])] for row in rows]


def _set_counts(true: Sequence[str], stated: Sequence[str]) -> tuple[float, float, float]:
    return float(len(set(true) & set(stated))), float(len(set(stated))), float(len(set(true)))


def _pairs(true: list[Defendant], stated: list[Defendant]) -> list[tuple[Defendant, Defendant | None]]:
    """Each true defendant and the stated one of the same name; of those left over, in order."""
    rest = list(stated)
    pairs: list[tuple[Defendant, Defendant | None]] = []
    for person in true:
        same = next((other for other in rest if other.name == person.name), None)
        if same:
            rest.remove(same)
        pairs.append((person, same))
    return [(person, other or (rest.pop(0) if rest else None)) for person, other in pairs]


def _sentence(person: Defendant) -> dict:
    sentence = person.sentence
    return {"刑种": sentence.kind if sentence else None, "刑期": sentence.months if sentence else None}


def _fine(true: float, stated: float) -> float:
    return 1.0 if true == stated else 1 - abs(true - stated) / max(true, stated)


def _people(true: list[Defendant], stated: list[Defendant]) -> tuple[float, ...]:
    """(points of terms, terms, points of fines, fines).

    Of true defendants, and of those that are only stated.
    """
    points = Counter({"term": 0.0, "terms": 0.0, "fine": 0.0, "fines": 0.0})
    for person, other in _pairs(true, stated):
        if person.sentence:
            points["terms"] += 1
            points["term"] += (
                closeness.of_sentence(_sentence(other), _sentence(person))
                if other and other.sentence
                else 0.0
            )
        paid = other.fine if other else 0
        if person.fine or paid:
            points["fines"] += 1
            points["fine"] += _fine(person.fine, paid)
    # One more than there are is wrong.
    points["terms"] += max(0, len(stated) - len(true))
    return tuple(float(points[name]) for name in ("term", "terms", "fine", "fines"))


def _score(item: Item, text: str) -> ItemScore:
    true, stated = read(item.gold), read(text, item.prompt)
    counts = (
        *_set_counts(true.charges, stated.charges),
        *_set_counts(true.refs, stated.refs),
        *_people(true.defendants, stated.defendants),
    )
    return ItemScore(counts, abstained=not (stated.charges or stated.refs or stated.defendants))


def _f1(sums: np.ndarray, at: int) -> np.ndarray:
    return ratio(2 * sums[..., at], sums[..., at + 1] + sums[..., at + 2])


def _mean(sums: np.ndarray, at: int) -> np.ndarray:
    return ratio(sums[..., at], sums[..., at + 1])


METRICS = {
    "score": lambda sums: (_f1(sums, 0) + _f1(sums, 3) + _mean(sums, 6) + _mean(sums, 8)) / 4,
    "charge_f1": lambda sums: _f1(sums, 0),
    "article_f1": lambda sums: _f1(sums, 3),
    "term": lambda sums: _mean(sums, 6),
    "fine": lambda sums: _mean(sums, 8),
}


def constants(items: Sequence[Item]) -> list[str]:
    """Judgments that say the same to all: the commonest charge, articles and fine, some terms."""
    judgments = [read(item.gold) for item in items]
    charge = Counter(name for judgment in judgments for name in judgment.charges).most_common(1)
    cited = Counter(number for item in items for number in judge_official.articles(item.gold)).most_common(4)
    paid = Counter(
        person.fine for judgment in judgments for person in judgment.defendants if person.fine
    ).most_common(1)
    if not (charge and cited and paid):
        return [""]
    listed = "、".join(f"第{numerals.render(number)}条" for number, _ in cited)
    fine = f"并处罚金人民币{numerals.render(paid[0][0])}元"
    return [
        f"本院认为，被告人某甲的行为构成{charge[0][0]}。依照《中华人民共和国刑法》{listed}之规定，判决如下：\n"
        f"被告人某甲犯{charge[0][0]}，判处有期徒刑{terms.render_length(months)}，{fine}。"
        for months in (6, 8, 10, 12, 18, 36)
    ]


def _items() -> list[Item]:
    """The items by id, without their prompts."""
    return [Item(number, "", document) for number, document in expected().items()]


def task(number: str = "") -> Task:
    """The one task; `number` is empty."""
    official = Scorer(
        lambda item, text: judge_official.score(item.gold, text, _charges()), judge_official.METRICS
    )
    return Task(
        "judge", official, Scorer(_score, METRICS), constants, references, relevance.scores, items=_items
    )
