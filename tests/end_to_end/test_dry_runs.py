"""Experiments that no test runs: Snakemake plans them from a fresh checkout, a job for each run of
each stage.
"""

import pytest

from lexpro import datasets

# Stages that an experiment runs once, and that experiments on one corpus share.
ONCE = dict.fromkeys(("corpus", "filter", "knowledge", "tasks", "embed", "index"), 1)
MODELS = ("base_model", "sft", "grpo")


@pytest.fixture
def mirror(fresh, monkeypatch):
    """Something at the place of every data set: a plan looks whether it is there, and the jobs read
    it.
    """
    for dataset in datasets.registered(fresh.root / datasets.REGISTRY).values():
        path = datasets.in_mirror(dataset, fresh.root / "mirror")
        (path if dataset.is_folder else path.parent).mkdir(parents=True, exist_ok=True)
        if not dataset.is_folder:
            path.touch()
    monkeypatch.setenv(datasets.MIRROR, "mirror")


def test_the_three_sizes_of_the_paper_share_all_but_their_models(fresh):
    fresh.experiment = "paper_14b,paper_32b,paper_70b"
    assert fresh.planned() == {
        **ONCE,
        **dict.fromkeys(("ingest", "structure"), 31),
        **dict.fromkeys((*MODELS, "pass_rate", "expert_sheet", "report"), 3),
        # Three variants of each, without and with retrieval.
        **dict.fromkeys(("predict", "score"), 18),
    }


@pytest.mark.usefixtures("mirror")
@pytest.mark.parametrize(
    "experiment, provinces, answers",
    [
        ("judge_tiny", 1, 6),
        # Of three variants, with and without retrieval: held-out judgments, and JuDGE's by the
        # project's own tasks and whole.
        ("lecard", 1, 18),
        # Of one variant: eight benchmarks, and all but the extraction of elements with retrieval
        # too.
        ("smoke_benchmarks", 2, 15),
    ],
)
def test_an_experiment_on_public_data_is_planned_whole(fresh, experiment, provinces, answers):
    fresh.experiment = experiment
    assert fresh.planned() == {
        **ONCE,
        **dict.fromkeys(("ingest", "structure"), provinces),
        **dict.fromkeys((*MODELS, "expert_sheet", "report"), 1),
        **dict.fromkeys(("predict", "score"), answers),
    }
