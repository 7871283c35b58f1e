"""From experiments to runs: keys, what they share, and the errors of a configuration."""

import pytest

from lexpro.dag import builder
from lexpro.workflow.errors import UserError


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
        ("grpo.learning_rate=1.23e-5", {"grpo", "predict", "score", "expert_sheet", "report"}),
        ("sft.seed=99", {"sft", "grpo", "predict", "score", "expert_sheet", "report"}),
        ("score.seed=99", {"score", "expert_sheet", "report"}),
        ("expert_sheet.seed=99", {"expert_sheet", "report"}),
        ("report.dpi=99", {"report"}),
        ("sft.runtime.log_every=7", set()),
        ("grpo.runtime.wandb=disabled", set()),
        ("index.ef_search=77", {"index", "predict", "score", "expert_sheet", "report"}),
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
