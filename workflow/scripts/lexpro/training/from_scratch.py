"""A tokenizer and a model of a few million parameters, from nothing but the training split."""

from __future__ import annotations

import random
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerBase, Qwen2Config, Qwen2ForCausalLM

from lexpro.config.base_model import FromScratch
from lexpro.models import compute
from lexpro.training import arguments, data, tokenizer, tracking
from lexpro.training.trainer import fit
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json_lines
from lexpro.workflow.stage import Run


def _documents(tasks: Path, seed: int) -> list[str]:
    """The documents of the training split, shuffled."""
    texts = [row["text"] for row in read_json_lines(tasks / "pretrain.jsonl")]
    if not texts:
        raise UserError(
            f"{tasks / 'pretrain.jsonl'} is empty: no document of the training split to learn from."
        )
    random.Random(seed).shuffle(texts)
    return texts


def make_tokenizer(documents: list[str], tasks: Path, settings: FromScratch) -> PreTrainedTokenizerBase:
    """A tokenizer from the documents and the conversations of the training split.

    With the conversations, the keys of the answers are few tokens.

    Args:
        documents: texts of the training split, shuffled.
        tasks: folder of the stage `tasks`, whose sft.jsonl has the conversations.
        settings: `vocab_size` in tokens, and `tokenizer_texts`: how many documents, and how many
            messages, are looked at.
    """
    talk = [
        f"\n{message['role']}\n{message['content']}"
        for row in read_json_lines(tasks / "sft.jsonl")
        for message in [*row["prompt"], *row["completion"]]
    ]
    random.Random(settings.seed).shuffle(talk)
    most = settings.tokenizer_texts
    return tokenizer.train([*documents[:most], *talk[:most]], settings.vocab_size)


def make_model(settings: FromScratch, vocab: PreTrainedTokenizerBase) -> Qwen2ForCausalLM:
    """A Qwen2 with random weights; embeddings tied."""
    torch.manual_seed(settings.seed)
    config = Qwen2Config(
        vocab_size=len(vocab),
        hidden_size=settings.hidden_size,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        num_key_value_heads=settings.heads,
        intermediate_size=settings.intermediate_size,
        max_position_embeddings=settings.max_position,
        initializer_range=settings.init_std,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=vocab.eos_token_id,
        pad_token_id=vocab.pad_token_id,
        attn_implementation=settings.attention,
    )
    return Qwen2ForCausalLM(config)


def pretrain(run: Run) -> None:
    """Train both on `tasks/pretrain.jsonl` as a plain causal language model.

    Leaves `model/` and `metrics.jsonl`.

    Raises:
        UserError: there is nothing to learn from.
    """
    settings: FromScratch = run.settings
    tracking.check(settings.runtime)
    compute.limit_threads()
    documents = _documents(run.inputs["tasks"], settings.seed)
    vocab = make_tokenizer(documents, run.inputs["tasks"], settings)
    model = make_model(settings, vocab)
    rows = data.blocks(documents, vocab, settings.block_size, settings.copies)
    run.counts.update(
        documents=len(documents),
        vocabulary=len(vocab),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        blocks=len(rows),
    )
    run.log.info("%s", run.counts)
    fit(run, arguments.sft(settings, run.work_dir / "checkpoints"), model, vocab, rows)
