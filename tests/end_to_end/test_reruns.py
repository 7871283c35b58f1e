"""What must, and what must not, be run again after a change: the table of design idea 3."""

import json
import os
import re

import pytest

from lexpro.workflow.stage import lock_file

SCRIPTS = "workflow/scripts"


def touch_everything(flow):
    for path in flow.root.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts:
            os.utime(path)


def add_comment(flow):
    flow.edit(f"{SCRIPTS}/sft.py", "def main(", "# a note\ndef main(")


def edit_readme(flow):
    with (flow.root / "README.md").open("a", encoding="utf-8") as file:
        file.write("\nOne more line.\n")


def bump(package):
    def change(flow):
        lock = flow.root / "envs" / lock_file().name
        lines = lock.read_text(encoding="utf-8").splitlines()
        assert any(line.startswith(f"{package}==") for line in lines), package
        bumped = [f"{package}==999.0" if line.startswith(f"{package}==") else line for line in lines]
        lock.write_text("\n".join(bumped) + "\n", encoding="utf-8")

    return change


def edit(name, old, new):
    return lambda flow: flow.edit(name, old, new)


def append(name, line):
    def change(flow):
        path = flow.root / name
        path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")

    return change


def add_raw_file(flow):
    (folder,) = flow.root.glob("results/corpus/*/raw/湖北")
    (folder / "新收.txt").write_text(
        "湖北省武汉市江岸区人民法院\n刑事判决书\n（2022）鄂0102刑初999号\n", encoding="utf-8"
    )


LIBRARY = f"{SCRIPTS}/lexpro"
# What no result depends on.
HARMLESS = [
    pytest.param(touch_everything, id="every file touched, as by a git checkout"),
    pytest.param(add_comment, id="a comment"),
    pytest.param(edit_readme, id="README"),
    pytest.param(edit("config/sft/tiny.yaml", "runtime:\n", "runtime:\n  wandb: online\n"), id="W&B mode"),
    pytest.param(edit("config/sft/tiny.yaml", "runtime:\n", "runtime:\n  log_every: 5\n"), id="logging"),
    pytest.param(
        edit(f"{LIBRARY}/workflow/disk.py", "the disk is full", "no space is left"),
        id="a message of the plumbing",
    ),
    pytest.param(edit(f"{LIBRARY}/workflow/stage.py", '"finished in', '"done in'), id="a log line"),
    pytest.param(append(f"{LIBRARY}/config/sft.py", "\nANOTHER_BOUND = 1\n"), id="a schema"),
    pytest.param(bump("pydantic"), id="pydantic"),
]
# What follows a change of what a result depends on.
TABLE = [
    pytest.param(
        append(f"{LIBRARY}/evaluation/metrics.py", "\nANOTHER_SCORE = 1\n"),
        {"score": 6, "expert_sheet": 1, "report": 1},
        id="a scorer",
    ),
    pytest.param(
        append(f"{LIBRARY}/rewards/charge.py", "\nANOTHER_RULE = 1\n"),
        {"grpo": 1, "predict": 2, "score": 2, "expert_sheet": 1, "report": 1},
        id="a reward",
    ),
    pytest.param(bump("matplotlib"), {"report": 1}, id="matplotlib"),
    pytest.param(
        append(f"{LIBRARY}/report/publishing.py", "\nANOTHER_PAGE = 1\n"),
        {"publish": 1, "pages": 1, "tables": 1},
        id="how reports are published",
    ),
    pytest.param(
        bump("peft"),
        {"sft": 1, "grpo": 1, "predict": 6, "score": 6, "expert_sheet": 1, "report": 1},
        id="peft",
    ),
]


def test_nothing_is_run_again_without_a_change(finished):
    assert finished.planned() == {}


@pytest.fixture(scope="module")
def of_all_at_once(finished, tmp_path_factory) -> dict[str, int]:
    """What all harmless changes together would run again."""
    flow = finished.copy(tmp_path_factory.mktemp("harmless") / "lexpro")
    for row in HARMLESS:
        (change,) = row.values
        change(flow)
    return flow.planned()


@pytest.mark.parametrize("change", HARMLESS)
def test_what_no_result_depends_on_runs_nothing_again(of_all_at_once, request, change):
    """Where all changes at once plan nothing, none does; else each is made by itself, to find which
    does.
    """
    reruns = of_all_at_once
    if reruns:
        flow = request.getfixturevalue("flow")
        change(flow)
        reruns = flow.planned()
    assert reruns == {}


@pytest.mark.parametrize("change, reruns", TABLE)
def test_what_a_change_runs_again(flow, change, reruns):
    change(flow)
    assert flow.planned() == reruns


def test_a_raw_file_is_read_by_the_jobs_of_its_province_alone(flow):
    add_raw_file(flow)
    out = flow("--dry-run")
    said = re.findall(r"(Reading|Structuring) the (?:raw files|judgments) of (\S+)", out)
    assert sorted(said) == [("Reading", "湖北"), ("Structuring", "湖北")]
    assert flow.jobs(out) == {
        **{"ingest": 1, "structure": 1, "filter": 1, "tasks": 1, "base_model": 1, "sft": 1, "grpo": 1},
        **{"embed": 1, "index": 1, "predict": 6, "score": 6, "expert_sheet": 1, "report": 1},
    }


def test_the_page_of_the_corpus_is_made_again_with_its_code_and_its_corpus(flow):
    def empty_files() -> int:
        flow("census")
        (page,) = flow.root.glob("results/census/*/corpus.json")
        return json.loads(page.read_text(encoding="utf-8"))["rejected"]["ingest"].get("empty", 0)

    before = empty_files()
    assert flow.planned(targets=("census",)) == {}
    append(f"{LIBRARY}/report/corpus_tables.py", "\nANOTHER_TABLE = 1\n")(flow)
    assert flow.planned(targets=("census",)) == {"corpus_page": 1}
    # A file that is rejected changes neither what is structured nor what is kept.
    (folder,) = flow.root.glob("results/corpus/*/raw/湖北")
    (folder / "新收.txt").touch()
    assert empty_files() == before + 1
    assert flow.planned(targets=("census",)) == {}


def test_a_moved_checkout_is_up_to_date(flow, tmp_path):
    flow.root.rename(tmp_path / "elsewhere")
    flow.root = tmp_path / "elsewhere"
    assert flow.planned() == {}


def test_a_changed_setting_makes_a_new_folder_beside_the_old_one(flow):
    (old,) = flow.root.glob("results/grpo/*/manifest.json")
    before = old.read_bytes(), old.stat().st_mtime_ns
    change = "overrides=[grpo.learning_rate=1.5e-4]"
    assert flow.planned(change) == {"grpo": 1, "predict": 2, "score": 2, "expert_sheet": 1, "report": 1}
    flow("models_ready", config=[change])
    assert len(list(flow.root.glob("results/grpo/*/manifest.json"))) == 2
    assert (old.read_bytes(), old.stat().st_mtime_ns) == before
    assert flow.planned() == {}


def test_prompts_selected_by_pass_rate_are_sampled_once_for_all_rewards(flow):
    selection = "grpo.pass_rate.samples=2,grpo.pass_rate.low=0.0,grpo.pass_rate.high=0.9"
    follows = {"grpo": 1, "predict": 2, "score": 2, "expert_sheet": 1, "report": 1}
    assert flow.planned(f"overrides=[{selection}]") == {"pass_rate": 1, **follows}
    flow("--until", "pass_rate", config=[f"overrides=[{selection}]"])
    (samples,) = flow.root.glob("results/pass_rate/*/samples.jsonl")
    rows = [json.loads(line) for line in samples.read_text(encoding="utf-8").splitlines()]
    assert rows[0].keys() == {"id", "task", "sample", "completion", "tokens", "finish_reason"}
    append(f"{LIBRARY}/rewards/charge.py", "\nANOTHER_RULE = 1\n")(flow)
    assert flow.planned(f"overrides=[{selection}]") == follows


def test_up_to_a_stopping_point_an_equal_result_ends_the_cascade(flow):
    append(f"{LIBRARY}/corpus/filtering/filters.py", "\nANOTHER_FILTER = 1\n")(flow)
    assert {"filter", "tasks", "sft"} <= flow.planned().keys()
    flow("corpus_ready")
    assert flow.planned() == {}


def test_code_edited_after_planning_is_refused(flow):
    """A queued job runs the working tree: here the tree changes between the plan and the job."""
    append(f"{LIBRARY}/evaluation/metrics.py", "\nANOTHER_SCORE = 1\n")(flow)
    plan, *_ = flow.root.glob("results/.plan/score/*")
    result = flow.python("workflow/scripts/score.py", "--plan", str(plan.relative_to(flow.root)))
    assert result.returncode == 2
    assert "edited since the workflow was planned: lexpro.evaluation.metrics" in result.stdout


def test_an_accepted_change_of_code_runs_the_report_only_and_a_later_one_all_that_follows(flow):
    def accept(*more):
        scripts = {"PYTHONPATH": str(flow.root / SCRIPTS)}
        return flow.python("-m", "lexpro", "accept", "--stage", "grpo", *more, env=scripts)

    follows = {"grpo": 1, "predict": 2, "score": 2, "expert_sheet": 1, "report": 1}
    append(f"{LIBRARY}/rewards/charge.py", "\nANOTHER_NAME = 1\n")(flow)
    assert flow.planned() == follows
    (grpo,) = flow.root.glob("results/grpo/*/model")
    trained = grpo.stat().st_mtime_ns
    result = accept("--reason", "a name that nothing reads")
    assert result.returncode == 0 and "lexpro.rewards.charge" in result.stdout, result.stdout
    assert flow.planned() == {"report": 1}
    flow()
    assert flow.planned() == {} and grpo.stat().st_mtime_ns == trained
    record = json.loads((grpo.parent / "provenance.json").read_text(encoding="utf-8"))
    assert [one["reason"] for one in record["accepted"]] == ["a name that nothing reads"]
    result = accept("--reason", "again")
    assert result.returncode == 2 and "nothing to accept" in result.stdout
    append(f"{LIBRARY}/rewards/charge.py", "\nANOTHER_RULE = 1\n")(flow)
    assert flow.planned() == follows
