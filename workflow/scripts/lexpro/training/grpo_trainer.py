"""TRL's `GRPOTrainer`, with a record of what was sampled and how often a reward did not apply."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path

import torch
from trl import GRPOTrainer
from trl.models.utils import unwrap_model_for_generation

from lexpro.models import chat, compute
from lexpro.training import checkpoints, vllm_weight_sync
from lexpro.training.cpu import sampling, trim
from lexpro.workflow.files import json_line

# Losses that TRL sums over all tokens of a step and divides by their number.
SUMS = ("cispo", "dapo")


def on_whole_answers(reward: Callable) -> Callable:
    """A reward that sees the whole answer, also where the chat template opened `<think>` for the
    model.
    """

    @wraps(reward)
    def rewarded(prompts, completions, **columns):
        answers = [
            chat.whole(prompt, completion) for prompt, completion in zip(prompts, completions, strict=True)
        ]
        return reward(prompts=prompts, completions=answers, **columns)

    return rewarded


def zero_variance(rewards: torch.Tensor, each: int) -> float:
    """Share of the groups of `each` completions, one after the other, that all earn the same: they
    teach nothing.

    TRL's `frac_reward_zero_std` is this only where advantages are scaled by group.
    """
    groups = rewards.view(-1, each)
    return torch.isclose(groups.amax(1), groups.amin(1)).float().mean().item()


class Trainer(checkpoints.Complete, GRPOTrainer):
    """GRPOTrainer that appends a sample of the completions of every n-th step to `samples` (JSON
    lines).
    """

    samples: Path
    sampled: int = 0
    # Of how many steps one is sampled.
    every: int = 1
    counter = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.use_vllm:
            vllm_weight_sync.by_layer(self.vllm_generation)

    def _generate_single_turn(
        self, prompt_ids, images, multimodal_fields, num_generations, has_tool_images=False
    ):
        """On a processor, `sampling` instead of `generate`: the same distribution, in the same
        precision, sooner.
        """
        if self.args.device.type != "cpu" or self.use_vllm or not sampling.can(self.model):
            return super()._generate_single_turn(
                prompt_ids, images, multimodal_fields, num_generations, has_tool_images
            )
        with (
            unwrap_model_for_generation(
                self.model_wrapped,
                self.accelerator,
                gather_deepspeed3_params=self.args.ds3_gather_for_generation,
                gradient_checkpointing_kwargs=self.args.gradient_checkpointing_kwargs,
            ) as model,
            # Around all tokens, so that weights are cast once.
            self.accelerator.autocast(),
        ):
            found = sampling.sample(
                model,
                prompt_ids,
                longest=self.max_completion_length,
                ends=self.eos_token_ids,
                pad=self._tokenizer.pad_token_id,
                temperature=self.temperature,
                top_p=self.top_p,
            )
        return found, None

    def _calculate_rewards(self, inputs, prompts, completions, completion_ids_list):
        rewards = super()._calculate_rewards(inputs, prompts, completions, completion_ids_list)
        mode = "train" if self.model.training else "eval"
        for column, name in enumerate(self.reward_func_names):
            self._metrics[mode][f"rewards/{name}/none"].append(
                rewards[:, column].isnan().float().mean().item()
            )
        if mode == "train":
            total = (rewards * self.reward_weights.to(rewards.device)).nansum(1)
            self._metrics[mode]["zero_variance_groups"].append(zero_variance(total, self.num_generations))
        if self.counter:
            self.counter.tokens += sum(map(len, completion_ids_list)) * self.args.world_size
        if compute.is_main() and self.sampled and not self.state.global_step % self.every:
            self._keep(inputs, prompts, completions, rewards)
        return rewards

    def _compute_loss(self, model, inputs):
        """On what has a part in the gradient. On one process, with a loss of `SUMS` and no term
        besides it, groups without variance have none; entropy and clipping are then those of the
        groups that teach (docs/rewards.md).
        """
        # TRL gathers a number of each row: processes need the same number of rows.
        alone = self.accelerator.num_processes == 1
        more = self.beta or self._entropy_bonus_enabled or self.aux_loss_enabled
        if alone and self.loss_type in SUMS and not more:
            inputs = trim.rows(inputs)
        return super()._compute_loss(model, trim.columns(inputs))

    def _get_per_token_logps_and_entropies(
        self, model, input_ids, attention_mask, logits_to_keep, batch_size=None, compute_entropy=False, **more
    ):
        """On a processor, only the completion's positions meet the vocabulary (see
        `trainer.Trainer`).
        """
        if self.args.device.type != "cpu":
            return super()._get_per_token_logps_and_entropies(
                model, input_ids, attention_mask, logits_to_keep, batch_size, compute_entropy, **more
            )
        found = []
        for start in range(0, len(input_ids), batch_size or len(input_ids)):
            part = slice(start, start + (batch_size or len(input_ids)))
            with self.accelerator.autocast():
                logits = model(
                    input_ids=input_ids[part],
                    attention_mask=attention_mask[part],
                    logits_to_keep=logits_to_keep + 1,
                    use_cache=False,
                ).logits[:, :-1]
            every = (logits.float() / self.temperature).log_softmax(-1)
            chosen = every.gather(-1, input_ids[part, -logits_to_keep:, None]).squeeze(-1)
            with torch.set_grad_enabled(self.args.entropy_coef != 0):
                entropy = -(every.exp() * every).sum(-1) if compute_entropy else None
            found.append((chosen, entropy))
        chosen, entropies = zip(*found, strict=True)
        return torch.cat(chosen), torch.cat(entropies) if compute_entropy else None, None

    def _keep(self, inputs, prompts, completions, rewards) -> None:
        with self.samples.open("a", encoding="utf-8") as file:
            for row in range(min(self.sampled, len(prompts))):
                values = rewards[row].tolist()
                line = {
                    "step": self.state.global_step,
                    "id": inputs[row]["id"],
                    "task": inputs[row]["task"],
                    "prompt": prompts[row],
                    "completion": chat.whole(prompts[row], completions[row]),
                    **{
                        f"rewards/{name}": None if value != value else value
                        for name, value in zip(self.reward_func_names, values, strict=True)
                    },
                }
                file.write(json_line(line))

    def create_model_card(self, *args, **kwargs) -> None:
        """TRL's card says nothing of the data: ours is `card.py`."""
