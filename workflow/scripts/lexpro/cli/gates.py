"""Check every reward on gold answers and on uninformed baselines.

lexpro gates [--config config/reward_gates.yaml] [--cases N]

Fails (exit status 1) where gold does not beat a baseline by the margin that the configuration
states: constants, the shuffled gold of other cases, copies of the prompt, degenerate strings. Gold
is that of real judgments where LEXPRO_MIRROR has them, else of synthetic ones. docs/rewards.md
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument(
        "--config",
        type=Path,
        default=Path("config/reward_gates.yaml"),
        help="margins (default: config/reward_gates.yaml)",
    )
    parser.add_argument(
        "--cases",
        type=int,
        help="judgments to use (default: all); with few, a reward may lack answers of one kind",
    )


def run(args: argparse.Namespace) -> int:
    """Print a table of all rewards.

    Returns:
        1 where a reward does not pass, else 0.

    Raises:
        UserError: the configuration is wrong.
    """
    from lexpro.config import load
    from lexpro.dag.compose import compose
    from lexpro.rewards import gate_check

    settings = gate_check.read_settings(args.config)
    config, _ = compose("demo", (f"corpus={settings.synthetic.corpus}", "knowledge=statutes"))
    corpus, statutes = (load.settings(name, config[name]) for name in ("corpus", "knowledge"))
    totals = {
        total.grpo: compose("demo", (f"grpo={total.grpo}",))[0]["grpo"]["rewards"]
        for total in settings.totals
    }
    problems = gate_check.check(settings, corpus, statutes, totals, args.cases)
    for problem in problems:
        print(f"FAIL {problem}", file=sys.stderr)
    return int(bool(problems))
