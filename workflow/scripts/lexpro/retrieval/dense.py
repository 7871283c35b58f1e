"""Embedders, saved with what identifies them.

They are made here (`static`), pretrained (a Hugging Face id or a local folder), or fine-tuned here
from such a one (`tuned`). `embedder/embedder.json` names the model, its revision or the hash of its
weights, and the dimension of its vectors. An index keeps a copy, and is not searched with any other
embedder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from lexpro import hashing
from lexpro.config.embed import Pretrained
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded, read_json, write_json

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from lexpro.retrieval.token_vectors import TokenVectors

CARD = "embedder.json"
_WEIGHTS = (".safetensors", ".json", ".txt")


def parts(folder: Path) -> list[Path]:
    """The files of a model folder that make the model: weights, tokenizer and configuration."""
    return [path for path in sorted(folder.rglob("*")) if path.suffix in _WEIGHTS and path.name != CARD]


def fingerprint_of(folder: Path) -> str:
    """A hash over the names and bytes of a model's parts, 32 hex digits."""
    hashes = [(path.relative_to(folder).as_posix(), hashing.sha256(path)) for path in parts(folder)]
    return hashing.digest(hashes, 32)


class Encoder:
    """Texts → unit vectors.

    Args:
        model: of sentence-transformers, or made here.
        card: what embedder.json says of it.
    """

    def __init__(self, model: SentenceTransformer | TokenVectors, card: dict):
        self.model = model
        self.card = card

    def encode(self, texts: Sequence[str], kind: str = "document") -> np.ndarray:
        """The vectors of texts, [n, dimension] float32, of unit length.

        Args:
            texts: what is encoded.
            kind: query or document; models made for retrieval put another prompt before each.
        """
        if not texts:
            return np.zeros((0, self.card["dimension"]), np.float32)
        vectors = self.model.encode(
            list(texts),
            prompt=self.card["prompts"].get(kind) or None,
            batch_size=self.card["batch_size"],
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return np.asarray(vectors, dtype=np.float32)


def save(
    model: SentenceTransformer | TokenVectors, folder: Path, kind: str, base: dict | None = None
) -> Encoder:
    """Save an embedder made or fine-tuned here, as safetensors and JSON.

    Args:
        model: the embedder.
        folder: where to.
        kind: static or tuned.
        base: of a fine-tuned one: model, revision, prompts, batch_size and max_length.
    """
    model.save_pretrained(str(folder), create_model_card=False)
    card = {
        "kind": kind,
        "model": kind,
        "revision": None,
        "prompts": {},
        "batch_size": 256,
        "max_length": None,
    }
    card |= (base or {}) | {"dimension": model.get_embedding_dimension(), "sha256": fingerprint_of(folder)}
    write_json(folder / CARD, card)
    return Encoder(model, card)


def card_of(settings: Pretrained) -> dict:
    """The card of the pretrained model of the settings, but for its dimension."""
    path = expanded(settings.model)
    return {
        "kind": "pretrained",
        "model": str(path) if path.is_dir() else settings.model,
        "revision": settings.revision,
        "prompts": settings.prompts.model_dump(),
        "batch_size": settings.batch_size,
        "max_length": settings.max_length,
        "sha256": fingerprint_of(path) if path.is_dir() else None,
    }


def pretrained(settings: Pretrained, folder: Path) -> Encoder:
    """Open the pretrained model of the settings, and note in `folder` which it is.

    Raises:
        UserError: it is not there.
    """
    card = card_of(settings)
    model = open_model(card)
    card["dimension"] = model.get_embedding_dimension()
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / CARD, card)
    return Encoder(model, card)


def open_model(card: dict) -> SentenceTransformer:
    """The model of a card, on the GPU if there is one.

    Raises:
        UserError: it cannot be opened.
    """
    import torch
    from sentence_transformers import SentenceTransformer

    device = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        model = SentenceTransformer(card["model"], revision=card["revision"], device=device)
    except (OSError, ValueError) as error:
        raise UserError(
            f"embed.model: {card['model']} cannot be opened ({error}). Give a local folder, or let the machine "
            "reach the Hugging Face hub once so that the model is in its cache."
        ) from error
    if card["max_length"]:
        model.max_seq_length = card["max_length"]
    return model


def load(folder: Path, expected: dict | None = None) -> Encoder:
    """The embedder of an `embed` run.

    Args:
        folder: its `embedder/`.
        expected: the card that an index was built with, which it must agree with; None for any.

    Raises:
        UserError: there is none, its files are damaged, or model, revision, weights or dimension
            differ from those expected; the message names them.
    """
    if not (folder / CARD).is_file():
        raise UserError(f"{folder} is not an embedder: no {CARD}. Run the embed stage again.")
    card = read_json(folder / CARD)
    place = Path(card["model"]) if card["kind"] == "pretrained" else folder
    if place.is_dir() and fingerprint_of(place) != card["sha256"]:
        raise UserError(
            f"{place}: the embedder's files are not those that were saved. Run the embed stage again."
        )
    if expected is not None:
        differing = [name for name in expected if expected[name] != card.get(name)]
        if differing:
            said = ", ".join(
                f"{name}: {card.get(name)} instead of {expected[name]}" for name in sorted(differing)
            )
            raise UserError(
                f"the index was built with another embedder than {folder} ({said}). Build the index again."
            )
    if card["kind"] == "static":
        from lexpro.retrieval import token_vectors

        return Encoder(token_vectors.load(folder), card)
    own = {"model": str(folder), "revision": None}
    model = open_model(card if card["kind"] == "pretrained" else {**card, **own})
    return Encoder(model, card)
