"""A training that is asked to end finishes its step and saves a checkpoint.

It ends with the signal's exit status. Slurm asks with SIGTERM (time limit, preemption, scancel), a
terminal with SIGINT. transformers' own facility (`enable_jit_checkpoint`) is not used: it saves
between a gradient and its optimiser step, so that the random numbers drawn for that step are lost;
processes decide each for itself and wait for one another for ever; and `train()` returns as though
the training were done.
"""

from __future__ import annotations

import os
import signal
import sys

import torch
from transformers import TrainerCallback

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop(TrainerCallback):
    """Ends `train()` after the step, or the save, in which a signal came.

    All processes end after the same one. Before the first step and after the last the stage's own
    handler stands: it exits at once, and loses nothing. A signal that comes again changes nothing:
    launchers pass on what each process has already had from the scheduler.
    """

    def __init__(self, log):
        self.log = log
        # The number of the signal that this process was sent, and the one that all agree on; 0:
        # none.
        self.sent = self.agreed = 0
        self._before: dict = {}

    def _note(self, number: int, _frame) -> None:
        # Not by the log: what is interrupted may be writing to it.
        if not self.sent:
            os.write(2, b"asked to end: after this step, with a checkpoint\n")
        self.sent = number

    def on_train_begin(self, args, state, control, **kwargs):
        """Note signals from now on.

        Args:
            args: the trainer's arguments; not used.
            state: not used.
            control: not used.
            **kwargs: what else transformers passes; not used.
        """
        handlers = {number: signal.getsignal(number) for number in SIGNALS}
        # What was started in the background ignores Ctrl-C, and goes on ignoring it.
        self._before = {n: handler for n, handler in handlers.items() if handler != signal.SIG_IGN}
        for number in self._before:
            signal.signal(number, self._note)

    def on_train_end(self, args, state, control, **kwargs):
        """Leave signals to whoever had them before.

        Args:
            args: the trainer's arguments; not used.
            state: not used.
            control: not used.
            **kwargs: what else transformers passes; not used.
        """
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _agree(self, args) -> bool:
        """Whether any process was sent a signal; the same answer on all.

        `sent` may change meanwhile, `agreed` not.
        """
        self.agreed = self.sent
        if args.world_size > 1:
            shared = torch.tensor(self.agreed, device=args.device)
            torch.distributed.all_reduce(shared, torch.distributed.ReduceOp.MAX)
            self.agreed = int(shared)
        return bool(self.agreed)

    def on_step_end(self, args, state, control, **kwargs):
        """End here, with a checkpoint, where a signal came.

        Args:
            args: the trainer's arguments: number of processes, and the device.
            state: where the training is; for the log.
            control: is told to save and to stop.
            **kwargs: what else transformers passes; not used.
        """
        if self._agree(args):
            name = signal.Signals(self.agreed).name
            self.log.warning("%s: ending after step %d of %d", name, state.global_step, state.max_steps)
            control.should_save = control.should_training_stop = True

    def on_save(self, args, state, control, **kwargs):
        """A signal that came during a save needs no other one.

        Args:
            args: the trainer's arguments: number of processes, and the device.
            state: not used.
            control: is told to stop.
            **kwargs: what else transformers passes; not used.
        """
        if self._agree(args):
            control.should_training_stop = True

    def leave(self, state) -> None:
        """After `train()`: exits if it ended early, or was asked to at its very end."""
        number = self.agreed or self.sent
        if number:
            self.log.warning("step %d of %d is saved, to go on from", state.global_step, state.max_steps)
            sys.exit(128 + number)
