"""Statute retrieval on JuDGE: the two published rows, and the rows that every figure must be read
beside.

LEXPRO_MIRROR=… python perf/retrieval.py

501 queries (facts of real judgments), 452 articles of the Criminal Law, 2,165 cited pairs.
Published: BM25 and TF-IDF of Judge-R1, Table 1 (oneal2000/Judge-R1). `constant` is one list of the
ten articles that the training judgments cite most, for every query alike. `citations`
(lexpro/retrieval/citations.py) finds the crime and what courts cite beside it: from statutes,
interpretations, names of charges, synthetic facts and the training set's lists of cited articles
(`qrels_file_train`); it is given no text of a real judgment. `rare` counts only articles that one
or two test cases cite: there no prior helps.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from lexpro.config.corpus import Synthetic
from lexpro.corpus.synthetic import generate
from lexpro.dag.compose import choice
from lexpro.law import articles, charges
from lexpro.retrieval.bm25 import BM25, top
from lexpro.retrieval.citations import GENERAL, Citations
from lexpro.retrieval.tokenize import words
from lexpro.statutes import collection, links
from lexpro.statutes.documents import parse
from lexpro.statutes.source_lines import lines_of

# P@5, P@10, R@5, R@10.
PUBLISHED = {"bm25": (0.1501, 0.1024, 0.1958, 0.2649), "tf-idf": (0.1625, 0.1200, 0.2096, 0.3074)}
Search = Callable[[str], Sequence[str]]
JUDGE = "oneal2000__JuDGE/data"
ROOT = Path(__file__).resolve().parents[1]
CHARGE_LISTS = ["司法解释/*确定罪名*.md", "司法解释/*犯罪的罪名的意见*.md"]
INTERPRETATIONS, STANDARDS = ["司法解释/*"], "xtjeyvc__xtjeyvc.github.com/pages"
# An article of an interpretation is about so many articles at most; characters kept of each
# article.
ABOUT, LENGTH = 3, 3000
# Synthetic cases: provinces, cases in each, and facts that an article keeps of them.
PROVINCES, CASES, FACTS = 10, 30, 12


def load(folder: Path) -> tuple[list[str], list[str], list[tuple[str, set[str]]], Counter[str]]:
    """(refs, texts) of the articles, (facts, cited refs) of the queries, citations in the training
    judgments.
    """
    laws = [json.loads(line) for line in (folder / "law_corpus.jsonl").open(encoding="utf-8")]
    tests = [json.loads(line) for line in (folder / "test.json").open(encoding="utf-8")]
    queries = [(row["text"], {str(ref) for ref in row["la"]}) for row in tests]
    lines = (folder / "qrels_file_train").read_text(encoding="utf-8").splitlines()
    prior = Counter(line.split()[2] for line in lines)
    return [str(law["text_id"]) for law in laws], [law["text"] for law in laws], queries, prior


def tfidf(texts: Sequence[str]) -> Callable[[str], np.ndarray]:
    """Scores by scikit-learn's TfidfVectorizer with its defaults, on words joined by blanks: the
    published setting.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer()
    matrix = vectorizer.fit_transform([" ".join(words(text)) for text in texts])
    return lambda query: (matrix @ vectorizer.transform([" ".join(words(query))]).T).toarray()[:, 0]


def systems(refs: list[str], texts: list[str], prior: Counter[str]) -> dict[str, Search]:
    """Name → a search for ten refs."""
    by_words, by_bigrams, cosine = BM25(texts, "words"), BM25(texts, "bigrams"), tfidf(texts)
    constant = [ref for ref, _ in prior.most_common(10)]

    def named(scores: np.ndarray) -> list[str]:
        return [refs[row] for row in top(scores, 10)]

    return {
        "bm25": lambda query: named(by_words.scores(query)),
        "tf-idf": lambda query: named(cosine(query)),
        "bm25 bigrams": lambda query: named(by_bigrams.scores(query)),
        "constant": lambda query: constant,
    }


def charge_lists(mirror: Path) -> list[Path]:
    return collection.files(mirror / "LawRefBook__Laws", CHARGE_LISTS)


def charge_links(mirror: Path) -> dict[str, list[str]]:
    """Charge → base numbers of its articles (JuDGE has no 条之X), the newest first."""
    by_charge: dict[str, list[str]] = defaultdict(list)
    for path in charge_lists(mirror)[::-1]:
        for charge, ref in links.pairs(lines_of(path)):
            if (base := ref.partition("之")[0]) not in by_charge[charge]:
                by_charge[charge].append(base)
    return dict(by_charge)


def facts_of(named: dict[str, list[str]]) -> dict[str, str]:
    """Ref → facts of synthetic cases of its charges."""
    by_article: dict[str, list[str]] = defaultdict(list)
    settings = Synthetic.model_validate(
        choice("corpus", "synthetic_full", ROOT / "config").model_dump() | {"seed": 1}
    )
    for province in settings.provinces[:PROVINCES]:
        for number in range(CASES):
            text, truth = generate.clean(settings, province, number)
            told = truth["defendants"][0]["charges"]
            if len(told) == 1 and told[0] in named and len(by_article[named[told[0]][0]]) < FACTS:
                by_article[named[told[0]][0]].append(text[slice(*truth["sections"]["facts"])])
    return {ref: "\n".join(lines) for ref, lines in by_article.items()}


def said_of(mirror: Path, named: dict[str, list[str]]) -> dict[str, str]:
    """Ref → what interpretations in force and the filing standards say of it: their articles that
    cite it, or are of a document whose title names its charge. What bears on many articles tells
    none of them apart.
    """
    rows, _ = collection.read(mirror / "LawRefBook__Laws", INTERPRETATIONS)
    for path in collection.files(mirror / STANDARDS, ["*追诉标准*"]):
        rows += parse(lines_of(path), path.name).rows
    lists = {path.relative_to(mirror / "LawRefBook__Laws").as_posix() for path in charge_lists(mirror)}
    by_article: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.valid_to or row.source in lists:
            continue
        cited = [str(a.number) for a in articles.parse(row.text) if a.law == articles.CRIMINAL_LAW]
        titled = [named[name][0] for name, _, _ in charges.find(row.law) if name in named]
        refs = list(dict.fromkeys([ref for ref in cited if int(ref) > GENERAL] + titled))
        for ref in refs if len(refs) <= ABOUT else ():
            by_article[ref].append(row.text)
    return {ref: "\n".join(lines)[:LENGTH] for ref, lines in by_article.items()}


def citations(mirror: Path, refs: list[str], texts: list[str]) -> Citations:
    cited: dict[str, list[str]] = defaultdict(list)
    for line in (mirror / JUDGE / "qrels_file_train").read_text(encoding="utf-8").splitlines():
        query, _, ref, _ = line.split()
        cited[query].append(ref)
    named = charge_links(mirror)
    told = [facts_of(named), said_of(mirror, named)]
    return Citations(refs, texts, told, named, list(cited.values()))


def evaluate(search: Search, queries: list[tuple[str, set[str]]]) -> tuple[float, float, float, float]:
    """Mean P@5, P@10, R@5, R@10."""
    sums = np.zeros(4)
    for query, gold in queries:
        ranked = search(query)
        hits = [len(gold & set(ranked[:k])) for k in (5, 10)]
        sums += [hits[0] / 5, hits[1] / 10, hits[0] / len(gold), hits[1] / len(gold)]
    return tuple(sums / len(queries))


def rare(queries: list[tuple[str, set[str]]], most: int = 2) -> list[tuple[str, set[str]]]:
    """The queries that cite an article which at most `most` of them cite, with these articles
    only.
    """
    counts = Counter(ref for _, gold in queries for ref in gold)
    left = ((query, {ref for ref in gold if counts[ref] <= most}) for query, gold in queries)
    return [(query, gold) for query, gold in left if gold]


def main() -> None:
    mirror = Path(os.environ.get("LEXPRO_MIRROR", ""))
    if not (mirror / JUDGE).is_dir() or not (mirror / "LawRefBook__Laws").is_dir():
        sys.exit("LEXPRO_MIRROR must name a folder with oneal2000__JuDGE and LawRefBook__Laws (docs/data.md)")
    refs, texts, queries, prior = load(mirror / JUDGE)
    uncommon = rare(queries)
    heads = " ".join(f"{head:>7}" for head in ("P@5", "P@10", "R@5", "R@10"))
    print(f"{'system':14} {heads} {'published R@10':>15} {'rare R@10':>10} {'ms':>6}")
    by_system = systems(refs, texts, prior) | {"citations": citations(mirror, refs, texts).search}
    for name, search in by_system.items():
        search(queries[0][0])
        started = time.perf_counter()
        row = evaluate(search, queries)
        cost = 1000 * (time.perf_counter() - started) / len(queries)
        published = f"{PUBLISHED[name][3]:.4f}" if name in PUBLISHED else "-"
        cells = " ".join(f"{value:7.4f}" for value in row)
        print(f"{name:14} {cells} {published:>15} {evaluate(search, uncommon)[3]:10.4f} {cost:6.1f}")


if __name__ == "__main__":
    main()
