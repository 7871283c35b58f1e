"""The form of prompts and completions: what training and evaluation have to agree on.

The `tasks` stage writes its form beside the rows it makes (`form.json`); `predict` builds its
prompts from that file.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

# Keys of the answers. Per defendant (被告人), then totals of the case.
DEFENDANT_FIELDS = ("姓名", "罪名", "刑种", "刑期", "缓刑", "罚金", "情节")
CASE_FIELDS = ("金额", "退赔", "赔偿")
FIELDS = DEFENDANT_FIELDS + CASE_FIELDS


@dataclass(frozen=True, slots=True)
class Form:
    """How prompts and completions are written.

    `compact` is for models of a few million parameters (short instruction, reasoning built from the
    record), `full` for real ones (instruction that states the answer's format, reasoning in the
    judgment's own words). Budgets are characters; 0 means no limit.
    """

    style: str = "compact"
    # Elements asked for, of FIELDS; the name of a defendant is always one.
    fields: tuple[str, ...] = FIELDS
    # Sections of the judgment that the elements are asked of.
    sections: tuple[str, ...] = ("parties", "facts", "reasoning", "judgment")
    facts_chars: int = 0
    think_chars: int = 0
    # Shown of each retrieved article, and of all of them together.
    article_chars: int = 40
    articles_chars: int = 0
    # The same of all of them with refs and versions, in tokens (`listing.tokens`).
    articles_tokens: int = 0
    # Similar cases of the same court that say which articles it usually cites; 0: not shown.
    court_cases: int = 0

    @property
    def person(self) -> tuple[str, ...]:
        """Elements asked of each defendant, in the order asked; the name is always one."""
        asked = tuple(field for field in self.fields if field in DEFENDANT_FIELDS)
        return asked if "姓名" in asked else ("姓名", *asked)

    @property
    def case(self) -> tuple[str, ...]:
        """Elements asked of the whole case, in the order asked."""
        return tuple(field for field in self.fields if field in CASE_FIELDS)

    @classmethod
    def from_dict(cls, data: dict) -> Form:
        """The inverse of `to_dict`; raises TypeError on unknown keys, ValueError on an unknown
        style or field.
        """
        form = cls(**{**data, "fields": tuple(data["fields"]), "sections": tuple(data["sections"])})
        if form.style not in ("compact", "full"):
            raise ValueError(f"style {form.style!r}: compact or full")
        if unknown := set(form.fields) - set(FIELDS):
            raise ValueError(f"fields {sorted(unknown)}: allowed are {', '.join(FIELDS)}")
        return form

    def to_dict(self) -> dict:
        return asdict(self)


def clip(text: str, limit: int) -> str:
    """At most `limit` characters, the last of them … where something was cut; 0: all."""
    return text if not limit or len(text) <= limit else text[: limit - 1] + "…"
