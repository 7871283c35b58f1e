"""Kept judgments → the data sets of training and evaluation: splits, pre-training text, SFT, GRPO
and held-out rows.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from lexpro.hashing import draw
from lexpro.law import courts
from lexpro.records import Judgment
from lexpro.statutes import table
from lexpro.task_names import TASKS
from lexpro.tasks import targets, texts
from lexpro.tasks.form import Form
from lexpro.tasks.rows import Asker
from lexpro.tasks.same_case import families
from lexpro.tasks.shelf import Precedent, Shelf
from lexpro.tasks.split import SPLITS, Case, assign
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import json_line, read_json, write_json
from lexpro.workflow.stage import MANIFEST, Run, stage

# Judgments read at a time: the corpus need not fit into memory.
BATCH = 1000


def cases(path: Path) -> list[Case]:
    """What the split goes by, in the order of the file: judgments of the same case are one family.
    Raises UserError on an empty file."""
    rows = pl.read_parquet(path, columns=["doc_id", "family", "province", "charge"]).rows()
    if not rows:
        raise UserError(
            f"{path} holds no judgment: everything was rejected or dropped. {path.parent}/funnel.csv has the counts, "
            "dropped.parquet beside it the reasons; which filters there are is said in config/filter."
        )
    same = families(
        (judgment.case_number, _facts(row["text"], judgment)) for row, judgment in judgments(path)
    )
    heads = [rows[first][1] or rows[first][0] for first in same]
    return [
        Case(doc, head, province or "", charge or "")
        for (doc, _, province, charge), head in zip(rows, heads, strict=True)
    ]


def _facts(text: str, judgment: Judgment) -> str:
    """The story of a judgment, told by the court or by the prosecutor."""
    return "\n".join(
        text[slice(*judgment.sections[name])] for name in ("accusation", "facts") if name in judgment.sections
    )


def precedents(
    path: Path, known: list[Case], splits: dict[str, str], settings: dict, form: Form
) -> list[Precedent]:
    """A drawn sample of the training judgments, whose citations rank articles for the prompts of
    the others.
    """
    training = [case for case in known if splits[case.doc_id] != "heldout"]
    training.sort(key=lambda case: draw(settings["seed"], "precedent", case.doc_id))
    families = {case.doc_id: case.family for case in training[: settings["retrieval"]["cases"]]}
    found = []
    for row, judgment in judgments(path) if families else ():
        if row["doc_id"] in families:
            facts, _left_out = texts.facts(row["text"], judgment, form)
            cited, court = tuple(targets.refs(judgment)), courts.key(judgment.court, row["province"])
            found.append(Precedent(families[row["doc_id"]], facts, cited, court))
    return found


def judgments(path: Path) -> Iterator[tuple[dict, Judgment]]:
    columns = ["doc_id", "family", "province", "charge", "text", "judgment"]
    for batch in pq.ParquetFile(path).iter_batches(BATCH, columns=columns):
        for row in batch.to_pylist():
            yield row, Judgment.from_dict(json.loads(row["judgment"]))


def write(
    run: Run, asker: Asker, kept: Path, splits: dict[str, str], family_of: dict[str, str]
) -> list[dict]:
    """Write pretrain.jsonl, sft.jsonl and grpo.jsonl; return the held-out rows."""
    form, counts, heldout = asker.form, Counter(), []
    with (
        (run.out / "pretrain.jsonl").open("w", encoding="utf-8") as pretrain,
        (run.out / "sft.jsonl").open("w", encoding="utf-8") as sft,
        (run.out / "grpo.jsonl").open("w", encoding="utf-8") as grpo,
    ):
        for number, (row, judgment) in enumerate(judgments(kept), 1):
            text, split = row["text"], splits[row["doc_id"]]
            if split == "heldout":
                for question in asker.questions(judgment, text):
                    heldout.append(question.heldout(form, row["province"], row["charge"]))
                    counts[f"heldout.{question.task}"] += 1
                continue
            pretrain.write(json_line({"text": text}))
            for question in asker.training(judgment, text, split, family_of[row["doc_id"]]):
                file = sft if split == "sft" else grpo
                file.write(json_line(asker.varied(question) if split == "sft" else question.grpo(form)))
                counts[f"{split}.{question.task}"] += 1
                if question.articles is not None:
                    counts[f"{split}.shown"] += 1
                    cited = set(targets.refs(judgment))
                    shown = {a["ref"] for a in question.articles} | {*(question.practice or ())}
                    counts[f"{split}.shown_cited"] += len(cited & shown)
                    counts[f"{split}.cited"] += len(cited)
            if number % 10_000 == 0:
                run.log.info("%d of %d judgments", number, len(splits))
    run.counts.update(sorted(counts.items()))
    return heldout


def too_few(known: list[Case], splits: dict[str, str], counts: dict[str, int], settings: dict) -> str:
    """What to do where a split was left without a question: what there was, what it takes and which
    settings change that; empty where each has one.

    `counts`: questions, as <split>.<task>. How many judgments it takes is the number in which one
    question is to be expected: cases stay together, and not every judgment answers every task, so
    it may be some more.
    """
    given, questions, takes = Counter(splits.values()), {}, {}
    for split in SPLITS:
        questions[split] = sum(counts.get(f"{split}.{task}", 0) for task in TASKS)
        asked = max(settings["mix"].get(split, {"heldout": 1.0}).values())
        takes[split] = math.ceil(round(1 / (settings["shares"][split] * asked), 6))
    empty = [split for split in SPLITS if not questions[split]]
    if not empty:
        return ""
    shares = [f"tasks.shares.{split} (now {settings['shares'][split]:g})" for split in empty]
    others = ["tasks.min_facts", *(f"tasks.mix.{split}" for split in empty if split in settings["mix"])]
    return "\n  ".join(
        [
            f"too few judgments: {len(known)} were kept, of {len({case.family for case in known})} cases, and no "
            f"question is left for {' and '.join(empty)}.",
            *(
                f"{s}: share {settings['shares'][s]:g}, {given[s]} judgments, {questions[s]} questions"
                for s in SPLITS
            ),
            f"Each needs a question: that takes about {max(takes[split] for split in empty)} judgments that are kept.",
            f"Give more, or raise {' and '.join(shares)} at the cost of the others: the three are 1 together.",
            f"Which of its tasks a judgment is asked is said by {' and '.join(others)}.",
        ]
    )


def dropped(folder: Path) -> str:
    """A line on what the filter dropped; empty where that is nothing."""
    counts = read_json(folder / MANIFEST)["counts"]
    if not counts.get("dropped"):
        return ""
    reasons = {name.removeprefix("drop_"): n for name, n in counts.items() if name.startswith("drop_") and n}
    said = ", ".join(f"{name} {number}" for name, number in reasons.items())
    return (
        f"\n  The filter dropped {counts['dropped']} of {counts['read']} ({said}): {folder}/dropped.parquet."
    )


def main(argv: list[str] | None = None) -> None:
    with stage("tasks", __doc__, argv) as run:
        settings = run.settings
        form = Form.from_dict(settings["form"])
        kept = run.inputs["filter"] / "kept.parquet"
        known = cases(kept)
        splits = assign(known, settings["shares"], settings["seed"])
        shelf = Shelf(
            table.read(run.inputs["knowledge"] / "articles.parquet"),
            precedents(kept, known, splits, settings, form),
            settings["retrieval"]["voters"],
            settings["retrieval"]["votes_weight"],
        )
        asker = Asker(settings, form, shelf)
        heldout = write(run, asker, kept, splits, {case.doc_id: case.family for case in known})
        if says := too_few(known, splits, run.counts, settings):
            raise UserError(says + dropped(run.inputs["filter"]))
        # In a drawn order, so that the first items of the file are a fair sample of it.
        heldout.sort(key=lambda row: (draw(settings["seed"], "heldout", row["doc_id"]), row["task"]))
        (run.out / "heldout.jsonl").write_text("".join(map(json_line, heldout)), encoding="utf-8")
        columns = {
            name: [getattr(case, name) for case in known]
            for name in ("doc_id", "family", "province", "charge")
        }
        columns["split"] = [splits[case.doc_id] for case in known]
        pl.DataFrame(columns).write_parquet(run.out / "splits.parquet")
        write_json(run.out / "form.json", form.to_dict())


if __name__ == "__main__":
    main()
