"""Union-find: each item points to the smallest one that pairs connect it to."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lexpro.union_find import connect


def connected(count: int, pairs: list[tuple[int, int]]) -> list[int]:
    """The smallest item that each of `count` reaches, by walking along the pairs."""
    found = []
    for item in range(count):
        reached, todo = {item}, [item]
        while todo:
            here = todo.pop()
            beside = {a + b - here for a, b in pairs if here in (a, b)} - reached
            reached |= beside
            todo += beside
        found.append(min(reached))
    return found


@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8), max_size=3))
def test_items_point_to_the_smallest_connected_one_whatever_the_order(parts):
    roots = np.arange(10)
    for pairs in parts:
        connect(roots, *np.array(pairs, dtype=np.int64).reshape(-1, 2).T)
    assert roots.tolist() == connected(10, [pair for pairs in parts for pair in pairs])
