"""Drills: trainings that Slurm ends, in all its ways: they go on, and leave the same bytes."""

import re
import subprocess
import time

import pytest
from drills import Checkout

pytestmark = [pytest.mark.slurm, pytest.mark.drill, pytest.mark.timeout(3600)]
# A training of some ten seconds, beside its start; and one on two processes, by two made-up GPUs.
LONG = {
    "sft": ["sft.max_steps=60"],
    "grpo": ["grpo.max_steps=12"],
}
TWO = "{stage}.runtime.gpus=2"
RANKS = {"one process": [], "two processes": [TWO]}
# Where the job runs, by who ends it.
PARTITION = {"preemption": "low", "the time limit": "short"}


@pytest.fixture(scope="module")
def based(undisturbed, tmp_path_factory) -> Checkout:
    """A checkout with all that is made before the trainings, for SFT and for GRPO."""
    base = undisturbed[0].copy(tmp_path_factory.mktemp("trainings") / "lexpro")
    base("--until", "sft", slurm=False)
    return base


@pytest.fixture(scope="module")
def whole(based, tmp_path_factory):
    """Stage, number of processes → the manifest of a training that nothing disturbs; made once."""
    made = {}

    def manifest(stage: str, config: tuple[str, ...]) -> str:
        if (stage, config) not in made:
            checkout = based.copy(tmp_path_factory.mktemp("whole") / "lexpro")
            checkout.forget(stage)
            checkout("--until", stage, config=config, slurm=False)
            made[stage, config] = newest(checkout, stage)
        return made[stage, config]

    return manifest


def newest(checkout: Checkout, stage: str) -> str:
    paths = sorted(
        checkout.root.glob(f"results/{stage}/*/manifest.json"), key=lambda path: path.stat().st_mtime
    )
    return paths[-1].read_text(encoding="utf-8")


def trained_a_while(checkout: Checkout, stage: str, process: subprocess.Popen) -> tuple[str, str, str]:
    """The job that trains, some steps after its start."""

    def ready():
        logs = [path.read_text(errors="replace") for path in (checkout.root / f"logs/{stage}").glob("*.log")]
        return any(re.search(r"step \d+/\d+", log) for log in logs)

    job = checkout.running(stage, process)
    checkout.wait_for("training", ready, process)
    time.sleep(4)
    return job


@pytest.mark.parametrize("ranks", RANKS)
@pytest.mark.parametrize("stage", LONG)
@pytest.mark.parametrize("who", ["scancel", "scontrol requeue", "preemption", "the time limit"])
def test_a_training_that_slurm_ends(based, whole, tmp_path, table, who, stage, ranks):
    changes = [one.format(stage=stage) for one in [*LONG[stage], *RANKS[ranks]]]
    if who == "the time limit":
        changes.append(f"{stage}.runtime.minutes=1")
    config = (f"overrides=[{','.join(changes)}]",)
    undisturbed = whole(stage, config)
    checkout = based.copy(tmp_path / "lexpro")
    checkout.forget(stage)
    where = PARTITION.get(who)
    process = checkout.start(
        "--until",
        stage,
        *(["--set-resources", f"{stage}:slurm_partition={where}"] if where else []),
        config=config,
    )
    number, _, _ = trained_a_while(checkout, stage, process)
    began = time.monotonic()
    match who:
        case "scancel":
            checkout.cluster.call("scancel", number)
        case "scontrol requeue":
            checkout.cluster.call("scontrol", "requeue", number)
        case "preemption":
            filler = ["--partition=high", "--nodes=2", "--exclusive", "--output=/dev/null", "--wrap=sleep 5"]
            checkout.cluster.call("sbatch", *filler)
    assert checkout.end(process) == 0, checkout.said()[-4000:] + checkout.queue()
    assert newest(checkout, stage) == undisturbed
    (log,) = (
        path.read_text()
        for path in (checkout.root / f"logs/{stage}").glob("*.log")
        if "resuming from" in path.read_text()
    )
    table.add(f"{stage} of {ranks}: {who}", "no step: " + resumed(log), [time.monotonic() - began], 1)


def resumed(log: str) -> str:
    return next(line.split(": ", 1)[-1] for line in log.splitlines() if "resuming from" in line)
