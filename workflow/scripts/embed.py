"""embed: articles and training cases → vectors, with the embedder made here or a pretrained one.

`embedder/` (with `embedder.json`: model, revision or hash, dimension), `articles.npy` and `cases.npy`
(float32 unit vectors), `articles.json` and `cases.json` (the ids of their rows), `losses.json` where the
embedder was trained.
"""

from __future__ import annotations

import os

import numpy as np

from lexpro.files import write_json
from lexpro.knowledge import table
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cases, dense
from lexpro.stage import Run, stage

STATIC = ("dimension", "vocabulary", "epochs", "batch_size", "negatives", "scale", "learning_rate", "seed")


def train(run: Run, articles: list[dict], known: list[cases.Case]) -> dense.Encoder:
    """The embedder made here, from the training cases that cite an article that is known."""
    import torch

    from lexpro.retrieval import static

    torch.set_num_threads(int(os.environ.get("LEXPRO_THREADS", "1")))
    current = {(a["law"], a["ref"]): row for row, a in enumerate(articles) if not a["valid_to"]}
    cited = [
        [current[CRIMINAL_LAW, ref] for ref in case.refs if (CRIMINAL_LAW, ref) in current] for case in known
    ]
    pairs = [(case.facts, rows) for case, rows in zip(known, cited, strict=True) if rows]
    model, losses = static.train(
        [article["text"] for article in articles],
        [facts for facts, _ in pairs],
        [rows for _, rows in pairs],
        **{name: run.settings[name] for name in STATIC},
    )
    write_json(run.out / "losses.json", losses)
    if not pairs:
        run.log.warning("no training case cites a known article: the embedder stays untrained")
    return dense.save_static(model, run.out / "embedder")


def write(run: Run, articles: list[dict], known: list[cases.Case]) -> dict:
    """Make the embedder and write all files; the embedder's card."""
    if run.settings["kind"] == "static":
        encoder = train(run, articles, known)
    else:
        encoder = dense.pretrained(run.settings, run.out / "embedder")
    np.save(run.out / "articles.npy", encoder.encode([article["text"] for article in articles]))
    np.save(run.out / "cases.npy", encoder.encode([case.facts for case in known]))
    write_json(run.out / "articles.json", [article["id"] for article in articles])
    write_json(run.out / "cases.json", [case.doc_id for case in known])
    return encoder.card


def main(argv: list[str] | None = None) -> None:
    with stage("embed", __doc__, argv) as run:
        articles = table.read(run.inputs["knowledge"] / "articles.parquet")
        known = cases.read(run.inputs["filter"] / "kept.parquet", run.inputs["tasks"] / "splits.parquet")
        card = write(run, articles, known)
        run.counts.update(articles=len(articles), cases=len(known), **card)
        run.log.info(
            "%d articles and %d cases as vectors of %d", len(articles), len(known), card["dimension"]
        )


if __name__ == "__main__":
    main()
