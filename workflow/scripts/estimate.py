"""What a training will take, before a GPU is asked for: memory, GPUs, tokens, hours, and the sbatch
lines.

make plan EXPERIMENT=paper_70b [GPU=h200] [OVERRIDES="sft.runtime.gpus=16"] [METHOD=qlora]
[DOCUMENTS=200000] python workflow/scripts/estimate.py --scaling # the table of hours of
docs/performance.md
"""

from __future__ import annotations

import argparse
import sys

from lexpro.dag import builder
from lexpro.resources import experiment, fit, hardware, memory, shapes, show, slurm
from lexpro.workflow.errors import UserError

PAPER = ("paper_14b", "paper_32b", "paper_70b")


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--experiment", default="paper_14b", help="a file of config/experiment/")
    parser.add_argument("--gpu", help="a GPU of config/hardware.yaml (default: the one named there)")
    parser.add_argument("--method", choices=("full", "lora", "qlora"), help="what would it take with this?")
    parser.add_argument(
        "--documents", type=int, help="documents of the corpus, where the tasks are not made yet"
    )
    parser.add_argument("--scaling", action="store_true", help="hours of the paper's sizes on 8, 16, 64 GPUs")
    parser.add_argument("overrides", nargs="*", help="changes of settings, as sft.runtime.gpus=16")
    return parser.parse_args(argv)


def on_processor(stage: str, setup: fit.Setup) -> None:
    """A training without a GPU: its memory only."""
    parts = memory.step(setup.job)
    cells = [[kind, f"{size / 1e6:.1f}"] for kind, size in parts.items()]
    print(f"## {stage}: {setup.job.shape.parameters / 1e6:.2f} million parameters, on a processor\n")
    print(show.table(["MB", "training"], [*cells, ["sum", f"{sum(parts.values()) / 1e6:.1f}"]]), "\n")


def report(args: argparse.Namespace) -> list[str]:
    """Print the plan of both stages; returns what cannot be."""
    config, choices = builder.compose(args.experiment, tuple(args.overrides))
    machine = hardware.read()
    gpu = machine.gpu(args.gpu)
    _, source = shapes.of(config["base_model"])
    impossible = []
    for stage in experiment.STAGES:
        setup = experiment.setup(config, stage, gpu, machine, args.method)
        runtime = config[stage]["runtime"]
        if not setup.job.gpu:
            on_processor(stage, setup)
            print(slurm.line(stage, runtime), "\n")
            continue
        work, origin = experiment.work(
            config, choices, args.experiment, stage, machine.assumed, args.documents
        )
        print(f"## {show.headline(stage, setup, source)}\n")
        print(show.memory_table(setup), "\n")
        print(
            f"{gpu.name}: {setup.usable / memory.GIB:.1f} of {gpu.memory_gib:g} GiB to give. {show.alternative(setup)}"
        )
        print(show.needs(setup))
        found = fit.problems(setup)
        if found:
            better = fit.suggestion(setup)
            found.append(
                "smallest change that fits: " + ", ".join(better[0])
                if better
                else "no change of its runtime, and none of the GPUs known, makes it fit"
            )
        per_node = min(setup.job.devices, machine.node_gpus)
        ram = memory.host(setup.job, per_node, machine.assumed["process_gib"]) / 2**20
        print(f"Host memory of a node: {ram:,.0f} MB of the {runtime['mem_mb']:,} asked for.")
        if setup.job.zero == 3:
            print("Counted for ZeRO-3: weights are spread while they are loaded, never whole on one device.")
        if ram > runtime["mem_mb"]:
            found.append(f"host memory: set runtime.mem_mb to at least {ram:.0f}")
        if found:
            impossible += [f"{stage}: {line}" for line in found]
        else:
            print("\n".join(show.work_lines(setup, work, origin)))
            hours = sum(show.duration.hours(setup, work))
            if hours * 60 > runtime["minutes"]:
                print(
                    f"Note: longer than runtime.minutes ({runtime['minutes']}): the job resumes when run again."
                )
        print(slurm.line(stage, runtime), "\n")
    return impossible


def scaling(args: argparse.Namespace) -> None:
    """Hours and GPU-hours of the paper's three sizes on 8, 16 and 64 GPUs."""
    machine = hardware.read()
    gpu = machine.gpu(args.gpu)
    rows = []
    for name in PAPER:
        config, choices = builder.compose(name, tuple(args.overrides))
        for stage in experiment.STAGES:
            setup = experiment.setup(config, stage, gpu, machine, args.method)
            work, _ = experiment.work(config, choices, name, stage, machine.assumed, args.documents)
            rows += show.scaling(name.removeprefix("paper_"), stage, setup, work, (8, 16, 64))
    print(show.table(["size", "stage", f"GPUs ({gpu.name})", "hours", "GPU-hours", "changed to fit"], rows))


def main(argv: list[str] | None = None) -> None:
    args = parse(argv)
    try:
        impossible = scaling(args) if args.scaling else report(args)
    except UserError as error:
        sys.exit(_refused(str(error)))
    if impossible:
        sys.exit(_refused("this cannot run:\n  " + "\n  ".join(impossible)))


def _refused(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
