"""Rows of the tasks as tokens: what is skipped, packed, cut into blocks and weighted."""

import json
from collections import Counter

import pytest
import torch
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st
from training_cases import DOCUMENTS

from lexpro.training import data, tokenizer
from lexpro.workflow.errors import UserError


@pytest.fixture(scope="module")
def vocab():
    return tokenizer.train(DOCUMENTS * 3, 600)


ANSWER = '<think>三年六个月=3*12+6=42</think>{"刑期":42}'


def test_examples_that_are_too_long_are_listed_not_cut(vocab, tmp_path):
    rows = [
        {
            "id": name,
            "task": "term",
            "prompt": [{"role": "user", "content": "预测刑期" * times}],
            "completion": [{"role": "assistant", "content": ANSWER}],
        }
        for name, times in (("short", 1), ("long", 50))
    ]
    path = tmp_path / "sft.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    kept, skipped = data.answers(path, vocab, ["term"], 100)
    assert len(kept) == 1 and [row["id"] for row in skipped] == ["long"]
    assert kept[0]["labels"][-1] == vocab.eos_token_id
    with pytest.raises(UserError, match="no example of the tasks charge"):
        data.answers(path, vocab, ["charge"], 100)


def test_blocks_have_no_padding(vocab):
    blocks = data.blocks(DOCUMENTS, vocab, 32)
    assert {len(row) for row in blocks["input_ids"]} == {32}
    total = sum(len(vocab(text)["input_ids"]) + 1 for text in DOCUMENTS)
    assert len(blocks) == total // 32
    with pytest.raises(UserError, match="fewer than one block"):
        data.blocks(DOCUMENTS[:1], vocab, 4096)


@given(st.integers(2, 4), st.lists(st.integers(1, 90), min_size=1, max_size=6))
def test_every_copy_stands_within_a_block_of_the_one_before(copies, lengths):
    """Of long documents too, whose copies as a whole would be too far apart to learn from."""
    size, token = 24, iter(range(10**6))
    texts = {f"text {n}": [next(token) for _ in range(length)] for n, length in enumerate(lengths)}

    class Vocabulary:
        pad_token_id = -1

        def __call__(self, asked, add_special_tokens):
            return {"input_ids": [texts[text] for text in asked]}

    blocks = data.blocks([*texts, *["text 0"] * 30], Vocabulary(), size, copies)
    stream = [token for row in blocks["input_ids"] for token in row if token >= 0]
    places: dict[int, list[int]] = {}
    for place, one in enumerate(token for row in blocks["input_ids"] for token in row):
        places.setdefault(one, []).append(place)
    once = [token for text in texts.values() for token in text][: len(set(stream))]
    assert list(dict.fromkeys(stream)) == once, "nothing is left out, nothing is moved"
    for one, found in places.items():
        if one >= lengths[0]:
            assert all(b - a <= size for a, b in zip(found, found[1:], strict=False))


def _example(tokens: list[int], prompt: int) -> dict:
    return {"input_ids": tokens, "labels": [-100] * prompt + tokens[prompt:]}


@given(st.lists(st.integers(2, 20), min_size=1, max_size=40))
def test_packed_rows_hold_every_example_once_and_whole(lengths):
    rows = Dataset.from_list(
        [_example([100 * n + i for i in range(size)], 1) for n, size in enumerate(lengths)]
    )
    found = []
    for row in data.packed(rows, 24):
        assert len(row["input_ids"]) == len(row["labels"]) == sum(row["seq_lengths"]) <= 24
        start = 0
        for size in row["seq_lengths"]:
            found.append(row["input_ids"][start : start + size])
            assert row["labels"][start] == -100, "the prompt teaches nothing, packed or not"
            start += size
    assert sorted(found) == sorted(rows["input_ids"])


@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_packed_documents_do_not_see_each_other(attention):
    """Changing one document never changes the loss of another, and each is what it is alone."""
    from transformers import Qwen2Config, Qwen2ForCausalLM
    from trl.trainer.sft_trainer import DataCollatorForLanguageModeling

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2}
    model = Qwen2ForCausalLM(
        Qwen2Config(vocab_size=64, intermediate_size=64, attn_implementation=attention, **shape)
    ).eval()
    collate = DataCollatorForLanguageModeling(pad_token_id=0, padding_free=True, pad_to_multiple_of=32)

    def losses(*documents):
        rows = Dataset.from_list([_example(document, 2) for document in documents])
        batch = collate(list(data.packed(rows, 30)))
        assert batch["position_ids"][0, : len(documents[0])].tolist() == list(range(len(documents[0])))
        places = {name: batch[name] for name in ("input_ids", "position_ids")}
        logits = model(**places, use_cache=False).logits[0, :-1]
        each = torch.nn.functional.cross_entropy(
            logits, batch["labels"][0, 1:], ignore_index=-100, reduction="none"
        )
        ends = torch.tensor([len(document) for document in documents]).cumsum(0).tolist()
        return [
            each[max(0, end - len(document)) : end - 1].sum().item()
            for end, document in zip(ends, documents, strict=True)
        ]

    # The longest comes first, as in a packed row.
    one, two, other = list(range(3, 17)), list(range(20, 32)), list(range(40, 54))
    together, changed = losses(one, two), losses(other, two)
    assert together[1] == pytest.approx(changed[1], abs=1e-5) and together[0] != pytest.approx(changed[0])
    assert together == pytest.approx([*losses(one), *losses(two)], abs=1e-4)


def test_weights_say_how_often_a_task_is_seen(vocab, tmp_path):
    rows = [
        {
            "id": f"{task}-{n}",
            "task": task,
            "prompt": [{"role": "user", "content": "问"}],
            "completion": [{"role": "assistant", "content": task}],
        }
        for task in ("term", "charge", "article")
        for n in range(200)
    ]
    path = tmp_path / "sft.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    kept, _ = data.answers(path, vocab, ["term", "charge", "article"], 100, {"term": 2.0, "charge": 0.25})
    seen = Counter(
        vocab.decode([i for i in row["labels"] if i != -100][:-1]) for row in kept.select_columns("labels")
    )
    assert seen["term"] == 400 and seen["article"] == 200 and 25 < seen["charge"] < 75
    assert data.times("x", 0) == 0 and data.times("x", 1) == 1
