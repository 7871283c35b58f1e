"""Groups that teach nothing are sampled beyond those that are trained on, and left out."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from trainings import ALL, CHANGE, metrics

import grpo
from lexpro.config.grpo import Settings
from lexpro.rewards import registry
from lexpro.training.dynamic_sampling import teaching_first
from lexpro.training.raft import RewardRanked, best_only


@given(st.integers(2, 4), st.lists(st.booleans(), min_size=2, max_size=8), st.data())
def test_groups_with_an_advantage_come_first_each_whole_and_in_order(size, teaches, data):
    kept = data.draw(st.integers(1, len(teaches)))
    advantages = torch.tensor([[1.0, -1.0, *[0.0] * (size - 2)] if one else [0.0] * size for one in teaches])
    rows = teaching_first(advantages.flatten(), size, kept).tolist()
    groups = rows[::size]
    assert rows == [first + place for first in groups for place in range(size)]
    assert groups == sorted(groups) and len(groups) == kept
    taught = [number * size for number, one in enumerate(teaches) if one]
    assert [group for group in groups if group in taught] == taught[: min(kept, len(taught))]


@given(st.lists(st.lists(st.integers(0, 3), min_size=3, max_size=3), min_size=1, max_size=6))
def test_raft_keeps_the_best_of_each_group_that_differs(groups):
    rewards = torch.tensor(groups, dtype=torch.float32)
    advantages = (rewards - rewards.mean(dim=1, keepdim=True)) / (rewards.std(dim=1, keepdim=True) + 1e-4)
    wanted = [float(len(set(group)) > 1 and value == max(group)) for group in groups for value in group]
    assert best_only(advantages.flatten(), 3).tolist() == wanted


@pytest.mark.slow
def test_a_step_trains_on_the_groups_that_differ(tuned, monkeypatch):
    """Of four groups two earn nothing whatever is said: the two others fill the step."""

    def load(spec, known=None):
        def reward(completions, id=(), **_):
            odd = [int(name.rpartition("-")[2]) % 2 for name in id]
            return [n + len(text) if n else 0.0 for n, text in zip(odd, completions, strict=True)]

        reward.__name__ = "odd"
        return reward, spec["weight"]

    monkeypatch.setattr(registry, "load", load)
    change = {**CHANGE, "rewards": CHANGE["rewards"][:1]}
    grpo.main(["--plan", str(tuned("grpo", "plain", ALL, **change))])
    grpo.main(["--plan", str(tuned("grpo", "more", ALL, **change, oversampling=2))])
    plain, more = metrics("results/grpo/plain"), metrics("results/grpo/more")
    assert [row["step"] for row in more] == [row["step"] for row in plain] == [1, 2]
    assert all("trained_zero_variance_groups" not in row for row in plain)
    sampled = [row["zero_variance_groups"] for row in more]
    assert sum(sampled) > 0
    for row, flat in zip(more, sampled, strict=True):
        assert row["trained_zero_variance_groups"] == max(0.0, 2 * flat - 1)


@pytest.mark.slow
@pytest.mark.parametrize("oversampling", [1, 2])
def test_raft_learns_from_the_best_alone(oversampling, tuned, monkeypatch):
    """Every advantage is 1 or 0, and the model learns."""
    seen = []

    def kept(self, inputs):
        sampled = ranked(self, inputs)
        seen.append(sampled["advantages"].clone())
        return sampled

    ranked = RewardRanked._generate_and_score_completions
    monkeypatch.setattr(RewardRanked, "_generate_and_score_completions", kept)

    def load(spec, known=None):
        def reward(completions, **_):
            return [float(place % 2) for place in range(len(completions))]

        reward.__name__ = "every_second"
        return reward, spec["weight"]

    monkeypatch.setattr(registry, "load", load)
    change = {**CHANGE, "rewards": CHANGE["rewards"][:1], "raft": True, "oversampling": oversampling}
    grpo.main(["--plan", str(tuned("grpo", "raft", ALL, **change))])
    for advantages in seen:
        assert advantages.tolist() == [float(place % 2) for place in range(len(advantages))]
    assert seen and all(row["grad_norm"] > 0 for row in metrics("results/grpo/raft"))


def test_one_group_for_each_is_plain_grpo():
    assert Settings().oversampling == 1 and not Settings().raft
