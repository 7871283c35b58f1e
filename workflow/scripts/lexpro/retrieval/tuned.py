"""A pretrained embedder, fine-tuned on the corpus.

The facts of a case come nearer to the articles that its court cited. The trainer is that of
sentence-transformers; what it is given here are the articles of a step and the loss.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from datasets import Dataset
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.sentence_transformer.data_collator import SentenceTransformerDataCollator

from lexpro.config.embed import Tuned
from lexpro.retrieval import contrastive

Batch = dict[str, torch.Tensor]


class CitedArticlesLoss(torch.nn.Module):
    """`contrastive.loss` of scaled cosines, in the form that the trainer calls.

    Args:
        model: the embedder.
        scale: factor of the cosine.
    """

    def __init__(self, model: SentenceTransformer, scale: float):
        super().__init__()
        self.model, self.scale = model, scale

    def forward(self, sentence_features: Iterable[Batch], labels: torch.Tensor) -> torch.Tensor:
        """The loss of a step.

        Args:
            sentence_features: tokens of the facts, then of the articles.
            labels: [cases, articles] bool, which case cites which article.
        """
        facts, articles = (self.model(features)["sentence_embedding"] for features in sentence_features)
        # Not in bfloat16: the scale would magnify what that rounds.
        with torch.autocast(facts.device.type, enabled=False):
            normalize = partial(torch.nn.functional.normalize, dim=1)
            cosines = normalize(facts.float()) @ normalize(articles.float()).T
            return contrastive.loss(self.scale * cosines, labels)


@dataclass(kw_only=True)
class StepCollator(SentenceTransformerDataCollator):
    """Tokens of a step's facts and of the articles that they are trained against."""

    articles: Sequence[str]
    sampler: contrastive.Sampler

    def __call__(self, rows: list[dict]) -> Batch:
        """The batch of some training cases.

        Args:
            rows: {case, facts} of each.

        Returns:
            `facts_…` and `articles_…`, the tokens, and `label`: [cases, articles] bool.
        """
        step = self.sampler.step([row["case"] for row in rows])
        facts = super().__call__([{"facts": row["facts"]} for row in rows])
        articles = super().__call__([{"articles": self.articles[row]} for row in step.articles])
        return {**facts, **articles, "label": step.cited}


def train(
    model: SentenceTransformer,
    articles: Sequence[str],
    facts: Sequence[str],
    cited: Sequence[Sequence[int]],
    chapters: Sequence[Sequence[int]],
    settings: Tuned,
) -> list[float]:
    """Train a model in place: AdamW, linear warm-up, then linear decay; bfloat16 on a GPU.

    Args:
        model: the embedder.
        articles: their texts.
        facts: those of the training cases.
        cited: of each case, the rows of `articles` that it cites, at least one.
        chapters: `contrastive.chapters` of the articles.
        settings: its `training` and `prompts`.

    Returns:
        The mean loss of each epoch.
    """
    training, prompts = settings.training, settings.prompts
    generator = torch.Generator().manual_seed(training.seed)
    sampler = contrastive.Sampler(cited, chapters, training, generator)
    with tempfile.TemporaryDirectory() as folder:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=folder,
            num_train_epochs=training.epochs,
            per_device_train_batch_size=training.batch_size,
            learning_rate=training.learning_rate,
            # A share of the steps.
            warmup_steps=training.warmup,
            weight_decay=training.weight_decay,
            gradient_checkpointing=training.gradient_checkpointing,
            bf16=model.device.type == "cuda",
            seed=training.seed,
            logging_strategy="epoch",
            save_strategy="no",
            dataloader_pin_memory=model.device.type == "cuda",
            report_to="none",
            disable_tqdm=True,
        )
        trainer = SentenceTransformerTrainer(
            model=model,
            args=arguments,
            train_dataset=Dataset.from_dict({"case": list(range(len(facts))), "facts": list(facts)}),
            loss=CitedArticlesLoss(model, training.scale),
            data_collator=StepCollator(
                preprocess_fn=model.preprocess,
                prompts={"facts": prompts.query or None, "articles": prompts.document or None},
                articles=articles,
                sampler=sampler,
            ),
        )
        trainer.train()
    model.eval()
    return [round(row["loss"], 6) for row in trainer.state.log_history if "loss" in row]
