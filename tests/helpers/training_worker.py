"""One process of a training in test_ranks.py: stages one after the other, the last of them ended at
a step if asked.

python training_worker.py [--kill STEP | --ask STEP | --ask-launcher STEP] STAGE=PLAN …
"""

import argparse
import importlib
import os
import signal
import time
from pathlib import Path

from lexpro.training.metrics import Record
from lexpro.training.stopping import Stop
from lexpro.workflow import stage

ROOT = Path(__file__).parents[2]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kill", type=int, default=0)
    parser.add_argument("--ask", type=int, default=0)
    parser.add_argument("--ask-launcher", type=int, default=0)
    parser.add_argument("runs", nargs="+")
    args = parser.parse_args()
    stage.lock_file = lambda: ROOT / "envs/cpu.txt"
    for number, run in enumerate(args.runs, 1):
        name, plan = run.split("=")
        if number == len(args.runs):
            Record.on_step_end = killed_at(args.kill)
            Stop.on_step_begin = asked_in(args.ask or args.ask_launcher, bool(args.ask_launcher))
        importlib.import_module(name).main(["--plan", plan])


def is_last(args) -> bool:
    return int(os.environ.get("RANK", "0")) == args.world_size - 1


def killed_at(step: int):
    """The last process dies without a word, as when its node is lost."""

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == step and is_last(args):
            os.kill(os.getpid(), signal.SIGKILL)

    return on_step_end


def asked_in(step: int, launcher: bool):
    """The scheduler asks the last process to end, during a step; or their launcher, which is to
    tell them all.
    """

    def on_step_begin(self, args, state, control, **kwargs):
        if state.global_step != step - 1:
            return
        if is_last(args):
            # `preloaded` says who started this process: its parent is another.
            os.kill(int(os.environ["STARTED_BY"]) if launcher else os.getpid(), signal.SIGTERM)
        while launcher and not self.sent:
            time.sleep(0.01)

    return on_step_begin


if __name__ == "__main__":
    main()
