"""Near-duplicates side by side: this project, and datatrove, datasketch and rensa, on the same
synthetic judgments in one run.

    python -m venv scratch/peers && scratch/peers/bin/pip install -r perf/duplicates_peers.txt
    python perf/duplicates.py --documents 10000 --peers scratch/peers/bin/python

All make shingles of 5 characters and 25 bands of 5 values, in one process on one core. CPU seconds
from texts in memory to the documents that are dropped, without imports; for the project that
includes counting boilerplate and exact copies. Each peer runs twice: on the texts as they are, and
on what the project leaves of them without boilerplate (given to it for nothing).

recall: share of the copies made by the generator (all of a family but one) that are dropped.
precision: share of what is dropped that is such a copy.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

os.environ.setdefault("RAYON_NUM_THREADS", "1")
import numpy as np

from lexpro.config.corpus import Noise, Synthetic
from lexpro.config.filter import Duplicates
from lexpro.corpus.filtering import duplicates
from lexpro.corpus.filtering.codes import Codes, batches
from lexpro.corpus.filtering.families import Signatures, resolve
from lexpro.corpus.synthetic import generate
from lexpro.dag.compose import choice

ROOT = Path(__file__).resolve().parents[1]


def documents(number: int) -> tuple[list[str], list[str]]:
    """(texts, family of each): good judgments, exact and edited copies, as they pass the
    filters.
    """
    values = choice("corpus", "synthetic_full", ROOT / "config").model_dump()
    values["noise"] = {name: 0.05 if name.endswith("duplicate") else 0.0 for name in Noise.model_fields}
    values["documents_per_province"] = max(1, number // len(values["provinces"]))
    corpus = Synthetic.model_validate(values)
    texts, families = [], []
    for province in corpus.provinces:
        for text, truth in generate.generate(corpus, province):
            texts.append(text)
            families.append(truth["duplicate_of"] or truth["doc_id"])
    return texts, families


def scores(families: list[str], dropped: set[int]) -> tuple[float, float]:
    """(recall, precision)."""
    sizes = Counter(families)
    kept = Counter(family for number, family in enumerate(families) if number not in dropped)
    right = sum(size - max(1, kept[family]) for family, size in sizes.items())
    return right / sum(size - 1 for size in sizes.values()), right / max(1, len(dropped))


def project(texts: list[str], near: Duplicates) -> tuple[float, set[int], list[str]]:
    """(CPU seconds, what is dropped, texts without boilerplate)."""
    start = time.process_time()
    boilerplate = duplicates.Boilerplate(near.boilerplate)
    parts = [Codes.from_texts(texts[part]) for part in batches(texts)]
    for part in parts:
        boilerplate.add(*duplicates.document_counts(part))
    rest = [boilerplate.removed_from(part) for part in parts]
    digests = np.concatenate([part.digests() for part in parts])
    with tempfile.TemporaryDirectory() as folder, Signatures(Path(folder), near.permutations) as store:
        for part in rest:
            store.add(duplicates.signatures(part, near.shingle, near.permutations))
        families = resolve(digests, store, np.sort, near.threshold)
    dropped = np.flatnonzero(families.keeper != np.arange(len(texts)))
    seconds = time.process_time() - start
    return seconds, set(dropped.tolist()), [text for part in rest for text in part.texts()]


def peer(python: str, name: str, texts: list[str], near: Duplicates) -> tuple[float, set[int]]:
    """(CPU seconds, what is dropped)."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(texts, file)
        file.flush()
        bands = near.permutations // duplicates.BAND
        script = Path(__file__).with_name("duplicates_peers.py")
        command = [python, script, name, file.name, near.shingle, bands, duplicates.BAND, near.threshold]
        done = subprocess.run(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True
        )
    result = json.loads(done.stdout)
    return result["seconds"], set(result["dropped"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--peers", required=True, help="the Python that has the others")
    args = parser.parse_args()
    near = choice("filter", "default", ROOT / "config").duplicates
    texts, families = documents(args.documents)
    seconds, dropped, rest = project(texts, near)
    rows = [("this project", seconds, dropped)]
    rows += [
        (f"{name}{how}", *peer(args.peers, name, given, near))
        for name in ("datatrove", "datasketch", "rensa")
        for how, given in (("", texts), (", boilerplate taken out for it", rest))
    ]
    print(f"{len(texts):,} documents, {sum(map(len, texts)) // len(texts):,} characters each on average\n")
    print("| | CPU s | CPU µs a document | times as long | recall | precision |\n" + "| --- " * 6 + "|")
    for name, taken, out in rows:
        recall, precision = scores(families, out)
        print(
            f"| {name} | {taken:.2f} | {taken / len(texts) * 1e6:.0f} | {taken / seconds:.1f} | {recall:.4f} "
            f"| {precision:.4f} |"
        )


if __name__ == "__main__":
    main()
