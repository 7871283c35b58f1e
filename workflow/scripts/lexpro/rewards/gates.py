"""Gates of the rewards: every reward on gold answers and on uninformed baselines.

A reward that a constant can win teaches the constant. So each is run on real gold answers and on
opponents:

* constant: the best of many answers that never change; for `elements` the names are right and all
  else is constant
* majority: the most frequent answer (for `elements` the most frequent value of each field)
* shuffled: the gold answer of another case (for `elements` again under the right names)
* copy: the prompt; empty: nothing
* loop, unclosed, english, everything, braces: degenerate strings

Every opponent but the last five and `copy` keeps the form, so that nothing is won by form alone.
"""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lexpro.config.tasks import Form
from lexpro.law import charges
from lexpro.records import TERM_KINDS, Judgment
from lexpro.rewards.registry import Reward
from lexpro.task_names import TASKS
from lexpro.tasks import prompts, targets, texts
from lexpro.tasks.context import Context
from lexpro.workflow.files import json_line

DEGENERATE = ("loop", "unclosed", "english", "everything", "braces")
OPPONENTS = ("constant", "majority", "shuffled", "copy", "empty", *DEGENERATE)
# Constants tried for each task, or for each field of `elements`.
TRIED = 24
# A thought of nobody's case.
THOUGHT = "根据本案事实和法律规定，作出如下判断。"
ENGLISH = "The defendant shall be sentenced in accordance with the provisions of the criminal law. "


@dataclass(frozen=True, slots=True)
class Case:
    """One question with its gold answer, and the columns that rewards may ask for."""

    task: str
    prompt: str
    gold: dict
    completion: str
    charges: list[str]
    shown: list[str]
    date: str | None


Find = Callable[[str, str | None], list[dict]]


def cases(judgments: Sequence[tuple[str, Judgment]], form: Form, find: Find | None) -> list[Case]:
    """Every question that the judgments have an answer to.

    Args:
        judgments: (text, record) of each.
        form: of prompts and completions.
        find: (facts, ISO date or None) → rows of articles, best first, that the task `article`
            shows for every second judgment. None: never shown.
    """
    cases = []
    for number, (text, judgment) in enumerate(judgments):
        facts = texts.facts(text, judgment, form.facts_chars)[0]
        for task in TASKS:
            if not targets.has_answer(task, judgment):
                continue
            source = texts.document(text, judgment, form) if task == "elements" else facts
            retrieved = find(facts, judgment.date) if find and task == "article" and number % 2 else None
            given = None if retrieved is None else prompts.shown(retrieved, form)
            cases.append(
                Case(
                    task,
                    prompts.build(task, source, form, None if retrieved is None else Context(retrieved)),
                    targets.gold(task, judgment, form),
                    targets.completion(task, judgment, form, given, text),
                    targets.charges(judgment),
                    [article["ref"] for article in given or ()],
                    judgment.date,
                )
            )
    return cases


def completion_of(answer: dict, thought: str = THOUGHT) -> str:
    """A whole completion: a thought and an answer."""
    return f"<think>{thought}</think>{targets.dump(answer)}"


def renamed(answer: dict, gold: dict) -> dict:
    """An answer about other people under the names of this case.

    It has its first defendants, the last one repeated.
    """
    people = answer["被告人"]
    named = [
        {**people[min(place, len(people) - 1)], "姓名": person["姓名"]}
        for place, person in enumerate(gold["被告人"])
    ]
    return {**answer, "被告人": named}


def frequent(values: Sequence[object]) -> list:
    """Distinct JSON values, the most frequent first."""
    counted = Counter(json.dumps(value, ensure_ascii=False) for value in values)
    return [json.loads(text) for text, _ in counted.most_common()]


def constants(task: str, golds: Sequence[dict]) -> list[dict]:
    """Answers that never change, the majority first.

    They are frequent gold answers, and made ones that may pay more.
    """
    if task == "elements":
        return list(_constant_elements(golds))
    constants = frequent(golds)[:TRIED]
    key = {"charge": "罪名", "article": "法条"}.get(task)
    if key:  # The k most frequent items, whatever the case.
        items = frequent([item for gold in golds for item in gold[key]])
        constants += [{key: items[:count]} for count in range(1, 9)]
    else:
        constants += [{"刑种": kind, "刑期": None} for kind in TERM_KINDS]
        constants += [
            {"刑种": "有期徒刑", "刑期": months} for months in (6, 9, 12, 18, 24, 30, 36, 48, 60, 90, 120)
        ]
    return constants


def _constant_elements(golds: Sequence[dict]) -> Iterator[dict]:
    """The most frequent value of each field; then one field at a time takes others."""
    people = [person for gold in golds for person in gold["被告人"]]
    by_field = {key: frequent([person[key] for person in people])[:TRIED] for key in people[0]}
    totals = {key: frequent([gold[key] for gold in golds])[:TRIED] for key in golds[0] if key != "被告人"}
    person = {key: values[0] for key, values in by_field.items()}
    case = {key: values[0] for key, values in totals.items()}
    yield {"被告人": [person], **case}
    for key, values in by_field.items():
        if key != "姓名":
            yield from ({"被告人": [{**person, key: value}], **case} for value in values[1:])
    for key, values in totals.items():
        yield from ({"被告人": [person], **case, key: value} for value in values[1:])


def everything(task: str, golds: Sequence[dict]) -> dict:
    """All the answers at once."""
    if task == "charge":
        return {"罪名": sorted(charges.names())}
    if task == "article":
        return {"法条": [str(number) for number in range(1, 500)]}
    if task == "term":
        return {"刑种": "、".join(TERM_KINDS), "刑期": "一年以上十五年以下"}
    return {"被告人": [person for gold in golds[:50] for person in gold["被告人"]]}


def degenerate(task: str, golds: Sequence[dict]) -> dict[str, str]:
    """Strings that a model falls into, by name."""
    return {
        "loop": "<think>" + "被告人的行为已构成犯罪，" * 800 + "</think>" + targets.dump(golds[0]),
        "unclosed": "<think>" + THOUGHT + targets.dump(golds[0]),
        "english": completion_of(golds[0], ENGLISH * 5),
        "everything": completion_of(everything(task, golds)),
        "braces": "<think>" * 300 + "{" * 300,
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """Mean worth of gold and of each opponent, over the `n` rows that the reward applies to."""

    n: int
    gold: float
    opponents: dict[str, float]

    def lost(self, margins: dict[str, float]) -> list[str]:
        """Where gold does not win by the margin, in words."""
        if not self.n:
            return ["applies to no row"]
        return [
            f"gold {self.gold:.3f} beats {name} {value:.3f} by {self.gold - value:.3f}, not by {margins[name]:g}"
            for name, value in self.opponents.items()
            if self.gold - value < margins[name] - 1e-9
        ]


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome over the rows of all."""
    n = sum(outcome.n for outcome in outcomes)
    shares = [(outcome, outcome.n / max(1, n)) for outcome in outcomes]
    opponents = {
        name: sum(share * outcome.opponents[name] for outcome, share in shares) for name in OPPONENTS
    }
    return Outcome(n, sum(share * outcome.gold for outcome, share in shares), opponents)


def prompts_file(cases: Sequence[Case], path: Path) -> Path:
    """The cases as prompts that a training would have (`grpo.jsonl`): what `balance` counts."""
    rows = (
        {"task": c.task, "gold": json.dumps(c.gold, ensure_ascii=False), "charges": c.charges} for c in cases
    )
    path.write_text("".join(map(json_line, rows)), encoding="utf-8")
    return path


class Arena:
    """Cases by task, and what each opponent answers to them: made once, for all rewards."""

    def __init__(self, cases: Sequence[Case], seed: int):
        self.by_task = {task: [case for case in cases if case.task == task] for task in TASKS}
        self._gold = {task: [json.dumps(c.gold) for c in own] for task, own in self.by_task.items()}
        self._answers = {task: self._play(task, own, seed) for task, own in self.by_task.items() if own}

    @staticmethod
    def _play(task: str, own: list[Case], seed: int) -> dict[str, list[list[str]]]:
        golds = [case.gold for case in own]
        other = list(golds)
        random.Random(seed).shuffle(other)

        def same(answer: dict) -> list[str]:
            if task == "elements":
                return [completion_of(renamed(answer, gold)) for gold in golds]
            return [completion_of(answer)] * len(own)

        if task == "elements":
            other = [renamed(answer, gold) for answer, gold in zip(other, golds, strict=True)]
        tried = [same(answer) for answer in constants(task, golds)]
        junk = {name: [[text] * len(own)] for name, text in degenerate(task, golds).items()}
        return {
            "gold": [[case.completion for case in own]],
            "constant": tried,
            "majority": tried[:1],
            "shuffled": [[completion_of(answer) for answer in other]],
            "copy": [[case.prompt for case in own]],
            "empty": [[""] * len(own)],
            **junk,
        }

    def pays(self, reward: Reward, task: str, completions: list[str], **args: object) -> list[float]:
        """What the reward pays for the completions of one task, where it applies.

        Args:
            reward: as the registry has it.
            task: name of the task.
            completions: one for each case of the task, in the order of `by_task`.
            **args: further arguments of the reward, such as `knowledge`.

        Returns:
            At most as many values as cases: those where it does not apply (None) are left out.

        Raises:
            ValueError: not as many completions as cases.
        """
        own = self.by_task[task]
        values = reward(
            completions=completions,
            task=[task] * len(own),
            gold=self._gold[task],
            prompts=[case.prompt for case in own],
            charges=[case.charges for case in own],
            shown=[case.shown for case in own],
            date=[case.date for case in own],
            **args,
        )
        return [value for value in values if value is not None]

    def play(self, reward: Reward, **args: object) -> Outcome:
        """Gold against every opponent.

        Of several versions of one (the constants) the best of each task counts.
        """
        sums: dict[str, float] = defaultdict(float)
        n = 0
        for task, answers in self._answers.items():
            gold = self.pays(reward, task, answers["gold"][0], **args)
            if not gold:
                continue
            n += len(gold)
            sums["gold"] += sum(gold)
            for name in OPPONENTS:
                sums[name] += max(sum(self.pays(reward, task, texts_, **args)) for texts_ in answers[name])
        means = {name: sums[name] / n if n else 0.0 for name in ("gold", *OPPONENTS)}
        return Outcome(n, means.pop("gold"), means)


def total(rewards: Sequence[tuple[Reward, float]]) -> Reward:
    """The weighted sum of rewards as one reward; what does not apply adds nothing, as in TRL."""

    def summed(completions, task, gold, **columns):
        paid = [(reward(completions, task, gold, **columns), weight) for reward, weight in rewards]
        return [
            sum(weight * (values[row] or 0.0) for values, weight in paid) for row in range(len(completions))
        ]

    return summed
