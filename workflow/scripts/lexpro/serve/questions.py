"""问答: a question to the model, what it was shown, its citations checked, and what courts cite."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cite
from lexpro.serve.documents import Document
from lexpro.serve.errors import Refused
from lexpro.serve.jobs import DONE, ENDED, LOADING, Job, Queue
from lexpro.tasks import answers, prompts, texts
from lexpro.tasks.context import Context

if TYPE_CHECKING:
    from lexpro.retrieval.search import Searcher
    from lexpro.serve.experiment import Knowledge, Workbench

# What can be asked. The free question is the user's own; the others are those of the training.
TASKS = {
    "article": "应当适用哪些法条？",
    "charge": "构成什么罪？",
    "term": "主刑是多少？",
    "elements": "抽取要素",
    "free": "自由提问",
}
# Articles that the model is shown, longest free question, similar cases that are counted.
SHOWN, LONGEST, COUNTED = 10, 500, 20
STATES = {
    "waiting": "排队",
    "loading": "正在载入模型",
    "writing": "正在回答",
    "done": "已完成",
    "stopped": "已停止",
    "failed": "没有回答",
}
VERDICTS = {
    cite.FINE: ("有效", "good"),
    cite.NOT_SHOWN: ("有效，但没有提供给模型", ""),
    cite.NOT_IN_FORCE: ("当日不生效", "bad"),
    cite.MISSING: ("不存在", "bad"),
    cite.UNKNOWN: ("知识库没有这部法律", ""),
}
# Of articles without dates nobody knows whether they are in force.
UNDATED = VERDICTS | {cite.FINE: ("存在", "good"), cite.NOT_SHOWN: ("存在，但没有提供给模型", "")}
# Share of the similar cases from which a citation counts as usual.
USUAL = 0.5


def job(bench: Workbench, document: Document, task: str, question: str) -> Job:
    """A question as a job; it is not in the queue yet.

    Args:
        bench: the experiment; the job asks its model.
        document: what is asked about.
        task: a key of `TASKS`.
        question: the user's own words, at most `LONGEST` characters; read for the task `free`.

    Returns:
        The job. Its `about` has the articles that the model will be shown: none for `elements`.

    Raises:
        Refused: there is no such task, or the question is empty or too long.
        NotReady: the index is still being loaded.
        UserError: the index cannot be loaded.
    """
    if task not in TASKS:
        raise Refused("没有这种提问。请从列表里选。")
    question = question.strip()
    if task == "free" and not question:
        raise Refused("没有写问题。请写一个问题，或者选别的提问。")
    if len(question) > LONGEST:
        raise Refused(f"问题有 {len(question)} 个字，上限是 {LONGEST} 个字。请缩短问题。")
    searcher = bench.searcher.get()
    date = document.record.date
    shown = (
        [] if task == "elements" else searcher.articles(document.facts, SHOWN, date, CRIMINAL_LAW, named=True)
    )
    about = {"task": task, "question": question, "document": document.id, "shown": shown, "refs": []}
    return Job(lambda running: _ask(bench, document, task, question, running), about)


def _ask(bench: Workbench, document: Document, task: str, question: str, running: Job) -> str | None:
    from lexpro.asking import streaming
    from lexpro.engines.base import Request

    if not bench.model.ready:
        running.set(LOADING)
    model = bench.model.get(wait=True)
    shown = running.about["shown"]
    refs = [row["ref"] for row in shown]
    if task == "elements":
        prompt = prompts.build(task, texts.document(document.text, document.record, model.form), model.form)
    elif task == "free":
        listed = "\n".join(f"{row['law']}第{row['ref']}条 {row['text'][:200]}" for row in shown)
        prompt = f"{question}\n法条：\n{listed or '无'}\n事实：\n{document.facts}"
    else:
        court, usual, searcher = document.record.court, None, bench.searcher.get()
        if model.form.court_cases and court:
            usual = searcher.court_citations(
                document.facts, court, model.form.court_cases, document.record.province
            )
        context = Context(shown, usual, searcher.decisions(document.facts))
        prompt = prompts.build(task, document.facts, model.form, context)
        refs = prompts.refs(context, model.form)
    running.about["refs"] = refs
    running.about["prompt"] = prompt
    running.limit = model.limit("article" if task == "free" else task)
    request = Request(prompts.messages(prompt), running.limit, model.decoding.seed)
    error = streaming.stream(model.engine, request, running.write, running.stop)
    if task == "elements" and not error and not running.stop.is_set():
        answer = answers.parse(task, answers.split_think(running.text)[1])
        if answer is not None:
            document.model[bench.variant] = answer
    return error


@dataclass(frozen=True, slots=True)
class Cited:
    """An article that the answer cites: name, what the check says, share of the similar cases."""

    law: str
    ref: str
    verdict: tuple[str, str]
    share: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """A finished answer, read.

    Attributes:
        thought: before the answer, or "".
        said: the answer.
        readable: whether its form could be read; None for a free question and one that was stopped.
        citations: each with its check.
        missed: (ref, share) that most similar cases cite and the answer does not.
        cases: how many similar cases were counted.
    """

    thought: str
    said: str
    readable: bool | None
    citations: list[Cited]
    missed: list[tuple[str, float]]
    cases: int


def result(knowledge: Knowledge, searcher: Searcher, document: Document, ended: Job) -> Result:
    """The answer with its citations checked and compared with those of similar cases.

    Args:
        knowledge: articles that the citations are checked against, on the day of the judgment.
        searcher: the index; the `COUNTED` most similar cases are compared with.
        document: what was asked about.
        ended: the job, when its text is complete.
    """
    from lexpro.asking.answering import citations

    task = ended.about["task"]
    thought, said, _ = answers.split_think(ended.text)
    cited = cite.cited_in(ended.text) if task in ("free", "elements") else citations(task, ended.text)
    checked = knowledge.check(cited, set(ended.about["refs"]), document.record.date)
    similar = searcher.cases(document.facts, COUNTED)
    verdicts = VERDICTS if knowledge.dated else UNDATED
    counts = Counter(ref for case in similar for ref in set(case["refs"]))
    total = max(1, len(similar))
    rows = [
        Cited(
            one.law,
            one.ref,
            verdicts[one.verdict],
            counts[one.ref] / total if one.law == CRIMINAL_LAW else None,
        )
        for one in checked
    ]
    mine = {one.ref for one in checked if one.law == CRIMINAL_LAW}
    missed = [
        (ref, count / total)
        for ref, count in counts.most_common()
        if count / total >= USUAL and ref not in mine
    ]
    # An answer that was stopped is not whole: nothing is said of its form and of what it lacks.
    whole = ended.state == DONE
    readable = answers.parse(task, said) is not None if whole and task != "free" else None
    missed = missed if whole and task == "article" else []
    return Result(thought or "", said, readable, rows, missed, len(similar))


# Seconds between two signs of life, so that a browser knows the connection stands.
ALIVE = 1.0


def events(queue: Queue, asked: Job, known: int = 0) -> Iterator[str]:
    """The job as server-sent events, until it has ended.

    Args:
        queue: tells how many jobs are before this one.
        asked: the job.
        known: characters of its text that the reader has; the first event goes on from there.

    Yields:
        Events with a JSON object, one for each change and at least one every `ALIVE` seconds; the
        id of each is the number of characters sent so far.
    """
    state = ""
    while True:
        text, now = asked.text, asked.state
        said = {
            "state": now,
            "label": STATES[now],
            "piece": text[known:],
            "at": len(text),
            "ahead": queue.ahead(asked),
            "tokens": asked.tokens,
            "limit": asked.limit,
            "seconds": round(asked.seconds, 1),
            "error": asked.error,
        }
        yield f"id: {len(text)}\ndata: {json.dumps(said, ensure_ascii=False)}\n\n"
        known, state = len(text), now
        if now in ENDED:
            return
        asked.wait(known, state, ALIVE)
