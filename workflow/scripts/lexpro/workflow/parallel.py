"""Work on many items by several processes.

Results come in the order of the items, and few wait at a time.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from typing import Any

# Items handed out ahead of the result that is awaited, for each process.
AHEAD = 3
_shared: tuple = ()


def threads() -> int:
    """Cores that the rule gives this job (`LEXPRO_THREADS`)."""
    return int(os.environ.get("LEXPRO_THREADS", "1"))


def now_and_then(tell: Callable[..., None], seconds: float = 10) -> Callable[..., None]:
    """Limit how often lines of progress are told.

    Args:
        tell: prints a line.
        seconds: between two lines.

    Returns:
        `tell`, which does nothing if it was called less than so many seconds ago.
    """
    last = time.monotonic()

    def maybe(*values: object) -> None:
        nonlocal last
        if time.monotonic() - last > seconds:
            last = time.monotonic()
            tell(*values)

    return maybe


def _start(shared: tuple) -> None:
    global _shared
    _shared = shared
    # Each process keeps to one core.
    os.environ.update(RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1", POLARS_MAX_THREADS="1")


def _call(function: Callable, item: object) -> Any:
    return function(*_shared, item)


class Workers:
    """A pool of processes, as a context manager. With one worker all is done in this process."""

    def __init__(self, count: int, *shared: object, few: int = 0) -> None:
        """Describe the pool; it starts where the context is entered.

        Args:
            count: how many processes.
            shared: first arguments of every call, sent to each process once.
            few: up to so many items are done in this process: starting others would take longer.
        """
        self.count, self.shared, self.few = count, shared, few

    def __enter__(self) -> Workers:
        # A fresh interpreter each: threads of the libraries in use do not survive a fork.
        context = multiprocessing.get_context("spawn")
        self.pool = (
            ProcessPoolExecutor(self.count, context, initializer=_start, initargs=(self.shared,))
            if self.count > 1
            else None
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self.pool:
            self.pool.shutdown(cancel_futures=True)

    def each(self, function: Callable, items: Iterable) -> Iterator[Any]:
        """Yield `function(*shared, item)` of each item, in order; its errors are raised here."""
        todo, waiting = iter(items), deque[Future]()
        pool = self.pool
        first = list(islice(todo, self.few + 1)) if pool else []
        if pool is None or len(first) <= self.few:
            yield from (function(*self.shared, item) for item in chain(first, todo))
            return
        todo = chain(first, todo)
        while True:
            more = islice(todo, AHEAD * self.count - len(waiting))
            waiting.extend(pool.submit(_call, function, item) for item in more)
            if not waiting:
                return
            yield waiting.popleft().result()
