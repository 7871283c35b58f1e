"""A cross-encoder that reads query and text together and orders the fused rows anew."""

from __future__ import annotations

from collections.abc import Sequence

from lexpro.config.index import Reranker as Settings
from lexpro.retrieval.dense import fingerprint_of
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded


class Reranker:
    """A cross-encoder of sentence-transformers; `depth` is how many of the fused rows it reads.

    Raises:
        UserError: the model cannot be opened.
    """

    def __init__(self, settings: Settings):
        import torch
        from sentence_transformers import CrossEncoder

        path = expanded(settings.model)
        self.depth, self.batch_size = settings.depth, settings.batch_size
        try:
            self.model = CrossEncoder(
                str(path) if path.is_dir() else settings.model,
                revision=settings.revision,
                max_length=settings.max_length,
                device="cuda" if torch.cuda.is_available() else "cpu",
            )
        except (OSError, ValueError) as error:
            raise UserError(
                f"index.reranker.model: {settings.model} cannot be opened ({error}). Give a local folder, or let "
                "the machine reach the Hugging Face hub once so that the model is in its cache."
            ) from error

    def order(self, query: str, texts: Sequence[str]) -> list[tuple[int, float]]:
        """(place in `texts`, score), best first; equal scores as they came."""
        if not texts:
            return []
        pairs = [(query, text) for text in texts]
        scores = self.model.predict(pairs, batch_size=self.batch_size, show_progress_bar=False)
        return sorted(((i, float(s)) for i, s in enumerate(scores)), key=lambda pair: -pair[1])


def identity(settings: Settings | None) -> str | None:
    """What tells one reranker from another; None without one.

    The hash of a folder's files, else the model's id and revision.
    """
    if settings is None:
        return None
    path = expanded(settings.model)
    return fingerprint_of(path) if path.is_dir() else f"{settings.model}@{settings.revision}"
