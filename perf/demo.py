"""What the demo promises, beside what it measured: read from a finished `make demo`, and two plans
timed.

python perf/demo.py [--summary results/experiments/demo/summary.json] [--runs 3]

Run it from the checkout, when nothing else is running. The time of the demo as a whole is that of
`time make demo`: here are the seconds of its stages, of which two may run at once.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import time
from pathlib import Path

PAPER = "experiments=paper_14b,paper_32b,paper_70b"


def seconds(command: list[str], runs: int) -> float:
    """Median seconds by the clock."""
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "WANDB_MODE": "offline"})
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--summary", type=Path, default=Path("results/experiments/demo/summary.json"))
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    summary = json.loads(args.summary.read_text(encoding="utf-8"))
    elements, articles = summary["elements"], summary["article"]
    reward = summary["training"]["grpo"]["total"]
    base, sft, grpo = (elements[variant]["micro_f1"] for variant in ("base", "sft", "grpo"))
    memory = summary["provenance"]["peak_rss_mb"]
    rows = [
        ("memory of the largest stage, MB", "<= 8000", f"{memory:.0f}", memory <= 8000),
        *(
            (
                f"elements, micro F1, {variant}",
                promise,
                f"{elements[variant]['micro_f1']:.4f} ({elements[variant]['low']:.3f} to "
                f"{elements[variant]['high']:.3f}, n = {elements[variant]['n']})",
                holds,
            )
            for variant, promise, holds in (
                ("base", "< .05", base < 0.05),
                ("sft", ">= .90", sft >= 0.9),
                ("grpo", ">= SFT", grpo >= sft),
            )
        ),
        (
            "mean reward of GRPO, first and last tenth",
            "rises",
            f"{reward['first']:.4f}, {reward['last']:.4f}",
            reward["last"] > reward["first"],
        ),
        *(
            (
                f"article F1, {variant}, without and with retrieval",
                "rises",
                f"{articles[variant]['none']['f1']:.4f}, {articles[variant]['rag']['f1']:.4f}",
                articles[variant]["rag"]["f1"] > articles[variant]["none"]["f1"],
            )
            for variant in ("sft", "grpo")
        ),
    ]
    for what, limit, extra in (
        ("snakemake -n, nothing to do, s", 5, []),
        ("planning the three paper experiments, s", 10, ["--config", PAPER]),
    ):
        taken = seconds(["snakemake", "-n", "--cores", "2", *extra], args.runs)
        rows.append((what, f"<= {limit}", f"{taken:.1f}", taken <= limit))
    print("| what | promised | measured | holds |\n| --- | --- | --- | --- |")
    for what, promised, measured, holds in rows:
        print(f"| {what} | {promised} | {measured} | {'yes' if holds else 'NO'} |")
    print(f"\nrecall@5 of retrieval {summary['retrieval']['recall_at_5']:.4f}")
    print("\n| stage | seconds | peak MB |\n| --- | --- | --- |")
    for name, cost in summary["stages"].items():
        print(f"| {name} | {cost['seconds']:.0f} | {cost['peak_rss_mb']:.0f} |")


if __name__ == "__main__":
    main()
