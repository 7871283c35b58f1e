"""Stage structure: the documents of one province folder → judgments as typed records (JSON) beside their
text.
"""

from __future__ import annotations

import time

import pyarrow as pa
import pyarrow.parquet as pq

from lexpro.corpus.ingest import REJECTS, Writer
from lexpro.corpus.structure import structure
from lexpro.stage import stage

JUDGMENTS = pa.schema(
    {
        "doc_id": pa.string(),
        "province": pa.string(),
        "charge": pa.string(),
        "text": pa.string(),
        "judgment": pa.string(),
    }
)
# Seconds between two lines of progress.
EVERY = 10


def row(document: dict) -> dict:
    """A document with its record; `province` and `charge` (the first) are None where they cannot be read."""
    judgment = structure(document["text"], document["doc_id"], document["province_hint"])
    if not judgment.case_number:
        judgment.case_number = document["case_number"]
    return {
        "doc_id": document["doc_id"],
        "province": judgment.province,
        "charge": next((charge for d in judgment.defendants for charge in d.charges), None),
        "text": document["text"],
        "judgment": judgment.to_json(),
    }


def main(argv: list[str] | None = None) -> None:
    with stage("structure", __doc__, argv) as run:
        source = pq.ParquetFile(run.inputs["ingest"] / run.province / "documents.parquet")
        total, longest, last = source.metadata.num_rows, run.settings["max_chars"], time.monotonic()
        with (
            Writer(run.out / "judgments.parquet", JUDGMENTS) as judgments,
            Writer(run.out / "rejects.parquet", REJECTS) as rejects,
        ):
            for batch in source.iter_batches(batch_size=500):
                for document in batch.to_pylist():
                    if len(document["text"]) > longest:
                        detail = f"{len(document['text'])} characters, structure.max_chars is {longest}"
                        place = {"file": document["file"], "record": document["record"]}
                        rejects.add({**place, "byte": None, "reason": "too_long", "detail": detail})
                    else:
                        judgments.add(row(document))
                if time.monotonic() - last > EVERY:
                    last = time.monotonic()
                    run.log.info("%d of %d documents", judgments.count + rejects.count, total)
        if judgments.count + rejects.count != total:
            raise RuntimeError(f"{total} documents were read, {judgments.count} + {rejects.count} written")
        run.counts.update(read=total, judgments=judgments.count, rejects=rejects.count)


if __name__ == "__main__":
    main()
