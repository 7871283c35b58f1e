"""TRL's `GRPOTrainer` with what makes a small model on a processor fast.

Written for TRL 1.16: what it overrides and calls is in tests/training/test_cpu_signatures.py.
"""

from __future__ import annotations

import torch
from trl.models.utils import unwrap_model_for_generation

from lexpro.models import sampling
from lexpro.training.cpu import trim
from lexpro.training.dynamic_sampling import DynamicSampling

# Losses that TRL sums over all tokens of a step and divides by their number.
SUMS = ("cispo", "dapo")


class Trainer(DynamicSampling):
    """GRPO that samples with a shared prompt and trains on what has a gradient."""

    def _generate_single_turn(
        self, prompt_ids, images, multimodal_fields, num_generations, has_tool_images=False
    ):
        """`sampling` instead of `generate`: the same distribution and precision, sooner."""
        if self.use_vllm or not sampling.can(self.model):
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
            completions = sampling.sample(
                model,
                prompt_ids,
                longest=self.max_completion_length,
                ends=self.eos_token_ids,
                pad=self._tokenizer.pad_token_id,
                temperature=self.temperature,
                top_p=self.top_p,
            )
        return completions, None

    def _compute_loss(self, model, inputs):
        """On what has a part in the gradient.

        On one process, with a loss of `SUMS` and no term besides it, groups without variance have
        none; entropy and clipping are then those of the groups that teach (docs/rewards.md).
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
        """Only the completion's positions meet the vocabulary (see `cpu.sft.Trainer`)."""
        parts = []
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
            parts.append((chosen, entropy))
        chosen, entropies = zip(*parts, strict=True)
        return torch.cat(chosen), torch.cat(entropies) if compute_entropy else None, None
