"""The engine on transformers, with a tiny random model: batches, ends, sampling, adapters."""

import pytest
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from lexpro.config.predict import Transformers
from lexpro.engines.base import Request, Sampling
from lexpro.engines.hf import Engine
from lexpro.engines.tokens import decode
from lexpro.training import tokenizer as tokenizers

GREEDY = Sampling(temperature=0.0, top_p=1.0)
SETTINGS = Transformers(
    module="lexpro.engines.hf", batch_size=3, dtype="float32", attention="eager", merge_adapter=True
)


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model") / "model"
    tokenizer = tokenizers.train(["被告人张某甲犯盗窃罪，判处有期徒刑三年。<think>理由</think>{}"] * 3, 600)
    torch.manual_seed(0)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            intermediate_size=32,
            max_position_embeddings=120,
            initializer_range=0.5,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )
    # A model's own file on sampling, as those on the hub have: it must not count.
    model.generation_config.update(do_sample=True, temperature=2.0, max_new_tokens=3)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def requests(count: int = 7, seed: int = 0, tokens: int = 12) -> list[Request]:
    return [
        Request([{"role": "user", "content": "被告人张某甲" * (1 + n * 3 % 5)}], tokens, seed + n)
        for n in range(count)
    ]


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


def adapter(base, folder, targets=("q_proj", "v_proj")):
    """An adapter on `base` that changes its answers."""
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(1)
    config = LoraConfig(r=2, target_modules=list(targets), init_lora_weights=False, lora_alpha=64)
    get_peft_model(Qwen2ForCausalLM.from_pretrained(base), config).save_pretrained(folder)
    return folder


@pytest.mark.parametrize("merge", [True, False])
def test_an_adapter_is_put_on_its_base(base, tmp_path, merge):
    settings = SETTINGS.model_copy(update={"merge_adapter": merge})
    adapted = Engine(adapter(base, tmp_path / "model"), base, settings, GREEDY).generate(requests())
    assert adapted != Engine(base, None, settings, GREEDY).generate(requests())
