"""Kept judgments → the data sets of training and evaluation.

`splits.parquet` (doc_id, family, province, charge, split), `pretrain.jsonl` (texts of the training
splits), `sft.jsonl`, `grpo.jsonl`, `heldout.jsonl`, `unseen.jsonl` and `form.json`. docs/formats.md
has their rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from lexpro.config.tasks import Settings
from lexpro.corpus import kept
from lexpro.examples import shortage
from lexpro.examples.out_of_fold import OutOfFold
from lexpro.examples.questions import QuestionBuilder
from lexpro.examples.same_case import families
from lexpro.examples.split import UNSEEN, SplitRow, assign
from lexpro.hashing import draw
from lexpro.law import courts
from lexpro.records import Judgment
from lexpro.retrieval import cases
from lexpro.retrieval.lexical import LexicalRetriever, Precedent
from lexpro.statutes import table
from lexpro.tasks import prompts, targets, texts
from lexpro.tasks.form import write_form
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import json_line, write_json_lines
from lexpro.workflow.stage import Run


def build(run: Run) -> None:
    """The `tasks` stage: write all files of the module's docstring to `run.out`.

    Raises:
        UserError: there is no judgment, or too few for each split to have a question.
    """
    settings = run.settings
    path = run.inputs["filter"] / "kept.parquet"
    rows = split_rows(path)
    unseen = families_of(path, rows, settings.unseen_charges)
    splits = assign(
        (row for row in rows if row.family not in unseen), dict(settings.shares), settings.seed
    ) | {row.doc_id: UNSEEN for row in rows if row.family in unseen}
    retriever = LexicalRetriever.build(
        table.read(run.inputs["knowledge"] / "articles.parquet"), precedents(path, rows, splits, settings)
    )
    family_of = {row.doc_id: row.family for row in rows}
    retrieval, learned = settings.retrieval, None
    if retrieval.ranker and retrieval.share:
        learned = OutOfFold.learn(
            cases.of_splits(path, splits),
            family_of,
            retriever,
            retrieval.ranker,
            retrieval.folds,
            settings.seed,
        )
    builder = QuestionBuilder(settings, retriever, learned)
    asked = write_training(run, builder, path, splits, family_of)
    if message := shortage.too_few(rows, splits, run.counts, settings):
        raise UserError(message + shortage.dropped(run.inputs["filter"]))
    for name, questions in asked.items():
        # In a drawn order, so that the first items of the file are a fair sample of it.
        questions.sort(key=lambda row: (draw(settings.seed, "heldout", row["doc_id"]), row["task"]))
        write_json_lines(run.out / f"{name}.jsonl", questions)
    columns = pl.DataFrame([asdict(row) | {"split": splits[row.doc_id]} for row in rows])
    columns.write_parquet(run.out / "splits.parquet")
    write_form(settings.form, run.out)


def split_rows(path: Path) -> list[SplitRow]:
    """What the split goes by, in the order of kept.parquet; judgments of one case are one family.

    Raises:
        UserError: the file is empty.
    """
    columns = ["doc_id", "family", "province", "charge"]
    rows = pl.read_parquet(path, columns=columns).rows()
    if not rows:
        raise UserError(
            f"{path} holds no judgment: everything was rejected or dropped. {path.parent}/funnel.csv has the counts, "
            "dropped.parquet beside it the reasons; docs/data.md says what each filter is."
        )
    first = families(
        (judgment.case_number, _story(row["text"], judgment)) for row, judgment in kept.read(path)
    )
    # Documents of one case take the family that the filter gave the first of them, or its id.
    names = [rows[place][1] or rows[place][0] for place in first]
    return [
        SplitRow(doc_id, name, province or "", charge or "")
        for (doc_id, _, province, charge), name in zip(rows, names, strict=True)
    ]


def families_of(path: Path, rows: Sequence[SplitRow], charges: Collection[str]) -> set[str]:
    """The cases in which somebody is convicted of one of the charges.

    Args:
        path: kept.parquet of the stage `filter`.
        rows: all judgments, as `split_rows` gives them.
        charges: canonical names.

    Raises:
        UserError: nobody is convicted of one of them.
    """
    if not charges:
        return set()
    found: dict[str, set[str]] = {charge: set() for charge in charges}
    for row, judgment in kept.read(path):
        for charge in set(charges).intersection(targets.charges(judgment)):
            found[charge].add(row["doc_id"])
    if missing := [charge for charge in charges if not found[charge]]:
        raise UserError(f"tasks.unseen_charges: no judgment that was kept has {'、'.join(missing)}")
    convicted = set().union(*found.values())
    return {row.family for row in rows if row.doc_id in convicted}


def _story(text: str, judgment: Judgment) -> str:
    """The facts of a judgment as the prosecutor and the court tell them."""
    return "\n".join(
        text[slice(*judgment.sections[name])] for name in ("accusation", "facts") if name in judgment.sections
    )


def precedents(
    path: Path, rows: Sequence[SplitRow], splits: dict[str, str], settings: Settings
) -> list[Precedent]:
    """The training judgments whose citations rank articles for the prompts of the others.

    A drawn sample of `settings.retrieval.cases`; held-out judgments are never among them.

    Args:
        path: kept.parquet of the stage `filter`.
        rows: all judgments, as `split_rows` gives them.
        splits: doc_id → split.
        settings: of the stage `tasks`.

    Returns:
        In the order of kept.parquet; empty where `settings.retrieval.cases` is 0.
    """
    training = [row for row in rows if splits[row.doc_id] in cases.TRAINING]
    training.sort(key=lambda row: draw(settings.seed, "precedent", row.doc_id))
    family_of = {row.doc_id: row.family for row in training[: settings.retrieval.cases]}
    sample = []
    for row, judgment in kept.read(path) if family_of else ():
        if row["doc_id"] in family_of:
            facts, _left_out = texts.facts(row["text"], judgment, settings.form.facts_chars)
            court = courts.key(judgment.court, row["province"])
            family, refs = family_of[row["doc_id"]], targets.refs(judgment)
            sample.append(Precedent(family, facts, refs, court, targets.charges(judgment)))
    return sample


def write_training(
    run: Run, builder: QuestionBuilder, path: Path, splits: dict[str, str], family_of: dict[str, str]
) -> dict[str, list[dict]]:
    """Write pretrain.jsonl, sft.jsonl and grpo.jsonl, and count their rows in `run.counts`.

    Args:
        run: of the stage `tasks`; the files go to `run.out`.
        builder: asks the questions.
        path: kept.parquet of the stage `filter`.
        splits: doc_id → split (heldout, sft or grpo), or `UNSEEN`.
        family_of: doc_id → the case that the document is of.

    Returns:
        {heldout, unseen: the rows of its file}, in the order of kept.parquet.
    """
    form, counts = builder.form, Counter()
    asked: dict[str, list[dict]] = {"heldout": [], UNSEEN: []}
    columns = ("doc_id", "province", "charge", "text")
    with (
        (run.out / "pretrain.jsonl").open("w", encoding="utf-8") as pretrain,
        (run.out / "sft.jsonl").open("w", encoding="utf-8") as sft,
        (run.out / "grpo.jsonl").open("w", encoding="utf-8") as grpo,
    ):
        for number, (row, judgment) in enumerate(kept.read(path, columns), 1):
            text, split = row["text"], splits[row["doc_id"]]
            if split in asked:
                for question in builder.questions(judgment, text):
                    asked[split].append(question.heldout(form, row["province"], row["charge"]))
                    counts[f"{split}.{question.task}"] += 1
                continue
            pretrain.write(json_line({"text": text}))
            for question in builder.training(judgment, text, split, family_of[row["doc_id"]]):
                if split == "sft":
                    sft.write(json_line(builder.varied(question)))
                else:
                    grpo.write(json_line(question.grpo(form)))
                counts[f"{split}.{question.task}"] += 1
                if context := question.context:
                    cited = set(targets.refs(question.judgment))
                    counts[f"{split}.shown"] += 1
                    counts[f"{split}.shown_cited"] += len(cited.intersection(prompts.refs(context, form)))
                    counts[f"{split}.cited"] += len(cited)
            if number % 10_000 == 0:
                run.log.info("%d of %d judgments", number, len(splits))
    run.counts.update(sorted(counts.items()))
    return asked
