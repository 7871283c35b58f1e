"""Rows of the tasks stage as tokens for a trainer."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from datasets import Dataset
from transformers import PreTrainedTokenizerBase
from trl import pack_dataset

from lexpro.hashing import seed_of
from lexpro.models import chat
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json_lines


def times(name: str, weight: float) -> int:
    """How often an example stands in an epoch, so that its task is seen `weight` times.

    A weight of 2.5 is two times or three. Which of the two follows from the example's name, so it
    is the same on every process and after a resume.
    """
    whole = int(weight)
    return whole + (seed_of("weight", name) < (weight - whole) * 2**31)


def answers(
    path: Path,
    tokenizer: PreTrainedTokenizerBase,
    tasks: Sequence[str],
    longest: int,
    weights: Mapping[str, float] = MappingProxyType({}),
) -> tuple[Dataset, list[dict]]:
    """Examples of an `sft.jsonl` as tokens, the loss on the completion.

    An example that is too long is skipped, not cut: without its end it would teach not to end.

    Args:
        path: rows {id, task, prompt, completion} of messages.
        tokenizer: with the chat template of the model.
        tasks: names of tasks; other rows are left out.
        longest: limit on an example, in tokens.
        weights: how many times the examples of a task are there; 1 where nothing is said.

    Returns:
        The examples, {input_ids, labels} of shape `[tokens]`, and those skipped, {id, task,
        tokens}.

    Raises:
        UserError: no example is left.
    """
    kept: dict[str, list] = {"input_ids": [], "labels": []}
    skipped = []
    for row in read_json_lines(path):
        if row["task"] not in tasks:
            continue
        example = chat.encode(tokenizer, row["prompt"], row["completion"][-1]["content"])
        if len(example["input_ids"]) > longest:
            skipped.append({"id": row["id"], "task": row["task"], "tokens": len(example["input_ids"])})
            continue
        for name, column in kept.items():
            column += [example[name]] * times(row["id"], weights.get(row["task"], 1.0))
    if not kept["input_ids"]:
        raise UserError(
            f"{path} has no example of the tasks {', '.join(tasks)} with at most {longest} tokens ({len(skipped)} are "
            "longer). Raise max_length in config/sft, or make shorter tasks."
        )
    return Dataset.from_dict(kept), skipped


def packed(rows: Dataset, size: int) -> Dataset:
    """Rows of at most `size` tokens, each several whole examples (best fit, the longest first).

    `seq_lengths` tells them apart: positions begin anew at each, and attention stays within it.
    """
    return pack_dataset(rows, size, strategy="bfd")


def blocks(texts: list[str], tokenizer: PreTrainedTokenizerBase, size: int, copies: int = 1) -> Dataset:
    """Documents end to end, cut into blocks without padding; the rest of the last is dropped.

    With several copies, a document of which so many do not fit into a block is repeated piece by
    piece: a copy in another block could not be learnt from.

    Args:
        texts: the documents.
        tokenizer: its padding token ends a document, and each copy.
        size: tokens of a block.
        copies: how often each document stands in a row.

    Raises:
        UserError: the documents are shorter than one block.
    """
    stream: list[int] = []
    longest = sys.maxsize if copies == 1 else size // copies - 1
    for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]:
        for start in range(0, len(ids), longest):
            stream += [*ids[start : start + longest], tokenizer.pad_token_id] * copies
    rows = [stream[start : start + size] for start in range(0, len(stream) - size + 1, size)]
    if not rows:
        raise UserError(f"the training split has {len(stream)} tokens: fewer than one block of {size}.")
    return Dataset.from_dict({"input_ids": rows, "labels": rows})
