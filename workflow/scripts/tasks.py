"""Kept judgments → the data sets of training and evaluation.

Splits, pre-training text, and the rows of SFT, GRPO and the held-out benchmark.
"""

from __future__ import annotations

from lexpro.examples.build import build
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage from its command line."""
    with stage("tasks", __doc__, argv) as run:
        build(run)


if __name__ == "__main__":
    main()
