"""Tables of random vectors for tests of the store."""

import numpy as np

from lexpro.retrieval.store import Table

HNSW = {"max_neighbors": 16, "ef_construction": 100, "ef_search": 100}


def units(n: int, seed: int) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(n, 24)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def table(n: int, seed: int = 1, text: str = "第一条") -> Table:
    return Table(
        units(n, seed),
        [f"r{row}" for row in range(n)],
        [{"even": int(row % 2 == 0)} for row in range(n)],
        [text] * n,
    )
