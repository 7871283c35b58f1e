"""Weights & Biases as a mirror of `metrics.jsonl`: nothing depends on it being reachable.

It gets the settings and the metrics. Texts, which may be of a user's judgments, it gets only where
`runtime.wandb_texts` says so; what the process prints, the command line and the repository, never.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lexpro.config.training import TrainingRuntime
from lexpro.models.compute import is_main
from lexpro.workflow.errors import UserError
from lexpro.workflow.stage import Run

# Offline runs are kept here for `wandb sync`.
FOLDER = Path("logs")


# From the one that says nothing to anybody to the one that sends.
MODES = ("disabled", "offline", "online")


def mode(asked: str) -> str:
    """The more private of `WANDB_MODE` and what `runtime.wandb` asks.

    Where neither says: online with a key, else offline. A machine that is to send nothing is not
    overruled by a setting, nor a setting by `make`'s default.

    Args:
        asked: auto, online, offline or disabled.

    Raises:
        UserError: `WANDB_MODE` is none of W&B's modes.
    """
    ordered = os.environ.get("WANDB_MODE")
    if ordered and ordered not in MODES:
        raise UserError(f"WANDB_MODE is {ordered!r}. Set it to one of {', '.join(MODES)}, or leave it unset.")
    said = [name for name in (ordered, asked) if name in MODES]
    return min(said, key=MODES.index, default="online" if os.environ.get("WANDB_API_KEY") else "offline")


def check(runtime: TrainingRuntime) -> None:
    """Find a wrong `WANDB_MODE` before a model is loaded in vain.

    Raises:
        UserError: `WANDB_MODE` is none of W&B's modes.
    """
    mode(runtime.wandb)


class Tracker:
    """One W&B run: its id is the run's key, so a requeued job goes on with the curve it began."""

    def __init__(self, run: Run):
        """Begin or go on with the W&B run, where the settings and `WANDB_MODE` want one."""
        self.run, self.log_of_run = None, run.log
        chosen = mode(run.settings.runtime.wandb)
        if chosen == "disabled" or not is_main():
            return
        import wandb

        with self._without("is not available"):
            self.run = wandb.init(
                project=os.environ.get("WANDB_PROJECT", "lexpro"),
                id=f"{run.stage}-{run.key}",
                name=run.key,
                job_type=run.stage,
                config=run.settings.model_dump(exclude={"runtime"}),
                resume="allow",
                mode=chosen,
                # W&B's service may have been started in another folder, by an earlier run.
                dir=FOLDER.resolve(),
                settings=wandb.Settings(
                    silent=True,
                    console="off",
                    disable_git=True,
                    disable_code=True,
                    x_disable_meta=True,
                    x_disable_stats=True,
                    x_disable_machine_info=True,
                ),
            )
            run.attest["wandb"] = self.run.url or os.path.relpath(self.run.dir)

    @contextmanager
    def _without(self, trouble: str) -> Iterator[None]:
        """Where W&B fails, the training goes on without it.

        Its service is a process of its own: a scheduler's signal to all processes of a job ends it,
        too.
        """
        import wandb
        from wandb.sdk.mailbox.mailbox_handle import ServerResponseError

        try:
            yield
        except (wandb.errors.Error, ServerResponseError, OSError) as error:
            self.run = None
            self.log_of_run.warning("W&B %s, metrics.jsonl is complete without it: %s", trouble, error)

    def log(self, values: dict, step: int) -> None:
        """Mirror a line of the record."""
        if self.run:
            with self._without("has ended"):
                self.run.log(values, step=step)

    def finish(self, model: Path, samples: list[dict]) -> None:
        """End the run.

        Args:
            model: folder, which is logged as a reference to where it lies; nothing is uploaded.
            samples: rows of sampled completions, logged as a table.
        """
        if not self.run:
            return
        import wandb

        with self._without("has ended"):
            if samples:
                columns = list(samples[0])
                rows = [[row.get(name) for name in columns] for row in samples]
                self.run.log({"completions": wandb.Table(columns=columns, data=rows)})
            artifact = wandb.Artifact(f"model-{self.run.id}", type="model")
            # Weights of 140 GB are not hashed a second time: the manifest has their sums.
            artifact.add_reference(model.resolve().as_uri(), checksum=False)
            self.run.log_artifact(artifact)
            self.run.finish()
