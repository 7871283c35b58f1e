"""Rows of the data sets: from one judgment to the questions it is asked, and their form in each
file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lexpro.hashing import draw
from lexpro.law import courts
from lexpro.records import Judgment
from lexpro.task_names import TASKS
from lexpro.tasks import augment, prompts, targets, texts
from lexpro.tasks.form import Form
from lexpro.tasks.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Question:
    """One task asked of one judgment. `articles`: shown in the prompt (retrieval mode), or None
    (mode without); `practice`: refs that its court usually cites, shown beside them, or None.
    """

    id: str
    task: str
    input: str
    judgment: Judgment
    document: str
    articles: list[dict] | None = None
    practice: list[str] | None = None

    def gold(self, form: Form) -> dict:
        return targets.gold(self.task, self.judgment, form)

    def prompt(self, form: Form, wording: int = 0) -> str:
        return prompts.build(self.task, self.input, self.articles, form, wording, self.practice)

    def sft(self, form: Form, wording: int = 0) -> dict:
        """A row of sft.jsonl, asked in one of the wordings."""
        shown = None if self.articles is None else prompts.shown(self.articles, form)
        answer = targets.completion(self.task, self.judgment, shown, self.document, form)
        prompt, completion = prompts.messages(self.prompt(form, wording), answer)
        return {"id": self.id, "task": self.task, "prompt": [prompt], "completion": [completion]}

    def grpo(self, form: Form) -> dict:
        """A row of grpo.jsonl: no completion, the gold answer as JSON; charges and date are for
        rewards.
        """
        return {
            "id": self.id,
            "task": self.task,
            "prompt": prompts.messages(self.prompt(form)),
            "gold": targets.dump(self.gold(form)),
            "shown": prompts.refs(self.articles, form, self.practice),
            "charges": targets.charges(self.judgment),
            "date": self.judgment.date,
        }

    def heldout(self, form: Form, province: str, charge: str) -> dict:
        """A row of heldout.jsonl: the text and the truth, no prompt."""
        return {
            "id": self.id,
            "doc_id": self.judgment.doc_id,
            "task": self.task,
            "input": self.input,
            "gold": self.gold(form),
            "province": province,
            "charge": charge,
            "date": self.judgment.date,
            "court": self.judgment.court or "",
        }


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks judgments the tasks, as the settings of the `tasks` stage say."""

    settings: dict
    form: Form
    shelf: Shelf

    def questions(self, judgment: Judgment, text: str) -> Iterator[Question]:
        """Every task that the judgment has an answer to, without retrieval; facts shorter than
        `min_facts` are no input.
        """
        facts, _left_out = texts.facts(text, judgment, self.form)
        for task in TASKS:
            if not targets.asked(task, judgment):
                continue
            source = texts.document(text, judgment, self.form) if task == "elements" else facts
            if task == "elements" or len(source) >= self.settings["min_facts"]:
                yield Question(f"{judgment.doc_id}:{task}", task, source, judgment, text)

    def varied(self, question: Question) -> dict:
        """The row of sft.jsonl in the variant that the question draws (`settings["augment"]`)."""
        seed, settings = self.settings["seed"], self.settings["augment"]
        form = augment.order(self.form, settings, seed, question.id)
        several = prompts.wordings(question.task, form)
        return question.sft(form, augment.wording(settings, seed, question.id, several))

    def training(self, judgment: Judgment, text: str, split: str, family: str) -> Iterator[Question]:
        """The questions of a training split: a drawn share of them by task, a drawn share of those
        with statutes.
        """
        seed, retrieval = self.settings["seed"], self.settings["retrieval"]
        if split == "sft":
            text, judgment = augment.masked(text, judgment, self.settings["augment"], seed)
        for question in self.questions(judgment, text):
            if draw(seed, "mix", split, question.id) >= self.settings["mix"][split][question.task]:
                continue
            if question.task == "elements" or draw(seed, "shown", question.id) >= retrieval["share"]:
                yield question
                continue
            articles = self.shelf.find(question.input, retrieval["k"], judgment.date, family)
            if draw(seed, "gold", question.id) < retrieval["gold_inserted"]:
                articles = self.shelf.with_gold(articles, targets.refs(judgment), (seed, question.id))
            court = courts.key(judgment.court, judgment.province)
            usual = self.shelf.practice(question.input, court, self.form.court_cases, family)
            yield replace(question, id=f"{question.id}:rag", articles=articles, practice=usual)
