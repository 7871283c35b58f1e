"""Articles and training cases → vectors.

The embedder is made here, pretrained, or fine-tuned here. An interrupted run leaves the vectors
that were there.
"""

from __future__ import annotations

from lexpro.retrieval import embedding
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage from its command line."""
    with stage("embed", __doc__, argv, keep=True) as run:
        embedding.write(run)


if __name__ == "__main__":
    main()
