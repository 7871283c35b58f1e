"""Memory of a training step, counted tensor by tensor.

What is counted is what PyTorch's allocator holds at its fullest, as
`torch.cuda.max_memory_allocated` would say; CUDA's own context, NCCL and fragments come on top
(`lexpro/resources/fit.py`). Of the activations each one that autograd saves in transformers' Llama
and Qwen2 blocks is counted; tests/resources/test_estimate.py compares the sum with a measured step.
"""

from __future__ import annotations

from dataclasses import dataclass

from lexpro.resources.shapes import Shape

GIB = 2**30
# NF4 with double quantisation: 4 bits, and a scale of 8 bits for 64 weights (Dettmers et al. 2023,
# QLoRA, section 3).
NF4_BYTES = 0.5 + 1 / 64 + 4 / (64 * 256)
# DeepSpeed's stage3_max_live_parameters: gathered weights that a device holds at once.
LIVE_PARAMETERS = 1_000_000_000
# Logarithm of the softmax, its gradient, the gradient of the logits: what the plain loss holds at
# once, in fp32.
LOGIT_COPIES = 3
# Tile of TRL's fused head (trl/kernels/chunked_logprob.py): tokens, and at most so many of the
# vocabulary.
HEAD_TOKENS, HEAD_VOCABULARY = 4096, 32768


@dataclass(frozen=True)
class Job:
    """One training, as far as its memory goes."""

    shape: Shape
    # full | lora | qlora
    method: str
    # Sequences that a device takes at once, and their length in tokens.
    batch: int
    length: int
    # Tokens of each that the loss is computed on.
    scored: int
    rank: int = 0
    dropout: float = 0.0
    checkpointing: bool = False
    # Attention that keeps the matrix of probabilities.
    eager: bool = False
    bf16: bool = False
    # On a GPU logits come in tiles and a dropout mask has a byte an element; on a processor all at
    # once, in floats.
    gpu: bool = False
    # Gradients of earlier micro-batches are there while the next one runs.
    accumulating: bool = False
    devices: int = 1
    # DeepSpeed's stage, or what FSDP spreads as that stage does; 0: nothing is spread.
    zero: int = 0
    fsdp: bool = False
    offload_optimizer: bool = False
    offload_weights: bool = False

    @property
    def trained(self) -> int:
        """Parameters that are trained."""
        return self.shape.parameters if self.method == "full" else self.shape.lora(self.rank)

    @property
    def master_copy(self) -> bool:
        """Whether weights in bf16 have a copy in fp32, as DeepSpeed keeps it.

        Without DeepSpeed, and with FSDP, the weights themselves are fp32.
        """
        return self.bf16 and self.zero > 0 and not self.fsdp


def weights_whole(job: Job) -> float:
    """Bytes of all weights, the adapter's included, in the precision they are held in."""
    shape, sharded = job.shape, job.master_copy
    if job.method == "full":
        return shape.parameters * (2 if sharded else 4)
    if job.method == "qlora":
        base = shape.linear * NF4_BYTES + (shape.parameters - shape.linear) * 2
    else:
        base = shape.parameters * (2 if job.bf16 else 4)
    return base + job.trained * (2 if sharded else 4)


def static(job: Job) -> dict[str, float]:
    """Bytes on each device that are there throughout: weights, gradients, optimiser."""
    sharded = job.master_copy
    share = {stage: job.devices if job.zero >= stage else 1 for stage in (1, 2, 3)}
    weights = 0 if job.offload_weights else weights_whole(job) / share[3]
    # With DeepSpeed the trained weights are bf16 and have a copy in fp32.
    states = job.trained * (12 if sharded else 8) / share[1]
    parts = {
        "weights": weights,
        "gradients": job.trained * (2 if sharded else 4) / share[2],
        "optimiser": 0 if job.offload_optimizer else states,
    }
    if job.zero == 3:
        # FSDP gathers the next block while one computes, and the embeddings, in the precision of
        # the pass.
        live = 2 * job.shape.linear // job.shape.layers + job.shape.embedding if job.fsdp else LIVE_PARAMETERS
        parts["gathered"] = min(max(live, job.shape.embedding), job.shape.parameters) * (2 if job.bf16 else 4)
    if job.method == "full" and job.bf16 and not job.zero:
        # Autocast keeps the bf16 copies of the fp32 weights for the whole pass.
        parts["autocast"] = job.shape.parameters * 2
    return parts


def layer(job: Job) -> tuple[int, int]:
    """(bytes that one block saves, bytes of its input) of one micro-batch without checkpointing."""
    shape, low = job.shape, 2 if job.bf16 else 4
    h, q, i = shape.hidden, shape.queries, shape.intermediate
    frozen = job.method != "full"
    separate = frozen and job.dropout > 0
    upcast = 4 * h if job.bf16 else 0
    # Input; for its own weight the normed; what the linear layers read.
    norm = low * h + upcast + (0 if frozen else low * h) + (0 if separate else low * h)
    # Queries, keys and values (keys and values repeated for each head), output.
    attention = 4 * low * q
    if job.eager:
        attention += shape.heads * job.length * (low + (4 if job.bf16 else 0))
    mlp = low * i * (3 if separate else 4)
    adapter = 0
    if frozen:
        adapter = low * job.rank * len(shape.matrices())
        if separate:
            mask = 1 if job.gpu else low
            # Each adapter drops other elements of its input: a copy, and the mask.
            adapter += sum((low + mask) * rows for rows, _ in shape.matrices().values())
    tokens = job.batch * job.length
    return tokens * (2 * norm + attention + mlp + adapter), tokens * low * h


def logits(job: Job) -> float:
    """Bytes of logits, and of what the loss makes of them, at the fullest."""
    vocab = job.shape.vocab
    if job.gpu:
        return min(HEAD_TOKENS, job.batch * job.scored) * min(HEAD_VOCABULARY, vocab) * 4 * LOGIT_COPIES
    return job.batch * job.scored * vocab * 4 * LOGIT_COPIES


def step(job: Job) -> dict[str, float]:
    """Bytes on each device at the fullest moment of a training step, by kind.

    That moment is either the loss (all that is saved, and the logits) or the backward pass through
    a block.
    """
    parts = static(job)
    block, boundary = layer(job)
    low = 2 if job.bf16 else 4
    tokens = job.batch * job.length
    last = tokens * job.shape.hidden * (3 * low + (4 if job.bf16 else 0))
    saved = job.shape.layers * (boundary if job.checkpointing else block) + last
    # Gradients that flow through a block: of its input, and of the two halves of the MLP.
    flowing = tokens * low * (2 * job.shape.hidden + 2 * job.shape.intermediate)
    gradients = parts.pop("gradients")
    first = gradients if job.accumulating else 0
    at_loss = first + saved + logits(job)
    # Without checkpointing the first gradients come while all blocks below are still saved.
    recomputed = block if job.checkpointing else 0
    at_block = gradients + (saved - last if job.checkpointing else block) + recomputed + flowing
    if at_loss >= at_block:
        return {**parts, "gradients": first, "activations": saved, "logits": logits(job)}
    return {**parts, "gradients": gradients, "activations": at_block - gradients, "logits": 0}


def handed_over(job: Job) -> float:
    """Bytes beside the shards while vLLM is given the weights, one layer at a time, in bf16.

    Under ZeRO-3 the layer is gathered; an adapter adds its product and the sum. Without both
    nothing is copied.
    """
    matrix = max(rows * columns for rows, columns in job.shape.matrices().values())
    gathered = max(matrix, job.shape.embedding) if job.zero == 3 else 0
    merged = 0 if job.method == "full" else (3 if job.zero == 3 else 2) * matrix
    return 2 * max(gathered, merged)


def host(job: Job, per_node: int, process_gib: float) -> float:
    """Bytes of host memory on each node.

    Without ZeRO-3 each process reads the whole model before it goes to its device; with it, the
    shards as they come.

    Args:
        job: the training.
        per_node: processes on a node, one a device.
        process_gib: host memory of a process besides weights, in GiB.
    """
    whole = job.shape.parameters * (2 if job.bf16 and (job.zero or job.method != "full") else 4)
    loading = whole / job.devices if job.zero == 3 else whole
    states = job.trained * 12 / job.devices if job.offload_optimizer else 0
    weights = weights_whole(job) / job.devices if job.offload_weights else 0
    return per_node * (process_gib * GIB + max(loading, states + weights))
