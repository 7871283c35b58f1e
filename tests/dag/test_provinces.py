"""The province folders of a corpus."""

import os

import pytest

from lexpro.dag import builder, frozen
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml


@pytest.mark.parametrize(
    "make, said",
    [
        (lambda root: None, "is empty"),
        (lambda root: (root / "a.jsonl").write_text("{}"), "loose files"),
    ],
)
def test_a_folder_of_judgments_that_cannot_be_used(tmp_path, make, said):
    make(tmp_path)
    with pytest.raises(UserError, match=said):
        builder.build(["demo"], ["corpus=folder", f"corpus.path={tmp_path}"])


def test_a_folder_of_judgments_is_split_by_its_sub_folders(tmp_path):
    for name in ("湖北", "湖南", ".hidden"):
        (tmp_path / name).mkdir()
    dag = builder.build(["demo"], ["corpus=folder", f"corpus.path={tmp_path}"])
    (ingest,) = dag.runs_of("ingest")
    assert ingest.provinces == ("湖北", "湖南") and not dag.runs_of("corpus")


@pytest.mark.slow
def test_a_file_may_have_any_name_and_a_folder_one_that_is_text(elsewhere):
    raw = elsewhere / "raw"
    folder = raw / "New folder (1)"
    folder.mkdir(parents=True)
    (folder / os.fsdecode("判决书.txt".encode("gbk"))).write_text("one")
    corpus = [f"corpus.path={raw}", "corpus=folder"]
    (ingest,) = frozen.freeze(["demo"], corpus).runs_of("ingest")
    assert list(read_yaml(ingest.plan / "raw" / "New folder (1).yaml")) == ["判决书.txt"]
    (raw / os.fsdecode("湖北".encode("gbk"))).mkdir()
    with pytest.raises(UserError, match="not UTF-8; it may be meant to be 湖北"):
        builder.build(["demo"], corpus)
