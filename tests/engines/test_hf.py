"""The engine on transformers, with a tiny random model: batches, ends, sampling, adapters."""

import pytest
from engine_cases import GREEDY, SETTINGS, adapter, requests

from lexpro.engines.base import Request, Sampling
from lexpro.engines.hf import Engine
from lexpro.engines.tokens import decode


def test_answers_do_not_depend_on_the_batch(base):
    together = Engine(base, None, SETTINGS, GREEDY).generate(requests())
    alone = Engine(base, None, SETTINGS.model_copy(update={"batch_size": 1}), GREEDY).generate(requests())
    assert together == alone and len({made.text for made in together}) > 1
    assert all(made.tokens == 12 for made in together if made.finish_reason == "length")


def test_sampling_follows_its_seeds(base):
    sampled = Sampling(temperature=1.5, top_p=0.95)
    engine = Engine(base, None, SETTINGS, sampled)
    first = engine.generate(requests())
    assert engine.generate(requests()) == first != engine.generate(requests(seed=1))


def test_a_prompt_without_room_is_a_failure_and_the_others_are_answered(base):
    wanted = [*requests(2), Request([{"role": "user", "content": "盗窃" * 200}], 12)]
    made = Engine(base, None, SETTINGS, GREEDY).generate(wanted)
    assert [bool(one.error) for one in made] == [False, False, True]
    assert "more than the model's 120" in made[2].error and made[2].finish_reason == "error"


def test_an_answer_ends_at_its_end_and_keeps_its_tags(base):
    tokenizer = Engine(base, None, SETTINGS, GREEDY).tokenizer
    ids = tokenizer("<think>理由</think>{}", add_special_tokens=False)["input_ids"]
    end = tokenizer.eos_token_id
    made = decode(tokenizer, "…", [*ids, end, ids[0], tokenizer.pad_token_id], [end])
    assert (made.text, made.finish_reason, made.tokens) == ("<think>理由</think>{}", "stop", len(ids) + 1)
    cut = decode(tokenizer, "…<think>\n", ids[1:], [end])
    assert (cut.text, cut.finish_reason) == ("<think>\n理由</think>{}", "length")


@pytest.mark.parametrize("merge", [True, False])
def test_an_adapter_is_put_on_its_base(base, tmp_path, merge):
    settings = SETTINGS.model_copy(update={"merge_adapter": merge})
    adapted = Engine(adapter(base, tmp_path / "model"), base, settings, GREEDY).generate(requests())
    assert adapted != Engine(base, None, settings, GREEDY).generate(requests())
