"""Other near-duplicate finders on texts from a file, for perf/duplicates.py: run by a Python that
has them (perf/duplicates_peers.txt).

    python duplicates_peers.py PEER TEXTS.json SHINGLE BANDS VALUES THRESHOLD

Each is called as its own documentation does, with its faster settings and the project's shingles,
bands and threshold. A later document is dropped where an earlier one is as similar as the
threshold. Prints {"seconds": CPU seconds, "dropped": [numbers]}.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path


def _shingles(text: str, size: int) -> set[str]:
    return {text[start : start + size] for start in range(max(1, len(text) - size + 1))}


def datatrove(texts: list[str], shingle: int, bands: int, values: int, threshold: float) -> set[int]:
    """The MinHash steps of datatrove, as its executor calls them, in this process.

    Words are characters, so that shingles are the same as the project's and no time goes into
    finding Chinese words. It has no threshold: what shares a band is a copy.
    """
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
        def word_tokenize(self, text: str) -> list[str]:
            return list(text)

        def sent_tokenize(self, text: str) -> list[str]:
            return [text]

        def span_tokenize(self, text: str) -> list[tuple[int, int]]:
            return [(0, len(text))]

    def drain(steps: Iterable | None) -> list:
        return list(steps or ())

    config = MinhashConfig(n_grams=shingle, num_buckets=bands, hashes_per_bucket=values)
    with tempfile.TemporaryDirectory() as folder:
        documents = [Document(text, str(number)) for number, text in enumerate(texts)]
        signed, pairs, removed = (f"{folder}/{name}" for name in ("signed", "pairs", "removed"))
        drain(MinhashDedupSignature(signed, config, Characters()).run(documents))
        for rank in range(bands):
            drain(MinhashDedupBuckets(signed, pairs, config=config).run(None, rank, bands))
        drain(MinhashDedupCluster(pairs, removed, config).run(None))
        kept = {document.id for document in MinhashDedupFilter(removed).run(documents)}
    return {number for number in range(len(texts)) if str(number) not in kept}


def datasketch(texts: list[str], shingle: int, bands: int, values: int, threshold: float) -> set[int]:
    """datasketch: `MinHash.generator` with xxHash in place of SHA-1, and `MinHashLSH`."""
    import xxhash
    from datasketch import MinHash, MinHashLSH

    sets = ([part.encode() for part in _shingles(text, shingle)] for text in texts)
    signatures = MinHash.generator(sets, num_perm=bands * values, hashfunc=xxhash.xxh32_intdigest)
    index, kept, dropped = MinHashLSH(num_perm=bands * values, params=(bands, values)), {}, set()
    for number, signature in enumerate(signatures):
        if any(kept[other].jaccard(signature) >= threshold for other in index.query(signature)):
            dropped.add(number)
        else:
            index.insert(number, signature)
            kept[number] = signature
    return dropped


def rensa(texts: list[str], shingle: int, bands: int, values: int, threshold: float) -> set[int]:
    """rensa's own deduplicator on its R-MinHash, with its index of bands."""
    from rensa import RMinHash, RMinHashDeduplicator

    finder = RMinHashDeduplicator(threshold, bands * values, True, bands)
    dropped = set()
    for number, text in enumerate(texts):
        signature = RMinHash(num_perm=bands * values, seed=42)
        signature.update(list(_shingles(text, shingle)))
        if not finder.add(str(number), signature):
            dropped.add(number)
    return dropped


PEERS = {peer.__name__: peer for peer in (datatrove, datasketch, rensa)}


def main(peer: str, path: str, shingle: str, bands: str, values: str, threshold: str) -> None:
    texts = json.loads(Path(path).read_text(encoding="utf-8"))
    settings = int(shingle), int(bands), int(values), float(threshold)
    # Loads what it imports.
    PEERS[peer](texts[:2], *settings)
    start = time.process_time()
    dropped = PEERS[peer](texts, *settings)
    print(json.dumps({"seconds": time.process_time() - start, "dropped": sorted(dropped)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
