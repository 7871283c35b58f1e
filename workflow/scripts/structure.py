"""Stage structure: the documents of a province folder → typed records (JSON) beside their text."""

from __future__ import annotations

from lexpro.corpus import judgments
from lexpro.workflow.parallel import now_and_then, threads
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("structure", __doc__, argv) as run:
        source = run.inputs["ingest"] / run.province / "documents.parquet"
        tell = now_and_then(lambda done, total: run.log.info("%d of %d documents", done, total))
        run.counts.update(judgments.write(source, run.settings.max_chars, run.out, tell, threads()))


if __name__ == "__main__":
    main()
