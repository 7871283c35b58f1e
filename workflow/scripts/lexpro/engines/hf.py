"""Engine: transformers, in batches of prompts of similar length, padded on the left.

Tokens are made by `generate`; of a small model on a processor by `lexpro.models.sampling`, which
does not copy all keys and values for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from transformers import GenerationConfig

from lexpro.config.predict import Transformers
from lexpro.engines.base import Generation, Request, Sampling, failure
from lexpro.engines.tokens import decode, encode, ends
from lexpro.hashing import seed_of
from lexpro.models import compute, loading, sampling

# Tokens of prompts and answers together that are held at a time.
MOST_TOKENS = 1 << 18


class Engine:
    """A model in memory, on the GPU, or on the processor where there is none."""

    def __init__(self, model_dir: Path, base_dir: Path | None, settings: Transformers, sampling: Sampling):
        """Load whole weights from `model_dir`, or its adapter on the weights in `base_dir`."""
        compute.limit_threads()
        self.batch_size = settings.batch_size
        self.sampling = sampling
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.tokenizer = loading.tokenizer(loading.with_tokenizer(model_dir, base_dir))
        loaded = loading.model(
            model_dir,
            base_dir,
            dtype=getattr(torch, settings.dtype),
            attention=settings.attention,
            device_map="auto" if self.device == "cuda" else None,
        )
        if loading.is_adapter(model_dir) and settings.merge_adapter:
            loaded = loaded.merge_and_unload()
        self.model = loaded.eval()
        self.ends = ends(self.tokenizer, self.model.generation_config.eos_token_id)
        self.window = getattr(self.model.config, "max_position_embeddings", None)
        # What a model's own file says of sampling does not count: the configuration of this stage
        # does.
        self.model.generation_config = GenerationConfig()

    def _config(self, longest: int) -> GenerationConfig:
        sampling = {"do_sample": False}
        if self.sampling.temperature:
            sampling = {"do_sample": True, "top_k": 0}
            sampling |= {"temperature": self.sampling.temperature, "top_p": self.sampling.top_p}
        return GenerationConfig(
            max_new_tokens=longest,
            eos_token_id=self.ends,
            pad_token_id=self.tokenizer.pad_token_id,
            **sampling,
        )

    @torch.inference_mode()
    def _batch(self, prompts: list[list[int]], requests: list[Request]) -> list[list[int]]:
        pad = self.tokenizer.pad_token_id
        torch.manual_seed(seed_of(*(request.seed for request in requests)))
        longest = max(request.max_new_tokens for request in requests)
        if self.device == "cpu" and sampling.can(self.model):
            rows = sampling.sample(
                self.model,
                prompts,
                longest=longest,
                ends=self.ends,
                pad=pad,
                temperature=self.sampling.temperature,
                top_p=self.sampling.top_p,
            )
            return [row[: request.max_new_tokens] for row, request in zip(rows, requests, strict=True)]
        width = max(map(len, prompts))
        ids = torch.tensor([[pad] * (width - len(prompt)) + prompt for prompt in prompts], device=self.device)
        mask = torch.tensor(
            [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=self.device
        )
        out = self.model.generate(input_ids=ids, attention_mask=mask, generation_config=self._config(longest))
        return [
            row[: request.max_new_tokens]
            for row, request in zip(out[:, width:].tolist(), requests, strict=True)
        ]

    def _batches(self, order: list[int], prompts: list, requests: Sequence[Request]) -> Iterator[list[int]]:
        """Batches of at most `batch_size` answers, and fewer where prompts are long."""
        batch: list[int] = []
        for i in order:
            # Ordered by length: the last is the longest, and all are padded to it.
            room = (len(batch) + 1) * (len(prompts[i][1]) + requests[i].max_new_tokens)
            if batch and (len(batch) == self.batch_size or room > MOST_TOKENS):
                yield batch
                batch = []
            batch.append(i)
        if batch:
            yield batch

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        """Answers in the order of `requests`.

        A prompt that leaves no room for its answer is a failure.
        """
        prompts = [encode(self.tokenizer, request.messages) for request in requests]
        answers: dict[int, Generation] = {}
        for index, (_, ids) in enumerate(prompts):
            need = len(ids) + requests[index].max_new_tokens
            if self.window and need > self.window:
                answers[index] = failure(
                    f"{len(ids)} tokens of prompt and {requests[index].max_new_tokens} of answer are more than the "
                    f"model's {self.window}"
                )
        order = sorted(
            (i for i in range(len(requests)) if i not in answers), key=lambda i: len(prompts[i][1])
        )
        for batch in self._batches(order, prompts, requests):
            rows = self._batch([prompts[i][1] for i in batch], [requests[i] for i in batch])
            for index, row in zip(batch, rows, strict=True):
                answers[index] = decode(self.tokenizer, prompts[index][0], row, self.ends)
        return [answers[index] for index in range(len(requests))]
