"""Records what GRPO samples and what it is paid, from inside the reward functions.

TRL calls the rewards one after the other on the completions of a step. Each is wrapped: it gets the
whole answer, and the last one closes the record of the step.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path

import torch
from accelerate import PartialState
from accelerate.utils import gather

from lexpro.models import chat, compute
from lexpro.workflow.files import json_line


def zero_variance(rewards: torch.Tensor, num_generations: int) -> float:
    """Share of the groups whose completions all earn the same: they teach nothing.

    TRL's `frac_reward_zero_std` is this only where advantages are scaled by group.

    Args:
        rewards: of each completion, shape `[batch]`, group after group.
        num_generations: completions of a group.
    """
    groups = rewards.view(-1, num_generations)
    return torch.isclose(groups.amax(1), groups.amin(1)).float().mean().item()


class Completions:
    """Reward functions for TRL that also record each step.

    Metrics beside TRL's own: `rewards/<name>/none`, the share of completions that a reward does
    not apply to, and `zero_variance_groups`.

    Attributes:
        functions: the rewards, to be given to the trainer.
        path: JSON lines of sampled completions, a few of a step: {step, id, task, prompt,
            completion, rewards/<name>}.
        tokens: completion tokens so far, over all processes.
    """

    def __init__(
        self,
        path: Path,
        rewards: Sequence[tuple[Callable, float]],
        num_generations: int,
        kept: int = 0,
        every: int = 1,
    ):
        """Wrap the rewards.

        Args:
            path: where sampled completions go.
            rewards: functions and weights.
            num_generations: completions of a group.
            kept: completions of a step that are kept.
            every: of how many steps one is kept.
        """
        self.path, self.num_generations, self.kept, self.every = path, num_generations, kept, every
        self.tokens = 0
        self.functions = [self._wrapped(number, reward) for number, (reward, _) in enumerate(rewards)]
        self._weights = torch.tensor([weight for _, weight in rewards])
        self._columns: list[list[float]] = [[] for _ in rewards]

    def _wrapped(self, number: int, reward: Callable) -> Callable:
        @wraps(reward)
        def rewarded(prompts, completions, **columns):
            # Also where the chat template opened `<think>` for the model.
            answers = [
                chat.whole(prompt, completion)
                for prompt, completion in zip(prompts, completions, strict=True)
            ]
            values = reward(prompts=prompts, completions=answers, **columns)
            self._columns[number] = [math.nan if value is None else value for value in values]
            if number + 1 == len(self.functions):
                self._close(prompts, answers, **columns)
            return values

        return rewarded

    def _close(
        self, prompts: list[str], answers: list[str], completion_ids, trainer_state, log_metric, **columns
    ) -> None:
        """Record a step, when its last reward has been paid."""
        state = PartialState()
        # As TRL holds them: in fp32.
        rewards = torch.tensor(self._columns, dtype=torch.float32).T
        for name, values in zip(self._names(), rewards.T, strict=True):
            log_metric(f"rewards/{name}/none", values.isnan().float().mean().item())
        # A group may be spread over the processes.
        totals = gather((rewards * self._weights).nansum(1).to(state.device))
        log_metric("zero_variance_groups", zero_variance(totals, self.num_generations))
        self.tokens += sum(map(len, completion_ids)) * state.num_processes
        if compute.is_main() and not trainer_state.global_step % self.every:
            self._keep(trainer_state.global_step, prompts, answers, rewards.tolist(), columns)

    def _names(self) -> list[str]:
        return [function.__name__ for function in self.functions]

    def _keep(
        self, step: int, prompts: list[str], answers: list[str], rewards: list[list[float]], columns: dict
    ) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            for row in range(min(self.kept, len(prompts))):
                paid = {
                    f"rewards/{name}": None if math.isnan(value) else value
                    for name, value in zip(self._names(), rewards[row], strict=True)
                }
                line = {"step": step, "id": columns["id"][row], "task": columns["task"][row]}
                line |= {"prompt": prompts[row], "completion": answers[row]}
                file.write(json_line(line | paid))
