"""Settings of the `tasks` stage: splits, prompts and answers."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt, model_validator

from lexpro.config.base import Minutes, Model, Runtime, Share, clash
from lexpro.config.index import Ranker
from lexpro.task_names import FIELDS, CaseField, DefendantField

Section = Literal["header", "parties", "accusation", "facts", "evidence", "reasoning", "judgment", "ending"]


class TasksRuntime(Runtime):
    """How the stage runs."""

    minutes: Minutes = 120


class Shares(Model):
    """Shares of the judgments; together 1, none of them 0.

    Every split is used: an empty one would be found only after what comes before it is trained.
    """

    sft: float = Field(0.85, gt=0, lt=1, description="Judgments for supervised fine-tuning (share).")
    grpo: float = Field(0.1, gt=0, lt=1, description="Judgments for GRPO (share).")
    heldout: float = Field(0.05, gt=0, lt=1, description="Judgments held out for evaluation (share).")

    @model_validator(mode="after")
    def _whole(self):
        if abs(self.sft + self.grpo + self.heldout - 1) > 1e-9:
            raise ValueError(f"sft + grpo + heldout is {self.sft + self.grpo + self.heldout:g}, not 1")
        return self


class ByTask(Model):
    """Shares of a split's judgments that are asked each task; not all of them 0."""

    elements: Share = Field(1.0, description="Judgments that the elements are asked of (share).")
    charge: Share = Field(0.5, description="Judgments that the charge is asked of (share).")
    article: Share = Field(1.0, description="Judgments that the articles are asked of (share).")
    term: Share = Field(1.0, description="Judgments that the term is asked of (share).")

    @model_validator(mode="after")
    def _some(self):
        shares = self.model_dump()
        if not any(shares.values()):
            raise ValueError(f"all shares are 0: nothing is asked; give one to {', '.join(shares)}")
        return self


class Mix(Model):
    """How often each task is asked, by split."""

    sft: ByTask = Field(default_factory=ByTask, description="Tasks of supervised fine-tuning.")
    grpo: ByTask = Field(default_factory=ByTask, description="Tasks of GRPO.")


class Retrieval(Model):
    """Statutes in the prompts of charge, article and term, found in the knowledge base.

    They are found from the facts by BM25 over their texts, fused with the citations of similar
    training cases; or by a ranker that is learned from training cases, as that of an index.
    """

    share: Share = Field(0.5, description="Prompts that show statutes (share).")
    k: PositiveInt = Field(10, description="Statutes shown, in rank order (count).")
    gold_inserted: Share = Field(
        0.3,
        description="Of these prompts those in which cited articles that were not found are put in (share).",
    )
    cases: NonNegativeInt = Field(
        50000,
        description="Training cases, a drawn sample, that may vote and tell what their courts cite (count).",
    )
    voters: PositiveInt = Field(20, description="Most similar cases that vote (count).")
    votes_weight: NonNegativeFloat = Field(
        2.0, description="Weight of the ranking by votes, beside the 1 of BM25."
    )
    ranker: Ranker | None = Field(
        None,
        description=(
            "The ranker of the index, learned here from the other folds for each training case, so that prompts show "
            "what they will show for a case that it does not know; null: BM25 and votes."
        ),
    )
    folds: int = Field(
        5, ge=2, description="Folds of the training cases that rankers are learned by (count)."
    )
    by_words: NonNegativeInt = Field(
        0,
        description=(
            "Statutes of crimes that are always among the k: those that fit the facts best by their words, which "
            "needs no case; as in the index; without a ranker (count)."
        ),
    )

    @model_validator(mode="after")
    def _room(self):
        if self.by_words > self.k:
            raise clash(["by_words", "k"], f"by_words is {self.by_words}, but {self.k} statutes are shown")
        if self.by_words and self.ranker:
            raise clash(
                ["by_words", "ranker"], f"by_words is {self.by_words}, but a ranker finds the statutes"
            )
        return self


class Augment(Model):
    """Variation of the examples of supervised fine-tuning."""

    reworded: Share = Field(
        0.0, description="Examples that are asked in other words; style: full only (share)."
    )
    shuffled: Share = Field(0.0, description="Examples with the elements in another order (share).")
    masked: Share = Field(0.0, description="Judgments whose defendants get other masked names (share).")
    new_crimes: Share = Field(
        0.0,
        description=(
            "Prompts of charge and article that show statutes, for one charge, as if it were new: no case of it votes, "
            "and half of the crimes shown bear drawn names and numbers, in the answer too, so that they are read; "
            "for style: compact, knowledge: facts and no ranker (share)."
        ),
    )


# Settings of the form that only a ranker can answer, here and in the index.
OF_RANKER = ("citing_shares", "charges_shown", "sentences_shown", "least_tenths")


class Form(Model):
    """The form of prompts and completions; `predict` uses the same."""

    style: Literal["compact", "full"] = Field(
        "full",
        description=(
            "Prompts; compact: a short instruction, reasoning built from the record; full: the answer's format spelt "
            "out, reasoning in the judgment's own words."
        ),
    )
    fields: list[Literal[DefendantField, CaseField]] = Field(
        default_factory=lambda: list(FIELDS),
        min_length=1,
        description="Elements to extract; 金额, 退赔 and 赔偿 are of the case, the others of each defendant.",
    )
    sections: list[Section] = Field(
        default_factory=lambda: ["header", "parties", "accusation", "facts", "reasoning", "judgment"],
        min_length=1,
        description=(
            "Sections of the judgment that the elements are asked of; facts are those of the accusation where "
            "the court states none."
        ),
    )
    facts_chars: NonNegativeInt = Field(4000, description="Longest facts; 0: whole (characters).")
    think_chars: NonNegativeInt = Field(
        1500, description="Longest quotation of a judgment's reasoning; 0: whole (characters)."
    )
    listing: Literal["texts", "numbers"] = Field(
        "texts",
        description=(
            "What is found; texts: statutes with their texts, before the facts; numbers: numbers of articles "
            "alone, after the facts, written as in the answer, for models that are too small to read statutes: "
            "answers to learn then name articles in that order, and give no reasons where they can be copied."
        ),
    )
    least_tenths: int = Field(
        0,
        ge=0,
        le=10,
        description="With listing: numbers, an article or charge is shown if so many of ten such cases have it.",
    )
    article_chars: NonNegativeInt = Field(300, description="Shown of each statute; 0: whole (characters).")
    articles_chars: NonNegativeInt = Field(0, description="Shown of all statutes; 0: whole (characters).")
    articles_tokens: NonNegativeInt = Field(
        2000, description="Shown of all statutes, with numbers and versions; 0: no limit (tokens)."
    )
    citing_shares: bool = Field(
        False,
        description=(
            "Whether it is said with each statute how many of ten such cases cite it; needs a ranker, here and in the "
            "index."
        ),
    )
    charges_shown: NonNegativeInt = Field(
        0,
        description=(
            "Likeliest charges, named before the statutes with how many of ten such cases have each (listing: numbers "
            "has no tenths); 0: none; needs a ranker, here and in the index (count)."
        ),
    )
    sentences_shown: NonNegativeInt = Field(
        0,
        description=(
            "Likeliest main punishments, named in prompts of the term with their usual length and how many of ten such "
            "cases have each; 0: none; needs a ranker, here and in the index (count)."
        ),
    )
    court_cases: NonNegativeInt = Field(
        0,
        description=(
            "Most similar cases of the same court: the articles that at least half of them cite are named "
            "after the statutes; 0: none, else at least five (cases)."
        ),
    )

    @model_validator(mode="after")
    def _of_one_listing(self):
        if self.listing == "numbers" and self.style == "full":
            raise clash(["listing", "style"], "listing: numbers is for style: compact; state listing: texts")
        other = {"numbers": "citing_shares", "texts": "least_tenths"}[self.listing]
        if getattr(self, other):
            raise clash(
                [other, "listing"],
                f"{other} says nothing with listing: {self.listing}; state one of them only",
            )
        return self


class Settings(Model):
    """Splits (case families together, balanced over provinces and charges), prompts, answers."""

    seed: int = Field(11, description="Seed of the split and of every draw below.")
    shares: Shares = Field(default_factory=Shares, description="Shares of the splits; together 1.")
    unseen_charges: list[str] = Field(
        default_factory=list,
        description=(
            "Charges that no training sees: judgments with any of them are of no split, and are asked by the "
            "benchmark `unseen_charges` alone."
        ),
    )
    mix: Mix = Field(
        default_factory=Mix,
        description="Shares of a split's judgments that are asked each task; held-out ones are asked all.",
    )
    augment: Augment = Field(default_factory=Augment, description="Variation of the examples of SFT.")
    min_facts: NonNegativeInt = Field(
        50, description="Shorter facts are no input of charge, article and term (characters)."
    )
    retrieval: Retrieval = Field(
        default_factory=Retrieval, description="Statutes in the prompts of charge, article and term."
    )
    form: Form = Field(default_factory=Form, description="The form of prompts and completions.")
    runtime: TasksRuntime = Field(default_factory=TasksRuntime, description="How the stage runs.")

    @model_validator(mode="after")
    def _words(self):
        if self.augment.reworded and self.form.style == "compact":
            raise clash(
                ["augment.reworded", "form.style"],
                f"augment.reworded is {self.augment.reworded:g}, but form.style: compact has one wording",
            )
        others = {
            "form.style": self.form.style == "full" and "style: full quotes the judgment, with its own names",
            "form.listing": self.form.listing == "numbers" and "listing: numbers shows nothing to read",
            "retrieval.share": not self.retrieval.share and "share: 0 shows no statutes",
            "retrieval.ranker": self.retrieval.ranker and "a ranker knows the cases of every crime",
        }
        for key, reason in others.items():
            if self.augment.new_crimes and reason:
                raise clash(
                    ["augment.new_crimes", key],
                    f"augment.new_crimes is {self.augment.new_crimes:g}, but {reason}",
                )
        for name in OF_RANKER:
            stated = getattr(self.form, name)
            if stated and not self.retrieval.ranker:
                raise clash(
                    [f"form.{name}", "retrieval.ranker"],
                    f"form.{name} is {str(stated).lower()}, but nothing is learned that knows them; state "
                    "retrieval.ranker: {}",
                )
        return self
