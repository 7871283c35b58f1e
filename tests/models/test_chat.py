"""From chat messages to tokens, under chat templates that open `<think>` and that do not."""

import pytest
from training_cases import DOCUMENTS

from lexpro.models import chat
from lexpro.training import tokenizer


@pytest.fixture(scope="module")
def vocab():
    return tokenizer.train(DOCUMENTS * 3, 600)


# As DeepSeek-R1's: opens <think> itself, and deletes the reasoning of assistant messages.
OPENS = (
    "{% for m in messages %}{% if m['role'] == 'assistant' %}{{ m['content'].split('</think>')[-1] }}"
    "{% else %}{{ '<|im_start|>' + m['content'] }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_end|><think>\n' }}{% endif %}"
)


ANSWER = '<think>三年六个月=3*12+6=42</think>{"刑期":42}'


@pytest.mark.parametrize("template", [tokenizer.TEMPLATE, OPENS], ids=["plain", "opens think"])
def test_the_reasoning_is_trained_once_under_any_template(vocab, template):
    vocab = tokenizer.train(DOCUMENTS, 600)
    vocab.chat_template = template
    example = chat.encode(vocab, [{"role": "user", "content": "提取要素"}], ANSWER)
    whole = vocab.decode(example["input_ids"])
    assert whole.count(chat.THINK) == 1 and whole.endswith('3*12+6=42</think>{"刑期":42}<|im_end|>')
    learnt = [i for i in example["labels"] if i != -100]
    assert learnt == example["input_ids"][-len(learnt) :]
    prompt = chat.prompt_text(vocab, [{"role": "user", "content": "提取要素"}])
    head = vocab(prompt, add_special_tokens=False)["input_ids"]
    assert example["input_ids"][: -len(learnt)] == head, "the very tokens that the model is given to answer"
    assert example["labels"][: len(head)] == [-100] * len(head) and learnt[-1] == vocab.eos_token_id
    think = vocab.convert_tokens_to_ids(chat.THINK)
    opened = template == OPENS
    assert (head.count(think), learnt.count(think)) == ((1, 0) if opened else (0, 1))
    generated = vocab.decode(learnt[:-1])
    assert chat.whole(prompt, generated).replace("<think>\n", "<think>") == ANSWER
