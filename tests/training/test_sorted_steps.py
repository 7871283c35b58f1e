"""The order in which SFT on a processor sees its examples."""

from hypothesis import given
from hypothesis import strategies as st

from lexpro.training.cpu import sft as cpu_sft


@given(st.lists(st.integers(1, 500), min_size=1, max_size=300), st.integers(1, 16))
def test_an_epoch_holds_every_sequence_once(lengths, batch):
    sampler = cpu_sft.SortedSteps(lengths, batch, seed=3)
    first, second = list(sampler), list(sampler)
    assert sorted(first) == sorted(second) == list(range(len(lengths)))
    again = cpu_sft.SortedSteps(lengths, batch, seed=3)
    again.set_epoch(1)
    assert list(again) == second, "an epoch's order does not depend on those before"


def test_a_step_is_random_and_sorted_by_length():
    lengths = [10 + (number * 37) % 400 for number in range(640)]
    order = list(cpu_sft.SortedSteps(lengths, 16, seed=1))
    steps = [[lengths[i] for i in order[at : at + 16]] for at in range(0, len(order), 16)]
    assert all(step == sorted(step) for step in steps)
    # Short ones and long ones in each step, as there are in the data.
    assert all(step[0] < 150 and step[-1] > 250 for step in steps)
    whole = sum(step[-1] * 16 for step in steps)
    parts = sum(step[at + 3] * 4 for step in steps for at in range(0, 16, 4))
    assert parts < 0.75 * whole, "micro-batches of four hold less padding than the step"
