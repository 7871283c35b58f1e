"""Settings of the `tasks` stage."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from lexpro.config.base import Count, Model, Positive, Share, clash
from lexpro.retrieval.practice import LEAST

Field_ = Literal["姓名", "罪名", "刑种", "刑期", "缓刑", "罚金", "情节", "金额", "退赔", "赔偿"]
Section = Literal["header", "parties", "accusation", "facts", "evidence", "reasoning", "judgment", "ending"]


# Every split is used: an empty one would be found only after what comes before it is trained.
Part = Annotated[float, Field(gt=0, lt=1)]


class Shares(Model):
    sft: Part
    grpo: Part
    heldout: Part

    @model_validator(mode="after")
    def _whole(self):
        if abs(self.sft + self.grpo + self.heldout - 1) > 1e-9:
            raise ValueError(f"sft + grpo + heldout is {self.sft + self.grpo + self.heldout:g}, not 1")
        return self


class ByTask(Model):
    elements: Share
    charge: Share
    article: Share
    term: Share

    @model_validator(mode="after")
    def _some(self):
        if not any(dict(self).values()):
            raise ValueError(f"all shares are 0: nothing is asked; give one to {', '.join(dict(self))}")
        return self


class Mix(Model):
    sft: ByTask
    grpo: ByTask


class Retrieval(Model):
    share: Share
    k: Positive
    gold_inserted: Share
    cases: Count
    voters: Positive
    votes_weight: Annotated[float, Field(ge=0)]


class Augment(Model):
    reworded: Share
    shuffled: Share
    masked: Share


def _enough(value: int) -> int:
    if 0 < value < LEAST:
        raise ValueError(
            f"of {value} cases of a court nothing is said: give 0 (not shown) or at least {LEAST}"
        )
    return value


CourtCases = Annotated[Count, AfterValidator(_enough)]


class Form(Model):
    style: Literal["compact", "full"]
    fields: list[Field_] = Field(min_length=1)
    sections: list[Section] = Field(min_length=1)
    facts_chars: Count
    think_chars: Count
    article_chars: Count
    articles_chars: Count
    articles_tokens: Count = 0
    court_cases: CourtCases = 0


class Settings(Model):
    seed: int
    shares: Shares
    mix: Mix
    augment: Augment
    min_facts: Count
    retrieval: Retrieval
    form: Form

    @model_validator(mode="after")
    def _words(self):
        if self.augment.reworded and self.form.style == "compact":
            raise clash(
                ["augment.reworded", "form.style"],
                f"augment.reworded is {self.augment.reworded:g}, but form.style: compact has one wording",
            )
        return self
