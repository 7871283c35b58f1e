"""A small embedder made here, from nothing but the corpus: one vector a token, averaged.

The tokenizer is a BPE over Chinese characters. The vectors are trained so that the facts of a case
are nearer to the articles that its judgment cites than to others. It embeds thousands of texts a
second on one core.

Its training loop is here, and not the trainer that `tuned.py` uses: the steps are so short that the
trainer's own work made them an eighth slower (400 steps, one core).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from lexpro.config.embed import Static
from lexpro.retrieval.contrastive import Sampler, loss
from lexpro.retrieval.token_vectors import TokenVectors


def tokenizer(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    """A BPE of at most `vocabulary` tokens; punctuation and single digits stand alone."""
    bpe = Tokenizer(models.BPE(unk_token="[UNK]"))
    bpe.normalizer = normalizers.NFKC()
    bpe.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Whitespace(),
            pre_tokenizers.Punctuation(),
            pre_tokenizers.Digits(individual_digits=True),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        min_frequency=2,
        max_token_length=4,
        special_tokens=["[UNK]"],
        show_progress=False,
    )
    bpe.train_from_iterator(texts, trainer)
    return bpe


def train(
    articles: Sequence[str],
    facts: Sequence[str],
    cited: Sequence[Sequence[int]],
    chapters: Sequence[Sequence[int]],
    settings: Static,
) -> tuple[TokenVectors, list[float]]:
    """Make the embedder. The same input gives the same vectors.

    Without facts the vectors stay random, and texts are near each other for the tokens that they
    share.

    Args:
        articles: their texts.
        facts: those of the training cases.
        cited: of each case, the rows of `articles` that it cites, at least one.
        chapters: `contrastive.chapters` of the articles.
        settings: it is trained for `epochs` or `max_steps`, whichever is less.

    Returns:
        The embedder, and the mean loss of each epoch; the last may be a part of one.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    dimension = settings.dimension
    words = tokenizer([*articles, *facts], settings.vocabulary)
    weights = torch.randn(words.get_vocab_size(), dimension, generator=generator) * dimension**-0.5
    model = TokenVectors(words, weights)
    optimizer = torch.optim.Adam(model.embedding.parameters(), lr=settings.learning_rate)
    sampler = Sampler(cited, chapters, settings, generator)
    losses, left_over = [], settings.max_steps
    for _ in range(settings.epochs if facts else 0):
        total, seen = 0.0, 0
        for step in islice(sampler.epoch(), left_over):
            left = model([facts[case] for case in step.cases])
            right = model([articles[row] for row in step.articles])
            value = loss(settings.scale * left @ right.T, step.cited)
            optimizer.zero_grad()
            value.backward()
            optimizer.step()
            total, seen = total + float(value.detach()) * len(step.cases), seen + len(step.cases)
            left_over -= 1
        if seen:
            losses.append(round(total / seen, 6))
    return model, losses
