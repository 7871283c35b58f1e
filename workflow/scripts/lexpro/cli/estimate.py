"""Estimate what a training takes: memory, GPUs, tokens, hours, sbatch lines.

lexpro estimate --experiment paper_70b --gpu h200 sft.runtime.gpus=16
lexpro estimate --scaling                    the table of hours of docs/performance.md
make estimate EXPERIMENT=paper_70b [GPU=h200] [METHOD=qlora] [DOCUMENTS=200000] [OVERRIDES="…"]

No GPU is asked for. Exit status 2: the training cannot run as it is configured.
"""

from __future__ import annotations

import argparse

from lexpro.workflow.errors import UserError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("--experiment", default="paper_14b", help="a file of config/experiment/")
    parser.add_argument("--gpu", help="a GPU of config/hardware.yaml (default: the one named there)")
    parser.add_argument("--method", choices=("full", "lora", "qlora"), help="what would it take with this?")
    parser.add_argument(
        "--documents", type=int, help="documents of the corpus, where the tasks are not made yet"
    )
    parser.add_argument("--scaling", action="store_true", help="hours of the paper's sizes on 8, 16, 64 GPUs")
    parser.add_argument("overrides", nargs="*", help="changes of settings, as sft.runtime.gpus=16")


def run(args: argparse.Namespace) -> None:
    """Print the estimate of both trainings, or the table of hours.

    Raises:
        UserError: a setting is wrong, or the training cannot run.
    """
    from lexpro.resources import estimate

    request = estimate.Request(args.experiment, tuple(args.overrides), args.gpu, args.method, args.documents)
    if args.scaling:
        print(estimate.scaling(request))
    elif impossible := estimate.report(request):
        raise UserError("this cannot run:\n  " + "\n  ".join(impossible))
