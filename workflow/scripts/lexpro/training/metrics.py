"""The record of a training: `metrics.jsonl` first, W&B as its mirror.

A training that has gone wrong ends with a reason.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path

from transformers import TrainerCallback, TrainerState

from lexpro.config.training import Guards
from lexpro.models.compute import is_main
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import json_line

# Facts about the machine, not about the training: logged and attested, but no part of the record,
# so that the same training gives the same file on any day.
TIMES = (
    "train_runtime",
    "train_tokens_per_second",
    "num_input_tokens_seen",
    "step_time",
    "total_flos",
    "num_tokens",
)
# Computed over the batch where advantages are scaled by it: `zero_variance_groups` says what the
# name promises.
MISLEADING = ("frac_reward_zero_std",)

# What a line of the log shows. First the share of groups whose completions all earn the same: they
# teach nothing.
SHOWN = ("zero_variance_groups", "reward", "loss", "grad_norm", "learning_rate")
# Logged steps with a large gradient, one after the other, that are no outlier any more.
LARGE_STEPS = 3


def kept_lines(path: Path, step: int) -> None:
    """Keep the lines up to `step`; a killed training writes those after its checkpoint again."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    kept = [line for line in lines if line.endswith("}") and json.loads(line)["step"] <= step]
    path.write_text("".join(line + "\n" for line in kept), encoding="utf-8")


def tokens_seen(state: TrainerState) -> int:
    """Tokens that a trainer has learnt from, padding included, since the first step."""
    return state.num_input_tokens_seen


class Record(TrainerCallback):
    """Appends each log of the trainer as {step, epoch, loss, grad_norm, learning_rate, …}.

    Attributes:
        path: JSON lines.
        tokens: tokens since this process began to train.
        seconds: from the beginning to the last logged line.
    """

    def __init__(
        self,
        path: Path,
        log,
        tracker=None,
        guards: Guards | None = None,
        counted: Callable[[TrainerState], int] = tokens_seen,
    ):
        """Make a callback of a trainer.

        Args:
            path: where the lines go.
            log: the stage's log.
            tracker: a mirror of the lines, or None.
            guards: what ends the training; None: nothing.
            counted: how many tokens have been computed so far.
        """
        self.path, self.log, self.tracker, self.counted = path, log, tracker, counted
        self._grad_norm = guards.grad_norm if guards else 0
        # Of GRPO only.
        self._zero_reward_steps = getattr(guards, "zero_reward_steps", 0)
        self._large = self._nothing = 0
        self.tokens = 0
        self.seconds = 0.0
        self._before = 0
        self._since = (0.0, 0)

    def on_train_begin(self, args, state, control, **kwargs):
        """After a resume, the lines that the lost steps wrote are taken back.

        Args:
            args: the trainer's arguments; not used.
            state: where the training begins; lines after its `global_step` are taken back.
            control: not used.
            **kwargs: what else transformers passes; not used.
        """
        self._since = (time.monotonic(), 0)
        # Of a resumed training: those before the checkpoint.
        self._before = self.counted(state)
        if not is_main():
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        kept_lines(self.path, state.global_step)

    def _watch(self, values: dict, args, state) -> None:
        """Raise `UserError` where the gradient has exploded or no completion earns anything."""
        limit, patience = self._grad_norm, self._zero_reward_steps
        if "grad_norm" in values:
            self._large = self._large + 1 if limit and values["grad_norm"] > limit else 0
        if self._large >= LARGE_STEPS:
            raise UserError(
                f"training exploded: grad_norm is {values['grad_norm']:.3g} at step {state.global_step}, above "
                f"guards.grad_norm {limit:g} in {LARGE_STEPS} logged steps running. Lower learning_rate (now peaking "
                f"at {args.learning_rate:g}), or raise the guard if this is normal for the model."
            )
        if "reward" in values:
            nothing = values["reward"] == 0 and values.get("reward_std", 0) == 0
            self._nothing = self._nothing + 1 if nothing else 0
        if patience and self._nothing >= patience:
            raise UserError(
                f"no completion has earned anything in {self._nothing} logged steps running, up to step "
                f"{state.global_step} (guards.zero_reward_steps): there is nothing to learn from. See the completions "
                "in scratch/: is max_completion_length too short, or can the SFT model not answer at all?"
            )

    def on_log(self, args, state, control, logs=None, **kwargs):
        """Write a line, and mirror it.

        Args:
            args: the trainer's arguments; the messages name its learning rate.
            state: where the training is.
            control: not used.
            logs: name → value, of which numbers are written; None: none.
            **kwargs: what else transformers passes; not used.

        Raises:
            UserError: the training has gone wrong.
        """
        values = {name: value for name, value in (logs or {}).items() if isinstance(value, (int, float))}
        # The summary after the last step.
        if "train_loss" in values:
            return
        for name in ("loss", "grad_norm"):
            if not math.isfinite(values.get(name, 0.0)):
                raise UserError(
                    f"training diverged: {name} is {values[name]} at step {state.global_step} of {state.max_steps}. "
                    f"Lower learning_rate (now peaking at {args.learning_rate:g}) or max_grad_norm "
                    f"({args.max_grad_norm:g}), or use precision fp32."
                )
        self._watch(values, args, state)
        if not is_main():
            return
        now, self.tokens = time.monotonic(), self.counted(state) - self._before
        rate = (self.tokens - self._since[1]) / max(now - self._since[0], 1e-9)
        self.seconds += now - self._since[0]
        self._since = (now, self.tokens)
        kept = {name: round(value, 8) for name, value in values.items() if name not in TIMES + MISLEADING}
        row = {"step": state.global_step, **kept}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json_line(row))
        shown = {n: kept[n] for n in SHOWN if n in kept}
        self.log.info(
            "step %d/%d %s %.0f tokens/s",
            state.global_step,
            state.max_steps,
            " ".join(f"{name} {value:.4g}" for name, value in shown.items()),
            rate,
        )
        if self.tracker:
            self.tracker.log({**row, "tokens_per_second": rate}, state.global_step)
