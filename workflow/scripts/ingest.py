"""Stage ingest: the raw files of one province folder → documents.

A row of the rejects says what cannot be read.
"""

from __future__ import annotations

from pathlib import Path

from lexpro.corpus.ingest import Source, ingest
from lexpro.corpus.readers.base import Fields
from lexpro.workflow.parallel import now_and_then, threads
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("ingest", __doc__, argv) as run:
        source = Source.from_folder(run.province, Fields.from_settings(run.settings.fields))
        tell = now_and_then(
            lambda files, records: run.log.info("%d files, %d records so far", files, records)
        )
        run.counts.update(ingest(Path(run.config["raw"]) / run.province, source, run.out, tell, threads()))


if __name__ == "__main__":
    main()
