"""A small tokenizer for judgments, trained where the corpus is small and the model has to copy.

What a model copies character by character (digits, numerals, masks and surnames of defendants) is
one token each: a name inside a merged token could not be copied. Everything else is byte-pair
merged, so that boilerplate is few tokens; characters never seen fall back to their bytes.

The merges are learnt between characters and then written as byte-level merges (first those that
make up each character, then the learnt ones), so that the result is a `Qwen2Tokenizer`:
transformers builds that class for every model of the type `qwen2`, and would drop the pieces of any
other tokenizer in silence.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from tokenizers import AddedToken, Regex, Tokenizer, models, pre_tokenizers, trainers
from transformers import Qwen2Tokenizer
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

from lexpro.models.chat import END_THINK, THINK

PAD, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"

# Never merged: the surname before a mask and the mask; digits; numerals; units; operators of the
# arithmetic.
ALONE = r".(?=某)|某|[甲乙丙丁戊己庚辛壬癸]|[0-9０-９]|[〇○零一二三四五六七八九十百千万亿两]|[年月日元]|[×*+=\-−.]"
PUNCTUATION = r"[，。、；：！？（）〔〕《》“”]|\s"

# ChatML, as Qwen's: each message between start and end, then the assistant's start where an answer
# is asked for.
TEMPLATE = (
    "{% for message in messages %}"
    + START
    + "{{ message['role'] }}\n{{ message['content'] }}"
    + END
    + "\n{% endfor %}{% if add_generation_prompt %}"
    + START
    + "assistant\n{% endif %}"
)

_BYTES = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)


def _spelt(text: str) -> str:
    """Text in the alphabet of byte-level tokenizers: one printable character a byte."""
    return _BYTES.pre_tokenize_str(text)[0][0]


def _alphabet(texts: Iterable[str], size: int) -> list[str]:
    """The `size` most frequent characters, of equally frequent ones those of the lower code point.

    The trainer's own choice among these is another in each process, and with it every token after
    them.
    """
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(text)
    return sorted(counts, key=lambda character: (-counts[character], character))[:size]


def _learn(texts: Sequence[str], size: int) -> tuple[list[str], list[tuple[str, str]]]:
    """(characters, merges between characters), at most `size` of both together."""
    alphabet = _alphabet(texts, size // 2)
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), "isolated"),
            pre_tokenizers.Split(Regex(ALONE), "isolated"),
            pre_tokenizers.Split(Regex(PUNCTUATION), "isolated"),
        ]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=size,
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet),
        min_frequency=2,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    return [token for token in model["vocab"] if len(token) == 1], [tuple(pair) for pair in model["merges"]]


def train(texts: Sequence[str], vocab_size: int) -> Qwen2Tokenizer:
    """A tokenizer with the chat template.

    Args:
        texts: what the merges are learnt from.
        vocab_size: about how many tokens it has, the 256 bytes included.
    """
    characters, learnt = _learn(texts, vocab_size - 256)
    merges: dict[tuple[str, str], None] = {}
    for character in sorted(characters):
        spelt = _spelt(character)
        for end in range(1, len(spelt)):
            merges[spelt[:end], spelt[end]] = None
    for left, right in learnt:
        merges[_spelt(left), _spelt(right)] = None
    tokens = [PAD, START, END, *sorted(pre_tokenizers.ByteLevel.alphabet()), *(a + b for a, b in merges)]
    vocab = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Qwen2Tokenizer(
        vocab=vocab,
        merges=list(merges),
        eos_token=END,
        pad_token=PAD,
        unk_token=None,
        chat_template=TEMPLATE,
        padding_side="left",
        model_max_length=1_000_000,
    )
    tokenizer.add_tokens([AddedToken(START, special=True)], special_tokens=True)
    # Tags of the reasoning are part of the answer: decoding must not skip them, so they are not
    # special.
    tokenizer.add_tokens([AddedToken(tag, special=False, normalized=False) for tag in (THINK, END_THINK)])
    return tokenizer
