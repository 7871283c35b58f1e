"""From chat messages to tokens, with `<think>` exactly where the model will see and write it.

Chat templates differ in ways that break training on reasoning in silence: DeepSeek-R1's opens
`<think>` itself in the generation prompt and deletes everything before `</think>` from an
assistant's message. So the prompt is rendered by the template, the completion is appended as it is,
and the opening that the template wrote is not written twice.
"""

from __future__ import annotations

from transformers import PreTrainedTokenizerBase

THINK, END_THINK = "<think>", "</think>"


def prompt_text(tokenizer: PreTrainedTokenizerBase, messages: list[dict]) -> str:
    """The prompt as the model reads it, up to where its answer starts."""
    return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)


def opening(prompt: str) -> str:
    """What the template has written of the answer: `<think>` and white space, or nothing."""
    body = prompt.rstrip()
    return prompt[len(body) - len(THINK) :] if body.endswith(THINK) else ""


def completion_text(prompt: str, completion: str) -> str:
    """What the model has to write after `prompt` so that the whole answer is `completion`."""
    start = opening(prompt)
    if not start:
        return completion
    if completion.startswith(start):
        return completion[len(start) :]
    return completion.removeprefix(THINK)


def whole(prompt: str, generated: str) -> str:
    """The whole answer: what the template opened and what the model wrote after it."""
    return opening(prompt) + generated


def encode(tokenizer: PreTrainedTokenizerBase, prompt: list[dict], completion: str) -> dict[str, list[int]]:
    """Tokens of one training example, the loss on the completion and its end only.

    Prompt and completion are tokenised apart, as they are when the model generates.

    Args:
        tokenizer: of the model, with its chat template.
        prompt: chat messages, each {role, content}.
        completion: the whole answer, `<think>` included.

    Returns:
        `input_ids` and `labels`, both of shape `[tokens]`; labels of the prompt are -100.
    """
    text = prompt_text(tokenizer, prompt)
    head = tokenizer(text, add_special_tokens=False)["input_ids"]
    tail = tokenizer(completion_text(text, completion), add_special_tokens=False)["input_ids"]
    tail = [*tail, tokenizer.eos_token_id]
    return {"input_ids": head + tail, "labels": [-100] * len(head) + tail}
