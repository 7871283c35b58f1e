"""Which items experts see: evenly by charge, by province and by difficulty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lexpro.experts.systems import Question
from lexpro.hashing import draw

# From easy to hard; each is a third of the items.
LEVELS = ("easy", "medium", "hard")
UNKNOWN = "—"


def _ease(question: Question) -> tuple[float, float]:
    """How well automatic scorers think that it was answered; where none has read it, its length."""
    scores = [answer.metrics["score"] for answer in question.answers.values() if "score" in answer.metrics]
    return (sum(scores) / len(scores) if scores else 0.0), -len(question.document)


def difficulty(questions: Sequence[Question]) -> dict[str, str]:
    """Item → one of `LEVELS`, in thirds of each task: the lower the mean score, the harder."""
    found = {}
    for task in {question.task for question in questions}:
        ranked = sorted(
            (q for q in questions if q.task == task), key=lambda q: (*_ease(q), q.id), reverse=True
        )
        for place, question in enumerate(ranked):
            found[question.id] = LEVELS[place * len(LEVELS) // len(ranked)]
    return found


def traits(question: Question, level: str) -> dict[str, str]:
    """What the draw is even in."""
    return {
        "task": question.task,
        "charge": question.charge or UNKNOWN,
        "province": question.province or UNKNOWN,
        "difficulty": level,
    }


def drawn(questions: Sequence[Question], count: int, seed: int) -> list[Question]:
    """At most `count` items that at least two systems answered, as even as the items allow.

    Each item that is taken is the one whose task, charge, province and difficulty were taken least
    so far (minimisation); among equals the seed decides.

    Args:
        questions: items of the benchmark with their answers; levels of difficulty are thirds of
            these.
        count: the most items that are drawn.
        seed: decides among items that fit equally well.

    Returns:
        In the order in which they were drawn.
    """
    levels = difficulty(questions)
    left = {q.id: q for q in questions if len(q.answers) > 1}
    lots = {name: draw(seed, "item", name) for name in left}
    own = {q.id: tuple(traits(q, levels[q.id]).items()) for q in left.values()}
    taken: Counter[tuple[str, str]] = Counter()
    chosen = []
    while left and len(chosen) < count:
        name = min(left, key=lambda n: (sum(taken[trait] for trait in own[n]), lots[n]))
        taken.update(own[name])
        chosen.append(left.pop(name))
    return chosen
