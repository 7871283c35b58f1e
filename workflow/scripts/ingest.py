"""Stage ingest: the raw files of one province folder → documents, and a reject row for all that
cannot be read.
"""

from __future__ import annotations

from pathlib import Path

from lexpro.corpus.ingest import Source, ingest
from lexpro.corpus.readers.base import Fields
from lexpro.law.provinces import PROVINCES
from lexpro.workflow.parallel import now_and_then, threads
from lexpro.workflow.stage import stage


def hint_of(folder: str) -> str | None:
    """The province that a folder is named after (湖北, 湖北省, 内蒙古自治区), if any."""
    return next((name for name in PROVINCES if folder.startswith(name)), None)


def main(argv: list[str] | None = None) -> None:
    with stage("ingest", __doc__, argv) as run:
        source = Source(run.province, hint_of(run.province), Fields.of(run.settings["fields"]))
        tell = now_and_then(
            lambda files, records: run.log.info("%d files, %d records so far", files, records)
        )
        run.counts.update(ingest(Path(run.config["raw"]) / run.province, source, run.out, tell, threads()))


if __name__ == "__main__":
    main()
