"""Stage filter: judgments of all provinces → those worth training on, the dropped ones with
reasons, and the funnel.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lexpro import datasets
from lexpro.corpus.filtering.contamination import Benchmarks, items_of
from lexpro.corpus.filtering.select import select
from lexpro.workflow.errors import UserError
from lexpro.workflow.parallel import threads
from lexpro.workflow.stage import stage


def _here(run) -> Iterator[tuple[str, Path, list[str]]]:
    """(name, path, fields) of the benchmarks that are on this machine; raises `UserError` if one is
    missing that must not be."""
    for one in run.settings["decontaminate_against"]:
        dataset = datasets.find(one["dataset"])
        # Nothing is fetched for this.
        if datasets.present(dataset, datasets.CACHE):
            yield one["dataset"], datasets.resolve(dataset, datasets.CACHE), one["fields"]
        elif run.settings["decontamination_required"]:
            raise UserError(
                f"the benchmark {one['dataset']!r} is not here, and filter.decontamination_required is true. "
                f"Set {datasets.MIRROR} to a folder that has it (docs/data.md)."
            )
        else:
            run.log.warning("decontamination: %s is not here, nothing is compared with it", one["dataset"])


def benchmarks(run) -> Benchmarks:
    """The benchmarks that training must not have seen; counts say how many items of each."""
    sources = list(_here(run))
    found = Benchmarks(item for name, path, fields in sources for item in items_of(path, name, fields))
    counts = Counter(re.split("[/#]", name, maxsplit=1)[0] for name in found.names)
    run.counts.update({f"benchmark_{name}": counts[name] for name, _, _ in sources})
    return found


def main(argv: list[str] | None = None) -> None:
    with stage("filter", __doc__, argv) as run:
        files = [
            run.inputs["structure"] / province / "judgments.parquet" for province in run.config["provinces"]
        ]
        seen = benchmarks(run)
        counts = select(files, run.settings, seen, run.out, run.log.info, threads(), run.work_dir)
        run.counts.update(counts)
        if not counts["read"]:
            raise UserError(
                "there is no judgment to filter: every raw file was rejected (results/ingest/*/*/rejects.pa"
                "rquet)."
            )


if __name__ == "__main__":
    main()
