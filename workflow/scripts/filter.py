"""Stage filter: judgments of all provinces → those worth training on, and the funnel.

The dropped ones are kept apart, with their reasons.
"""

from __future__ import annotations

from lexpro.corpus.filtering import benchmark_items
from lexpro.corpus.filtering.select import select
from lexpro.workflow.errors import UserError
from lexpro.workflow.parallel import threads
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("filter", __doc__, argv) as run:
        folder, settings = run.inputs["structure"], run.settings
        files = [folder / province / "judgments.parquet" for province in run.config["provinces"]]
        benchmarks, items = benchmark_items.load(
            settings.decontaminate_against, settings.decontamination_required, run.log
        )
        counts = select(files, settings, benchmarks, run.out, run.log.info, threads(), run.work_dir)
        run.counts.update(items | counts)
        if not counts["read"]:
            raise UserError(
                "there is no judgment to filter: every raw file was rejected "
                "(results/ingest/*/*/rejects.parquet)."
            )


if __name__ == "__main__":
    main()
