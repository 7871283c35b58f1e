"""What every stage does at its start and at its end."""

import errno
import json
import os
import signal
import time

import planning
import pytest

from lexpro import hashing
from lexpro.workflow import stage
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, to_yaml, write_text


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """A planned run of stage `score` with one finished run upstream."""
    monkeypatch.chdir(tmp_path)
    lock = tmp_path / "lock.txt"
    lock.write_text("numpy==2.3.5\n")
    monkeypatch.setattr(stage, "lock_file", lambda: lock)
    above = tmp_path / "results/predict/x-00000000"
    write_text(above / "predictions.jsonl", "{}\n")
    write_text(above / "manifest.json", json.dumps({"files": {"predictions.jsonl": "…"}, "counts": {}}))
    return planning.plan(
        "score",
        {"seed": 1, "draws": 100, "confidence": 0.95, "benchmark": "heldout"},
        {"predict": "results/predict/x-00000000"},
        "y-11111111",
    )


def run_stage(plan, body):
    with stage.stage("score", "doc", ["--plan", str(plan), "--log", "logs/score.log"]) as run:
        body(run)
    return run


def test_manifest_holds_facts_of_the_output_and_provenance_the_rest(plan):
    def body(run):
        write_text(run.out / "scores.json", "{}")
        run.counts.update(items=3)

    run = run_stage(plan, body)
    manifest = read_json(run.out / "manifest.json")
    assert manifest == {
        "files": {"scores.json": hashing.sha256(run.out / "scores.json")},
        "counts": {"items": 3},
    }
    provenance = read_json(run.out / "provenance.json")
    assert provenance["seconds"] >= 0 and provenance["peak_rss_mb"] > 0 and provenance["key"] == "y-11111111"


def test_the_same_output_gives_the_same_manifest(plan):
    def body(run):
        write_text(run.out / "scores.json", "{}")

    first = run_stage(plan, body).out / "manifest.json"
    text = first.read_text()
    run_stage(plan, body)
    assert first.read_text() == text


def test_leftovers_of_an_earlier_attempt_are_not_signed(plan, tmp_path):
    write_text(tmp_path / "results/score/y-11111111/half.json", "{")
    run = run_stage(plan, lambda run: write_text(run.out / "scores.json", "{}"))
    assert set(read_json(run.out / "manifest.json")["files"]) == {"scores.json"}


@pytest.mark.parametrize(
    "error, code, said",
    [
        (UserError("the key is wrong"), 2, "the key is wrong"),
        (OSError(errno.ENOSPC, "No space left on device"), 2, "the disk is full"),
        (ValueError("a bug"), 1, "Traceback"),
        (OSError(errno.EACCES, "denied"), 1, "Traceback"),
    ],
)
def test_a_failure_says_why_and_signs_nothing(plan, tmp_path, error, code, said):
    def body(run):
        raise error

    with pytest.raises(SystemExit) as exit_:
        run_stage(plan, body)
    assert exit_.value.code == code
    log = (tmp_path / "logs/score.log").read_text()
    assert said in log and (code == 1) == ("Traceback" in log)
    assert not (tmp_path / "results/score/y-11111111").exists(), "a half of something"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupt_is_said_leaves_no_half_and_keeps_the_scratch_folder(plan, tmp_path, number):
    def body(run):
        write_text(run.out / "half.json", "{")
        write_text(run.work_dir / "checkpoint", "3")
        os.kill(os.getpid(), number)
        time.sleep(5)

    with pytest.raises(SystemExit) as exit_:
        run_stage(plan, body)
    assert exit_.value.code == 128 + number
    log = (tmp_path / "logs/score.log").read_text()
    assert "interrupted: nothing half made is kept" in log and "Traceback" not in log
    assert not (tmp_path / "results/score/y-11111111").exists()
    again = run_stage(
        plan, lambda run: write_text(run.out / "seen", (run.work_dir / "checkpoint").read_text())
    )
    assert (again.out / "seen").read_text() == "3"
    assert not again.work_dir.exists()


def test_an_interrupt_after_the_signature_undoes_nothing(plan, monkeypatch):
    remove = stage.shutil.rmtree

    def slowly(folder, **more):
        if folder.name.startswith("y-11111111-"):
            os.kill(os.getpid(), signal.SIGTERM)
        remove(folder, **more)

    monkeypatch.setattr(stage.shutil, "rmtree", slowly)
    run = run_stage(plan, lambda run: write_text(run.out / "scores.json", "{}"))
    assert (run.out / "manifest.json").exists() and not run.work_dir.exists()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_what_a_stage_keeps_survives_a_failure_before_it_begins(plan, monkeypatch, tmp_path):
    write_text(tmp_path / "results/score/y-11111111/kept.json", "{}")

    def broken(_):
        raise UserError("no")

    monkeypatch.setattr(stage, "restore", broken)
    with pytest.raises(SystemExit), stage.stage("score", "doc", ["--plan", str(plan)], keep=True):
        pass
    assert (tmp_path / "results/score/y-11111111/kept.json").exists()


def test_a_machine_without_git_signs_all_the_same(plan, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    run = run_stage(plan, lambda run: write_text(run.out / "scores.json", "{}"))
    assert read_json(run.out / "provenance.json")["commit"] == ""


def test_a_manifest_of_somebody_else_s_is_a_file_like_any_other(plan):
    run = run_stage(plan, lambda run: write_text(run.out / "model/manifest.json", "{}"))
    assert set(read_json(run.out / "manifest.json")["files"]) == {"model/manifest.json"}


def test_refuses_code_that_was_not_planned(plan, tmp_path):
    code = plan / "code.yaml"
    planned = stage.read_yaml(code)
    planned["modules"]["score"] = "0" * 16
    code.write_text(to_yaml(planned))
    with pytest.raises(SystemExit) as exit_:
        run_stage(plan, lambda run: None)
    assert exit_.value.code == 2
    assert "edited since the workflow was planned: score" in (tmp_path / "logs/score.log").read_text()


def test_refuses_a_plan_that_changes_under_the_run(plan):
    with pytest.raises(SystemExit) as exit_:
        run_stage(plan, lambda run: write_text(plan / "config.yaml", "stage: score\n"))
    assert exit_.value.code == 2


def test_refuses_an_input_with_missing_files(plan, tmp_path):
    (tmp_path / "results/predict/x-00000000/predictions.jsonl").unlink()
    with pytest.raises(SystemExit) as exit_:
        run_stage(plan, lambda run: None)
    assert exit_.value.code == 2
    assert "predictions.jsonl is missing" in (tmp_path / "logs/score.log").read_text()


def test_folders_of_provinces_that_are_not_planned_are_not_looked_at(plan, tmp_path):
    def province(name, files):
        part = tmp_path / "results/predict/x-00000000" / name
        write_text(part / "manifest.json", json.dumps({"files": files, "counts": {}}))

    config = stage.read_yaml(plan / "config.yaml")
    write_text(plan / "config.yaml", to_yaml(config | {"provinces": ["湖北"]}))
    province("湖北", {})
    province("湖南", {"gone.parquet": "…"})
    work_dir_before = run_stage(plan, lambda run: None).work_dir
    province("湖南", {})
    assert run_stage(plan, lambda run: None).work_dir == work_dir_before
    province("湖北", {"gone.parquet": "…"})
    with pytest.raises(SystemExit):
        run_stage(plan, lambda run: None)


def test_work_dir_moves_when_data_upstream_changes(plan, tmp_path):
    first = run_stage(plan, lambda run: None).work_dir
    manifest = tmp_path / "results/predict/x-00000000/manifest.json"
    manifest.write_text(json.dumps({"files": {"predictions.jsonl": "other"}, "counts": {}}))
    assert run_stage(plan, lambda run: None).work_dir != first
