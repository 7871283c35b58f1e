"""From one judgment to the questions it is asked, and their rows in each data set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lexpro.config.tasks import Form, Settings
from lexpro.examples import augment, new_crimes
from lexpro.examples.out_of_fold import OutOfFold
from lexpro.hashing import draw
from lexpro.law import courts
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.records import Judgment
from lexpro.retrieval.lexical import LexicalRetriever
from lexpro.task_names import TASKS
from lexpro.tasks import prompts, targets, texts
from lexpro.tasks.context import Context

# The tasks whose answers name crimes or their articles.
NAMED = ("charge", "article")


@dataclass(frozen=True, slots=True)
class Question:
    """One task asked of one judgment.

    `input` is the text asked about, `document` the whole judgment. `context` is what the prompt
    shows of what was retrieved; None is a prompt without retrieval.
    """

    id: str
    task: str
    input: str
    judgment: Judgment
    document: str
    context: Context | None = None

    def gold(self, form: Form) -> dict:
        """The answer, as `targets.gold`."""
        return targets.gold(self.task, self.judgment, form)

    def prompt(self, form: Form, wording: int = 0) -> str:
        """The prompt, as `prompts.build`."""
        return prompts.build(self.task, self.input, form, self.context, wording)

    def sft(self, form: Form, wording: int = 0) -> dict:
        """A row of sft.jsonl, asked in one of the wordings."""
        shown = None if self.context is None else prompts.shown(self.context.articles, form)
        answer = targets.completion(self.task, self.judgment, form, shown, self.document)
        prompt, completion = prompts.messages(self.prompt(form, wording), answer)
        return {"id": self.id, "task": self.task, "prompt": [prompt], "completion": [completion]}

    def grpo(self, form: Form) -> dict:
        """A row of grpo.jsonl: prompt, gold answer as JSON, and what rewards ask for."""
        return {
            "id": self.id,
            "task": self.task,
            "prompt": prompts.messages(self.prompt(form)),
            "gold": targets.dump(self.gold(form)),
            "shown": prompts.refs(self.context, form),
            "charges": targets.charges(self.judgment),
            "date": self.judgment.date,
        }

    def heldout(self, form: Form, province: str, charge: str) -> dict:
        """A row of heldout.jsonl: the text and the truth, no prompt.

        Args:
            form: decides which elements the truth has.
            province: short name of that of the judgment; a label, not shown to the model.
            charge: the first charge of the judgment; likewise a label.
        """
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
class QuestionBuilder:
    """Asks judgments the tasks, as the settings of the `tasks` stage say.

    `retriever` may be None where `settings.retrieval.share` is 0. `learned` finds the statutes
    where there is one, in place of the retriever's own search.
    """

    settings: Settings
    retriever: LexicalRetriever | None
    learned: OutOfFold | None = None

    @property
    def form(self) -> Form:
        """The form of prompts and completions."""
        return self.settings.form

    def questions(self, judgment: Judgment, text: str) -> Iterator[Question]:
        """Every task that the judgment has an answer to, without retrieval.

        Facts of fewer than `min_facts` characters are no input.
        """
        facts, _left_out = texts.facts(text, judgment, self.form.facts_chars)
        for task in TASKS:
            if not targets.has_answer(task, judgment):
                continue
            source = texts.document(text, judgment, self.form) if task == "elements" else facts
            if task == "elements" or len(source) >= self.settings.min_facts:
                yield Question(f"{judgment.doc_id}:{task}", task, source, judgment, text)

    def varied(self, question: Question) -> dict:
        """The row of sft.jsonl in the variant that the question draws (`settings.augment`)."""
        seed, shares = self.settings.seed, self.settings.augment
        form = augment.order(self.form, shares, seed, question.id)
        wordings = prompts.wordings(question.task, form)
        return question.sft(form, augment.wording(shares, seed, question.id, wordings))

    def training(self, judgment: Judgment, text: str, split: str, family: str) -> Iterator[Question]:
        """The questions of a training split.

        A drawn share of them by task is asked, and a drawn share of those shows statutes.

        Args:
            judgment: the record.
            text: its document.
            split: sft or grpo.
            family: the case of the judgment, whose own documents do not vote for statutes.
        """
        seed, retrieval = self.settings.seed, self.settings.retrieval
        shares = dict(getattr(self.settings.mix, split))
        if split == "sft":
            text, judgment = augment.masked(text, judgment, self.settings.augment, seed)
        for question in self.questions(judgment, text):
            if draw(seed, "mix", split, question.id) >= shares[question.task]:
                continue
            if question.task == "elements" or draw(seed, "shown", question.id) >= retrieval.share:
                yield question
                continue
            # Only SFT is taught to read so: rewards ask for the law as it is.
            charges = targets.charges(judgment)
            asked = split == "sft" and question.task in NAMED and len(charges) == 1
            new = asked and draw(seed, "new", question.id) < self.settings.augment.new_crimes
            unknown = charges if new else ()
            articles = self._statutes(question.input, judgment.date, family, unknown)
            if draw(seed, "gold", question.id) < retrieval.gold_inserted:
                cited = targets.refs(judgment)
                articles = insert_gold(articles, cited, self.retriever, (seed, question.id))
            court = courts.key(judgment.court, judgment.province)
            cited_there = self.retriever.court_citations(question.input, court, self.form.court_cases, family)
            decisions = self.learned.decisions(question.input, family) if self.learned else None
            context, told = Context(articles, cited_there, decisions), question.judgment
            if new:
                context, told = new_crimes.disguised(context, told, self.form, self.retriever, seed)
            yield replace(question, id=f"{question.id}:rag", context=context, judgment=told)

    def _statutes(self, facts: str, date: str | None, family: str, unknown: Sequence[str] = ()) -> list[dict]:
        retrieval = self.settings.retrieval
        if self.learned:
            return self.learned.search(facts, retrieval.k, date, family)
        return self.retriever.search(
            facts,
            retrieval.k,
            date,
            family,
            retrieval.voters,
            retrieval.votes_weight,
            self.retriever.without(unknown) if unknown else None,
            retrieval.by_words,
        )


def insert_gold(
    articles: list[dict], gold: Sequence[str], retriever: LexicalRetriever, seed: object
) -> list[dict]:
    """Put the missing gold articles in, at drawn ranks, for the last of those that are not gold.

    Args:
        articles: rows of articles.parquet, best first.
        gold: refs of the articles that the judgment cites.
        retriever: knows the articles' texts; the latest version is put in.
        seed: of the draws.

    Returns:
        As many articles as were given, so that not all gold ones may find room.
    """
    shown = {article["ref"] for article in articles}
    versions = [retriever.versions(CRIMINAL_LAW, ref) for ref in gold if ref not in shown]
    result = list(articles)
    for rows in filter(None, versions):
        article = retriever.articles[rows[-1]]
        spare = [place for place, other in enumerate(result) if other["ref"] not in gold]
        if not spare:
            break
        result.pop(spare[-1])
        result.insert(int(draw(seed, article["ref"]) * (len(result) + 1)), article)
    return result
