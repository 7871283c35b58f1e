"""What an engine is: something that answers chat messages. Engines know nothing of tasks,
benchmarks and scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

Messages = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Request:
    """One answer wanted. `seed` decides what is sampled (nothing, where the temperature is 0)."""

    messages: Messages
    max_new_tokens: int
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Generation:
    """What came back. `finish_reason` is stop, length (cut at `max_new_tokens`) or error (then
    `error` says why).

    `text` is the whole answer, with the `<think>` that a chat template may have opened; `tokens`
    counts what was generated; `seconds` is how long it took where the engine knows it (it says
    nothing of the answer).
    """

    text: str
    finish_reason: str
    tokens: int
    error: str | None = None
    seconds: float | None = field(default=None, compare=False)


def failure(reason: str) -> Generation:
    return Generation("", "error", 0, reason)


class Engine(Protocol):
    """Answers requests in order. An error of one request is its `Generation`; what concerns all of
    them is raised.
    """

    def generate(self, requests: Sequence[Request]) -> list[Generation]: ...
