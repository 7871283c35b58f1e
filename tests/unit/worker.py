"""One process of a training in test_ranks.py: stages one after the other, the last of them killed at a step if asked.

python worker.py [--kill STEP] [--signal KILL|TERM] STAGE=PLAN …
"""

import argparse
import importlib
import os
import signal
from pathlib import Path

from lexpro import stage
from lexpro.training.metrics import Record

ROOT = Path(__file__).parents[2]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kill", type=int)
    parser.add_argument("--signal", default="KILL")
    parser.add_argument("runs", nargs="+")
    args = parser.parse_args()
    stage.lock_file = lambda: ROOT / "envs/cpu.txt"
    for number, run in enumerate(args.runs, 1):
        name, plan = run.split("=")
        if args.kill and number == len(args.runs):
            Record.on_step_end = killed_at(args.kill, signal.Signals[f"SIG{args.signal}"])
        importlib.import_module(name).main(["--plan", plan])


def killed_at(step: int, how: signal.Signals):
    """The last process dies without a word, as when its node is lost, or is asked to end by the scheduler."""

    def on_step_end(self, args, state, control, **kwargs):
        if state.global_step == step and int(os.environ.get("RANK", "0")) == args.world_size - 1:
            os.kill(os.getpid(), how)

    return on_step_end


if __name__ == "__main__":
    main()
