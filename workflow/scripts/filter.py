"""Stage filter: judgments of all provinces → those worth training on, the dropped ones with reasons, and the
funnel.
"""

from __future__ import annotations

from pathlib import Path

from lexpro.corpus import registry
from lexpro.corpus.contamination import Benchmarks, texts_of
from lexpro.corpus.parallel import threads
from lexpro.corpus.select import select
from lexpro.errors import UserError
from lexpro.stage import stage


def benchmarks(settings: list[dict]) -> Benchmarks:
    """The benchmarks that training must not have seen."""
    return Benchmarks(
        text
        for one in settings
        for text in texts_of(
            registry.resolve(registry.find(one["dataset"]), Path("scratch/datasets")), one["fields"]
        )
    )


def main(argv: list[str] | None = None) -> None:
    with stage("filter", __doc__, argv) as run:
        files = [
            run.inputs["structure"] / province / "judgments.parquet" for province in run.config["provinces"]
        ]
        seen = benchmarks(run.settings["benchmarks"])
        counts = select(files, run.settings, seen, run.out, run.log.info, threads(), run.scratch)
        run.counts.update(counts)
        if not counts["read"]:
            raise UserError(
                "there is no judgment to filter: every raw file was rejected (results/ingest/*/*/rejects.pa"
                "rquet)."
            )


if __name__ == "__main__":
    main()
