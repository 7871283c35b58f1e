"""Rows, settings and records for tests that run a stage of training."""

import json
from pathlib import Path

from lexpro.rewards import registry
from lexpro.workflow.files import write_text

INPUTS = {"base_model": "results/base_model/b", "tasks": "results/tasks/t"}
ALL = {**INPUTS, "sft": "results/sft/s"}
CHANGE = {
    "rewards": [
        {"fn": "lexpro.rewards.format.think_json", "weight": 0.5, "args": {}},
        {"fn": "lexpro.rewards.elements.f1", "weight": 1.0, "args": {}},
    ],
    "num_generations": 4,
    "global_batch_size": 8,
    "max_completion_length": 8,
    "max_steps": 2,
    "sampled_completions": 5,
    "runtime": {"per_device_batch_size": 8},
}


def rows(number: int) -> list[dict]:
    """Conversations as `sft.jsonl` has them."""
    found = []
    for i in range(number):
        name, months = "张王李赵钱孙"[i % 6], 6 + i % 30
        prompt = f"预测刑期：\n被告人{name}某甲盗窃{1000 + 37 * i}元。"
        answer = f'<think>盗窃罪</think>{{"刑种":"有期徒刑","刑期":{months}}}'
        found.append(
            {
                "id": f"x-{i}",
                "task": "term",
                "prompt": [{"role": "user", "content": prompt}],
                "completion": [{"role": "assistant", "content": answer}],
            }
        )
    return found


def prompts(number: int) -> list[dict]:
    """The same conversations as `grpo.jsonl` has them, each with one true answer."""
    gold = {"gold": '{"刑种":"有期徒刑","刑期":6}', "shown": []}
    return [{**{name: row[name] for name in ("id", "task", "prompt")}, **gold} for row in rows(number)]


def jsonl(path: Path, items: list[dict]) -> None:
    write_text(path, "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items))


def metrics(path: str) -> list[dict]:
    return [json.loads(line) for line in Path(path, "metrics.jsonl").read_text().splitlines()]


def favour(monkeypatch):
    """Rewards that always differ: an untrained model earns nothing from the real ones."""

    def load(spec, known=None):
        if spec["fn"].endswith("think_json"):

            def length(completions, **_):
                return [len(text) / 10 for text in completions]

            length.__name__ = "length"
            return length, spec["weight"]

        def never(completions, **_):
            return [None] * len(completions)

        never.__name__ = "never"
        return never, spec["weight"]

    monkeypatch.setattr(registry, "load", load)
