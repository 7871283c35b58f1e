"""Settings of the `index` stage: the searchable index of articles and cases."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveFloat, PositiveInt, model_validator

from lexpro.config.base import Model, Runtime, Share, clash


class Weights(Model):
    """Weights of the rankings of articles that are fused; 0: not used, not all of them 0.

    The defaults were chosen by perf/fusion.py: the simplest within one standard error of the best
    recall@5 on the demo's training split (five folds by duplicate family, the embedder trained anew
    for each; .9219, best of 364: .9224 ± .0007).
    """

    bm25: NonNegativeFloat = Field(0.0, description="From the facts to the articles' texts, by terms.")
    dense: NonNegativeFloat = Field(1.0, description="From the facts to the articles' texts, by vectors.")
    cases: NonNegativeFloat = Field(0.1, description="Articles that the most similar training cases cite.")
    charges: NonNegativeFloat = Field(0.0, description="Articles of the charges that are predicted.")
    learned: NonNegativeFloat = Field(0.0, description="Articles by the ranker that is learned here.")

    @model_validator(mode="after")
    def _some(self):
        weights = self.model_dump()
        if not any(weights.values()):
            raise ValueError(f"all weights are 0: nothing is searched; give one to {', '.join(weights)}")
        return self


class Ranker(Model):
    """What training cases cite and convict of, learned from their facts: ridge regression.

    Memory has a bound, whatever the corpus: by its arrays some 25 kB a case and 1 GB for 8,000
    landmarks. The defaults were chosen by folds of the training split of `lecard`; perf/ranker.py
    compares others.
    """

    longest: PositiveInt = Field(2, le=8, description="Longest n-gram of the facts (characters).")
    chars: NonNegativeInt = Field(2000, description="Facts that are read; 0: whole (characters).")
    alpha: PositiveFloat = Field(0.1, description="Penalty of the regression.")
    landmarks: PositiveInt = Field(
        8000,
        description="Cases that facts are compared with; of more training cases that many are drawn (count).",
    )
    cases: PositiveInt = Field(
        50_000, description="Training cases that are learned from; of more that many are drawn (count)."
    )
    seed: NonNegativeInt = Field(1, description="Seed of what is drawn.")


class Reranker(Model):
    """A cross-encoder that reads query and article together, and orders the first articles anew."""

    model: str = Field(
        min_length=1, description="Id on the Hugging Face hub, or a local folder ($VARIABLES are expanded)."
    )
    revision: str | None = Field(
        None,
        description="Commit on the hub; null for a local folder, which the hash of its files identifies.",
    )
    max_length: PositiveInt = Field(1024, description="Longest pair of query and article (tokens).")
    batch_size: PositiveInt = Field(16, description="Pairs of a batch (count).")
    depth: PositiveInt = Field(50, description="First articles that it orders (count).")


class Server(Model):
    """Chroma as a server that each reader starts on its copy and stops."""

    host: str = Field("127.0.0.1", min_length=1, description="Address of the server.")
    port: int = Field(0, ge=0, le=65535, description="Its port; 0: a free one.")


class Settings(Model):
    """Chroma (vectors) and BM25 (terms) over articles and training cases."""

    tokenizer: Literal["bigrams", "words"] = Field(
        "bigrams", description="Terms of BM25: pairs of Chinese characters, or words (jieba)."
    )
    k1: NonNegativeFloat = Field(1.5, description="BM25: how soon repeated terms count no more.")
    b: Share = Field(0.75, description="BM25: how much long texts are held back (share).")
    max_neighbors: int = Field(32, ge=2, description="HNSW graph of Chroma: neighbours of a node (count).")
    ef_construction: PositiveInt = Field(200, description="HNSW: candidates while building (count).")
    ef_search: PositiveInt = Field(200, description="HNSW: candidates while searching (count).")
    weights: Weights = Field(
        default_factory=Weights, description="Weights of the rankings of articles that are fused."
    )
    voters: PositiveInt = Field(20, description="Most similar training cases whose citations count (cases).")
    rrf_k: PositiveInt = Field(
        20, description="Constant of reciprocal rank fusion; the smaller, the more the first ranks count."
    )
    by_words: NonNegativeInt = Field(
        0,
        description=(
            "Articles of crimes that are always among those found in the Criminal Law: those that fit the facts best "
            "by their words, so that a crime without a training case is found too; as in the tasks; without a ranker. "
            "The recall that the stage measures is without them (count)."
        ),
    )
    query: Literal["facts", "charges"] = Field(
        "facts",
        description="What is asked with: the facts, or the charges that similar cases vote for and then the facts.",
    )
    ranker: Ranker | None = Field(
        None, description="What courts cite for such facts, learned from the training cases; null: nothing."
    )
    reranker: Reranker | None = Field(
        None, description="A cross-encoder that orders the first articles anew; null: none."
    )
    server: Server | None = Field(
        None, description="Chroma as a server; null: in the reader's process. Both find the same."
    )
    recall_queries: PositiveInt = Field(
        500, description="Held-out cases on which recall is measured, at most (count)."
    )
    runtime: Runtime = Field(default_factory=Runtime, description="How the stage runs.")

    @model_validator(mode="after")
    def _learns(self):
        if self.weights.learned and not self.ranker:
            raise clash(
                ["weights.learned", "ranker"],
                f"weights.learned is {self.weights.learned:g}, but nothing is learned; state ranker: {{}}",
            )
        if self.by_words and self.ranker:
            raise clash(
                ["by_words", "ranker"], f"by_words is {self.by_words}, but a ranker finds the statutes"
            )
        return self
