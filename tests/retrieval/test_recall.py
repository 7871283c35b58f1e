"""Retrieval against published figures: needs the real data of JuDGE."""

import importlib.util
import os
from collections import Counter
from pathlib import Path

import pytest

from lexpro.retrieval.recall import most_cited, recall

JUDGE = Path(os.environ.get("LEXPRO_MIRROR", "")) / "oneal2000__JuDGE" / "data"
real = pytest.mark.skipif(
    not JUDGE.is_dir(), reason="needs LEXPRO_MIRROR with oneal2000__JuDGE (docs/data.md)"
)


def benchmark():
    path = Path(__file__).parents[2] / "perf/retrieval.py"
    spec = importlib.util.spec_from_file_location("retrieval_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_recall_and_the_constant_list():
    assert recall(["264", "67", "52"], {"67", "72"}, 2) == 0.5
    assert recall([], {"67"}, 5) == 0
    assert most_cited([{"refs": ["67", "264"]}, {"refs": ["67"]}], 1) == ["67"]


@pytest.mark.slow
@real
def test_published_rows_of_judge():
    bench = benchmark()
    refs, texts, queries, prior = bench.load(JUDGE)
    assert (len(refs), len(queries), sum(len(gold) for _, gold in queries)) == (452, 501, 2165)
    found = bench.systems(refs, texts, prior)
    for name, published in bench.PUBLISHED.items():
        row = bench.evaluate(found[name], queries)
        assert tuple(round(value, 4) for value in row) == published
    assert round(bench.evaluate(found["constant"], queries)[3], 4) == 0.6772


def test_rare_articles():
    queries = [("a", {"67", "264"}), ("b", {"67"}), ("c", {"67", "133"})]
    assert benchmark().rare(queries) == [("a", {"264"}), ("c", {"133"})]
    assert Counter(ref for _, gold in benchmark().rare(queries, 3) for ref in gold)["67"] == 3
