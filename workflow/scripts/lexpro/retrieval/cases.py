"""Cases that retrieval may know: the training judgments, as facts and what the court decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from lexpro.corpus import kept
from lexpro.records import Judgment
from lexpro.tasks import targets, texts

TRAINING = ("sft", "grpo")

# The columns of cases.parquet.
SCHEMA = {
    "doc_id": pl.String,
    "province": pl.String,
    "date": pl.String,
    "court": pl.String,
    "facts": pl.String,
    "charges": pl.List(pl.String),
    "refs": pl.List(pl.String),
    "sentence": pl.String,
    "months": pl.Int32,
    "circumstances": pl.List(pl.String),
    "amount": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One judgment.

    `facts` are without the answer. `refs` are the cited articles of the Criminal Law, `sentence`
    and `months` the first defendant's main punishment, `circumstances` those of any defendant,
    `amount` that of the case in yuan (0: none), `court` its name as the judgment has it. `story` is
    all that stands before the reasoning: accusation, facts and evidence; the ranker learns from it.
    """

    doc_id: str
    province: str
    date: str
    facts: str
    charges: tuple[str, ...]
    refs: tuple[str, ...]
    sentence: str
    months: int | None
    circumstances: tuple[str, ...] = ()
    amount: float = 0.0
    court: str = ""
    story: str = ""

    @property
    def document(self) -> str:
        """The structured judgment in words: charges, decision and citations, then the facts."""
        months = "" if self.months is None else f"{self.months}个月"
        lines = {
            "罪名": "、".join(self.charges),
            "情节": "、".join(self.circumstances),
            "金额": f"{self.amount:.15g}元" if self.amount else "",
            "判决": self.sentence + months,
            "法条": "、".join(self.refs),
            "事实": self.facts,
        }
        return "\n".join(f"{name}：{said}" for name, said in lines.items() if said)

    @property
    def fields(self) -> dict[str, str | int]:
        """What Chroma keeps to filter by: first charge, province, date, circumstances as flags."""
        fields = {"charge": (*self.charges, "")[0], "province": self.province, "date": self.date}
        return fields | {f"circumstance:{name}": 1 for name in self.circumstances}


def _story(text: str, judgment: Judgment) -> str:
    parts = (texts.section(text, judgment, name) for name in ("accusation", "facts", "evidence"))
    # A court that states no facts of its own has those of the accusation.
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _case(row: dict, judgment: Judgment) -> Case:
    first = judgment.defendants[0].sentence if judgment.defendants else None
    circumstances = (name for person in judgment.defendants for name in person.circumstances)
    return Case(
        doc_id=row["doc_id"],
        province=row["province"] or "",
        date=judgment.date or "",
        facts=texts.facts(row["text"], judgment)[0],
        charges=tuple(targets.charges(judgment)),
        refs=tuple(targets.refs(judgment)),
        sentence=first.kind if first else "",
        months=first.months if first else None,
        circumstances=tuple(dict.fromkeys(circumstances)),
        amount=float(judgment.amount),
        court=judgment.court or "",
        story=_story(row["text"], judgment),
    )


def read(path: Path, splits: Path, wanted: tuple[str, ...] = TRAINING) -> list[Case]:
    """The cases that have facts, by doc_id.

    Args:
        path: kept.parquet of the filter stage.
        splits: splits.parquet of the tasks stage.
        wanted: the splits to read; held-out judgments are not among the default's.
    """
    return of_splits(path, dict(pl.read_parquet(splits, columns=["doc_id", "split"]).rows()), wanted)


def of_splits(path: Path, split: Mapping[str, str], wanted: tuple[str, ...] = TRAINING) -> list[Case]:
    """As `read`, for splits that are not written yet.

    Args:
        path: kept.parquet of the filter stage.
        split: doc_id → name of its split.
        wanted: the splits to read.
    """
    cases = [_case(row, judgment) for row, judgment in kept.read(path) if split.get(row["doc_id"]) in wanted]
    return sorted((case for case in cases if case.facts), key=lambda case: case.doc_id)


def write(cases: Sequence[Case], path: Path) -> None:
    """Write cases.parquet: all but the story."""
    rows = [{name: getattr(case, name) for name in SCHEMA} for case in cases]
    pl.DataFrame(rows, schema=SCHEMA).write_parquet(path)
