"""A small tokenizer for judgments, trained where the corpus is small and the model has to copy.

What a model copies character by character (digits, numerals, the masks and surnames of defendants) is one token each:
a name inside a merged token could not be copied. Everything else is byte-pair merged, so that boilerplate is few tokens;
characters never seen fall back to bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from lexpro.training.chat import END_THINK, THINK

PAD, START, END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"

# Alone: the surname before a mask and the mask; digits; numerals; units; the operators of the reasoning's arithmetic.
ALONE = (
    r".(?=某)|某|[甲乙丙丁戊己庚辛壬癸]|[0-9０-９A-Za-z](?![A-Za-z])"
    r"|[〇○零一二三四五六七八九十百千万亿两]|[年月日元]|[×*+=\-−.]|\s"
)
PUNCTUATION = r"[，。、；：！？（）〔〕《》“”]"

# ChatML, as Qwen's: each message between start and end, then the assistant's start where an answer is asked for.
TEMPLATE = (
    "{% for message in messages %}"
    + START
    + "{{ message['role'] }}\n{{ message['content'] }}"
    + END
    + "\n{% endfor %}{% if add_generation_prompt %}"
    + START
    + "assistant\n{% endif %}"
)


def train(texts: Iterable[str], vocab_size: int) -> PreTrainedTokenizerFast:
    """A tokenizer of at most `vocab_size` tokens (the 256 bytes included) from `texts`, with the chat template."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, fuse_unk=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(ALONE), "isolated"),
            pre_tokenizers.Split(Regex(PUNCTUATION), "isolated"),
        ]
    )
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    special = [PAD, START, END]
    # Tags of the reasoning are part of the answer: decoding must not skip them, so they are not special.
    tags = [AddedToken(tag, special=False, normalized=False) for tag in (THINK, END_THINK)]
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - 256 - len(tags),
        limit_alphabet=vocab_size // 2,
        min_frequency=2,
        special_tokens=special,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    spec = json.loads(tokenizer.to_str())
    vocab = spec["model"]["vocab"]
    for byte in range(256):
        vocab.setdefault(f"<0x{byte:02X}>", len(vocab))
    tokenizer = Tokenizer.from_str(json.dumps(spec, ensure_ascii=False))
    tokenizer.add_tokens(tags)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token=END,
        pad_token=PAD,
        chat_template=TEMPLATE,
        padding_side="left",
        clean_up_tokenization_spaces=False,
        model_max_length=1_000_000,
    )
