"""Stage corpus: raw judgments, generated with known truth or taken from a registered data set."""

from __future__ import annotations

from lexpro.corpus import raw_corpus
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("corpus", __doc__, argv) as run:
        run.counts.update(raw_corpus.make(run.settings, run.out, run.log))


if __name__ == "__main__":
    main()
