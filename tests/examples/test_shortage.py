"""A corpus that is too small is told what it takes."""

import math
from collections import Counter
from pathlib import Path

import pytest

from lexpro.config.tasks import ByTask, Settings
from lexpro.examples import shortage, split
from lexpro.task_names import TASKS
from lexpro.workflow.files import read_yaml, write_json

CONFIG = Path(__file__).resolve().parents[2] / "config"


def tiny() -> Settings:
    return Settings.model_validate(read_yaml(CONFIG / "tasks/tiny.yaml"))


@pytest.mark.parametrize("number", [1, 2, 3, 400])
def test_too_few_judgments_are_told_what_there_is_what_it_takes_and_what_to_change(number):
    config = tiny()
    shares = dict(config.shares)
    known = [split.SplitRow(f"d{i}", f"f{i}", "湖北", "盗窃罪") for i in range(number)]
    splits = split.assign(known, shares, config.seed)
    counts = Counter(f"{part}.elements" for part in splits.values())
    said = shortage.too_few(known, splits, counts, config)
    if set(splits.values()) == set(split.SPLITS):
        assert said == ""
        return
    empty = [part for part in split.SPLITS if part not in splits.values()]
    assert said.startswith(
        f"too few judgments: {number} were kept, of {number} cases, and no question is left for"
    )
    for part in split.SPLITS:
        given = list(splits.values()).count(part)
        assert f"{part}: share {shares[part]:g}, {given} judgments, {given} questions" in said
        assert (f"tasks.shares.{part} (now {shares[part]:g})" in said) == (part in empty)
    assert f"about {math.ceil(1 / min(shares[part] for part in empty))} judgments" in said


def test_a_split_whose_judgments_are_asked_nothing_is_told_its_mix():
    config = tiny()
    config.mix.grpo = ByTask(**dict.fromkeys(TASKS, 0.25))
    splits = {"a": "sft", "b": "grpo", "c": "heldout"}
    known = [split.SplitRow(doc, doc, "湖北", "盗窃罪") for doc in splits]
    said = shortage.too_few(known, splits, {"sft.term": 1, "heldout.term": 1}, config)
    assert "grpo: share 0.1, 1 judgments, 0 questions" in said and "about 40 judgments" in said
    assert "tasks.mix.grpo" in said and "tasks.mix.sft" not in said


def test_what_the_filter_dropped_is_told_beside_it(tmp_path):
    counts = {"read": 5, "kept": 1, "dropped": 4, "drop_too_short": 0, "drop_near_duplicate": 4}
    write_json(tmp_path / "manifest.json", {"files": {}, "counts": counts})
    said = f"The filter dropped 4 of 5 (near_duplicate 4): {tmp_path}/dropped.parquet."
    assert shortage.dropped(tmp_path).strip() == said
    write_json(tmp_path / "manifest.json", {"files": {}, "counts": counts | {"dropped": 0}})
    assert shortage.dropped(tmp_path) == ""
