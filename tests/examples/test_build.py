"""The data sets as the stage writes them: no training file tells of a held-out judgment."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path
from types import SimpleNamespace

import corpora
import planning
import polars as pl
import pytest
from sample_judgments import plain_form

import tasks
from lexpro.config.tasks import Settings
from lexpro.corpus.synthetic import generate
from lexpro.evaluation.tasks.unseen_charges import items as unseen_charges
from lexpro.examples import build, split
from lexpro.law import builtin_law
from lexpro.statutes import builtin_statutes, table
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml, write_json

CONFIG = Path(__file__).resolve().parents[2] / "config"


def test_a_judgment_is_no_precedent_for_another_of_its_case(tmp_path):
    """Two judgments with one case number: each is the other's family, whatever the filter called
    them.
    """
    values = corpora.synthetic()
    made = [generate.clean(values, "湖北", n) for n in range(3)]
    made.append((made[0][0], {**made[0][1], "doc_id": "again"}))
    kept = [
        {"doc_id": truth["doc_id"], "family": truth["doc_id"], "province": "湖北", "text": text}
        | {"charge": "盗窃罪", "judgment": json.dumps(truth)}
        for text, truth in made
    ]
    pl.DataFrame(kept).write_parquet(tmp_path / "kept.parquet")
    known = build.split_rows(tmp_path / "kept.parquet")
    splits = {row.doc_id: "sft" for row in known}
    settings = Settings.model_validate(read_yaml(CONFIG / "tasks/tiny.yaml"))
    found = build.precedents(tmp_path / "kept.parquet", known, splits, settings)
    assert all(precedent.court.startswith("湖北 ") for precedent in found)
    asked = []

    class Asking:
        form = plain_form()

        def training(self, judgment, text, split, family):
            asked.append((judgment.doc_id, family))
            return iter(())

    run = SimpleNamespace(out=tmp_path, counts=Counter())
    build.write_training(
        run, Asking(), tmp_path / "kept.parquet", splits, {c.doc_id: c.family for c in known}
    )
    family = dict(asked)
    assert family["again"] == family[made[0][1]["doc_id"]] and len(set(family.values())) == 3
    assert Counter(family.values()) == Counter(precedent.family for precedent in found)


@pytest.mark.parametrize("unseen", [[], ["盗窃罪", "诈骗罪"]])
def test_no_training_file_tells_of_a_held_out_judgment(tmp_path, monkeypatch, unseen):
    """The stage itself, on a corpus in which every tenth case has two judgments."""
    monkeypatch.chdir(tmp_path)
    values = corpora.synthetic()
    made = [generate.clean(values, province, n) for province in ("湖北", "四川") for n in range(60)]
    made += [(text, {**truth, "doc_id": f"{truth['doc_id']}-again"}) for text, truth in made[::10]]
    kept = [
        {"doc_id": truth["doc_id"], "family": None, "province": truth["province"], "text": text}
        | {"charge": truth["defendants"][0]["charges"][0], "judgment": json.dumps(truth)}
        for text, truth in made
    ]
    for name in ("filter", "knowledge"):
        write_json(tmp_path / f"results/{name}/k/manifest.json", {"files": {}, "counts": {}})
    pl.DataFrame(kept).write_parquet("results/filter/k/kept.parquet")
    table.write(builtin_statutes.rows(builtin_law.load()), tmp_path / "results/knowledge/k/articles.parquet")
    inputs = {name: f"results/{name}/k" for name in ("filter", "knowledge")}
    settings = read_yaml(CONFIG / "tasks/tiny.yaml") | {"unseen_charges": unseen}
    tasks.main(planning.arguments(planning.plan("tasks", settings, inputs)))

    out = tmp_path / "results/tasks/k"
    found = defaultdict(set)
    for doc, name in pl.read_parquet(out / "splits.parquet").select("doc_id", "split").iter_rows():
        found[name].add(doc)
    parts = [*split.SPLITS, split.UNSEEN]
    assert set(found) == set(parts if unseen else split.SPLITS)
    # A judgment with several charges is unseen for any of them.
    for _, truth in made:
        convicted = {charge for person in truth["defendants"] for charge in person["charges"]}
        assert (truth["doc_id"] in found[split.UNSEEN]) == bool(convicted & set(unseen))
    asked = defaultdict(set)
    lines = {name: (out / f"{name}.jsonl").read_text(encoding="utf-8") for name in ("pretrain", *parts)}
    for name in parts:
        asked[name] = {json.loads(line)["id"].partition(":")[0] for line in lines[name].splitlines()}
    assert asked == found
    # Whose facts stand in a file, whatever its rows are called: every judgment is asked its
    # elements, facts and all.
    told = {truth["doc_id"]: text[slice(*truth["sections"]["facts"])] for text, truth in made}
    told = {name: {doc for doc, story in told.items() if story in lines[name]} for name in lines}
    assert told == {**dict.fromkeys(parts, set()), **found, "pretrain": found["sft"] | found["grpo"]}
    # Nor of a crime that is to be unseen, by its name in an answer.
    rows = map(json.loads, (lines["sft"] + lines["grpo"]).splitlines())
    answers = [row["gold"] if "gold" in row else row["completion"][0]["content"] for row in rows]
    told = {name for one in answers for name in re.findall(r"[^\"：、；]+罪", one)}
    assert "危险驾驶罪" in told and not told & set(unseen)
    benchmark = list(unseen_charges.rows(out, None))
    assert {row["doc_id"] for row in benchmark} == found[split.UNSEEN]
    assert all(row["court"] == "" for row in benchmark)


def test_an_unseen_charge_that_nobody_has_is_told_before_anything_is_trained(tmp_path):
    text, truth = generate.clean(corpora.synthetic(charges=["盗窃罪"]), "湖北", 1)
    row = {"doc_id": "a", "family": None, "province": "湖北", "text": text, "charge": "盗窃罪"}
    pl.DataFrame([{**row, "judgment": json.dumps(truth)}]).write_parquet(tmp_path / "kept.parquet")
    rows = build.split_rows(tmp_path / "kept.parquet")
    assert build.families_of(tmp_path / "kept.parquet", rows, ["盗窃罪"]) == {rows[0].family}
    with pytest.raises(UserError, match="unseen_charges: no judgment that was kept has 重婚罪"):
        build.families_of(tmp_path / "kept.parquet", rows, ["盗窃罪", "重婚罪"])
