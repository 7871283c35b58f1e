"""Shapes of models: what memory and time follow from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lexpro.config.base_model import FromScratch, Gguf, Pretrained
from lexpro.models import gguf
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, read_yaml

MODELS = Path(__file__).with_name("models.yaml")
# Linear layers of a block that LoRA's `all-linear` covers.
LINEAR = ("q", "k", "v", "o", "gate", "up", "down")


@dataclass(frozen=True)
class Shape:
    """A dense decoder of Llama's kind (Llama, Qwen2), sizes in elements."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    vocab: int
    tied: bool
    # Qwen2 has biases on q, k, v.
    qkv_bias: bool

    @property
    def queries(self) -> int:
        """Width of all query heads together."""
        return self.heads * self.head_dim

    @property
    def keys(self) -> int:
        """Width of all key heads together."""
        return self.kv_heads * self.head_dim

    def matrices(self) -> dict[str, tuple[int, int]]:
        """(in, out) of the linear layers of one block."""
        h, q, k, i = self.hidden, self.queries, self.keys, self.intermediate
        sizes = ((h, q), (h, k), (h, k), (q, h), (h, i), (h, i), (i, h))
        return dict(zip(LINEAR, sizes, strict=True))

    @property
    def linear(self) -> int:
        """Parameters of the linear layers of all blocks."""
        return self.layers * sum(a * b for a, b in self.matrices().values())

    @property
    def embedding(self) -> int:
        """Parameters of the embedding."""
        return self.vocab * self.hidden

    @property
    def parameters(self) -> int:
        """Parameters of the model."""
        biases = self.layers * (self.queries + 2 * self.keys) if self.qkv_bias else 0
        norms = (2 * self.layers + 1) * self.hidden
        return self.linear + biases + norms + self.embedding * (1 if self.tied else 2)

    def lora(self, rank: int) -> int:
        """Parameters of an adapter of this rank on all linear layers."""
        return self.layers * sum(rank * (a + b) for a, b in self.matrices().values())

    def cache_bytes(self) -> int:
        """Bytes of keys and values of one token, in bf16."""
        return 2 * 2 * self.layers * self.keys


def of_config(config: dict) -> Shape:
    """The shape of a model.

    Args:
        config: the values of its `config.json`.

    Raises:
        UserError: the model is of another kind than Llama's and Qwen2's.
    """
    if config.get("model_type") not in ("llama", "qwen2"):
        raise UserError(
            f"lexpro estimate knows llama and qwen2, not model_type {config.get('model_type')!r}: add its layers to "
            "lexpro/resources/shapes.py."
        )
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    return Shape(
        hidden=hidden,
        layers=config["num_hidden_layers"],
        heads=heads,
        kv_heads=config.get("num_key_value_heads") or heads,
        head_dim=config.get("head_dim") or hidden // heads,
        intermediate=config["intermediate_size"],
        vocab=config["vocab_size"],
        tied=config.get("tie_word_embeddings", False),
        qkv_bias=config["model_type"] == "qwen2",
    )


def of_base_model(settings: FromScratch | Pretrained | Gguf) -> tuple[Shape, str]:
    """The shape of the model that the stage `base_model` makes.

    Returns:
        The shape, and where it is from.

    Raises:
        UserError: the model is not of a known kind, or its `config.json` is not there.
    """
    if settings.kind == "scratch":
        shape = Shape(
            hidden=settings.hidden_size,
            layers=settings.layers,
            heads=settings.heads,
            kv_heads=settings.heads,
            head_dim=settings.hidden_size // settings.heads,
            intermediate=settings.intermediate_size,
            vocab=settings.vocab_size,
            tied=True,
            qkv_bias=True,
        )
        return shape, "config/base_model"
    if settings.kind == "gguf":
        file = gguf.located(settings)
        return of_config(gguf.config(file).to_dict()), str(file)
    if settings.path:
        file = Path(settings.path).expanduser() / "config.json"
        if not file.is_file():
            raise UserError(f"config/base_model: path: {file} does not exist. Name a folder with a model.")
        return of_config(read_json(file)), str(file)
    known = read_yaml(MODELS)
    if settings.id not in known:
        raise UserError(
            f"{settings.id} is not in lexpro/resources/models.yaml ({', '.join(known)}). Add the values of its "
            "config.json there, or give base_model.path."
        )
    return of_config(known[settings.id]), f"config.json of {settings.id}"
