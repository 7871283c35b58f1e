"""What others have published on the same benchmarks (published.yaml), each with its source."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from lexpro.workflow.files import read_yaml

FILE = Path(__file__).with_suffix(".yaml")


@dataclass(frozen=True, slots=True)
class Row:
    """A published system.

    Attributes:
        system: its name.
        values: in the order of the columns; they may end early.
        source: where the values are printed.
        key: its name in the source.
    """

    system: str
    values: tuple[float, ...]
    source: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """The published figures of one benchmark, between 0 and 1."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@cache
def read() -> dict[str, Published]:
    """Benchmark → its published figures. Raises KeyError where a row has no source."""
    data = read_yaml(FILE)
    sources = data.pop("sources")
    return {
        name: Published(
            tuple(part["columns"]),
            tuple(
                Row(row["system"], tuple(row["values"]), sources[row["source"]], row.get("key"))
                for row in part["rows"]
            ),
        )
        for name, part in data.items()
    }


def tree() -> dict[str, dict]:
    """The published figures as the summary holds them, beside the numbers of the experiment."""
    return {benchmark: asdict(figures) for benchmark, figures in read().items()}
