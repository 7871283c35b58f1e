"""Speed of `predict`: its engine against a plain generate loop (one prompt after another, as most
scripts do) and against its own batches of one, in tokens a second, on the same prompts in one
process.

python perf/predict.py MODEL HELDOUT [PROMPTS] [TOKENS]

MODEL is a folder `model/` of a run, HELDOUT its heldout.jsonl. All answer greedily with at most
TOKENS (64) tokens; the number of prompts is 64. Texts must be the same; where they differ, the
table says how many.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from lexpro.config.tasks import Form
from lexpro.engines.base import Request
from lexpro.engines.hf import Engine
from lexpro.engines.tokens import decode, encode
from lexpro.tasks import prompts

GREEDY = {"temperature": 0.0, "top_p": 1.0}
SETTINGS = {"dtype": "float32", "attention": "sdpa", "merge_adapter": True}


def plain(engine: Engine, requests: list[Request]) -> list:
    """What a script of a page does: encode, generate, decode, the next."""
    generated = []
    for request in requests:
        text, ids = encode(engine.tokenizer, request.messages)
        given = torch.tensor([ids], device=engine.device)
        with torch.inference_mode():
            out = engine.model.generate(
                given,
                attention_mask=torch.ones_like(given),
                max_new_tokens=request.max_new_tokens,
                do_sample=False,
                eos_token_id=engine.ends,
                pad_token_id=engine.tokenizer.pad_token_id,
            )
        generated.append(decode(engine.tokenizer, text, out[0, len(ids) :].tolist(), engine.ends))
    return generated


def timed(answer: Callable[[list[Request]], list], requests: list[Request]) -> tuple[list, float]:
    answer(requests[:2])
    start = time.perf_counter()
    answers = answer(requests)
    return answers, time.perf_counter() - start


def main(argv: list[str]) -> None:
    model, heldout = Path(argv[0]), Path(argv[1])
    count, tokens = (int(value) for value in [*argv[2:], *("64", "64")[len(argv[2:]) :]])
    rows = [json.loads(line) for line in heldout.read_text(encoding="utf-8").splitlines()][:count]
    form = Form(style="compact")
    requests = [
        Request(prompts.messages(prompts.build(row["task"], row["input"], form)), tokens) for row in rows
    ]
    batched = Engine(model, None, {**SETTINGS, "batch_size": 64}, GREEDY)
    single = Engine(model, None, {**SETTINGS, "batch_size": 1}, GREEDY)
    runs = {
        "plain generate loop": timed(lambda wanted: plain(single, wanted), requests),
        "predict, batches of 1": timed(single.generate, requests),
        "predict, batches of 64": timed(batched.generate, requests),
    }
    first, slowest = next(iter(runs.values()))
    rate = sum(made.tokens for made in first) / slowest
    print("| how | answers | tokens | seconds | tokens/s | times | other texts |\n" + "| --- " * 7 + "|")
    for name, (answers, seconds) in runs.items():
        made = sum(one.tokens for one in answers)
        other = sum(a.text != b.text for a, b in zip(answers, first, strict=True))
        speed = made / seconds
        print(
            f"| {name} | {len(answers)} | {made} | {seconds:.1f} | {speed:.0f} | {speed / rate:.1f} | {other} |"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
