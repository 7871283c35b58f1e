"""A pretrained embedder, fine-tuned on the corpus: facts nearer to the articles that courts cited
for them.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from sentence_transformers import SentenceTransformer

from lexpro.retrieval.contrastive import Sampler, loss


def _embed(model: SentenceTransformer, texts: Sequence[str], prompt: str | None) -> torch.Tensor:
    features = model.preprocess(list(texts), prompt=prompt)
    features = {k: v.to(model.device) if isinstance(v, torch.Tensor) else v for k, v in features.items()}
    return torch.nn.functional.normalize(model(features)["sentence_embedding"].float(), dim=1)


def train(
    model: SentenceTransformer,
    articles: Sequence[str],
    facts: Sequence[str],
    sampler: Sampler,
    *,
    prompts: dict[str, str],
    epochs: int,
    scale: float,
    learning_rate: float,
    warmup: float,
    weight_decay: float,
    gradient_checkpointing: bool,
    seed: int,
) -> list[float]:
    """Train `model` in place (AdamW, linear warm-up for the share `warmup` of the steps, then
    linear decay; bfloat16 autocast on a GPU); the mean loss of each epoch. A step is as large as
    `sampler` draws it.
    """
    torch.manual_seed(seed)
    steps = epochs * -(-len(facts) // sampler.batch_size)
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=weight_decay)
    rise = max(1, round(warmup * steps))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / rise, (steps - step) / max(1, steps - rise))
    )
    if gradient_checkpointing:
        model.gradient_checkpointing_enable()
    model.train()
    losses = []
    for _ in range(epochs):
        total = 0.0
        for step in sampler.epoch():
            with torch.autocast(model.device.type, torch.bfloat16, enabled=model.device.type == "cuda"):
                left = _embed(model, [facts[case] for case in step.cases], prompts.get("query"))
                right = _embed(model, [articles[row] for row in step.articles], prompts.get("document"))
            found = loss(scale * left @ right.T, step.cited.to(model.device))
            optimizer.zero_grad()
            found.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(found.detach()) * len(step.cases)
        losses.append(round(total / len(facts), 6))
    model.eval()
    return losses
