"""How the cores of a machine are shared out among the jobs of the provinces."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lexpro.dag.runs import PLANS, Run
from lexpro.workflow.files import read_json, write_json
from lexpro.workflow.stage import StaleCheckout

# How many cores the main process was given: not what a job of a cluster sees, its own or all of its
# node.
CORES = PLANS / "cores.json"


def freeze(cores: int) -> None:
    """Tell the jobs how many cores `share` shares out."""
    write_json(CORES, cores)


def thaw() -> int:
    """Read how many cores the main process was given.

    Raises:
        StaleCheckout: that is gone.
    """
    if not CORES.is_file():
        raise StaleCheckout(f"{CORES} is gone, which the workflow was started with. Run snakemake again.")
    return read_json(CORES)


def share(ingest: Run, province: str, cores: int) -> int:
    """How many of all cores a province folder is read and structured with.

    Args:
        ingest: the run that reads the raw files.
        province: one of its provinces.
        cores: all of them.

    Returns:
        The province's share by bytes (of a user's own folder), or an equal one; 1 or more.
    """
    sizes, total = _sizes(ingest.plan)
    own, total = (sizes[province], total) if sizes else (1, len(ingest.provinces))
    return max(1, min(cores, round(cores * own / max(1, total))))


@cache
def _sizes(folder: Path) -> tuple[dict[str, int], int]:
    """Bytes of the raw files of each province as the plan found them, and of all; or nothing."""
    path = folder / "sizes.json"
    sizes = read_json(path) if path.is_file() else {}
    return sizes, sum(sizes.values())
