"""The small tokenizer: what it merges, what it keeps apart, and what transformers reads back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from training_cases import DOCUMENTS
from transformers import AutoTokenizer

from lexpro.models import chat
from lexpro.training import tokenizer


@pytest.fixture(scope="module")
def vocab():
    return tokenizer.train(DOCUMENTS * 3, 600)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_every_text_survives_the_tokenizer(text):
    import unicodedata

    vocab = test_every_text_survives_the_tokenizer.vocab
    ids = vocab(text, add_special_tokens=False)["input_ids"]
    assert vocab.decode(ids, clean_up_tokenization_spaces=False) == unicodedata.normalize("NFC", text)


test_every_text_survives_the_tokenizer.vocab = tokenizer.train(DOCUMENTS, 600)


def test_what_is_copied_is_one_token_a_character(vocab):
    pieces = [vocab.decode([i]) for i in vocab(DOCUMENTS[0], add_special_tokens=False)["input_ids"]]
    assert "".join(pieces) == DOCUMENTS[0]
    for alone in "张某甲一三3000":
        assert alone in pieces
    assert any(len(piece) > 3 for piece in pieces), "boilerplate is merged"


def test_transformers_loads_the_tokenizer_that_was_trained(vocab, tmp_path):
    """AutoTokenizer rebuilds tokenizers of the type qwen2: pieces that its class does not know
    would be lost.
    """
    vocab.save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "qwen2"}')
    again = AutoTokenizer.from_pretrained(tmp_path)
    for text in [*DOCUMENTS, f"{chat.THINK}3*12+6=42{chat.END_THINK}" + '{"刑期":42}']:
        assert again(text)["input_ids"] == vocab(text)["input_ids"]
    assert again.chat_template == vocab.chat_template and again.padding_side == "left"


def test_tags_of_the_reasoning_survive_decoding(vocab):
    text = f'{chat.THINK}三年=3*12=36{chat.END_THINK}{{"刑期":36}}'
    ids = [*vocab(text)["input_ids"], vocab.eos_token_id]
    assert vocab.decode(ids, skip_special_tokens=True) == text


def test_the_same_texts_give_the_same_tokenizer():
    """Two thousand characters, all equally frequent, of which three hundred have room."""
    texts = ["".join(map(chr, range(first, first + 50))) for first in range(0x4E00, 0x4E00 + 2000, 50)]
    found = [tokenizer.train(texts, 856).get_vocab() for _ in range(4)]
    assert all(one == found[0] for one in found)
    assert tokenizer.train(DOCUMENTS, 600).get_vocab() == tokenizer.train(DOCUMENTS[::-1], 600).get_vocab()
