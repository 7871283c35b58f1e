"""Rows of the tasks stage as tokens for a trainer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from datasets import Dataset
from transformers import PreTrainedTokenizerBase
from trl import pack_dataset

from lexpro.hashing import seed_of
from lexpro.models import chat
from lexpro.workflow.errors import UserError


def read_jsonl(path: Path) -> Iterator[dict]:
    """Rows of a JSON-lines file, one a line. Raises `UserError` naming the line that is not
    JSON.
    """
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                yield json.loads(line)
            except json.JSONDecodeError as error:
                raise UserError(
                    f"{path}: line {number} is not JSON ({error}). Remove the folder and run again."
                ) from None


def times(name: str, weight: float) -> int:
    """How often an example stands in an epoch so that its task is seen `weight` times: 2.5 is two
    times or three.

    Which of the two follows from its name, so it is the same on every process and after a resume.
    """
    whole = int(weight)
    return whole + (seed_of("weight", name) < (weight - whole) * 2**31)


def answers(
    path: Path,
    tokenizer: PreTrainedTokenizerBase,
    tasks: list[str],
    longest: int,
    weights: Mapping[str, float] = MappingProxyType({}),
) -> tuple[Dataset, list[dict]]:
    """(examples, skipped) of an `sft.jsonl`: prompt and completion as tokens, the loss on the
    completion.

    `weights`: how many times the examples of a task are there; 1 where nothing is said. An example
    of more than `longest` tokens is skipped, not cut: without its end it would teach not to end.
    `skipped` holds {id, task, tokens}. Raises `UserError` if nothing is left.
    """
    kept: dict[str, list] = {"input_ids": [], "labels": []}
    skipped = []
    for row in read_jsonl(path):
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
    """Rows of at most `size` tokens, each several examples whole (best fit, the longest first).

    `seq_lengths` tells them apart: positions begin anew at each, and attention stays within it
    (`Trainer`).
    """
    return pack_dataset(rows, size, strategy="bfd")


def blocks(texts: list[str], tokenizer: PreTrainedTokenizerBase, size: int, copies: int = 1) -> Dataset:
    """Documents end to end, each `copies` times in a row, cut into blocks of `size` tokens: no
    padding.

    The rest of the last block is dropped.
    """
    stream: list[int] = []
    for ids in tokenizer(texts, add_special_tokens=False)["input_ids"]:
        stream += [*ids, tokenizer.pad_token_id] * copies
    rows = [stream[start : start + size] for start in range(0, len(stream) - size + 1, size)]
    if not rows:
        raise UserError(f"the training split has {len(stream)} tokens: fewer than one block of {size}.")
    return Dataset.from_dict({"input_ids": rows, "labels": rows})
