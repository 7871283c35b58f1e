"""The files of a plan: what is in them, and when they change."""

import pytest

from lexpro import datasets
from lexpro.config import load
from lexpro.dag import builder, experiment, frozen, plan_files
from lexpro.dag.runs import Run
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml, write_text
from lexpro.workflow.stage import lock_file


@pytest.mark.slow
def test_what_is_compared_with_benchmarks_is_in_the_plan(elsewhere, monkeypatch):
    """A mirror that comes or goes changes what decontamination drops."""

    def planned():
        dag = frozen.freeze(["demo"], [])
        (run,) = dag.runs_of("filter")
        return read_yaml(plan_files.outside(run))

    monkeypatch.delenv("LEXPRO_MIRROR", raising=False)
    assert set(planned().values()) == {"absent"}
    one = datasets.find("judge_test")
    write_text(datasets.in_mirror(one, elsewhere / "mirror"), "{}")
    monkeypatch.setenv("LEXPRO_MIRROR", str(elsewhere / "mirror"))
    assert {name: value for name, value in planned().items() if value != "absent"} == {one.name: one.sha256}


LOCAL = load.settings("base_model", {"kind": "pretrained", "path": "model"})


@pytest.mark.parametrize(
    "stage, overrides",
    [
        ("base_model", []),
        ("embed", ["embed=bge_m3", "embed.model=model"]),
        ("index", ["index=reranked", "index.reranker.model=model"]),
    ],
)
def test_the_files_of_a_local_model_are_in_the_plan(elsewhere, stage, overrides):
    write_text(elsewhere / "model/config.json", "{}")
    write_text(elsewhere / "model/model.safetensors", "one")
    settings = experiment.read("demo", overrides).settings[stage] if overrides else LOCAL
    run = Run(stage, "x-00000000", settings)
    plan_files.write(run, lock_file())
    before = read_yaml(plan_files.outside(run))
    assert set(before) == {"config.json", "model.safetensors"}
    write_text(elsewhere / "model/model.safetensors", "other")
    plan_files.write(run, lock_file())
    after = read_yaml(plan_files.outside(run))
    assert {name for name in before if before[name] != after[name]} == {"model.safetensors"}


def test_the_files_of_a_scorer_s_models_are_in_the_plan(elsewhere):
    write_text(elsewhere / "model/config.json", "{}")

    def planned(*overrides):
        dag = builder.build(["demo"], ["benchmark=[heldout,judge]", *overrides])
        return [run for run in dag.runs_of("score") if run.settings.benchmark == "judge"][0]

    run = planned(f"benchmark.judge.models.bert={elsewhere / 'model'}")
    plan_files.write(run, lock_file())
    before = read_yaml(plan_files.outside(run))
    write_text(elsewhere / "model/config.json", "other")
    plan_files.write(run, lock_file())
    assert set(before) == {"bert/config.json"} and read_yaml(plan_files.outside(run)) != before
    assert plan_files.outside(planned("benchmark.judge.models={wordnet: null, bert: null}")) is None
    (heldout, *_) = builder.build(["demo"], []).runs_of("score")
    assert plan_files.outside(heldout) is None


def test_a_local_model_that_is_not_there_is_said_before_any_job(elsewhere):
    run = Run("base_model", "x-00000000", LOCAL)
    with pytest.raises(UserError, match="base_model.path: model is not a folder"):
        plan_files.write(run, lock_file())


def test_settings_in_the_plan_are_whole(elsewhere):
    """A default is written down: a changed one is a changed input."""
    dag = frozen.freeze(["demo"], [])
    for run in dag.runs.values():
        config = read_yaml(run.plan / "config.yaml")
        stated = load.settings(run.stage, config["settings"], read_yaml(run.plan / "runtime.yaml"))
        assert stated == run.settings and config["settings"] == run.key_settings
        assert config["settings"].keys() == type(run.settings).model_fields.keys() - {"runtime"}
