"""What GRPO could gain at most by choosing among the SFT model's own answers.

LEXPRO_MIRROR=… python perf/headroom.py [--experiment lecard] [--prompts N] [--samples K]
    [--json FILE]

Samples answers to drawn prompts of GRPO as GRPO does, and grades them by its rewards. **pass@k** is
the expected best of k answers, of what a prompt can earn at most (0 to 1); pass@1 is what the model
earns as it is. Where pass@8 is no higher there is nothing to gain. **alike** are the prompts whose
answers all earn the same: they have no gradient.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from math import comb
from pathlib import Path

import numpy as np

from lexpro.config.grpo import PassRate
from lexpro.dag.builder import build
from lexpro.dag.experiment import pass_rate_settings
from lexpro.engines import load
from lexpro.engines.base import Sampling
from lexpro.models import compute, loading
from lexpro.rewards import registry
from lexpro.training import pass_rate, prompts, selection
from lexpro.workflow.files import write_json

TRIED = (1, 2, 4, 8)
# Earned alike: to the last digits of a sum.
SAME = 1e-9


def best_of(earned: np.ndarray, k: int) -> float:
    """The expected best of k of the answers, without replacement.

    Args:
        earned: of each answer to one prompt.
        k: at most as many as there are.
    """
    number = len(earned)
    weights = [comb(place, k - 1) / comb(number, k) for place in range(number)]
    return float(np.sort(earned) @ weights)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--experiment", default="lecard")
    parser.add_argument("--prompts", type=int, default=240)
    parser.add_argument("--samples", type=int, default=8)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    compute.limit_threads()
    dag = build([args.experiment])
    (grpo,) = dag.runs_of("grpo")
    above = {name: dag.above(grpo, name).out for name in grpo.upstream}
    # Sampled as the stage `pass_rate` does.
    asking = grpo.settings.model_copy(update={"pass_rate": PassRate(samples=args.samples)})
    settings = pass_rate_settings(asking, dag.above(grpo, "sft").settings)
    paths = {"training": str(above["tasks"] / "grpo.jsonl"), "knowledge": str(above["knowledge"])}
    rewards = [registry.load(entry.model_dump(), paths) for entry in grpo.settings.rewards]
    model, base = above["sft"] / "model", above["base_model"] / "model"
    rows, _, _ = prompts.fitting(
        Path(paths["training"]), loading.tokenizer(model), settings.tasks, settings.max_prompt_length
    )
    rows = selection.in_turn(rows, settings.seed)[: args.prompts]
    engine = load.engine(settings.engine, model, base, Sampling(settings.temperature, settings.top_p))
    asked = [ask.request for ask in pass_rate.asks(rows, settings)]
    texts = [made.text for made in engine.generate(asked)]
    by_task: dict[str, list[np.ndarray]] = defaultdict(list)
    for place, row in enumerate(rows):
        own = texts[place * args.samples : (place + 1) * args.samples]
        earned = np.array([selection.earned([text], row, rewards) for text in own])
        by_task[row["task"]].append(earned)
    tried = [k for k in TRIED if k <= args.samples]
    print(f"| task | prompts | {' | '.join(f'pass@{k}' for k in tried)} | alike |")
    print("|" + " --- |" * (len(tried) + 3))
    result = {}
    for task, groups in sorted(by_task.items()):
        passed = {f"pass@{k}": float(np.mean([best_of(group, k) for group in groups])) for k in tried}
        alike = float(np.mean([np.ptp(group) < SAME for group in groups]))
        result[task] = {"prompts": len(groups), **passed, "alike": alike}
        print(f"| {task} | {len(groups)} | {' | '.join(f'{v:.3f}' for v in passed.values())} | {alike:.2f} |")
    if args.json:
        write_json(args.json, result)


if __name__ == "__main__":
    main()
