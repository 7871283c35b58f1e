"""Embedders: made here (`static`), pretrained (a Hugging Face id or a local folder) or fine-tuned
here from such a one (`tuned`), saved with what identifies them.

`embedder/embedder.json` names the model, its revision or the hash of its weights, and the dimension
of its vectors; an index keeps a copy, and is not searched with any other embedder.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from lexpro import hashing
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded, read_json, write_json

CARD = "embedder.json"
_WEIGHTS = (".safetensors", ".json", ".txt")


def parts(folder: Path) -> list[Path]:
    """The files of a model folder that make the model: weights, tokenizer and configuration."""
    return [path for path in sorted(folder.rglob("*")) if path.suffix in _WEIGHTS and path.name != CARD]


def fingerprint_of(folder: Path) -> str:
    """A hash over the names and bytes of a model's parts."""
    hashes = [(path.relative_to(folder).as_posix(), hashing.sha256(path)) for path in parts(folder)]
    return hashing.digest(hashes, 32)


class Encoder:
    """Texts → unit vectors, float32 (n, dimension). `card` identifies the model (see the
    module).
    """

    def __init__(self, model, card: dict):
        self.model = model
        self.card = card

    def encode(self, texts: Sequence[str], kind: str = "document") -> np.ndarray:
        """`kind` is query or document: models made for retrieval put another prompt before each."""
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


def save(model, folder: Path, kind: str, known: dict | None = None) -> Encoder:
    """Save an embedder made or fine-tuned here, as safetensors and JSON; `known`: more of its
    card.
    """
    model.save_pretrained(str(folder), create_model_card=False)
    found = {
        "kind": kind,
        "model": kind,
        "revision": None,
        "prompts": {},
        "batch_size": 256,
        "max_length": None,
    }
    found |= (known or {}) | {"dimension": model.get_embedding_dimension(), "sha256": fingerprint_of(folder)}
    write_json(folder / CARD, found)
    return Encoder(model, found)


def card_of(settings: dict) -> dict:
    """The card of the pretrained model of the settings, but for its dimension."""
    card = {name: settings[name] for name in ("model", "revision", "prompts", "batch_size", "max_length")}
    path = expanded(settings["model"])
    card |= {"kind": "pretrained", "sha256": fingerprint_of(path) if path.is_dir() else None}
    return card | ({"model": str(path)} if path.is_dir() else {})


def pretrained(settings: dict, folder: Path) -> Encoder:
    """Open the pretrained model of the settings and note in `folder` which it is. Raises UserError
    if it is not there.
    """
    card = card_of(settings)
    model = opened(card)
    card["dimension"] = model.get_embedding_dimension()
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / CARD, card)
    return Encoder(model, card)


def opened(card: dict):
    """The model of a card, on the GPU if there is one."""
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
    """The embedder of an `embed` run; with `expected` (the card an index was built with) it must be
    the same one.

    Raises UserError naming what differs: another model, revision, weights or dimension.
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
    own = {"model": str(folder), "revision": None}
    model = opened(card if card["kind"] == "pretrained" else {**card, **own})
    return Encoder(model, card)
