"""Completions of a small model on a processor, several of each prompt.

`generate` reads a prompt once for each completion of it, keeps its keys and values as often, copies
them for every new token, and goes on with completions that have ended. Here each prompt is read
once, its keys and values stay where they are and serve all its completions at once, and what has
ended is taken out. The model's own layers compute; only attention is ours (`attend`), with the same
result: a softmax over the keys of the prompt and of the completion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from math import gcd

import torch
from transformers import PreTrainedModel, TemperatureLogitsWarper, TopPLogitsWarper
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from lexpro.models.compute import round_up

# By this name transformers finds `attend`.
ATTENTION = "lexpro_shared_prompt"
# Architectures whose attention is a plain softmax over all keys, without windows, caps or sinks.
KNOWN = ("llama", "qwen2", "qwen3")


class Keys:
    """Keys and values of each layer: of each prompt once, and of its `each` completions.

    Prompts have the shape `[groups, heads, length, size]`, padded on the left where `bias`
    `[groups, 1, 1, length]` is -inf; completions `[groups x each, heads, longest, size]`, filled up
    to `length`. The model calls `update` as that of its own cache.
    """

    def __init__(
        self, prompts: list[tuple[torch.Tensor, torch.Tensor]], mask: torch.Tensor, each: int, longest: int
    ):
        self.prompts, self.each, self.length = prompts, each, 0
        self.bias = torch.zeros(mask.shape).masked_fill(~mask.bool(), float("-inf"))[:, None, None]
        rows = len(mask) * each
        self.own = [
            tuple(part.new_empty(rows, part.shape[1], longest, part.shape[3]) for part in layer)
            for layer in prompts
        ]

    def update(
        self, key: torch.Tensor, value: torch.Tensor, layer: int, *_
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Keys and values of all tokens of the completions, the new one included.

        Args:
            key: of one new token of each completion, `[groups x each, heads, 1, size]`.
            value: of the same shape.
            layer: number of the layer, from 0.

        Returns:
            (keys, values), both `[groups x each, heads, length + 1, size]`: views, not copies.
        """
        for whole, new in zip(self.own[layer], (key, value), strict=True):
            whole[:, :, self.length : self.length + 1] = new
        return tuple(whole[:, :, : self.length + 1] for whole in self.own[layer])

    def keep(self, groups: torch.Tensor, rows: torch.Tensor) -> None:
        """Go on with these prompts and, of all completions, these rows: as many of each prompt."""
        self.each = len(rows) // len(groups)
        self.bias = self.bias[groups]
        self.prompts = [tuple(part[groups] for part in layer) for layer in self.prompts]
        self.own = [tuple(part[rows] for part in layer) for layer in self.own]


def attend(module, query, key, value, attention_mask, scaling: float, *, keys: Keys, **_):
    """Attention of one new token of each completion: to its prompt, then to itself.

    Heads that share a key are rows of one product, and so are the completions of one prompt.

    Args:
        module: the layer's attention; its `layer_idx` finds the keys of the prompts.
        query: of the new tokens, `[rows, heads, 1, size]`.
        key: of the completions so far, `[rows, heads of keys, tokens, size]`.
        value: of the same shape.
        attention_mask: not used: the padding of the prompts is in `keys.bias`.
        scaling: factor of the products before the softmax.
        keys: those of the prompts.

    Returns:
        (`[rows, 1, heads, size]`, None in place of the weights), as transformers expects it.
    """
    rows, heads, _, size = query.shape
    shared, groups = key.shape[1], rows // keys.each
    many = heads // shared
    query = query.view(rows, shared, many, size)
    prompt_key, prompt_value = keys.prompts[module.layer_idx]
    width = prompt_key.shape[2]

    def by_prompt(rowwise):
        split = rowwise.reshape(groups, keys.each, shared, many, -1).transpose(1, 2)
        return split.reshape(groups, shared, keys.each * many, -1)

    def by_row(grouped):
        split = grouped.view(groups, shared, keys.each, many, -1).transpose(1, 2)
        return split.reshape(rows, shared, many, -1)

    scores = torch.cat(
        [
            by_row(by_prompt(query) @ prompt_key.transpose(2, 3) * scaling + keys.bias),
            query @ key.transpose(2, 3) * scaling,
        ],
        -1,
    )
    weights = scores.softmax(-1, dtype=torch.float32).to(query.dtype)
    attended = by_row(by_prompt(weights[..., :width]) @ prompt_value) + weights[..., width:] @ value
    return attended.reshape(rows, 1, heads, size), None


ALL_ATTENTION_FUNCTIONS.register(ATTENTION, attend)


@contextmanager
def _attention(config, name: str) -> Iterator[None]:
    """The layers read from their configuration how they attend."""
    before = config._attn_implementation
    config._attn_implementation = name
    try:
        yield
    finally:
        config._attn_implementation = before


def can(model: PreTrainedModel) -> bool:
    """Whether `sample` knows how this model attends."""
    return model.config.model_type in KNOWN and "sliding_attention" not in getattr(
        model.config, "layer_types", ()
    )


def _chosen(logits: torch.Tensor, temperature: float, top_p: float) -> torch.Tensor:
    """One token for each row of `logits`, drawn from the probabilities of `generate`.

    One random number a row, where `torch.multinomial` takes one for each token of the vocabulary.

    Args:
        logits: shape `[rows, vocabulary]`.
        temperature: 0 takes the likeliest token.
        top_p: probability of the tokens drawn from.
    """
    if not temperature:
        return logits.argmax(-1)
    logits = logits.float()
    if temperature != 1:
        logits = TemperatureLogitsWarper(temperature)(None, logits)
    if top_p < 1:
        logits = TopPLogitsWarper(top_p)(None, logits)
    below = logits.softmax(-1).cumsum(-1)
    drawn = torch.rand(len(logits), 1) * below[:, -1:]
    # To the right of equal sums: a token of probability 0 is never drawn.
    return torch.searchsorted(below, drawn, right=True).squeeze(1).clamp(max=logits.shape[1] - 1)


@torch.no_grad()
def sample(
    model: PreTrainedModel,
    prompts: Sequence[list[int]],
    *,
    longest: int,
    ends: Sequence[int],
    pad: int,
    temperature: float = 1.0,
    top_p: float = 1.0,
) -> list[list[int]]:
    """A completion of each prompt, its end included.

    Prompts that stand together and are equal share what is computed of them. Draws follow torch's
    global generator.

    Args:
        model: one that `can` accepts.
        prompts: token ids.
        longest: limit on a completion, in tokens.
        ends: tokens that end a completion.
        pad: the padding token.
        temperature: 0 takes the likeliest tokens.
        top_p: probability of the tokens drawn from.
    """
    runs = [(prompt, len(list(run))) for prompt, run in groupby(prompts)]
    each = gcd(*(count for _, count in runs))
    distinct = [prompt for prompt, count in runs for _ in range(count // each)]
    # As in training: few shapes for oneDNN to compile.
    width = round_up(max(map(len, distinct)))
    ids = torch.tensor([[pad] * (width - len(prompt)) + prompt for prompt in distinct])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in distinct])
    read = model(
        input_ids=ids,
        attention_mask=mask,
        position_ids=(mask.cumsum(-1) - 1).clamp(min=0),
        use_cache=True,
        logits_to_keep=1,
    )
    keys = Keys([(layer.keys, layer.values) for layer in read.past_key_values.layers], mask, each, longest)
    logits, place = read.logits[:, -1].repeat_interleave(each, 0), mask.sum(-1).repeat_interleave(each)
    completions = torch.full((len(prompts), longest), pad)
    lengths = torch.full((len(prompts),), longest)
    # Which completion each row is. Ended ones stay as long as their prompt has more rows than
    # others need.
    row = torch.arange(len(prompts))
    going, stop = torch.ones(len(prompts), dtype=torch.bool), torch.tensor(ends)
    with _attention(model.config, ATTENTION):
        for at in range(longest):
            token = _chosen(logits, temperature, top_p)
            completions[row[going], at] = token[going]
            ended = going & (token[:, None] == stop).any(1)
            lengths[row[ended]] = at + 1
            going &= ~ended
            if at + 1 == longest or not going.any():
                break
            if ended.any():
                table = going.view(-1, keys.each)
                groups = table.any(1).nonzero().squeeze(1)
                table = table[groups]
                most = int(table.sum(1).max())
                first = table.int().argsort(dim=1, descending=True, stable=True)[:, :most]
                kept = (groups[:, None] * keys.each + first).flatten()
                if len(kept) < len(row):
                    keys.keep(groups, kept)
                    row, going, token, place = row[kept], going[kept], token[kept], place[kept]
            logits = model(
                input_ids=token[:, None],
                position_ids=place[:, None],
                past_key_values=keys,
                use_cache=True,
                logits_to_keep=1,
                keys=keys,
            ).logits[:, -1]
            keys.length, place = keys.length + 1, place + 1
    return [tokens[:length] for tokens, length in zip(completions.tolist(), lengths.tolist(), strict=True)]
