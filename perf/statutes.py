"""Time to parse a collection of statutes and to write its tables.

LEXPRO_MIRROR=… python perf/statutes.py
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from lexpro.statutes import collection, passages, table

LAWS, OLDER = "LawRefBook__Laws", "LawRefBook__Laws@3cd6e86_before_Amendment_XII"
RUNS = 3


def main() -> None:
    mirror = Path(os.environ.get("LEXPRO_MIRROR", ""))
    if not (mirror / LAWS).is_dir():
        sys.exit(f"LEXPRO_MIRROR must name a folder with {LAWS} (docs/data.md)")
    parsing, writing = [], []
    for _ in range(RUNS):
        start = time.perf_counter()
        rows, problems = collection.read(mirror / LAWS, ["**/*"], [mirror / OLDER])
        middle = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            table.write(rows, Path(folder) / "articles.parquet")
            parts = passages.write(rows, Path(folder) / "passages.parquet")
        parsing.append(middle - start)
        writing.append(time.perf_counter() - middle)
    complete = sum(row.complete for row in rows)
    print(
        f"{len({row.source for row in rows})} documents, {len(rows)} rows, {complete} with their whole text"
    )
    print(f"{parts} passages; problems: {dict(Counter(problem.kind for problem in problems))}")
    print(
        f"parse {statistics.median(parsing):.1f} s, write {statistics.median(writing):.1f} s (median of {RUNS})"
    )


if __name__ == "__main__":
    main()
