"""The items of the benchmarks that training must not have seen, read from their data sets."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from lexpro import datasets
from lexpro.config.filter import Benchmark
from lexpro.corpus.filtering.contamination import BenchmarkIndex
from lexpro.corpus.readers.base import Document, Fields, Reject
from lexpro.corpus.readers.dispatch import read
from lexpro.corpus.readers.raw_files import raw_files
from lexpro.workflow.errors import UserError
from lexpro.workflow.hash_cache import RawFile


def items_of(path: Path, name: str, fields: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(name, text) of the items of a benchmark.

    Args:
        path: its file or folder.
        name: what the names of the items begin with.
        fields: fields of the text, as in config/ingest/.

    Raises:
        UserError: something of it cannot be read.
    """
    files = raw_files(path) if path.is_dir() else [RawFile(path, path.name)]
    for file in files:
        if file.trouble:
            raise UserError(
                f"{file.path}: {file.trouble}. It is in the benchmark {name} of "
                "filter.decontaminate_against: mend or remove it."
            )
        where = f"{name}/{file.name}" if path.is_dir() else name
        for record in read(file.path, file.path.name, Fields(tuple(fields))):
            match record:
                case Document(text, _, number):
                    yield f"{where}#{number}", text
                case Reject("empty"):
                    pass
                case Reject(reason, number, byte, detail, _):
                    raise UserError(
                        f"{file.path}: record {number}, byte {byte}: {reason} {detail}. Mend "
                        f"filter.decontaminate_against: its fields are {list(fields)}."
                    )


def _at_hand(
    benchmarks: Sequence[Benchmark], required: bool, log: logging.Logger
) -> Iterator[tuple[Benchmark, Path]]:
    """The benchmarks that are on this machine, and where."""
    for benchmark in benchmarks:
        dataset = datasets.find(benchmark.dataset)
        # Nothing is fetched for this.
        if datasets.present(dataset, datasets.CACHE):
            yield benchmark, datasets.resolve(dataset, datasets.CACHE)
        elif required:
            raise UserError(
                f"the benchmark {benchmark.dataset!r} is not here, and filter.decontamination_required is true. "
                f"Set {datasets.MIRROR} to a folder that has it (docs/data.md)."
            )
        else:
            log.warning("decontamination: %s is not here, nothing is compared with it", benchmark.dataset)


def load(
    benchmarks: Sequence[Benchmark], required: bool, log: logging.Logger
) -> tuple[BenchmarkIndex, dict[str, int]]:
    """Index the benchmarks that are on this machine.

    Args:
        benchmarks: data sets and their fields.
        required: whether all of them must be there.
        log: told of those that are not.

    Returns:
        (the index; `benchmark_<data set>`: number of its items).

    Raises:
        UserError: a required benchmark is missing, or one cannot be read.
    """
    sources = list(_at_hand(benchmarks, required, log))
    index = BenchmarkIndex(
        item for benchmark, path in sources for item in items_of(path, benchmark.dataset, benchmark.fields)
    )
    items = Counter(re.split("[/#]", name, maxsplit=1)[0] for name in index.names)
    return index, {f"benchmark_{one.dataset}": items[one.dataset] for one, _ in sources}
