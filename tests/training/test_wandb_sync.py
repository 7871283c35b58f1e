"""The rule `wandb_sync` with W&B's own client: an offline run reaches a server (a stand-in)
whole.
"""

import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest
import wandb
from wandb_stub import Stub

from lexpro.config import sft
from lexpro.training.tracking import Tracker
from lexpro.workflow.files import read_yaml

ROOT = Path(__file__).parents[2]


@pytest.fixture
def server():
    found = Stub()
    threading.Thread(target=found.serve_forever, daemon=True).start()
    yield found
    found.shutdown()


def shell_of_the_rule() -> str:
    text = (ROOT / "workflow/rules/train.smk").read_text(encoding="utf-8")
    (line,) = re.findall(r'"(find logs/wandb .*)"', text)
    return line.replace("{{}}", "{}").replace("{log:q}", "logs/wandb_sync.log")


@pytest.mark.slow
def test_an_offline_run_is_sent_with_curves_settings_table_and_model(tmp_path, monkeypatch, server):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "offline")
    # W&B's service of an earlier test works in that test's folder; a stage is a process, and has
    # its own.
    wandb.teardown()
    model = tmp_path / "results/grpo/k/model"
    model.mkdir(parents=True)
    (model / "weights.safetensors").write_bytes(b"x")
    settings = sft.Settings.model_validate(read_yaml(ROOT / "config/sft/tiny.yaml") | {"learning_rate": 2e-5})
    run = SimpleNamespace(stage="grpo", key="k-12345678", settings=settings, attest={}, log=None)
    tracker = Tracker(run)
    for step in (1, 2, 3):
        tracker.log({"loss": 1 / step}, step)
    tracker.finish(model, [{"step": 0, "completion": "甲"}])

    env = {**os.environ, "WANDB_BASE_URL": server.url, "WANDB_API_KEY": "0" * 40, "HOME": str(tmp_path)}
    env |= {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])}
    env.pop("WANDB_MODE")
    subprocess.run(shell_of_the_rule(), shell=True, env=env, timeout=3000, check=False)
    log = Path("logs/wandb_sync.log").read_text(encoding="utf-8")
    assert "Finished syncing" in log, log

    first = server.variables("upsertBucket")[0]
    assert (first["name"], first["jobType"]) == ("grpo-k-12345678", "grpo")
    assert json.loads(first["config"])["learning_rate"]["value"] == 2e-5
    history = server.lines("wandb-history.jsonl")
    assert [line["loss"] for line in history if "loss" in line] == pytest.approx([1, 1 / 2, 1 / 3])
    assert {line["_step"] for line in history} == {1, 2, 3}
    types = {call["input"]["artifactTypeName"] for call in server.variables("createArtifact(")}
    assert types == {"model", "run_table"}
    (table,) = [body for path, body in server.sent if path.startswith("/put/media/table/completions")]
    assert json.loads(table)["data"] == [[0, "甲"]]
