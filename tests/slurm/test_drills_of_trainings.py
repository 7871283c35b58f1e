"""Drills: trainings that Slurm ends, in all its ways: they go on, and leave the same bytes."""

import re
import subprocess
import time

import pytest
from drills import EARNED, Checkout

pytestmark = [pytest.mark.slurm, pytest.mark.drill, pytest.mark.timeout(3600)]
# A training of some ten seconds, beside its start; a batch that two processes can share.
SHARED = ["grpo.runtime.per_device_batch_size=4", EARNED]
LONG = {
    "sft": ["sft.max_steps=60"],
    "grpo": ["grpo.max_steps=40", *SHARED],
}
# Slurm looks each half minute for jobs whose time ends soon: of two minutes a job has at least one,
# and at most one and a half, before it is asked to end. Its start takes half of the first.
LIMITED = {
    "sft": ["sft.max_steps=400", "sft.runtime.minutes=2"],
    "grpo": ["grpo.max_steps=300", "grpo.runtime.minutes=2", *SHARED],
}
# On a busy machine it is asked more often than the profile submits it again.
AGAIN = ["--restart-times", "9"]
# Two, by two made-up GPUs.
RANKS = {"one process": [], "two processes": ["{stage}.runtime.gpus=2"]}
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
    limited = who == "the time limit"
    length = (LIMITED if limited else LONG)[stage]
    changes = [one.replace("{stage}", stage) for one in [*length, *RANKS[ranks]]]
    config = (f"overrides=[{','.join(changes)}]",)
    undisturbed = whole(stage, config)
    checkout = based.copy(tmp_path / "lexpro")
    checkout.forget(stage)
    where = PARTITION.get(who)
    process = checkout.start(
        "--until",
        stage,
        *(["--set-resources", f"{stage}:slurm_partition={where}"] if where else []),
        *(AGAIN if limited else []),
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
    assert "no gradient in any step" not in log
    table.add(f"{stage} of {ranks}: {who}", "no step: " + resumed(log), [time.monotonic() - began], 1)


def resumed(log: str) -> str:
    return next(line.split(": ", 1)[-1] for line in log.splitlines() if "resuming from" in line)
