"""Long generation that goes on where it was killed.

Rows are appended chunk by chunk; an interrupted run loses the chunk it was at.
"""

from __future__ import annotations

import itertools
import json
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lexpro.engines.base import Engine, Generation, Request
from lexpro.workflow.files import json_line, write_text

log = logging.getLogger(__name__)

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Ask:
    """One row wanted.

    Attributes:
        id: of the item; with `sample` it identifies the row.
        sample: number of the answer, from 0.
        request: what to generate.
        row: further columns, written along.
    """

    id: str
    sample: int
    request: Request
    row: dict = field(default_factory=dict)

    @property
    def key(self) -> Key:
        """What identifies the row."""
        return self.id, self.sample


def chunks(asks: Sequence[Ask], size: int) -> Iterator[list[Ask]]:
    """Chunks of at most `size` asks that cost alike, the same in every attempt.

    Alike: of the same limit on the answer, and of similar length of prompt.
    """
    order = sorted(asks, key=lambda ask: (-ask.request.max_new_tokens, _length(ask), ask.key))
    for _, alike in itertools.groupby(order, key=lambda ask: ask.request.max_new_tokens):
        rows = list(alike)
        yield from (rows[start : start + size] for start in range(0, len(rows), size))


def _length(ask: Ask) -> int:
    return sum(len(message["content"]) for message in ask.request.messages)


def finished(path: Path) -> dict[Key, dict]:
    """Rows of an earlier attempt, up to the first line that was cut; without those that failed."""
    rows: dict[Key, dict] = {}
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                break
            if not row["error"]:
                rows[row["id"], row["sample"]] = row
    return rows


def run(
    asks: Sequence[Ask], make_engine: Callable[[], Engine], path: Path, size: int
) -> tuple[dict[Key, dict], dict[str, float]]:
    """Generate a row for each ask, or go on where an earlier attempt was killed.

    Chunks do not depend on where an earlier attempt ended, so the result is the same with and
    without an interruption (but for `seconds`). What failed is asked once more at the end.

    Args:
        asks: the rows wanted.
        make_engine: called only if anything is left to do.
        path: the file that survives a kill.
        size: asks of a chunk.

    Returns:
        Rows by key, each {id, sample, columns of `Ask.row`, completion, finish_reason, tokens,
        seconds, error}, and the cost of this attempt, {generated_tokens, generation_seconds}.
    """
    done = finished(path)
    parts = list(chunks(asks, size))
    whole = [part for part in parts if all(ask.key in done for ask in part)]
    rows = {ask.key: done[ask.key] for part in whole for ask in part}
    left = [part for part in parts if part[0].key not in rows]
    write_text(path, "".join(map(json_line, rows.values())))
    if rows:
        log.info("%d of %d answers are there from an earlier attempt", len(rows), len(asks))
    engine = make_engine() if left else None
    tokens, started = 0, time.monotonic()
    with path.open("a", encoding="utf-8") as file:
        for part in itertools.chain(left, _failed(parts, rows)):
            before = time.monotonic()
            generations = engine.generate([ask.request for ask in part])
            share = (time.monotonic() - before) / len(part)
            for ask, made in zip(part, generations, strict=True):
                rows[ask.key] = _row(ask, made, share)
                tokens += made.tokens
            file.write("".join(json_line(rows[ask.key]) for ask in part))
            file.flush()
            os.fsync(file.fileno())
            rate = tokens / max(1e-9, time.monotonic() - started)
            log.info("%d of %d answers, %.0f tokens/s", len(rows), len(asks), rate)
    return rows, {"generated_tokens": tokens, "generation_seconds": round(time.monotonic() - started, 2)}


def _row(ask: Ask, made: Generation, share: float) -> dict:
    return {
        "id": ask.id,
        "sample": ask.sample,
        **ask.row,
        "completion": made.text,
        "finish_reason": made.finish_reason,
        "tokens": made.tokens,
        "seconds": round(share if made.seconds is None else made.seconds, 4),
        "error": made.error,
    }


def _failed(parts: list[list[Ask]], rows: dict[Key, dict]) -> Iterator[list[Ask]]:
    """What failed of each chunk; looked for when all chunks have been answered."""
    for part in parts:
        if failed := [ask for ask in part if rows[ask.key]["error"]]:
            log.info("%d answers failed and are asked again", len(failed))
            yield failed
