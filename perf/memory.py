"""Predicted and measured memory of a training step of the tiny model.

python perf/memory.py

Measured is what an allocator would hold at its fullest: every storage that an operation of the step
returns, from its making to its end (`TorchDispatchMode` sees each operation, forward, backward and
optimiser). Resident memory of the process would add the libraries, and what malloc keeps, to a
model of nine megabytes.
"""

from __future__ import annotations

import weakref
from itertools import product
from pathlib import Path

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from lexpro.dag.compose import choice
from lexpro.resources import memory, shapes

ROOT = Path(__file__).resolve().parents[1]


class Allocated(TorchDispatchMode):
    """Bytes of the storages that are alive, `now` and at the `peak`."""

    def __init__(self) -> None:
        super().__init__()
        self.now = self.peak = 0
        self._alive: dict[int, int] = {}

    def _gone(self, key: int) -> None:
        self.now -= self._alive.pop(key, 0)

    def add(self, tensor: torch.Tensor) -> None:
        storage = tensor.untyped_storage()
        key = storage._cdata
        if key in self._alive:
            return
        self._alive[key] = storage.nbytes()
        self.now += storage.nbytes()
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._gone, key)

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        result = operation(*args, **(kwargs or {}))
        for leaf in tree_leaves(result):
            if isinstance(leaf, torch.Tensor):
                self.add(leaf)
        return result


def model_of(job: memory.Job):
    """The tiny model of a job, with an adapter where the job trains one."""
    from transformers import Qwen2Config, Qwen2ForCausalLM

    shape = job.shape
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=shape.vocab,
            hidden_size=shape.hidden,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            num_key_value_heads=shape.kv_heads,
            intermediate_size=shape.intermediate,
            tie_word_embeddings=shape.tied,
            attn_implementation="eager" if job.eager else "sdpa",
        )
    )
    if job.method == "lora":
        from peft import LoraConfig, get_peft_model

        config = LoraConfig(r=job.rank, lora_dropout=job.dropout, target_modules="all-linear")
        if job.checkpointing:
            model.enable_input_require_grads()
        model = get_peft_model(model, config)
    if job.checkpointing:
        model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    return model.train()


def loss_of(model, ids: torch.Tensor, scored: int) -> torch.Tensor:
    """Cross entropy of the last `scored` tokens, as the stage's trainer computes it on a
    processor.
    """
    logits = model(input_ids=ids, logits_to_keep=scored, use_cache=False).logits
    return torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), ids[:, -scored:].flatten())


def measured(job: memory.Job) -> int:
    """Bytes at the fullest moment of the second step (the first has no optimiser states yet)."""
    model = model_of(job)
    trained = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(trained, fused=True)
    ids = torch.randint(0, job.shape.vocab, (job.batch, job.length))
    with Allocated() as allocated:
        for tensor in [*model.parameters(), *model.buffers()]:
            allocated.add(tensor)
        for _ in range(2):
            allocated.peak = allocated.now
            loss_of(model, ids, job.scored).backward()
            optimizer.step()
            optimizer.zero_grad()
    return allocated.peak


def jobs() -> list[memory.Job]:
    """The demo's model at the demo's batch and length, in all ways that a processor can train
    it.
    """
    shape, _ = shapes.of_base_model(choice("base_model", "tiny", ROOT / "config"))
    listed = []
    for method, checkpointing, eager in product(("full", "lora"), (False, True), (True, False)):
        common = {"checkpointing": checkpointing, "eager": eager, "batch": 4, "length": 384}
        for scored in (384, 64):
            adapter = {"rank": 8, "dropout": 0.05} if method == "lora" else {}
            listed.append(memory.Job(shape, method, scored=scored, **common, **adapter))
    return listed


def main() -> None:
    torch.set_num_threads(1)
    print(
        "| method | checkpointing | attention | tokens scored | predicted MB | measured MB | predicted / measured |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for job in jobs():
        predicted, used = sum(memory.step(job).values()), measured(job)
        print(
            f"| {job.method} | {'yes' if job.checkpointing else 'no'} | {'eager' if job.eager else 'sdpa'} | "
            f"{job.scored} of {job.length} | {predicted / 1e6:.1f} | {used / 1e6:.1f} | {predicted / used:.2f} |"
        )


if __name__ == "__main__":
    main()
