"""Accepting a code change without a rerun: what is planned, what a job checks, what is recorded."""

import pytest

from lexpro.cli import main as cli
from lexpro.dag import accept, frozen, plan_files
from lexpro.workflow import accepted, fingerprint, stage
from lexpro.workflow.files import read_json, read_yaml, write_json
from lexpro.workflow.provenance import PROVENANCE


@pytest.fixture
def edit(monkeypatch):
    """Function: pretend that modules have other hashes."""
    edits, real = {}, fingerprint.code

    def edited(*args):
        found = real(*args)
        return found | {
            "modules": {name: edits.get(name, hashed) for name, hashed in found["modules"].items()}
        }

    monkeypatch.setattr(fingerprint, "code", edited)
    return lambda **new: edits.update({f"lexpro.rewards.{name}": hashed for name, hashed in new.items()})


@pytest.fixture
def grpo(elsewhere, edit):
    """A finished run of GRPO in a folder of its own, planned by the demo."""
    edit(charge="one", article="one")
    (run,) = frozen.freeze(["demo"], []).runs_of("grpo")
    write_json(run.out / PROVENANCE, planned(run))
    write_json(run.out / stage.MANIFEST, {"files": {}, "counts": {}})
    return run


def planned(run) -> dict:
    """The code of a run as Snakemake sees it when it plans now."""
    plan_files.write(run, stage.lock_file())
    return read_yaml(run.plan / "code.yaml")


def lexpro(*args) -> int:
    try:
        return cli.main(["accept", *args])
    except SystemExit as ended:
        return ended.code


def test_an_accepted_change_plans_nothing_and_a_later_one_does(grpo, edit, capsys):
    made = planned(grpo)
    edit(charge="two")
    assert planned(grpo) != made
    assert lexpro("--stage", "grpo", "--reason", "another name") == 0
    told = capsys.readouterr().out
    assert f"grpo/{grpo.key}" in told and "lexpro.rewards.charge  one -> two" in told
    assert planned(grpo) == made
    edit(charge="three")
    assert planned(grpo) != made
    assert lexpro("--stage", "grpo", "--key", grpo.key, "--reason", "and another") == 0
    assert planned(grpo) == made


def test_a_change_that_is_not_accepted_is_planned_beside_one_that_is(grpo, edit):
    made = planned(grpo)
    edit(charge="two")
    lexpro("--stage", "grpo", "--reason", "another name")
    edit(article="two")
    assert accepted.changes(made, planned(grpo)) == {
        "modules": {"lexpro.rewards.article": {"from": "one", "to": "two"}},
        "packages": {},
    }


def test_a_job_checks_its_code_by_the_same_ledger(grpo, edit):
    edit(charge="two")
    lexpro("--stage", "grpo", "--reason", "another name")
    planned(grpo)
    config = read_yaml(grpo.plan / "config.yaml")
    (entry,) = stage._check_code(grpo.plan, "grpo", config)
    assert entry["reason"] == "another name"
    edit(charge="three")
    with pytest.raises(stage.StaleCheckout, match="planned: lexpro.rewards.charge"):
        stage._check_code(grpo.plan, "grpo", config)


def test_a_run_made_since_with_the_new_code_is_not_taken_for_the_old_one(grpo, edit):
    edit(charge="two")
    lexpro("--stage", "grpo", "--reason", "another name")
    now = fingerprint.code("grpo", grpo.key_settings, stage.lock_file())
    write_json(grpo.out / PROVENANCE, now)
    assert planned(grpo)["modules"]["lexpro.rewards.charge"] == "two"


def test_who_when_commit_and_reason_are_recorded_and_reach_the_report(grpo, edit, monkeypatch):
    monkeypatch.setattr(
        accept,
        "git",
        lambda *args: {"user.name": "Li Lei", "user.email": "li@example.org"}.get(args[-1], "abc"),
    )
    (report,) = frozen.latest().runs_of("report")
    assert read_yaml(plan_files.outside(report)) == {}
    edit(charge="two")
    lexpro("--stage", "grpo", "--reason", "another name")
    (entry,) = read_json(grpo.out / PROVENANCE)["accepted"]
    assert entry["who"] == "Li Lei <li@example.org>" and entry["commit"] == "abc"
    assert entry["reason"] == "another name" and entry["when"].startswith("20")
    assert entry["modules"] == {"lexpro.rewards.charge": {"from": "one", "to": "two"}}
    plan_files.write(report, stage.lock_file())
    assert read_yaml(plan_files.outside(report)) == {f"grpo/{grpo.key}": [entry]}


@pytest.mark.parametrize(
    "args, said",
    [
        (["--stage", "grpo", "--reason", "x"], "nothing to accept"),
        (["--stage", "sft", "--reason", "x"], "no finished run of sft"),
        (["--stage", "grpo"], "--reason is missing"),
        (["--stage", "grpo", "--reason", " "], "--reason is missing"),
        (["--stage", "grpo", "--key", "x-00000000", "--reason", "x"], "no run of grpo x-00000000"),
        (["--stage", "gpro", "--reason", "x"], "no such stage; did you mean grpo? stages: corpus, "),
    ],
)
def test_what_cannot_be_accepted_is_said(grpo, capsys, args, said):
    assert lexpro(*args) == 2
    assert said in capsys.readouterr().err
    assert not accepted.LEDGERS.exists()


def test_a_dry_run_shows_and_accepts_nothing(grpo, edit, capsys):
    edit(charge="two")
    assert lexpro("--stage", "grpo", "--dry-run") == 0
    assert "lexpro.rewards.charge" in capsys.readouterr().out
    assert not accepted.LEDGERS.exists()


def test_a_result_whose_code_is_not_recorded_cannot_be_kept(grpo, capsys):
    write_json(grpo.out / PROVENANCE, {"packages": {}})
    assert lexpro("--stage", "grpo", "--reason", "x") == 2
    assert "does not state" in capsys.readouterr().err


def test_nothing_planned_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert lexpro("--stage", "grpo", "--reason", "x") == 2
    assert "holds no plan" in capsys.readouterr().err
