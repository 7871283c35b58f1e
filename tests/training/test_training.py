"""The parts that base_model, sft and grpo are made of."""

import json
import logging
import math
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import corpora
import pytest
import torch
from datasets import Dataset
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from transformers import AutoTokenizer

from lexpro.config import base_model as base_model_settings
from lexpro.config import grpo as grpo_settings
from lexpro.config import sft as sft_settings
from lexpro.config.grpo import GrpoGuards
from lexpro.corpus.synthetic import generate
from lexpro.dag.compose import choice
from lexpro.models import chat, compute
from lexpro.training import (
    checkpoints,
    checks,
    data,
    from_scratch,
    metrics,
    muon,
    tokenizer,
    tracking,
)
from lexpro.training.cpu import muon as cpu_muon
from lexpro.training.cpu import sft as cpu_sft
from lexpro.workflow.errors import UserError

CONFIG = Path(__file__).parents[2] / "config"
ZERO3, FSDP = "config/deepspeed/zero3.json", "config/fsdp/full.json"
DOCUMENTS = [
    f"被告人{surname}某{mask}犯盗窃罪，判处有期徒刑{years}年{months}个月，并处罚金人民币{fine}元。"
    for surname in "张王李赵"
    for mask in "甲乙"
    for years, months in (("一", "三"), ("二", "六"))
    for fine in (3000, 20000)
]


def _tiny(stage) -> dict:
    return choice(stage, "tiny", CONFIG).model_dump()


def tuning(**change) -> sft_settings.Settings:
    """The demo's settings of SFT."""
    return sft_settings.Settings.model_validate(_tiny("sft") | change)


@pytest.fixture(scope="module")
def vocab():
    return tokenizer.train(DOCUMENTS * 3, 600)


@pytest.mark.parametrize(
    ("global_batch", "per_device", "devices", "steps"), [(64, 2, 8, 4), (16, 16, 1, 1), (8, 1, 1, 8)]
)
def test_accumulation_keeps_the_global_batch(global_batch, per_device, devices, steps):
    assert compute.accumulation(global_batch, per_device, devices) == steps


@pytest.mark.parametrize(("global_batch", "per_device", "devices"), [(64, 3, 8), (4, 8, 1), (10, 2, 4)])
def test_a_batch_that_does_not_divide_is_refused(global_batch, per_device, devices):
    with pytest.raises(UserError, match=f"global_batch_size {global_batch} .* {devices} device"):
        compute.accumulation(global_batch, per_device, devices)


def test_threads_are_those_of_the_rule(monkeypatch):
    before = torch.get_num_threads()
    try:
        # Two first: one is what the tests begin with.
        for threads in (2, 1):
            monkeypatch.setenv("LEXPRO_THREADS", str(threads))
            compute.limit_threads()
            assert torch.get_num_threads() == threads
    finally:
        torch.set_num_threads(before)


# --- tokenizer
# ---------------------------------------------------------------------------------------------


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


def test_the_demo_s_model_has_one_to_five_million_parameters():
    settings = base_model_settings.Scratch.model_validate(_tiny("base_model"))
    corpus = corpora.synthetic()
    documents = [
        generate.clean(corpus, province, number)[0] for province in corpus.provinces for number in range(10)
    ]
    model = from_scratch.make_model(settings, tokenizer.train(documents, settings.vocab_size))
    assert 1_000_000 <= sum(parameter.numel() for parameter in model.parameters()) <= 5_000_000


# --- chat
# --------------------------------------------------------------------------------------------------

# As DeepSeek-R1's: opens <think> itself, and deletes the reasoning of assistant messages.
OPENS = (
    "{% for m in messages %}{% if m['role'] == 'assistant' %}{{ m['content'].split('</think>')[-1] }}"
    "{% else %}{{ '<|im_start|>' + m['content'] }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_end|><think>\n' }}{% endif %}"
)
ANSWER = '<think>三年六个月=3*12+6=42</think>{"刑期":42}'


def test_the_same_texts_give_the_same_tokenizer():
    """Two thousand characters, all equally frequent, of which three hundred have room."""
    texts = ["".join(map(chr, range(first, first + 50))) for first in range(0x4E00, 0x4E00 + 2000, 50)]
    found = [tokenizer.train(texts, 856).get_vocab() for _ in range(4)]
    assert all(one == found[0] for one in found)
    assert tokenizer.train(DOCUMENTS, 600).get_vocab() == tokenizer.train(DOCUMENTS[::-1], 600).get_vocab()


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


# --- order, metrics, checkpoints
# ---------------------------------------------------------------------------


@given(st.lists(st.integers(1, 500), min_size=1, max_size=300), st.integers(1, 16))
def test_an_epoch_holds_every_sequence_once(lengths, batch):
    sampler = cpu_sft.SortedSteps(lengths, batch, seed=3)
    first, second = list(sampler), list(sampler)
    assert sorted(first) == sorted(second) == list(range(len(lengths)))
    again = cpu_sft.SortedSteps(lengths, batch, seed=3)
    again.set_epoch(1)
    assert list(again) == second, "an epoch's order does not depend on those before"


def test_a_step_is_random_and_sorted_by_length():
    lengths = [10 + (number * 37) % 400 for number in range(640)]
    order = list(cpu_sft.SortedSteps(lengths, 16, seed=1))
    steps = [[lengths[i] for i in order[at : at + 16]] for at in range(0, len(order), 16)]
    assert all(step == sorted(step) for step in steps)
    # Short ones and long ones in each step, as there are in the data.
    assert all(step[0] < 150 and step[-1] > 250 for step in steps)
    whole = sum(step[-1] * 16 for step in steps)
    parts = sum(step[at + 3] * 4 for step in steps for at in range(0, 16, 4))
    assert parts < 0.75 * whole, "micro-batches of four hold less padding than the step"


NOTHING = SimpleNamespace(info=lambda *_: None)


def _record(tmp_path):
    return metrics.Record(tmp_path / "metrics.jsonl", NOTHING)


@pytest.mark.parametrize(("name", "value"), [("loss", math.nan), ("grad_norm", math.inf)])
def test_divergence_stops_with_a_reason(tmp_path, name, value):
    args = SimpleNamespace(learning_rate=2e-3, max_grad_norm=1.0)
    state = SimpleNamespace(global_step=7, max_steps=20, num_input_tokens_seen=0)
    with pytest.raises(UserError, match=f"{name} is (nan|inf) at step 7 of 20.*learning_rate"):
        _record(tmp_path).on_log(args, state, None, {"loss": 1.0, "grad_norm": 1.0, name: value})


def _logged(tmp_path, guards, rows):
    """The number of rows that a record with `guards` takes before it ends the training, and why."""
    record = metrics.Record(tmp_path / "metrics.jsonl", NOTHING, guards=GrpoGuards(**guards))
    args = SimpleNamespace(learning_rate=2e-3, max_grad_norm=1.0)
    for step, row in enumerate(rows, 1):
        try:
            state = SimpleNamespace(global_step=step, max_steps=99, num_input_tokens_seen=0)
            record.on_log(args, state, None, row)
        except UserError as error:
            return step, str(error)
    return None, ""


def test_a_gradient_that_explodes_stops_with_a_reason(tmp_path):
    rows = [{"loss": 1.0, "grad_norm": norm} for norm in (1, 900, 1, 900, 900, 800, 1)]
    step, reason = _logged(tmp_path, {"grad_norm": 500.0}, rows)
    assert step == 6 and "grad_norm is 800 at step 6, above guards.grad_norm 500" in reason
    assert _logged(tmp_path, {"grad_norm": 1000.0}, rows) == (None, "")
    assert _logged(tmp_path, {"grad_norm": 0.0}, rows) == (None, ""), "0: not watched"


def test_a_reward_stuck_at_zero_stops_with_a_reason(tmp_path):
    rows = [{"reward": value, "reward_std": value} for value in (0, 0, 0.1, 0, 0, 0, 0)]
    step, reason = _logged(tmp_path, {"grad_norm": 0.0, "zero_reward_steps": 3}, rows)
    assert step == 6 and "no completion has earned anything in 3 logged steps" in reason
    assert _logged(tmp_path, {"grad_norm": 0.0, "zero_reward_steps": 5}, rows) == (None, "")
    spread = [{"reward": 0.0, "reward_std": 0.5}] * 9
    assert _logged(tmp_path, {"grad_norm": 0.0, "zero_reward_steps": 3}, spread) == (None, ""), (
        "some earn, some are punished"
    )


def test_metrics_of_lost_steps_are_taken_back(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1}\n{"step": 2}\n{"step": 3}\n{"step": 4, "lo')
    metrics.kept_lines(path, 2)
    assert path.read_text() == '{"step": 1}\n{"step": 2}\n'


def test_a_checkpoint_that_was_cut_off_is_not_resumed(tmp_path):
    for step, complete in ((20, True), (100, False)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        if complete:
            (folder / checkpoints.COMPLETE).touch()
    assert checkpoints.latest(tmp_path) == tmp_path / "checkpoint-20"
    assert not (tmp_path / "checkpoint-100").exists()
    assert checkpoints.latest(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("ordered", "asked", "key", "expected"),
    [
        (None, "auto", None, "offline"),
        (None, "auto", "k", "online"),
        (None, "online", None, "online"),
        ("offline", "disabled", "k", "disabled"),
        ("offline", "online", "k", "offline"),
        ("disabled", "online", "k", "disabled"),
        ("online", "offline", "k", "offline"),
        ("online", "auto", None, "online"),
    ],
)
def test_the_more_private_mode_of_wandb_counts(monkeypatch, ordered, asked, key, expected):
    for name, value in (("WANDB_MODE", ordered), ("WANDB_API_KEY", key)):
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
    assert tracking.mode(asked) == expected


def test_a_mode_that_wandb_does_not_have_is_refused(monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "of-line")
    with pytest.raises(UserError, match="WANDB_MODE is 'of-line'"):
        tracking.mode("auto")


def test_a_training_goes_on_when_wandb_refuses_its_run(tmp_path, monkeypatch, caplog):
    """As it does for an id that another process of the same service still has open."""
    import wandb
    from wandb.sdk.mailbox.mailbox_handle import ServerResponseError

    def refuse(**_):
        raise ServerResponseError("run ID k is in use")

    monkeypatch.setattr(wandb, "init", refuse)
    monkeypatch.setenv("WANDB_MODE", "offline")
    log = logging.getLogger("refused")
    run = SimpleNamespace(stage="sft", key="k", settings=tuning(), attest={}, log=log)
    tracker = tracking.Tracker(run)
    tracker.log({"loss": 1.0}, 1)
    tracker.finish(tmp_path, [])
    assert "run ID k is in use" in caplog.text and not run.attest


def test_a_training_goes_on_when_the_service_of_wandb_has_ended(tmp_path, monkeypatch, caplog):
    """A scheduler's signal is for all processes of a job: the training's checkpoint is still to be
    saved.
    """
    import wandb

    def lost(*_, **__):
        raise ConnectionResetError("Connection lost")

    fake = SimpleNamespace(id="k", url="", dir=str(tmp_path), log=lost, log_artifact=lost, finish=lost)
    monkeypatch.setattr(wandb, "init", lambda **_: fake)
    monkeypatch.setenv("WANDB_MODE", "offline")
    log = logging.getLogger("lost")
    run = SimpleNamespace(stage="sft", key="k", settings=tuning(), attest={}, log=log)
    for last in (lambda tracker: tracker.log({"loss": 1.0}, 1), lambda tracker: tracker.finish(tmp_path, [])):
        tracker = tracking.Tracker(run)
        last(tracker)
        tracker.log({"loss": 1.0}, 2)
    assert caplog.text.count("W&B has ended") == 2


def test_an_offline_run_of_wandb_has_curve_table_and_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_MODE", "offline")
    model = tmp_path / "results/grpo/k/model"
    model.mkdir(parents=True)
    (model / "weights.safetensors").write_bytes(b"x")
    run = SimpleNamespace(stage="grpo", key="k-12345678", settings=tuning(), attest={}, log=None)
    tracker = tracking.Tracker(run)
    tracker.log({"loss": 1.0}, 1)
    tracker.finish(model, [{"step": 0, "completion": "甲", "rewards/a": None}])
    (folder,) = (tmp_path / "logs/wandb").glob("offline-run-*")
    assert folder.name.endswith("grpo-k-12345678"), "the id of the run is that of stage and key"
    assert list(folder.rglob("completions*.table.json"))
    sent = []
    fake = SimpleNamespace(id="grpo-k", log=sent.append, log_artifact=sent.append, finish=lambda: None)
    tracker.run = fake
    tracker.finish(model, [])
    (artifact,) = sent
    assert artifact.name == "model-grpo-k"
    refs = [entry.ref for entry in artifact.manifest.entries.values()]
    assert refs == [(model / "weights.safetensors").resolve().as_uri()]


# --- Muon
# --------------------------------------------------------------------------------------------------


# Coefficients of Jordan et al., torch's default.
QUINTIC = torch.optim.Muon([torch.nn.Parameter(torch.zeros(1, 1))]).defaults["ns_coefficients"]


@pytest.mark.parametrize("shape", [(24, 24), (16, 48), (48, 16)])
def test_updates_of_muon_are_nearly_orthogonal(shape):
    torch.manual_seed(0)
    singular = torch.linalg.svdvals(cpu_muon.orthogonal(torch.randn(3, *shape), QUINTIC, 5, 1e-7))
    # A direction that a random matrix hardly has takes more steps.
    assert singular.quantile(0.1) > 0.5 and singular.max() < 1.4


@pytest.mark.parametrize("shape", [(64, 64), (32, 96), (96, 32)])
def test_a_step_in_fp32_is_the_step_of_torch(shape):
    """Weights, decay and momentum of three steps; torch orthogonalises in bfloat16, of 8 bits."""
    torch.manual_seed(0)
    start, gradients = torch.randn(shape), torch.randn(3, *shape)
    options = {"lr": 0.02, "weight_decay": 0.1, "adjust_lr_fn": "match_rms_adamw"}
    moved = []
    for kind in (torch.optim.Muon, cpu_muon.Fp32Muon):
        weights = torch.nn.Parameter(start.clone())
        optimizer = kind([weights], **options)
        for gradient in gradients:
            weights.grad = gradient.clone()
            optimizer.step()
        moved.append((weights - start).detach())
        assert optimizer.state[weights].keys() == {"momentum_buffer"}
    torchs, ours = moved
    assert (ours - torchs).norm() < 0.02 * torchs.norm()
    assert (ours - torchs).abs().max() < 0.05 * torchs.abs().max()


@pytest.mark.parametrize("speed_up", [False, True])
def test_muon_fits_and_can_be_saved(speed_up):
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Embedding(8, 16), torch.nn.Linear(16, 16), torch.nn.Linear(16, 8))
    settings = tuning(learning_rate=0.02, weight_decay=0.0)
    optimizer = muon.optimizer(model, settings, speed_up)
    x = torch.arange(8)

    def step():
        loss = torch.nn.functional.cross_entropy(model(x), (x + 3) % 8)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    first = step()
    for _ in range(60):
        last = step()
    assert last < 0.1 * first
    again = muon.optimizer(model, settings, speed_up)
    again.load_state_dict(optimizer.state_dict())
    assert again.state_dict()["state"].keys() == optimizer.state_dict()["state"].keys()


# --- checks
# ------------------------------------------------------------------------------------------------


def _save(folder, **tensors):
    folder.mkdir(exist_ok=True)
    save_file({name.replace("__", "."): tensor for name, tensor in tensors.items()}, folder / "m.safetensors")
    return folder


def test_saved_weights_are_counted(tmp_path):
    folder = _save(tmp_path / "a", layer__weight=torch.ones(2, 3))
    assert checks.saved(folder, {"layer.weight"}) == {"tensors": 1, "parameters": 6}


@pytest.mark.parametrize(
    ("tensors", "expected", "message"),
    [
        (
            {"layer__weight": torch.ones(2)},
            {"layer.weight", "other.weight"},
            "1 trained tensors were not saved",
        ),
        ({"layer__weight": torch.tensor([1.0, math.nan])}, {"layer.weight"}, "not finite"),
        ({"layer__weight": torch.ones(0)}, {"layer.weight"}, "empty"),
        (
            {
                "base_model__model__q__lora_A__weight": torch.ones(2),
                "base_model__model__q__lora_B__weight": torch.zeros(2),
            },
            {"base_model.model.q.lora_A.default.weight"},
            "all zero",
        ),
    ],
)
def test_a_model_that_was_not_saved_is_found(tmp_path, tensors, expected, message):
    with pytest.raises(checks.BadModel, match=message):
        checks.saved(_save(tmp_path / "a", **tensors), expected)


@pytest.fixture
def adapted(tmp_path):
    """(folder of whole weights, model with an adapter on them that does something)"""
    from peft import LoraConfig, get_peft_model
    from transformers import Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    shape = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2}
    model = Qwen2ForCausalLM(Qwen2Config(vocab_size=64, intermediate_size=64, **shape))
    model.save_pretrained(tmp_path / "base")
    model = get_peft_model(model, LoraConfig(r=4, target_modules="all-linear"))
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.5)
    model.save_pretrained(tmp_path / "adapter")
    return tmp_path / "base", model


def _edit(folder, change):
    """Rewrite the adapter's file, each tensor as `change(name, tensor)` says; None leaves it
    out.
    """
    file = folder / "adapter_model.safetensors"
    tensors = {name: change(name, tensor) for name, tensor in load_file(file).items()}
    save_file({name: tensor for name, tensor in tensors.items() if tensor is not None}, file)


PROBE = list(range(2, 20))


def test_an_adapter_that_was_saved_whole_passes(adapted, tmp_path):
    base, model = adapted
    folder = tmp_path / "adapter"
    assert checks.saved(folder, checks.trained_names(model))["tensors"] == 28
    checks.as_in_memory(folder, model)
    found = checks.read_back(folder, base, checks.logits(model, PROBE), PROBE, torch.float32)
    assert found["largest_logit_change"] > 0.01


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda name, tensor: None, "28 trained tensors were not saved"),
        (lambda name, tensor: None if "layers.1" in name else tensor, "14 trained tensors were not saved"),
        (lambda name, tensor: tensor * 0, "all zero"),
        (lambda name, tensor: tensor[:0], "empty"),
    ],
    ids=["no tensor", "a layer is missing", "zeros", "tensors without elements"],
)
def test_an_empty_adapter_is_found(adapted, tmp_path, change, message):
    _, model = adapted
    _edit(tmp_path / "adapter", change)
    with pytest.raises(checks.BadModel, match=message):
        checks.saved(tmp_path / "adapter", checks.trained_names(model))


def test_a_tensor_that_is_not_the_one_in_memory_is_found(adapted, tmp_path):
    """As when one process saves its own part only."""
    _, model = adapted
    _edit(tmp_path / "adapter", lambda name, tensor: tensor + ("layers.1.mlp.up_proj.lora_A" in name))
    with pytest.raises(checks.BadModel, match=r"layers\.1\.mlp\.up_proj\.lora_A.*not what was trained"):
        checks.as_in_memory(tmp_path / "adapter", model)


def test_an_adapter_that_is_read_back_otherwise_is_found(adapted, tmp_path):
    base, model = adapted
    trained = checks.logits(model, PROBE)
    _edit(tmp_path / "adapter", lambda name, tensor: tensor * (0.5 if "lora_B" in name else 1))
    with pytest.raises(checks.BadModel, match="read back"):
        checks.read_back(tmp_path / "adapter", base, trained, PROBE, torch.float32)


def test_an_adapter_without_effect_is_found(adapted, tmp_path):
    base, model = adapted
    _edit(tmp_path / "adapter", lambda name, tensor: tensor * (0 if "lora_B" in name else 1))
    with model.disable_adapter():
        trained = checks.logits(model, PROBE)
    with pytest.raises(checks.BadModel, match="does not change a single logit"):
        checks.read_back(tmp_path / "adapter", base, trained, PROBE, torch.float32)


def test_weights_that_did_not_change_are_found(tmp_path):
    before = _save(tmp_path / "a", layer__weight=torch.ones(2))
    with pytest.raises(checks.BadModel, match="nothing was trained"):
        checks.changed(_save(tmp_path / "b", layer__weight=torch.ones(2)), before)
    assert checks.changed(_save(tmp_path / "c", layer__weight=torch.zeros(2)), before) == 1


# --- settings
# ----------------------------------------------------------------------------------------------


LORA = {"rank": 4, "alpha": 8, "dropout": 0.0, "targets": "all-linear"}


@pytest.mark.parametrize(
    ("stage", "change", "message"),
    [
        ("sft", {"max_steps": 10, "epochs": 1.0}, "exclude each other"),
        ("sft", {"max_steps": 0, "epochs": 0}, "exclude each other"),
        ("sft", {"global_batch_size": 15}, "not a multiple"),
        ("sft", {"method": "lora"}, "go together|muon"),
        ("sft", {"method": "qlora", "optimizer": "adamw", "lora": LORA}, "method: qlora .*runtime.gpus is 0"),
        ("sft", {"attention": "flash_attention_2"}, "attention: flash_attention_2 .*runtime.gpus is 0"),
        ("sft", {"runtime": {**_tiny("sft")["runtime"], "liger": True}}, "runtime.liger .*runtime.gpus is 0"),
        (
            "sft",
            {"runtime": {**_tiny("sft")["runtime"], "deepspeed": ZERO3, "fsdp": FSDP}},
            "exclude each other",
        ),
        ("sft", {"runtime": {**_tiny("sft")["runtime"], "fsdp": FSDP}}, "whole matrices; with runtime.fsdp"),
        ("grpo", {"runtime": {**_tiny("grpo")["runtime"], "fsdp": FSDP}}, "use runtime.deepspeed"),
        ("sft", {"weights": {"term": -1.0}}, "greater than or equal to 0"),
        ("grpo", {"method": "qlora"}, "'full' or 'lora'"),
        ("grpo", {"lora": LORA}, "[Ee]xtra"),
        ("grpo", {"multi_objective_aggregation": "normalize_then_sum"}, "scale_rewards is group"),
        ("sft", {"learning_rate": 0.0}, "greater than 0"),
        ("sft", {"tasks": ["element"]}, "elements"),
        ("sft", {"unknown": 1}, "[Ee]xtra"),
        ("grpo", {"num_generations": 5}, "a group would be split"),
        ("base_model", {"heads": 5}, "not a multiple of 2 x heads"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(stage, change, message):
    from pydantic import TypeAdapter, ValidationError

    models = {"sft": sft_settings, "grpo": grpo_settings, "base_model": base_model_settings}
    adapter = TypeAdapter(models[stage].Settings)
    adapter.validate_python(_tiny(stage))
    with pytest.raises(ValidationError, match=message):
        adapter.validate_python({**_tiny(stage), **change})


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"kind": "pretrained", "id": "a/b", "revision": None}, "revision is missing"),
        ({"kind": "pretrained", "id": "a/b", "revision": "c", "path": "/d"}, "exclude each other"),
        ({"kind": "pretrained"}, "exclude each other"),
    ],
)
def test_a_pretrained_model_is_pinned(given_, message):
    from pydantic import TypeAdapter, ValidationError

    with pytest.raises(ValidationError, match=message):
        TypeAdapter(base_model_settings.Settings).validate_python(given_)
