"""Questions to the model: one after the other, each with its place in the queue, its text, a stop.

One thread asks the model, so two questions at once queue. A job keeps its text: a reader that comes
late or again is given all of it.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lexpro.workflow.errors import UserError

log = logging.getLogger(__name__)

WAITING, LOADING, WRITING = "waiting", "loading", "writing"
DONE, STOPPED, FAILED = "done", "stopped", "failed"
ENDED = (DONE, STOPPED, FAILED)
# Jobs that are remembered, and that may wait.
KEPT, QUEUE = 200, 20


class Full(Exception):
    """More questions wait than the queue takes."""


@dataclass
class Job:
    """One question.

    Attributes:
        work: does it: given the job; returns an error sentence or None.
        about: what the page shows of it.
        text: what was written so far.
        state: one of the constants of this module.
        error: why it failed, in Chinese.
    """

    work: Callable[[Job], str | None]
    about: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    text: str = ""
    state: str = WAITING
    error: str = ""
    tokens: int = 0
    limit: int = 0
    started: float = 0.0
    ended: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def write(self, piece: str) -> None:
        """Add a piece of the answer."""
        with self.changed:
            self.text += piece
            self.tokens += 1
            self.state = WRITING
            self.changed.notify_all()

    def set(self, state: str, error: str = "") -> None:
        """Go to another state."""
        with self.changed:
            self.state, self.error = state, error
            if state in ENDED:
                self.ended = time.monotonic()
            self.changed.notify_all()

    def wait(self, known: int, state: str, seconds: float) -> None:
        """Wait until there is something new.

        Args:
            known: characters of the text that the caller has.
            state: the state that the caller knows.
            seconds: returns after this time in any case.
        """
        with self.changed:
            self.changed.wait_for(lambda: len(self.text) > known or self.state != state, seconds)

    @property
    def seconds(self) -> float:
        """How long it has been worked on."""
        return (self.ended or time.monotonic()) - self.started if self.started else 0.0


class Queue:
    """The jobs of a server and the thread that does them."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: deque[Job] = deque()
        self._lock = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def put(self, job: Job) -> Job:
        """Add a job at the end.

        Raises:
            Full: too many wait.
        """
        with self._lock:
            if len(self._waiting) >= QUEUE:
                raise Full
            self._jobs[job.id] = job
            while len(self._jobs) > KEPT:
                self._jobs.popitem(last=False)
            self._waiting.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="lexpro-model", daemon=True)
                self._thread.start()
            self._lock.notify_all()
        return job

    def get(self, id_: str) -> Job | None:
        """A job, None where it is not known."""
        with self._lock:
            return self._jobs.get(id_)

    def ahead(self, job: Job) -> int:
        """How many jobs come before one that waits."""
        with self._lock:
            return next((place for place, one in enumerate(self._waiting, 1) if one is job), 0)

    def end(self, job: Job) -> None:
        """Stop a job, whether it waits or is written."""
        job.stop.set()
        with self._lock:
            if job in self._waiting:
                self._waiting.remove(job)
                job.set(STOPPED)

    def close(self) -> None:
        """Stop everything."""
        with self._lock:
            self._closed = True
            jobs = [job for job in self._jobs.values() if job.state not in ENDED]
            self._waiting.clear()
            self._lock.notify_all()
        for job in jobs:
            job.stop.set()
            if job.state == WAITING:
                job.set(STOPPED)

    def _work(self) -> None:
        while True:
            with self._lock:
                self._lock.wait_for(lambda: self._waiting or self._closed)
                if self._closed:
                    return
                job = self._waiting.popleft()
            job.started = time.monotonic()
            self._do(job)

    def _do(self, job: Job) -> None:
        try:
            error = job.work(job)
        except UserError as unusable:
            error = f"模型不能用：{unusable}"
        except Exception as fault:  # noqa: BLE001  the thread must outlive it, and the log hold no text
            place = fault.__traceback__
            while place and place.tb_next:
                place = place.tb_next
            where = (
                f"{place.tb_frame.f_code.co_filename.rpartition('/')[2]}:{place.tb_lineno}" if place else "?"
            )
            log.error("job %s at %s", type(fault).__name__, where)
            error = "程序出错了，没有得到回答。请再问一次。"
        if error:
            job.set(FAILED, error)
        else:
            job.set(STOPPED if job.stop.is_set() else DONE)
