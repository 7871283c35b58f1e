"""An embedder of one vector a token: those of a text are averaged.

It is saved as sentence-transformers' `StaticEmbedding`, and that library opens it and makes the
same vectors. Its import takes eight seconds of processor time, several times what a corpus of
thousands takes to be embedded, so it is not used here.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer

from lexpro.workflow.files import write_json

WEIGHTS, WORDS = "model.safetensors", "tokenizer.json"
# What sentence-transformers looks for in a model's folder.
CARDS = {
    "modules.json": [
        {
            "idx": 0,
            "name": "0",
            "path": "",
            "type": "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding",
        }
    ],
    "config_sentence_transformers.json": {
        "model_type": "SentenceTransformer",
        "prompts": {"query": "", "document": ""},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    },
}


class TokenVectors:
    """The embedder.

    Args:
        words: the tokenizer.
        weights: the vectors of its tokens, [tokens, dimension].
    """

    def __init__(self, words: Tokenizer, weights: torch.Tensor):
        self.words = words
        self.words.no_padding()
        self.embedding = torch.nn.EmbeddingBag.from_pretrained(weights, freeze=False)

    def __call__(self, texts: Sequence[str]) -> torch.Tensor:
        """Unit vectors of texts, [texts, dimension], with their gradient."""
        tokens = [found.ids for found in self.words.encode_batch(list(texts), add_special_tokens=False)]
        starts = torch.from_numpy(np.cumsum([0, *map(len, tokens[:-1])]))
        ids = torch.tensor([token for row in tokens for token in row], dtype=torch.long)
        return torch.nn.functional.normalize(self.embedding(ids, starts), dim=1)

    @torch.no_grad()
    def encode(self, texts: Sequence[str], batch_size: int = 256, **_: object) -> np.ndarray:
        """Unit vectors of texts, [texts, dimension] float32; asked as sentence-transformers is.

        Args:
            texts: at least one.
            batch_size: texts that are computed at a time; it does not change the vectors.

        Raises:
            ValueError: there are no texts.
        """
        batches = [texts[start : start + batch_size] for start in range(0, len(texts), batch_size)]
        return np.concatenate([self(batch).numpy() for batch in batches])

    def get_embedding_dimension(self) -> int:
        """The length of a vector."""
        return self.embedding.embedding_dim

    def save_pretrained(self, folder: str, **_: object) -> None:
        """Write the weights, the tokenizer, and what sentence-transformers reads."""
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        save_file({"embedding.weight": self.embedding.weight.detach()}, place / WEIGHTS)
        self.words.save(str(place / WORDS))
        for name, card in CARDS.items():
            write_json(place / name, card)


def load(folder: Path) -> TokenVectors:
    """The embedder of a folder."""
    return TokenVectors(
        Tokenizer.from_file(str(folder / WORDS)), load_file(folder / WEIGHTS)["embedding.weight"]
    )
