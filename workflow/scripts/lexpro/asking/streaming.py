"""An answer as it is written: pieces of text, and a way to stop.

transformers' engine gives each token, a server its stream; another engine gives the whole answer at
its end.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

from lexpro.engines.base import Engine, Request

Write = Callable[[str], None]


def _transformers(engine: Any, request: Request, write: Write, stop: threading.Event) -> str | None:
    import torch
    from transformers import StoppingCriteria, StoppingCriteriaList
    from transformers.generation.streamers import BaseStreamer

    from lexpro.engines.tokens import encode
    from lexpro.models import chat

    prompt, ids = encode(engine.tokenizer, request.messages)
    if engine.window and len(ids) + request.max_new_tokens > engine.window:
        return f"案情太长：{len(ids)} 个词元，模型的窗口是 {engine.window}。请缩短案情再问。"

    class Asked(StoppingCriteria):
        def __call__(self, input_ids, scores, **_):
            return torch.full((input_ids.shape[0],), stop.is_set(), device=input_ids.device)

    class Written(BaseStreamer):
        """Decodes what is there so far: a character may be of several tokens."""

        def __init__(self):
            self.ids: list[int] = []
            self.length, self.prompt = 0, True

        def put(self, value):
            if self.prompt:
                self.prompt = False
                return
            self.ids += [token for token in value.flatten().tolist() if token not in engine.ends]
            text = engine.tokenizer.decode(self.ids, skip_special_tokens=False)
            # The replacement character is the first half of a character.
            if not text.endswith("\ufffd"):
                write(text[self.length :])
                self.length = len(text)

        def end(self):
            pass

    if opened := chat.opening(prompt):
        write(opened)
    with torch.inference_mode():
        inputs = torch.tensor([ids], device=engine.device)
        torch.manual_seed(request.seed)
        engine.model.generate(
            input_ids=inputs,
            attention_mask=torch.ones_like(inputs),
            generation_config=engine._config(request.max_new_tokens),
            streamer=Written(),
            stopping_criteria=StoppingCriteriaList([Asked()]),
        )
    return None


def _server(engine: Any, request: Request, write: Write, stop: threading.Event) -> str | None:
    import httpx

    body = {
        "model": engine.settings.model,
        "messages": request.messages,
        "max_tokens": request.max_new_tokens,
        "temperature": engine.sampling.temperature,
        "top_p": engine.sampling.top_p,
        "seed": request.seed,
        "stream": True,
    }
    thinking = False
    try:
        with engine.client.stream("POST", engine.url, json=body) as reply:
            if not reply.is_success:
                return f"模型服务器回答 HTTP {reply.status_code}。请检查服务器，稍后再问。"
            for line in reply.iter_lines():
                if stop.is_set():
                    break
                data = line.removeprefix("data:").strip()
                if not line.startswith("data:") or data == "[DONE]":
                    continue
                delta = (json.loads(data).get("choices") or [{}])[0].get("delta") or {}
                thought = delta.get("reasoning_content") or delta.get("reasoning")
                if thought:
                    write(thought if thinking else f"<think>{thought}")
                    thinking = True
                if said := delta.get("content"):
                    write(f"</think>{said}" if thinking else said)
                    thinking = False
    except (httpx.HTTPError, OSError, ValueError, LookupError, AttributeError):
        return "与模型服务器的连接断了。请检查服务器，稍后再问。"
    return None


def _whole(engine: Engine, request: Request, write: Write, stop: threading.Event) -> str | None:
    (made,) = engine.generate([request])
    write(made.text)
    return "模型没有给出回答。" if made.error else None


_BY_MODULE = {"lexpro.engines.hf": _transformers, "lexpro.engines.api": _server}


def stream(engine: Engine, request: Request, write: Write, stop: threading.Event) -> str | None:
    """Write an answer piece by piece.

    Args:
        engine: with its model loaded.
        request: what is asked.
        write: is given each piece; together they are the answer.
        stop: when set, the answer ends at the next token.

    Returns:
        None, or why there is no answer: a sentence in Chinese.
    """
    return _BY_MODULE.get(type(engine).__module__, _whole)(engine, request, write, stop)
