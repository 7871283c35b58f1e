"""Completions on a processor: the tokens, the probabilities and the ends of transformers'
`generate`.
"""

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM, GenerationConfig, LlamaConfig, MistralConfig, Qwen2Config

from lexpro.models import sampling

PAD, END, VOCABULARY, LONGEST = 0, 1, 60, 24
SHAPE = {
    "vocab_size": VOCABULARY,
    "hidden_size": 32,
    "intermediate_size": 48,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "initializer_range": 0.3,
    "pad_token_id": PAD,
    "eos_token_id": END,
}
# Two of the first prompt, four of the next, two of the last: groups of two.
PROMPTS = [[5, 9, 11]] * 2 + [[7] * 40 + [3, 8]] * 4 + [[12, 4, 33, 20, 6, 7, 9]] * 2


def made(kind):
    torch.manual_seed(3)
    if kind == "lora":
        whole = AutoModelForCausalLM.from_config(Qwen2Config(**SHAPE), attn_implementation="eager")
        return get_peft_model(whole, LoraConfig(r=4, init_lora_weights=False, task_type="CAUSAL_LM"))
    config = {"qwen2": Qwen2Config, "llama": LlamaConfig}[kind]
    return AutoModelForCausalLM.from_config(config(**SHAPE), attn_implementation="sdpa")


def sampled(model, prompts=PROMPTS, **change):
    return sampling.sample(model, prompts, **{"longest": LONGEST, "ends": [END], "pad": PAD} | change)


def generated(model, prompts, ends):
    width = max(map(len, prompts))
    ids = torch.tensor([[PAD] * (width - len(prompt)) + prompt for prompt in prompts])
    config = GenerationConfig(max_new_tokens=LONGEST, eos_token_id=ends, pad_token_id=PAD, do_sample=False)
    out = model.generate(input_ids=ids, attention_mask=(ids != PAD).long(), generation_config=config)
    lengths = [
        next((at + 1 for at, token in enumerate(row) if token in ends), len(row))
        for row in out[:, width:].tolist()
    ]
    return [row[:length] for row, length in zip(out[:, width:].tolist(), lengths, strict=True)]


@pytest.mark.parametrize("kind", ["qwen2", "llama", "lora"])
def test_without_chance_the_tokens_are_those_of_generate(kind):
    model = made(kind)
    ends = [sampled(model, temperature=0.0)[2][4]]
    expected = generated(model, PROMPTS, ends)
    assert len(set(map(len, expected))) > 1, "some end before others"
    assert sampled(model, temperature=0.0, ends=ends) == expected
    assert model.config._attn_implementation == ("eager" if kind == "lora" else "sdpa"), "put back"


def test_ended_completions_leave_and_the_others_are_not_touched(monkeypatch):
    """Every logit that a token was drawn from is the one of a forward pass over prompt and
    completion.
    """
    model, seen = made("qwen2"), []
    draw = sampling._chosen

    def recorded(logits, *rest):
        seen.append(logits.clone())
        return draw(logits, *rest)

    monkeypatch.setattr(sampling, "_chosen", recorded)
    torch.manual_seed(0)
    ends = list(range(1, 8))
    found = sampled(model, ends=ends)
    lengths = [len(row) for row in found]
    assert min(lengths) < max(lengths) and len(seen) == max(lengths)
    assert len(seen[-1]) < len(PROMPTS), "what has ended is taken out"
    for prompt, row in zip(PROMPTS, found, strict=True):
        assert row[-1] in ends or len(row) == LONGEST
        assert not set(row[:-1]) & set(ends)
        whole = model(input_ids=torch.tensor([prompt + row])).logits[0, len(prompt) - 1 : -1]
        for at, expected in enumerate(whole.log_softmax(-1)):
            nearest = (seen[at].log_softmax(-1) - expected).abs().amax(-1).min()
            assert nearest < 1e-4, (at, nearest)


def unlikely(counts: torch.Tensor, expected: torch.Tensor) -> bool:
    """Whether counts are further from these probabilities than chance takes them (chi-square, five
    deviations).
    """
    assert not counts[expected == 0].any(), "what cannot be was drawn"
    counts, expected = counts[expected > 0], expected[expected > 0] * counts.sum()
    freedom = len(counts) - 1
    return ((counts - expected) ** 2 / expected).sum() > freedom + 5 * (2 * freedom) ** 0.5


@pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 1.0), (0.7, 1.0), (1.3, 0.5)])
def test_draws_follow_the_probabilities(temperature, top_p):
    torch.manual_seed(1)
    logits = torch.randn(VOCABULARY)
    logits[7] = float("-inf")
    drawn = sampling._chosen(logits.expand(40_000, -1), temperature, top_p).bincount(minlength=VOCABULARY)
    expected = (logits / temperature).softmax(-1)
    order = expected.argsort(descending=True)
    nucleus = order[: int((expected[order].cumsum(0) < top_p).sum()) + 1]
    kept = torch.zeros(VOCABULARY)
    kept[nucleus] = expected[nucleus]
    assert not unlikely(drawn, kept / kept.sum())
    other = (logits / (temperature * 1.1)).softmax(-1)
    assert unlikely(drawn[nucleus], other[nucleus] / other[nucleus].sum()), "the test sees a tenth"


@torch.no_grad()
def test_first_and_second_tokens_are_as_likely_as_the_model_says():
    model, prompt = made("qwen2"), PROMPTS[-1]
    torch.manual_seed(2)
    found = torch.tensor(sampled(model, [prompt] * 4000, longest=2, ends=[VOCABULARY]))
    first = model(input_ids=torch.tensor([prompt])).logits[0, -1].softmax(-1)
    after = torch.tensor([[*prompt, token] for token in range(VOCABULARY)])
    second = first @ model(input_ids=after).logits[:, -1].softmax(-1)
    for at, expected in enumerate((first, second)):
        assert not unlikely(found[:, at].bincount(minlength=VOCABULARY), expected), at


def test_the_same_seed_draws_the_same():
    model = made("llama")
    torch.manual_seed(5)
    first = sampled(model)
    torch.manual_seed(5)
    assert sampled(model) == first
    assert sampled(model) != first


def test_a_model_that_attends_otherwise_is_left_to_generate():
    window = MistralConfig(**SHAPE, sliding_window=8)
    assert sampling.can(made("qwen2")) and sampling.can(made("lora"))
    assert not sampling.can(AutoModelForCausalLM.from_config(window))
