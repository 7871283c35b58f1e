"""Messages to tokens and tokens to text: the same for every engine that runs a model itself."""

from __future__ import annotations

from transformers import PreTrainedTokenizerBase

from lexpro.engines.base import Generation, Messages
from lexpro.models import chat


def encode(tokenizer: PreTrainedTokenizerBase, messages: Messages) -> tuple[str, list[int]]:
    """(prompt as the model reads it, its tokens), as in training."""
    text = chat.prompt_text(tokenizer, messages)
    return text, tokenizer(text, add_special_tokens=False)["input_ids"]


def ends(tokenizer: PreTrainedTokenizerBase, configured: int | list[int] | None) -> list[int]:
    """Ids of the tokens that end an answer.

    They are the tokenizer's, the model's own, and padding, which ends a document of pre-training.
    """
    own = configured if isinstance(configured, list) else [configured]
    tokens = {tokenizer.eos_token_id, tokenizer.pad_token_id, *own} - {None}
    return sorted(tokens)


def decode(tokenizer: PreTrainedTokenizerBase, prompt: str, ids: list[int], ends: list[int]) -> Generation:
    """The answer up to its end. Special tokens are kept: in some tokenizers `<think>` is one.

    Args:
        tokenizer: of the model.
        prompt: as the model read it; what its template opened of the answer is put before it.
        ids: the generated tokens; padding after the end may follow.
        ends: ids that end an answer, as `ends` gives them.

    Returns:
        The whole answer without its last token, and the number of tokens with it. Its
        `finish_reason` is `length` where no end was generated.
    """
    stop = next((place for place, token in enumerate(ids) if token in ends), None)
    text = tokenizer.decode(ids[:stop], skip_special_tokens=False)
    used = len(ids) if stop is None else stop + 1
    return Generation(chat.whole(prompt, text), "length" if stop is None else "stop", used)
