"""The record of a training, and what ends one that has gone wrong."""

import math
from types import SimpleNamespace

import pytest

from lexpro.config.grpo import GrpoGuards
from lexpro.training import metrics
from lexpro.workflow.errors import UserError

NOTHING = SimpleNamespace(info=lambda *_: None)


def _record(tmp_path):
    return metrics.Record(tmp_path / "metrics.jsonl", NOTHING)


@pytest.mark.parametrize(("name", "value"), [("loss", math.nan), ("grad_norm", math.inf)])
def test_divergence_stops_with_a_reason(tmp_path, name, value):
    args = SimpleNamespace(learning_rate=2e-3, max_grad_norm=1.0)
    state = SimpleNamespace(global_step=7, max_steps=20, num_input_tokens_seen=0)
    with pytest.raises(UserError, match=f"{name} is (nan|inf) at step 7 of 20.*learning_rate"):
        _record(tmp_path).on_log(args, state, None, {"loss": 1.0, "grad_norm": 1.0, name: value})


def _logged(tmp_path, guards, rows):
    """The number of rows that a record with `guards` takes before it ends the training, and why."""
    record = metrics.Record(tmp_path / "metrics.jsonl", NOTHING, guards=GrpoGuards(**guards))
    args = SimpleNamespace(learning_rate=2e-3, max_grad_norm=1.0)
    for step, row in enumerate(rows, 1):
        try:
            state = SimpleNamespace(global_step=step, max_steps=99, num_input_tokens_seen=0)
            record.on_log(args, state, None, row)
        except UserError as error:
            return step, str(error)
    return None, ""


def test_a_gradient_that_explodes_stops_with_a_reason(tmp_path):
    rows = [{"loss": 1.0, "grad_norm": norm} for norm in (1, 900, 1, 900, 900, 800, 1)]
    step, reason = _logged(tmp_path, {"grad_norm": 500.0}, rows)
    assert step == 6 and "grad_norm is 800 at step 6, above guards.grad_norm 500" in reason
    assert _logged(tmp_path, {"grad_norm": 1000.0}, rows) == (None, "")
    assert _logged(tmp_path, {"grad_norm": 0.0}, rows) == (None, ""), "0: not watched"


def test_a_reward_stuck_at_zero_stops_with_a_reason(tmp_path):
    rows = [{"reward": value, "reward_std": value} for value in (0, 0, 0.1, 0, 0, 0, 0)]
    step, reason = _logged(tmp_path, {"grad_norm": 0.0, "zero_reward_steps": 3}, rows)
    assert step == 6 and "no completion has earned anything in 3 logged steps" in reason
    assert _logged(tmp_path, {"grad_norm": 0.0, "zero_reward_steps": 5}, rows) == (None, "")
    spread = [{"reward": 0.0, "reward_std": 0.5}] * 9
    assert _logged(tmp_path, {"grad_norm": 0.0, "zero_reward_steps": 3}, spread) == (None, ""), (
        "some earn, some are punished"
    )


def test_metrics_of_lost_steps_are_taken_back(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n{"step": 2}\n{"step": 3}\n{"step": 4, "lo')
    metrics.kept_lines(path, 2)
    assert path.read_text() == '{"step": 1}\n{"step": 2}\n'
