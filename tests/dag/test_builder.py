"""Composing experiments, keys, and the errors of a configuration before any job."""

import os
from pathlib import Path

import pytest

from lexpro import datasets
from lexpro.config import load
from lexpro.dag import builder, cores, experiment, frozen, plan_files, requirements
from lexpro.dag.runs import Run
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml, write_text
from lexpro.workflow.stage import StaleCheckout, lock_file

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def in_checkout(monkeypatch):
    monkeypatch.chdir(ROOT)


def keys(overrides=(), name="demo"):
    dag = builder.build([name], list(overrides))
    found = {}
    for run in dag.runs.values():
        found.setdefault(run.stage, set()).add(run.key)
    return found


def changed(before, after):
    return {stage for stage in before if before[stage] != after[stage]}


@pytest.mark.parametrize(
    "override, stages",
    [
        ("grpo.learning_rate=1.23e-5", {"grpo", "predict", "score", "report"}),
        ("sft.seed=99", {"sft", "grpo", "predict", "score", "report"}),
        ("score.seed=99", {"score", "report"}),
        ("report.dpi=99", {"report"}),
        ("sft.runtime.log_every=7", set()),
        ("grpo.runtime.wandb=disabled", set()),
        ("index.ef_search=77", {"index", "predict", "score", "report"}),
    ],
)
def test_a_setting_moves_its_stage_and_what_follows(override, stages):
    assert changed(keys(), keys([override])) == stages


def test_a_setting_of_the_corpus_moves_everything_but_the_law():
    assert changed(keys(), keys(["corpus.seed=7"])) == set(keys()) - {"knowledge"}


def test_experiments_that_ask_for_the_same_share_it():
    both = builder.build(["paper_14b", "paper_32b"], [])
    for stage in ("corpus", "filter", "knowledge", "tasks", "index"):
        assert len(both.runs_of(stage)) == 1, stage
    for stage in ("base_model", "sft", "grpo", "report"):
        assert len(both.runs_of(stage)) == 2, stage


def test_models_differ_between_variants_but_predictions_without_retrieval_need_no_index():
    dag = builder.build(["demo"], [])
    for run in dag.runs_of("predict"):
        assert ("index" in run.upstream) == (run.settings.retrieval == "rag")
        assert run.upstream["model"][0] == {"base": "base_model"}.get(
            run.settings.variant, run.settings.variant
        )


@pytest.mark.parametrize("name", ["paper_14b", "paper_32b", "paper_70b"])
def test_paper_experiments_are_complete(name):
    stages = {run.stage for run in builder.build([name], []).runs.values()}
    assert stages == set(keys()) | {"pass_rate"}


@pytest.mark.parametrize(
    "overrides, said",
    [
        (["sft=huge"], ["config/sft", "'huge'", "tiny", "lora_14b"]),
        (["sft.learning_rat=1"], ["sft", "learning_rat"]),
        (["+sft.learning_rat=1"], ["sft.learning_rat", "did you mean learning_rate"]),
        (["sft.learning_rate=-1"], ["sft.learning_rate", "greater than 0", "-1"]),
        (["sft.learning_rate=fast"], ["sft.learning_rate", "fast"]),
        (
            ["sft.epochs=2"],
            ["config/sft/tiny.yaml: sft.max_steps and", "overrides: sft.epochs: ", "exclude each other"],
        ),
        (["sft.global_batch_size=17"], ["global_batch_size 17", "not a multiple"]),
        (["corpus.provinces=['湖北',Hubei]"], ["--config overrides: corpus.provinces", "Hubei", "湖南"]),
        (["retrieval=[none,web]"], ["retrieval", "web", "rag"]),
        (["+colour=red"], ["colour", "unknown key"]),
        (["corpus=folder", "corpus.path=/没有"], ["/没有", "not a folder"]),
    ],
)
def test_a_bad_configuration_names_file_key_and_what_is_allowed(overrides, said):
    with pytest.raises(UserError) as error:
        builder.build(["demo"], overrides)
    for part in said:
        assert part in str(error.value), str(error.value)


def test_an_unknown_experiment_lists_those_there_are():
    with pytest.raises(UserError, match=r"nothing.yaml does not exist.*demo"):
        builder.build(["nothing"], [])


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


def test_a_file_may_have_any_name_and_a_folder_one_that_is_text(tmp_path, monkeypatch):
    raw = tmp_path / "raw"
    folder = raw / "New folder (1)"
    folder.mkdir(parents=True)
    (folder / os.fsdecode("判决书.txt".encode("gbk"))).write_text("one")
    (tmp_path / "config").symlink_to(ROOT / "config")
    monkeypatch.chdir(tmp_path)
    corpus = [f"corpus.path={raw}", "corpus=folder"]
    (ingest,) = frozen.freeze(["demo"], corpus).runs_of("ingest")
    assert list(read_yaml(ingest.plan / "raw" / "New folder (1).yaml")) == ["判决书.txt"]
    (raw / os.fsdecode("湖北".encode("gbk"))).mkdir()
    with pytest.raises(UserError, match="not UTF-8; it may be meant to be 湖北"):
        builder.build(["demo"], corpus)


def test_a_large_folder_gets_more_cores_and_an_only_one_all(tmp_path, monkeypatch):
    for name, size in (("all", 900), ("湖北", 50), ("湖南", 50)):
        (tmp_path / "raw" / name).mkdir(parents=True)
        (tmp_path / "raw" / name / "a.txt").write_bytes(b"x" * size)
    (tmp_path / "config").symlink_to(ROOT / "config")
    monkeypatch.chdir(tmp_path)
    corpus = [f"corpus.path={tmp_path / 'raw'}", "corpus=folder"]
    (ingest,) = frozen.freeze(["demo"], corpus).runs_of("ingest")
    assert [cores.share(ingest, name, 16) for name in ingest.provinces] == [14, 1, 1]
    assert cores.share(ingest, "all", 1) == 1
    (generated,) = builder.build(["demo"], []).runs_of("ingest")
    assert {cores.share(generated, name, 2) for name in generated.provinces} == {1}
    assert cores.share(Run("ingest", "x", generated.settings, provinces=("all",)), "all", 16) == 16


@pytest.fixture
def elsewhere(tmp_path, monkeypatch) -> Path:
    """A folder with this configuration and no results."""
    (tmp_path / "config").symlink_to(ROOT / "config")
    monkeypatch.chdir(tmp_path)
    return tmp_path


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


def test_data_that_a_corpus_lacks_are_missed_before_any_job_and_only_by_what_is_to_run(
    elsewhere, monkeypatch
):
    monkeypatch.setenv("LEXPRO_MIRROR", str(elsewhere))
    dag = builder.build(["demo"], ["corpus=judge"])
    with pytest.raises(
        UserError, match=r"the corpus judge-\w+ needs the data set judge_test: the mirror has no"
    ):
        requirements.check_data(dag)
    (corpus,) = dag.runs_of("corpus")
    write_text(corpus.out / "manifest.json", "{}")
    requirements.check_data(dag)


def test_pass_rates_are_sampled_where_grpo_selects_by_them_and_do_not_depend_on_rewards():
    def runs(*overrides):
        dag = builder.build(["demo"], ["grpo.pass_rate={samples: 4, low: 0.1, high: 0.9}", *overrides])
        (pass_rate,), (grpo,) = dag.runs_of("pass_rate"), dag.runs_of("grpo")
        assert grpo.upstream["pass_rate"] == (pass_rate.stage, pass_rate.key)
        assert pass_rate.upstream.keys() == {"sft", "base_model", "tasks"}
        return pass_rate.key, grpo.key

    assert not builder.build(["demo"], []).runs_of("pass_rate")
    first, trained = runs()
    for unseen in ("grpo.rewards=[{fn: lexpro.rewards.charge.f1}]", "grpo.learning_rate=2e-5"):
        sampled, other = runs(unseen)
        assert sampled == first and other != trained, unseen
    for seen in ("grpo.temperature=0.7", "grpo.max_completion_length=64", "grpo.seed=8", "sft.seed=8"):
        assert runs(seen)[0] != first, seen


def test_settings_in_the_plan_are_whole(elsewhere):
    """A default is written down: a changed one is a changed input."""
    dag = frozen.freeze(["demo"], [])
    for run in dag.runs.values():
        config = read_yaml(run.plan / "config.yaml")
        stated = load.settings(run.stage, config["settings"], read_yaml(run.plan / "runtime.yaml"))
        assert stated == run.settings and config["settings"] == run.asked
        assert config["settings"].keys() == type(run.settings).model_fields.keys() - {"runtime"}


def test_a_frozen_plan_thaws_as_it_was(elsewhere):
    dag = frozen.freeze(["demo"], [])
    assert frozen.thaw(["demo"], []) == dag == frozen.latest()


def test_a_plan_that_is_gone_is_said(elsewhere):
    with pytest.raises(StaleCheckout, match="dag-.*json is gone.*Run snakemake again"):
        frozen.thaw(["demo"], [])
    frozen.freeze(["demo"], [])
    assert frozen.thaw(["demo"], []).experiments == builder.build(["demo"], []).experiments


def test_jobs_share_out_the_cores_of_the_main_process(elsewhere):
    with pytest.raises(StaleCheckout, match="cores.json is gone.*Run snakemake again"):
        cores.thaw()
    cores.freeze(64)
    assert cores.thaw() == 64
