"""The project's own tasks, above all the elements, on the 501 real judgments of JuDGE.

The truth is what `lexpro.corpus.parsing.structure` reads in the whole document (the cited articles
of JuDGE's own labels agree with it in 97 %, docs/data.md); names and other personal data are masked
first, as in the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lexpro.config.benchmark import PinnedJudgments
from lexpro.corpus.filtering.masking import mask_judgment
from lexpro.corpus.parsing.structure import structure
from lexpro.evaluation.judgments import Judgments
from lexpro.evaluation.questions import data
from lexpro.examples.questions import Question
from lexpro.task_names import TASKS
from lexpro.tasks import targets, texts
from lexpro.tasks.form import read_form
from lexpro.workflow.files import read_json_lines


def rows(tasks: Path, settings: PinnedJudgments) -> Iterator[dict]:
    """Each document asked every task that it has an answer to, in the form of the training."""
    form = read_form(tasks)
    for row in read_json_lines(data(settings, 0)):
        text, judgment, _ = mask_judgment(row["fd"], structure(row["fd"], row["text_id"]))
        facts, _ = texts.facts(text, judgment, form.facts_chars)
        for task in TASKS:
            source = texts.document(text, judgment, form) if task == "elements" else facts
            if source and targets.has_answer(task, judgment):
                question = Question(f"{row['text_id']}:{task}", task, source, judgment, text)
                first = next(iter(targets.charges(judgment)), "")
                yield question.heldout(form, judgment.province or "", first)


SOURCE = Judgments(rows)
