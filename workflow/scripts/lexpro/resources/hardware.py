"""GPUs and assumptions of `config/hardware.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml

FILE = Path("config/hardware.yaml")


@dataclass(frozen=True)
class Gpu:
    """One kind of GPU; bandwidths in units of its data sheet."""

    name: str
    memory_gib: float
    peak_tflops: float
    memory_tb_s: float
    link_gb_s: float
    source: str


@dataclass(frozen=True)
class Assumed:
    """What is assumed, until it is measured; config/hardware.yaml says why.

    Attributes:
        utilisation: share of peak FLOP/s that training executes.
        more_nodes: share of that which is left when several nodes train together.
        link_share: share of the links' speed that gathering weights reaches.
        network_gb_s: network of a node, in GB/s.
        decode_share: share of memory bandwidth that decoding reaches.
        prefill_share: share of peak FLOP/s that reading prompts reaches.
        context_gib: GiB of a GPU that CUDA, NCCL and vLLM hold.
        fragments: share of the rest that is lost to fragments.
        vllm_overhead_gib: GiB of vLLM's activations and CUDA graphs.
        process_gib: GiB of host memory of a process besides weights.
        kept: share of documents that the filter keeps.
        example_tokens: mean tokens of a training example.
        prompt_tokens: mean tokens of a prompt.
        completion_tokens: mean tokens of a completion.
        longest_completion: longest completion of a step, as a share of the limit.
        tokens_per_character: tokens of one character.
    """

    utilisation: float
    more_nodes: float
    link_share: float
    network_gb_s: float
    decode_share: float
    prefill_share: float
    context_gib: float
    fragments: float
    vllm_overhead_gib: float
    process_gib: float
    kept: float
    example_tokens: float
    prompt_tokens: float
    completion_tokens: float
    longest_completion: float
    tokens_per_character: float


@dataclass(frozen=True, eq=False)
class Hardware:
    """The GPUs that are known, and what is assumed of a machine."""

    gpus: dict[str, Gpu]
    default: str
    node_gpus: int
    assumed: Assumed

    def gpu(self, name: str | None) -> Gpu:
        """A GPU by its name; None: the default.

        Raises:
            UserError: it is not known; the message names those that are.
        """
        name = name or self.default
        if name not in self.gpus:
            raise UserError(
                f"GPU {name!r} is not in config/hardware.yaml ({', '.join(self.gpus)}). Add it there."
            )
        return self.gpus[name]


def read(file: Path = FILE) -> Hardware:
    """The hardware of a file such as `config/hardware.yaml`."""
    values = read_yaml(file)
    gpus = {name: Gpu(name, **facts) for name, facts in values["gpus"].items()}
    return Hardware(gpus, values["default"], values["node_gpus"], Assumed(**values["assumed"]))
