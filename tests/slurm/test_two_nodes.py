"""Two nodes with names and addresses of their own: a training on both leaves the bytes that it
leaves on one node with two processes.
"""

import pytest
from drills import EARNED, Checkout
from launching import ZERO3

pytestmark = [pytest.mark.slurm, pytest.mark.drill, pytest.mark.timeout(7200)]
# What can be spread over two: no optimiser of whole matrices, and half a batch for each.
SPREAD = {
    "sft": ["sft.optimizer=adamw", "sft.runtime.deepspeed=" + ZERO3],
    "grpo": ["grpo.runtime.per_device_batch_size=4", "grpo.runtime.deepspeed=" + ZERO3, EARNED],
}
# A thread a process in both.
ONE_NODE = ["{stage}.runtime.gpus=2", "{stage}.runtime.threads=2"]
TWO_NODES = ["{stage}.runtime.nodes=2", "{stage}.runtime.threads=1"]


@pytest.fixture(scope="module")
def based(clone, two_nodes, tmp_path_factory) -> Checkout:
    """A checkout with all that is made before the trainings."""
    base = Checkout(clone, two_nodes).copy(tmp_path_factory.mktemp("two-nodes") / "lexpro")
    base("--until", "sft", slurm=False)
    return base


@pytest.mark.parametrize("stage", SPREAD)
def test_two_nodes_leave_the_bytes_of_one(based, tmp_path, stage):
    left = {}
    for changes, in_slurm in ((ONE_NODE, False), (TWO_NODES, True)):
        checkout = based.copy(tmp_path / f"in-slurm-{in_slurm}")
        checkout.forget(stage)
        config = ",".join(one.replace("{stage}", stage) for one in [*SPREAD[stage], *changes])
        checkout("--until", stage, config=(f"overrides=[{config}]",), slurm=in_slurm)
        left[in_slurm] = {
            name: text for name, text in checkout.manifests().items() if name.startswith(f"{stage}/")
        }
        logs = [path.read_text() for path in (checkout.root / f"logs/{stage}").glob("*.log")]
        assert logs and not any("no gradient in any step" in log for log in logs)
    assert left[True] == left[False] and left[True]
    states = [job.text for job in based.cluster.jobs() if job.rule == stage]
    assert states and all("NodeList=node[1-2]" in text and "JobState=COMPLETED" in text for text in states)
