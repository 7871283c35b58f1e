"""Engine: a server with OpenAI's chat interface (vLLM's own, or any other)."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx

from lexpro.config.predict import Api
from lexpro.engines.base import Generation, Request, Sampling, failure
from lexpro.workflow.errors import UserError

# Answers worth asking again for: too many requests, and errors of the server.
TRANSIENT = {408, 409, 429, 500, 502, 503, 504}
# Characters of a server's own message that are kept.
MESSAGE = 500
# Seconds between two attempts, at most.
LONGEST_PAUSE = 60


class Engine:
    """Asks a server for each answer, several at a time. The server has its own model."""

    def __init__(self, model_dir: Path, base_dir: Path | None, settings: Api, sampling: Sampling):
        """Make a client of the server; nothing is sent yet.

        Raises:
            UserError: the environment variable that is to hold the server's key is not set.
        """
        self.settings, self.sampling = settings, sampling
        headers = {}
        if name := settings.key_env:
            if name not in os.environ:
                raise UserError(
                    f"predict.engine.key_env: the environment has no {name}. Set it to the server's key."
                )
            headers["Authorization"] = f"Bearer {os.environ[name]}"
        # Key and prompts are for the server that was named alone. So redirects are not followed,
        # and an http server is asked without the environment's proxy, which could read them. (What
        # a proxy passes on to an https server it cannot read.)
        self.client = httpx.Client(
            headers=headers, timeout=settings.timeout, follow_redirects=False, mounts={"http://": None}
        )
        self.url = settings.base_url.rstrip("/") + "/chat/completions"

    def _ask(self, request: Request) -> Generation:
        started = time.monotonic()
        return replace(self._answer(request), seconds=time.monotonic() - started)

    def _answer(self, request: Request) -> Generation:
        body = {
            "model": self.settings.model,
            "messages": request.messages,
            "max_tokens": request.max_new_tokens,
            "temperature": self.sampling.temperature,
            "top_p": self.sampling.top_p,
            "seed": request.seed,
        }
        reason = ""
        for attempt in range(self.settings.retries + 1):
            if attempt:
                time.sleep(min(LONGEST_PAUSE, 2**attempt))
            try:
                reply = self.client.post(self.url, json=body)
                if reply.is_success:
                    return read(reply.json())
                said = reply.text[:MESSAGE]
                if reply.has_redirect_location:
                    said = f"redirected to {reply.headers['Location']}; if that is the server, name it in base_url"
                reason = f"HTTP {reply.status_code}: {said}"
                if reply.status_code not in TRANSIENT:
                    break
            # A connection that fails or breaks off, a reply that is no JSON or not of this
            # interface.
            except (httpx.HTTPError, OSError, ValueError, LookupError, TypeError) as error:
                reason = f"{type(error).__name__}: {error}"
        return failure(reason)

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        """Answers in the order of `requests`; one that fails after all retries is a failure."""
        with ThreadPoolExecutor(self.settings.concurrency) as pool:
            return list(pool.map(self._ask, requests))


def read(reply: dict) -> Generation:
    """The answer in a reply; a thought that the server reports apart is put before it, in its tags.

    Raises:
        LookupError: the reply is not of this interface.
        TypeError: as above.
    """
    choice = reply["choices"][0]
    message = choice["message"]
    thought = message.get("reasoning_content") or message.get("reasoning")
    text = (f"<think>{thought}</think>" if thought else "") + (message.get("content") or "")
    finish = "length" if choice.get("finish_reason") == "length" else "stop"
    return Generation(text, finish, (reply.get("usage") or {}).get("completion_tokens", 0))
