"""The record of a training: `metrics.jsonl` first, W&B as its mirror; NaN ends the run with a reason."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

from transformers import TrainerCallback

from lexpro.errors import UserError
from lexpro.training.compute import is_main

# Facts about the machine, not about the training: logged and attested, but no part of the record, so that the same
# training gives the same file on any day.
TIMES = (
    "train_runtime",
    "train_samples_per_second",
    "train_steps_per_second",
    "step_time",
    "total_flos",
    "num_tokens",
)


def kept_lines(path: Path, step: int) -> None:
    """Keep the lines up to `step`: what a killed training wrote after its checkpoint, it writes again."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    kept = [line for line in lines if line.endswith("}") and json.loads(line)["step"] <= step]
    path.write_text("".join(line + "\n" for line in kept), encoding="utf-8")


class Record(TrainerCallback):
    """Appends each log of the trainer to `path` as {step, epoch, loss, grad_norm, learning_rate, …}."""

    def __init__(self, path: Path, log, tracker=None):
        self.path, self.log, self.tracker = path, log, tracker
        self.tokens = 0
        self.seconds = 0.0
        self._since = (0.0, 0)

    def on_train_begin(self, args, state, control, **kwargs):
        """After a resume, the lines that the lost steps wrote are taken back."""
        self._since = (time.monotonic(), 0)
        if not is_main():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.is_file() else []
        kept = [
            line for line in lines if line.endswith("}") and json.loads(line)["step"] <= state.global_step
        ]
        self.path.write_text("".join(line + "\n" for line in kept), encoding="utf-8")

    def on_log(self, args, state, control, logs=None, **kwargs):
        values = {name: value for name, value in (logs or {}).items() if isinstance(value, (int, float))}
        if "train_runtime" in values:
            return
        for name in ("loss", "grad_norm"):
            if not math.isfinite(values.get(name, 0.0)):
                raise UserError(
                    f"training diverged: {name} is {values[name]} at step {state.global_step} of {state.max_steps}. "
                    f"Lower learning_rate (now peaking at {args.learning_rate:g}) or max_grad_norm "
                    f"({args.max_grad_norm:g}), or use precision fp32."
                )
        if not is_main():
            return
        now = time.monotonic()
        rate = (self.tokens - self._since[1]) / max(now - self._since[0], 1e-9)
        self.seconds += now - self._since[0]
        self._since = (now, self.tokens)
        kept = {name: round(value, 8) for name, value in values.items() if name not in TIMES}
        row = {"step": state.global_step, **kept}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        shown = {n: kept[n] for n in ("loss", "reward", "grad_norm", "learning_rate") if n in kept}
        self.log.info(
            "step %d/%d %s %.0f tokens/s",
            state.global_step,
            state.max_steps,
            " ".join(f"{name} {value:.4g}" for name, value in shown.items()),
            rate,
        )
        if self.tracker:
            self.tracker.log({**row, "tokens_per_second": rate}, state.global_step)
