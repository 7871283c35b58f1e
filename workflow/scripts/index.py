"""Vectors and texts → an index of articles and training cases.

An interrupted run leaves the index that was there.
"""

from __future__ import annotations

from lexpro.retrieval import indexing
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage from its command line."""
    with stage("index", __doc__, argv, keep=True) as run:
        indexing.write(run)


if __name__ == "__main__":
    main()
