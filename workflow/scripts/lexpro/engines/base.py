"""What an engine is: something that answers chat messages.

Engines know nothing of tasks, benchmarks and scores.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

Messages = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How all answers of an engine are decoded.

    Attributes:
        temperature: 0 takes the likeliest token; above, tokens are sampled.
        top_p: share in (0, 1] of the probability that the tokens sampled from have together.
    """

    temperature: float
    top_p: float


@dataclass(frozen=True, slots=True)
class Request:
    """One answer wanted. `seed` decides what is sampled (nothing, where the temperature is 0)."""

    messages: Messages
    max_new_tokens: int
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Generation:
    """What came back.

    Attributes:
        text: the whole answer, with the `<think>` that a chat template may have opened.
        finish_reason: stop, length (cut at `max_new_tokens`) or error (then `error` says why).
        tokens: number of generated tokens.
        error: why there is no answer, or None.
        seconds: how long it took, where the engine knows it.
    """

    text: str
    finish_reason: str
    tokens: int
    error: str | None = None
    seconds: float | None = field(default=None, compare=False)


def failure(reason: str) -> Generation:
    """The `Generation` of a request that has no answer."""
    return Generation("", "error", 0, reason)


class Engine(Protocol):
    """Something that answers chat messages."""

    def generate(self, requests: Sequence[Request]) -> list[Generation]:
        """Answer requests, in their order.

        An error of one request is its `Generation`; what concerns all of them is raised.
        """
        ...
