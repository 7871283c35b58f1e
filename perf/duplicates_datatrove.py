"""datatrove's MinHash on texts from a file, for perf/duplicates.py: run by the Python that has
datatrove.

    python duplicates_datatrove.py TEXTS.json SHINGLE BANDS VALUES

Words are characters, so that shingles are the same as the project's and no time goes into finding
Chinese words. Its steps are called as its executor calls them, in this process. Prints {"seconds":
CPU seconds, "dropped": [numbers]}.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from datatrove.data import Document
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.utils.word_tokenizers import WordTokenizer


class Characters(WordTokenizer):
    """Every character is a word."""

    def word_tokenize(self, text: str) -> list[str]:
        return list(text)

    def sent_tokenize(self, text: str) -> list[str]:
        return [text]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        return [(0, len(text))]


def drain(steps: Iterable | None) -> list:
    return list(steps or ())


def main(path: str, shingle: int, bands: int, values: int) -> None:
    texts = json.loads(Path(path).read_text(encoding="utf-8"))
    config = MinhashConfig(n_grams=shingle, num_buckets=bands, hashes_per_bucket=values)
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        documents = [Document(text, str(number)) for number, text in enumerate(texts)]
        signed, pairs, removed = (f"{folder}/{name}" for name in ("signed", "pairs", "removed"))
        drain(MinhashDedupSignature(signed, config, Characters()).run(documents))
        for rank in range(bands):
            drain(MinhashDedupBuckets(signed, pairs, config=config).run(None, rank, bands))
        drain(MinhashDedupCluster(pairs, removed, config).run(None))
        kept = {document.id for document in MinhashDedupFilter(removed).run(documents)}
        seconds = time.process_time() - start
    dropped = [number for number in range(len(texts)) if str(number) not in kept]
    print(json.dumps({"seconds": seconds, "dropped": dropped}))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
