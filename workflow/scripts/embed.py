"""embed: articles and training cases → vectors, with the embedder made here, a pretrained one, or
one fine-tuned here.

`embedder/` (with `embedder.json`: model, revision or hash, dimension), `articles.npy` and
`cases.npy` (float32 unit vectors), `articles.json` and `cases.json` (the ids of their rows),
`losses.json` where the embedder was trained. An interrupted run leaves the vectors that were there;
where the embedder is the same as last time, texts that have not changed keep theirs (`texts.json`:
a digest of each).
"""

from __future__ import annotations

import math
import os
from collections import defaultdict

import numpy as np

from lexpro import hashing
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cases, dense
from lexpro.statutes import table
from lexpro.workflow.files import read_json, write_json
from lexpro.workflow.stage import Run, stage

SAMPLER = ("batch_size", "negatives", "hard_negatives")
STATIC = (*SAMPLER, "dimension", "vocabulary", "epochs", "max_steps", "scale", "learning_rate", "seed")
TUNED = ("epochs", "scale", "learning_rate", "warmup", "weight_decay", "gradient_checkpointing", "seed")


def train(run: Run, articles: list[dict], known: list[cases.Case]) -> dense.Encoder:
    """The embedder made or fine-tuned here, from the training cases that cite an article that is
    known.
    """
    import torch

    from lexpro.retrieval import contrastive, static, tuned

    torch.set_num_threads(int(os.environ.get("LEXPRO_THREADS", "1")))
    settings = run.settings
    # Every version that is known: an older one is no negative.
    versions: dict[str, list[int]] = defaultdict(list)
    for row, article in enumerate(articles):
        if article["law"] == CRIMINAL_LAW and article["text"]:
            versions[article["ref"]].append(row)
    cited = [[row for ref in case.refs for row in versions.get(ref, ())] for case in known]
    pairs = [(case.facts, rows) for case, rows in zip(known, cited, strict=True) if rows]
    if not pairs:
        run.log.warning("no training case cites a known article: the embedder stays as it is")
    facts, gold = [facts for facts, _ in pairs], [rows for _, rows in pairs]
    texts, chapters = [article["text"] for article in articles], contrastive.chapters(articles)
    if settings["kind"] == "static":
        given = {name: settings[name] for name in STATIC}
        model, losses = static.train(texts, facts, gold, chapters, **given)
        wanted = settings["epochs"] * math.ceil(len(facts) / settings["batch_size"])
        if wanted > settings["max_steps"]:
            run.log.info(
                "embedder: %d of the %d steps of %d epochs (embed.max_steps)",
                settings["max_steps"],
                wanted,
                settings["epochs"],
            )
        made = dense.save(model, run.out / "embedder", "static")
    else:
        card = dense.card_of(settings)
        model = dense.opened(card)
        generator = torch.Generator().manual_seed(settings["training"]["seed"])
        sampler = contrastive.Sampler(gold, chapters, *(settings["training"][n] for n in SAMPLER), generator)
        given = {name: settings["training"][name] for name in TUNED}
        losses = (
            tuned.train(model, texts, facts, sampler, prompts=settings["prompts"], **given) if pairs else []
        )
        kept = {name: card[name] for name in ("model", "revision", "prompts", "batch_size", "max_length")}
        made = dense.save(model, run.out / "embedder", "tuned", kept)
    write_json(run.out / "losses.json", losses)
    return made


def vectors(run: Run, encoder: dense.Encoder, name: str, texts: list[str], digests: list[str]) -> np.ndarray:
    """The vectors of `texts`, those that the last run made with the same embedder taken from
    there.
    """
    found: dict[str, np.ndarray] = {}
    past = run.previous
    if past and (past / "texts.json").is_file() and read_json(past / "embedder" / dense.CARD) == encoder.card:
        rows = np.load(past / f"{name}.npy", allow_pickle=False)
        found = dict(zip(read_json(past / "texts.json")[name], rows, strict=True))
    missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in found}
    found |= zip(missing, encoder.encode(list(missing.values())), strict=True)
    run.log.info("%s: %d vectors made, %d taken over", name, len(missing), len(set(digests)) - len(missing))
    made = np.zeros((len(texts), encoder.card["dimension"]), np.float32)
    for row, digest in enumerate(digests):
        made[row] = found[digest]
    return made


def write(run: Run, articles: list[dict], known: list[cases.Case]) -> dict:
    """Make the embedder and write all files; the embedder's card."""
    if run.settings["kind"] == "pretrained":
        encoder = dense.pretrained(run.settings, run.out / "embedder")
    else:
        encoder = train(run, articles, known)
    texts = {"articles": [article["text"] for article in articles], "cases": [case.facts for case in known]}
    digests = {name: [hashing.digest(text, 24) for text in rows] for name, rows in texts.items()}
    for name, rows in texts.items():
        np.save(run.out / f"{name}.npy", vectors(run, encoder, name, rows, digests[name]))
    write_json(run.out / "texts.json", digests)
    write_json(run.out / "articles.json", [article["id"] for article in articles])
    write_json(run.out / "cases.json", [case.doc_id for case in known])
    return encoder.card


def main(argv: list[str] | None = None) -> None:
    with stage("embed", __doc__, argv, keep=True) as run:
        articles = table.read(run.inputs["knowledge"] / "articles.parquet")
        known = cases.read(run.inputs["filter"] / "kept.parquet", run.inputs["tasks"] / "splits.parquet")
        card = write(run, articles, known)
        run.counts.update(articles=len(articles), cases=len(known), **card)
        run.log.info(
            "%d articles and %d cases as vectors of %d", len(articles), len(known), card["dimension"]
        )


if __name__ == "__main__":
    main()
