"""The prompts of GRPO: rows of `grpo.jsonl` that fit, as the model reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from lexpro.models import chat
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json_lines

# Answers of the SFT model to these prompts: what the stage pass_rate writes, and GRPO reads.
SAMPLES = "samples.jsonl"


def fitting(
    path: Path, tokenizer: PreTrainedTokenizerBase, tasks: Sequence[str], longest: int
) -> tuple[list[dict], dict[str, str], int]:
    """Rows of the given tasks whose prompt has at most `longest` tokens.

    Args:
        path: `grpo.jsonl` of the stage `tasks`.
        tokenizer: of the model that will be asked.
        tasks: names of tasks; other rows are left out.
        longest: limit on a prompt, in tokens.

    Returns:
        The rows, the text of each prompt by the row's id, and how many prompts were too long.

    Raises:
        UserError: no row is left.
    """
    rows, texts, long = [], {}, 0
    for row in read_json_lines(path):
        if row["task"] not in tasks:
            continue
        text = chat.prompt_text(tokenizer, row["prompt"])
        if len(tokenizer(text, add_special_tokens=False)["input_ids"]) > longest:
            long += 1
            continue
        texts[row["id"]] = text
        rows.append(row)
    if not rows:
        raise UserError(
            f"{path} has no prompt of the tasks {', '.join(tasks)} with at most {longest} tokens ({long} are "
            "longer). Raise grpo.max_prompt_length."
        )
    return rows, texts, long
