"""SFT and GRPO of the demo's model against TRL's stock trainers, on a processor, in one run.

python perf/train.py [--threads 2] [--steps 120] [--start-steps 400] [--grpo-steps 12] [--only
sft|grpo] [--cpu]

Both learn the same examples in the same number of steps with the same optimiser, rate and batch
(they would not learn the same otherwise). The stock trainers run as `PEERS` says: with TRL's
defaults, and as their users would set them for a small model on a processor (no gradient
checkpointing, smaller micro-batches, LexPro's attention). Ratios are to the fastest of them.
Tokens are those of the examples, padding not counted, so that padding is no speed. The first step
of each is left out: it compiles kernels. The loss that is compared is that of held-out examples
after the training, computed in one way for both. Where LexPro's is above the stock trainer's after
as many steps, it takes more of them, and the time until it is there counts. GRPO starts, for both,
from a model of `--start-steps` steps of the demo's SFT: one that can answer, and ends its answers.
`--cpu` counts seconds of processor time, for a machine that others use too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from pathlib import Path

import torch
from datasets import Dataset
from transformers import PrinterCallback, TrainerCallback
from trl import GRPOConfig, GRPOTrainer, SFTConfig, SFTTrainer

from lexpro.config import load
from lexpro.config.corpus import Synthetic
from lexpro.config.tasks import Settings
from lexpro.corpus.synthetic import generate
from lexpro.examples.questions import QuestionBuilder
from lexpro.models import chat, loading
from lexpro.records import Judgment
from lexpro.rewards import registry
from lexpro.training import arguments, from_scratch, grpo, muon, tokenizer
from lexpro.training.completions import Completions
from lexpro.training.cpu import grpo as cpu_grpo
from lexpro.training.cpu import sft as cpu_sft
from lexpro.training.selection import in_turn
from lexpro.workflow.files import read_yaml

ROOT = Path(__file__).resolve().parents[1]
# Judgments read; held-out examples that the losses are compared on; longest example in tokens.
CASES, HELD_OUT, LONGEST = 1500, 64, 640
SFT_BATCH, GRPO_BATCH, GROUP, COMPLETION = 16, 32, 8, 96
RATE = 2e-3
# How the stock trainers are run: name → (micro-batches of a step, gradient checkpointing, attention
# of LexPro's settings).
PEERS = {
    "defaults": (1, True, False),
    "no checkpointing": (1, False, True),
    "no checkpointing, 2 micro-batches": (2, False, True),
    "no checkpointing, 4 micro-batches": (4, False, True),
    "no checkpointing, 8 micro-batches": (8, False, True),
}


class Clock(TrainerCallback):
    """Seconds of each step but the first."""

    now = staticmethod(time.monotonic)

    def __init__(self):
        self.ends: list[float] = []

    def on_step_end(self, args, state, control, **kwargs):
        self.ends.append(self.now())

    @property
    def steps(self) -> list[float]:
        return [end - start for start, end in pairwise(self.ends)]

    @property
    def seconds(self) -> float:
        return sum(self.steps)


def settings_of(stage: str, **change):
    """Settings of the demo, with what is the same for both trainers here."""
    stated = read_yaml(ROOT / f"config/{stage}/tiny.yaml") | change
    stated["runtime"] |= {"wandb": "disabled", "save_every": 10_000, "log_every": 1} | change.get(
        "runtime", {}
    )
    return load.settings(stage, stated)


def rows_of_tasks() -> tuple[list[dict], list[dict], list[str]]:
    """(rows of sft.jsonl, rows of grpo.jsonl, documents) of synthetic judgments, as the demo's
    tasks are made.
    """
    values = read_yaml(ROOT / "config/tasks/tiny.yaml")
    values["retrieval"]["share"] = 0.0
    builder = QuestionBuilder(Settings.model_validate(values), None)
    form = builder.form
    corpus = Synthetic.model_validate(read_yaml(ROOT / "config/corpus/synthetic.yaml"))
    sft_rows, grpo_rows, documents = [], [], []
    for number in range(CASES):
        text, truth = generate.clean(corpus, "湖北", number)
        documents.append(text)
        for question in builder.training(Judgment.from_dict(truth), text, "sft", str(number)):
            sft_rows.append(question.sft(form))
            grpo_rows.append(question.grpo(form))
    return sft_rows, grpo_rows, documents


@torch.no_grad()
def loss_on(model, examples: list[dict]) -> float:
    """Mean loss of an answer's token, one example at a time: no padding, no autocast."""
    total = count = 0.0
    for example in examples:
        labels = torch.tensor(example["labels"][1:])
        logits = model(input_ids=torch.tensor([example["input_ids"]])).logits[0, :-1].float()
        total += torch.nn.functional.cross_entropy(logits, labels, ignore_index=-100, reduction="sum").item()
        count += (labels != -100).sum().item()
    return total / count


def common(steps: int, batch: int, peer: str) -> dict:
    """What a stock trainer is told: how long, how large, how fast; and to be quiet."""
    micro_batches, checkpointing, _ = PEERS[peer]
    return {
        "max_steps": steps,
        "per_device_train_batch_size": batch // micro_batches,
        "gradient_accumulation_steps": micro_batches,
        "gradient_checkpointing": checkpointing,
        "learning_rate": RATE,
        "lr_scheduler_type": "constant_with_warmup",
        "warmup_steps": 5,
        "report_to": "none",
        "save_strategy": "no",
        "disable_tqdm": True,
        "use_cpu": True,
        "seed": 7,
    }


def stock_sft(folder: Path, model, vocab, examples: Dataset, steps: int, peer: str) -> float:
    clock = Clock()
    args = SFTConfig(output_dir=str(folder), **common(steps, SFT_BATCH, peer))
    trainer = SFTTrainer(model, args, train_dataset=examples, processing_class=vocab, callbacks=[clock])
    trainer.train()
    return clock.seconds


def our_sft(folder: Path, model, vocab, examples: Dataset, steps: int) -> float:
    settings = settings_of(
        "sft",
        optimizer="adamw",
        learning_rate=RATE,
        schedule="constant_with_warmup",
        schedule_options={},
        warmup=5,
        weight_decay=0.0,
        betas=[0.9, 0.999],
        max_steps=steps,
        epochs=0,
        global_batch_size=SFT_BATCH,
    )
    clock, config = Clock(), arguments.sft(settings, folder)
    trainer = cpu_sft.Trainer(
        model, config, train_dataset=examples, processing_class=vocab, callbacks=[clock]
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return clock.seconds


def our_grpo(folder: Path, model, vocab, prompts: Dataset, rewards: list[dict], steps: int) -> Clock:
    settings = settings_of(
        "grpo",
        rewards=rewards,
        num_generations=GROUP,
        global_batch_size=GRPO_BATCH,
        max_completion_length=COMPLETION,
        max_steps=steps,
        epochs=0,
        learning_rate=1e-5,
        runtime={"per_device_batch_size": GRPO_BATCH},
    )
    clock, loaded = Clock(), [registry.load(entry) for entry in rewards]
    trainer = cpu_grpo.Trainer(
        model=model,
        reward_funcs=Completions(folder / "completions.jsonl", loaded, GROUP).functions,
        args=grpo.config(settings, folder),
        train_dataset=prompts,
        processing_class=vocab,
        callbacks=[clock],
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    return clock


def stock_grpo(
    folder: Path, model, vocab, prompts: Dataset, rewards: list[dict], steps: int, peer: str
) -> Clock:
    clock = Clock()
    args = GRPOConfig(
        output_dir=str(folder),
        **common(steps, GRPO_BATCH, peer) | {"learning_rate": 1e-5},
        num_generations=GROUP,
        max_completion_length=COMPLETION,
    )
    loaded = [registry.load(entry)[0] for entry in rewards]
    trainer = GRPOTrainer(
        model, loaded, args=args, train_dataset=prompts, processing_class=vocab, callbacks=[clock]
    )
    trainer.train()
    return clock


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=120)
    parser.add_argument("--start-steps", type=int, default=400)
    parser.add_argument("--grpo-steps", type=int, default=12)
    parser.add_argument("--only", choices=("sft", "grpo"))
    parser.add_argument("--cpu", action="store_true")
    args = parser.parse_args()
    if args.cpu:
        Clock.now = staticmethod(time.process_time)
    os.environ["LEXPRO_THREADS"] = str(args.threads)
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as name:
        compare(Path(name), args)


def compare(folder: Path, args: argparse.Namespace) -> None:
    sft_rows, grpo_rows, documents = rows_of_tasks()
    base = settings_of("base_model")
    vocab = tokenizer.train(
        [*documents, *(m["content"] for row in sft_rows for m in [*row["prompt"], *row["completion"]])],
        base.vocab_size,
    )
    from_scratch.make_model(base, vocab).save_pretrained(folder / "base")
    vocab.save_pretrained(folder / "base")
    examples = [chat.encode(vocab, row["prompt"], row["completion"][0]["content"]) for row in sft_rows]
    examples = [example for example in examples if len(example["input_ids"]) <= LONGEST]
    held, examples = examples[:HELD_OUT], examples[HELD_OUT:]
    if args.only != "grpo":
        compare_sft(folder, vocab, examples, held, args.steps)
    if args.only != "sft":
        compare_grpo(folder, vocab, examples, grpo_rows, args)


def compare_sft(folder: Path, vocab, examples: list[dict], held: list[dict], steps: int) -> None:
    print(f"SFT: steps of {SFT_BATCH} examples, {torch.get_num_threads()} threads\n")
    print("| SFT | steps | seconds | tokens/s | loss of held-out answers |\n| --- | --- | --- | --- | --- |")
    attention = settings_of("sft").attention

    def run(who: str, train: Callable, steps: int, attention: str | None) -> tuple[float, float, float]:
        """(seconds, tokens/s, loss)"""
        used = examples[: SFT_BATCH * steps]
        tokens = sum(len(example["input_ids"]) for example in used) / steps * (steps - 1)
        model = loading.model(folder / "base", attention=attention)
        seconds = train(folder / f"{who} {steps}", model, vocab, Dataset.from_list(used), steps)
        loss = loss_on(model, held)
        print(f"| {who} | {steps} | {seconds:.1f} | {tokens / seconds:,.0f} | {loss:.4f} |", flush=True)
        return seconds, tokens / seconds, loss

    stocks = [
        run(f"stock SFTTrainer, {peer}", partial(stock_sft, peer=peer), steps, attention if ours else None)
        for peer, (_, _, ours) in PEERS.items()
    ]
    stock = max(stocks, key=lambda row: row[1])
    for times in (1, 1.5, 2, 3):
        ours = run("LexPro", our_sft, int(steps * times), attention)
        if ours[2] <= stock[2]:
            break
    print(
        f"\nLexPro / fastest stock, tokens/s: {ours[1] / stock[1]:.2f}; / defaults: {ours[1] / stocks[0][1]:.2f}"
    )
    if ours[2] <= stock[2]:
        print(f"Stock / LexPro, seconds until the loss is the stock trainer's: {stock[0] / ours[0]:.2f}\n")
    else:
        print(f"The stock trainer's loss was not reached in {int(steps * times)} steps.\n")


def started(folder: Path, vocab, examples: list[dict], steps: int) -> Path:
    """A model that can answer, by the demo's settings."""
    settings, model = settings_of("sft", max_steps=steps), loading.model(folder / "base")
    trainer = cpu_sft.Trainer(
        model,
        arguments.sft(settings, folder / "start"),
        train_dataset=Dataset.from_list(examples),
        processing_class=vocab,
        optimizers=(muon.optimizer(model, settings, speed_up=True), None),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    model.save_pretrained(folder / "sft")
    return folder / "sft"


def compare_grpo(
    folder: Path, vocab, examples: list[dict], rows: list[dict], args: argparse.Namespace
) -> None:
    start, steps = started(folder, vocab, examples, args.start_steps), args.grpo_steps
    texts = [{**row, "prompt": chat.prompt_text(vocab, row["prompt"])} for row in rows]
    prompts = Dataset.from_list(in_turn(texts, seed=7)[: steps * GRPO_BATCH // GROUP])
    rewards = [reward.model_dump() for reward in settings_of("grpo").rewards]
    print(f"GRPO: {steps} steps of {GRPO_BATCH} completions of at most {COMPLETION} tokens\n")
    print("| GRPO | seconds | median step | completions/s (of the median step) |\n| --- | --- | --- | --- |")
    attention = settings_of("grpo").attention
    runs = {
        f"stock GRPOTrainer, {peer}": (partial(stock_grpo, peer=peer), attention if ours else None)
        for peer, (_, _, ours) in PEERS.items()
    } | {"LexPro": (our_grpo, attention)}
    rate = {}
    for who, (train, how) in runs.items():
        model = loading.model(start, attention=how)
        clock = train(folder / f"grpo {who}", model, vocab, prompts, rewards, steps)
        step = statistics.median(clock.steps)
        rate[who] = GRPO_BATCH / step
        print(f"| {who} | {clock.seconds:.1f} | {step:.2f} | {rate[who]:.2f} |", flush=True)
    ours = rate.pop("LexPro")
    stock = rate[f"stock GRPOTrainer, {next(iter(PEERS))}"]
    print(f"\nLexPro / fastest stock: {ours / max(rate.values()):.2f}; / defaults: {ours / stock:.2f}")


if __name__ == "__main__":
    main()
