"""Engine: a server with OpenAI's chat interface (vLLM's own, or any other)."""

from __future__ import annotations

import http.client
import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from lexpro.engines.base import Generation, Request, failure
from lexpro.workflow.errors import UserError

# Answers worth asking again for: too many requests, and errors of the server.
AGAIN = {408, 409, 429, 500, 502, 503, 504}


class Engine:
    """`settings`: base_url, model, key_env (environment variable with the key, or null),
    concurrency, timeout, retries.

    The model folders are not used: the server has its own.
    """

    def __init__(self, model: Path, base: Path | None, settings: dict, decoding: dict):
        self.settings, self.decoding = settings, decoding
        self.url = settings["base_url"].rstrip("/") + "/chat/completions"
        self.headers = {"Content-Type": "application/json"}
        if name := settings["key_env"]:
            if name not in os.environ:
                raise UserError(
                    f"predict.engine.key_env: the environment has no {name}. Set it to the server's key."
                )
            self.headers["Authorization"] = f"Bearer {os.environ[name]}"

    def _body(self, request: Request) -> bytes:
        body = {
            "model": self.settings["model"],
            "messages": request.messages,
            "max_tokens": request.max_new_tokens,
            "temperature": self.decoding["temperature"],
            "top_p": self.decoding["top_p"],
            "seed": request.seed,
        }
        return json.dumps(body, ensure_ascii=False).encode()

    def _ask(self, request: Request) -> Generation:
        started = time.monotonic()
        made = self._answer(urllib.request.Request(self.url, self._body(request), self.headers))
        return replace(made, seconds=time.monotonic() - started)

    def _answer(self, call: urllib.request.Request) -> Generation:
        reason = ""
        for attempt in range(self.settings["retries"] + 1):
            if attempt:
                time.sleep(min(60, 2**attempt))
            try:
                with urllib.request.urlopen(call, timeout=self.settings["timeout"]) as reply:
                    return read(json.load(reply))
            except urllib.error.HTTPError as error:
                reason = f"HTTP {error.code}: {error.read(500).decode(errors='replace')}"
                if error.code not in AGAIN:
                    break
            # A connection that fails or breaks off, a reply that is no JSON or not of this
            # interface.
            except (OSError, http.client.HTTPException, ValueError, LookupError, TypeError) as error:
                reason = f"{type(error).__name__}: {error}"
        return failure(reason)

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        """Answers in the order of `requests`; one that fails after all retries is a failure."""
        with ThreadPoolExecutor(self.settings["concurrency"]) as pool:
            return list(pool.map(self._ask, requests))


def read(reply: dict) -> Generation:
    """The answer in a reply; a thought that the server reports apart is put before it, in its tags.

    Raises LookupError, TypeError on a reply that is not of this interface.
    """
    choice = reply["choices"][0]
    message = choice["message"]
    thought = message.get("reasoning_content") or message.get("reasoning")
    text = (f"<think>{thought}</think>" if thought else "") + (message.get("content") or "")
    finish = "length" if choice.get("finish_reason") == "length" else "stop"
    return Generation(text, finish, (reply.get("usage") or {}).get("completion_tokens", 0))
