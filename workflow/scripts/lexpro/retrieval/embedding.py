"""Articles and training cases → vectors, with an embedder of one of three kinds.

`static` is made here, `pretrained` taken as it is, `tuned` fine-tuned here. A run writes
`embedder/` (with `embedder.json`: model, revision or hash, dimension), `articles.npy` and
`cases.npy` ([rows, dimension] float32 unit vectors), `articles.json` and `cases.json` (the ids of
their rows), `losses.json` where the embedder was trained, and `texts.json` (a digest of each text).
"""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from lexpro import hashing
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cases, dense
from lexpro.statutes import table
from lexpro.workflow.files import read_json, write_json
from lexpro.workflow.stage import Run


def write(run: Run) -> None:
    """The `embed` stage: make the embedder, and write all files to `run.out`."""
    articles = table.read(run.inputs["knowledge"] / "articles.parquet")
    training_cases = cases.read(run.inputs["filter"] / "kept.parquet", run.inputs["tasks"] / "splits.parquet")
    card = embed(run, articles, training_cases)
    run.counts.update(articles=len(articles), cases=len(training_cases), **card)
    run.log.info(
        "%d articles and %d cases as vectors of %d", len(articles), len(training_cases), card["dimension"]
    )


def embed(run: Run, articles: Sequence[dict], training_cases: Sequence[cases.Case]) -> dict:
    """Make the embedder and write all files.

    Args:
        run: its `settings` are those of the `embed` stage.
        articles: rows of articles.parquet.
        training_cases: as `cases.read` has them.

    Returns:
        The embedder's card.
    """
    if run.settings.kind == "pretrained":
        encoder = dense.pretrained(run.settings, run.out / "embedder")
    else:
        encoder = train(run, articles, training_cases)
    texts = {
        "articles": [article["text"] for article in articles],
        "cases": [case.facts for case in training_cases],
    }
    digests = {name: [hashing.digest(text, 24) for text in rows] for name, rows in texts.items()}
    for name, rows in texts.items():
        np.save(run.out / f"{name}.npy", encode(run, encoder, name, rows, digests[name]))
    write_json(run.out / "texts.json", digests)
    write_json(run.out / "articles.json", [article["id"] for article in articles])
    write_json(run.out / "cases.json", [case.doc_id for case in training_cases])
    return encoder.card


def train(run: Run, articles: Sequence[dict], training_cases: Sequence[cases.Case]) -> dense.Encoder:
    """Make or fine-tune the embedder, from the training cases that cite a known article.

    Args:
        run: its `settings` are those of the stage `embed`, of kind `static` or `tuned`.
        articles: rows of articles.parquet.
        training_cases: as `cases.read` has them.

    Returns:
        The embedder, saved to `run.out`/embedder.

    Raises:
        UserError: the model to be fine-tuned cannot be opened.
    """
    import torch

    from lexpro.retrieval import contrastive

    torch.set_num_threads(int(os.environ.get("LEXPRO_THREADS", "1")))
    settings = run.settings
    # Every version that is known: an older one is no negative.
    versions: dict[str, list[int]] = defaultdict(list)
    for row, article in enumerate(articles):
        if article["law"] == CRIMINAL_LAW and article["text"]:
            versions[article["ref"]].append(row)
    cited = [[row for ref in case.refs for row in versions.get(ref, ())] for case in training_cases]
    pairs = [(case.facts, rows) for case, rows in zip(training_cases, cited, strict=True) if rows]
    if not pairs:
        run.log.warning("no training case cites a known article: the embedder stays as it is")
    facts, gold = [facts for facts, _ in pairs], [rows for _, rows in pairs]
    texts, chapters = [article["text"] for article in articles], contrastive.chapters(articles)
    if settings.kind == "static":
        from lexpro.retrieval import static

        model, losses = static.train(texts, facts, gold, chapters, settings)
        wanted = settings.epochs * math.ceil(len(facts) / settings.batch_size)
        if wanted > settings.max_steps:
            run.log.info(
                "embedder: %d of the %d steps of %d epochs (embed.max_steps)",
                settings.max_steps,
                wanted,
                settings.epochs,
            )
        encoder = dense.save(model, run.out / "embedder", "static")
    else:
        from lexpro.retrieval import tuned

        card = dense.card_of(settings)
        model = dense.open_model(card)
        losses = tuned.train(model, texts, facts, gold, chapters, settings) if pairs else []
        base = {name: card[name] for name in ("model", "revision", "prompts", "batch_size", "max_length")}
        encoder = dense.save(model, run.out / "embedder", "tuned", base)
    write_json(run.out / "losses.json", losses)
    return encoder


def encode(
    run: Run, encoder: dense.Encoder, name: str, texts: Sequence[str], digests: Sequence[str]
) -> np.ndarray:
    """The vectors of texts, [texts, dimension] float32.

    Where the last run had the same embedder, texts that have not changed keep their vectors.

    Args:
        run: its `previous` folder may have vectors.
        encoder: the embedder.
        name: articles or cases.
        texts: what is encoded.
        digests: of the texts.
    """
    vectors: dict[str, np.ndarray] = {}
    past = run.previous
    if past and (past / "texts.json").is_file() and read_json(past / "embedder" / dense.CARD) == encoder.card:
        rows = np.load(past / f"{name}.npy", allow_pickle=False)
        vectors = dict(zip(read_json(past / "texts.json")[name], rows, strict=True))
    missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in vectors}
    vectors |= zip(missing, encoder.encode(list(missing.values())), strict=True)
    run.log.info("%s: %d vectors made, %d taken over", name, len(missing), len(set(digests)) - len(missing))
    result = np.zeros((len(texts), encoder.card["dimension"]), np.float32)
    for row, digest in enumerate(digests):
        result[row] = vectors[digest]
    return result
