"""Prompts of a benchmark → a model's answers, one JSON line each.

An interrupted run goes on where it stopped.
"""

from __future__ import annotations

from lexpro.evaluation.predicting import predict
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("predict", __doc__, argv) as run:
        predict(run)


if __name__ == "__main__":
    main()
