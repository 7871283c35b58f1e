"""What courts cite and decide for such facts, learned from the training cases.

Ridge regression (`ridge.py`) on n-grams of characters (`ngrams.py`). A target is an article of the
Criminal Law, a charge, or the kind of the main punishment; what it scores is about the share of
such cases that have it. The length of a punishment is one more target of its kind. All are learned
together from whole cases, so the general part (自首, 缓刑, 罚金), which shares no word with facts,
is found like the rest. The articles of crimes (分则) themselves are examples too, as cases that
cite them: so those that hardly any case cites are found by their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from scipy import sparse

from lexpro.config.index import Ranker as Settings
from lexpro.hashing import draw
from lexpro.law.articles import CRIMINAL_LAW, is_special
from lexpro.records import TIMED_KINDS
from lexpro.retrieval import ngrams, ridge
from lexpro.retrieval.bm25 import top
from lexpro.retrieval.cases import Case
from lexpro.tasks.context import Decisions, UsualSentence
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, write_json

# Its folder in an index, and its files.
RANKER, CARD, ARRAYS = "ranker", "ranker.json", "ranker.npz"
# Of a sparse matrix, as they are kept.
PARTS = ("data", "indices", "indptr")
# The logarithm of the longest term, 25 years.
LONGEST = float(np.log1p(300))
# Buckets of n-grams; n-grams that fewer texts have are not counted.
BUCKETS, FEWEST = 1 << 20, 2


def crimes(articles: Sequence[dict]) -> list[dict]:
    """The articles of crimes of the Criminal Law, in the version in force, each once."""
    newest = {
        row["ref"]: row
        for row in articles
        if row["law"] == CRIMINAL_LAW and row["text"] and not row["valid_to"] and is_special(row["ref"])
    }
    return list(newest.values())


class Labels:
    """Names of targets, and what has which.

    Args:
        refs: articles of the Criminal Law.
        charges: names of crimes.
        kinds: of main punishments.
    """

    def __init__(self, refs: Sequence[str], charges: Sequence[str], kinds: Sequence[str]):
        self.refs, self.charges, self.kinds = list(refs), list(charges), list(kinds)
        # Those that have a length.
        self.timed = [kind for kind in self.kinds if kind in TIMED_KINDS]
        self.place = {("ref", ref): column for column, ref in enumerate(self.refs)}
        # Columns of the articles of crimes (分则).
        self.crimes = [column for column, ref in enumerate(self.refs) if is_special(ref)]
        names = [("charge", name) for name in self.charges] + [("kind", name) for name in self.kinds]
        names += [("length", name) for name in self.timed]
        self.place |= {name: column for column, name in enumerate(names, len(self.refs))}

    @classmethod
    def of(cls, cases: Sequence[Case], articles: Sequence[dict]) -> Labels:
        """All that the cases and the articles have, in order."""
        refs = {ref for case in cases for ref in case.refs} | {row["ref"] for row in articles}
        charges = {name for case in cases for name in case.charges}
        charges |= {name for row in articles for name in row["charges"]}
        kinds = {case.sentence for case in cases if case.sentence}
        return cls(sorted(refs), sorted(charges), sorted(kinds))

    def of_case(self, refs: Sequence[str], charges: Sequence[str]) -> list[int]:
        """The columns of what a case cites and convicts of."""
        names = [("ref", ref) for ref in refs] + [("charge", name) for name in charges]
        return [self.place[name] for name in names if name in self.place]

    def matrix(self, cases: Sequence[Case], articles: Sequence[dict]) -> np.ndarray:
        """Targets of the cases, and of the articles after them.

        An article is a case of which nothing is known but its own: of the general part it has what
        cases have on average, and of punishments too. It is of each of its crimes alike. A length
        is its logarithm.

        Returns:
            [cases + articles, targets] float32.
        """
        targets = np.zeros((len(cases) + len(articles), len(self.place)), np.float32)
        for row, case in enumerate(cases):
            targets[row, self.of_case(case.refs, case.charges)] = 1
            if case.sentence:
                targets[row, self.place["kind", case.sentence]] = 1
            if case.sentence in self.timed and case.months is not None:
                targets[row, self.place["length", case.sentence]] = np.log1p(case.months)
        mean = targets[: len(cases)].mean(axis=0) if cases else np.zeros(len(self.place), np.float32)
        general = [self.place["ref", ref] for ref in self.refs if not is_special(ref)]
        general += [self.place["kind", kind] for kind in self.kinds]
        general += [self.place["length", kind] for kind in self.timed]
        for row, article in enumerate(articles, len(cases)):
            targets[row, general] = mean[general]
            targets[row, self.place["ref", article["ref"]]] = 1
            names = [self.place["charge", name] for name in article["charges"]]
            targets[row, names] = 1 / max(len(names), 1)
        return targets


class Ranker:
    """Scores articles and charges for facts.

    Two steps. The first regression compares texts, and tells the crime: a profile over the articles
    of crimes. The second compares texts and profiles, so that cases of the same crime count more.

    Attributes:
        card: settings, and the names of the targets (refs, charges, kinds).
        labels: these names.
        arrays: idf [buckets]; profile_weights [landmarks, crimes], of the first step; profiles
            [landmarks, crimes]; weights [landmarks, targets], of the second.
        postings: n-grams of the landmarks, [buckets, landmarks].
    """

    def __init__(self, card: dict, arrays: dict[str, np.ndarray], postings: sparse.csr_array):
        self.card, self.arrays, self.postings = card, arrays, postings
        self.labels = Labels(card["refs"], card["charges"], card["kinds"])
        self.settings = Settings.model_validate(card["settings"])
        self._last: tuple[str | None, np.ndarray] = None, np.zeros(0)

    @classmethod
    def learn(cls, cases: Sequence[Case], articles: Sequence[dict], settings: Settings) -> Ranker:
        """Learn from training cases and articles.

        Args:
            cases: of more than `settings.cases` a drawn sample is taken.
            articles: rows of articles.parquet.
            settings: those of the ranker.
        """
        cases = sorted(cases, key=lambda case: draw(settings.seed, case.doc_id))[: settings.cases]
        articles = crimes(articles)
        labels = Labels.of(cases, articles)
        # No mean is taken off: it would decide for facts of few words, whose cosines are small. The
        # articles come first: they are landmarks in any case.
        targets = np.roll(labels.matrix(cases, articles), len(articles), axis=0)
        texts = ["\n".join([*row["charges"], row["text"]]) for row in articles]
        counts = _counts([*texts, *(case.story or case.facts for case in cases)], settings)
        idf = ngrams.inverse_frequencies(counts, FEWEST)
        rows = ngrams.weigh(counts, idf)
        landmarks = min(rows.shape[0], settings.landmarks + len(articles))
        products = ridge.Products(rows[:landmarks])
        first = ridge.fit(lambda: products(rows), targets, landmarks, settings.alpha, left_out=True)
        own = labels.crimes
        profiles = first.left_out[:, own]
        # An article is of its own crime for certain.
        profiles[: len(articles)] = targets[: len(articles), own]
        profiles = _profile(profiles)

        def of_the_same_crime() -> Iterator[tuple[slice, np.ndarray]]:
            for part, near in products(rows):
                yield part, near * (1 + profiles[part] @ profiles[:landmarks].T)

        second = ridge.fit(of_the_same_crime, targets, landmarks, settings.alpha)
        arrays = {
            "idf": idf,
            "profile_weights": first.weights[:, own],
            "profiles": profiles[:landmarks],
            "weights": second.weights,
        }
        names = {"refs": labels.refs, "charges": labels.charges, "kinds": labels.kinds}
        card = {"settings": settings.model_dump(), **names}
        return cls(card, arrays, sparse.csr_array(rows[:landmarks].T))

    def scores(self, facts: str) -> tuple[np.ndarray, np.ndarray]:
        """About the probability of each article and charge; facts asked last are not read twice.

        Returns:
            ([refs], [charges]) float32.
        """
        every, cut = self._all(facts), len(self.labels.refs)
        return every[:cut], every[cut : cut + len(self.labels.charges)]

    def _all(self, facts: str) -> np.ndarray:
        if self._last[0] != facts:
            self._last = facts, self._scores(facts)
        return self._last[1]

    def decisions(self, facts: str) -> Decisions:
        """What courts decide in such cases.

        Args:
            facts: what happened.

        Returns:
            All charges, and the main punishments that some of such cases have.
        """
        every, place = self._all(facts), self.labels.place
        shares = {kind: float(every[place["kind", kind]]) for kind in self.labels.kinds}
        sentences = []
        for kind in sorted(shares, key=lambda kind: -shares[kind]):
            if shares[kind] <= 0:
                break
            months = None
            if kind in self.labels.timed:
                mean = float(every[place["length", kind]]) / shares[kind]
                # A ratio of two guesses: kept within what there is.
                months = max(1, round(np.expm1(min(mean, LONGEST))))
            sentences.append(UsualSentence(kind, shares[kind], months))
        return Decisions(self.shares(facts, "charge"), sentences)

    def shares(self, facts: str, task: str = "article") -> dict[str, float]:
        """Article, or charge → about the share of such cases that have it, highest first.

        Args:
            facts: what happened.
            task: `article` or `charge`.
        """
        of_articles, of_charges = self.scores(facts)
        known = {"article": (self.labels.refs, of_articles), "charge": (self.labels.charges, of_charges)}
        names, scores = known[task]
        return {names[place]: float(scores[place]) for place in top(scores, len(scores))}

    def _scores(self, facts: str) -> np.ndarray:
        known = self.arrays
        row = ngrams.weigh(_counts([facts], self.settings), known["idf"])
        chosen = self.postings[row.indices]
        near = chosen.T @ row.data
        profile = _profile(near @ known["profile_weights"])
        return (near * (1 + known["profiles"] @ profile)) @ known["weights"]

    def save(self, folder: Path) -> None:
        """Write `ranker.json` and `ranker.npz`: plain arrays. The same cases, the same bytes."""
        folder.mkdir(parents=True, exist_ok=True)
        parts = {f"postings_{name}": getattr(self.postings, name) for name in PARTS}
        np.savez(folder / ARRAYS, **self.arrays, **parts)
        write_json(folder / CARD, self.card)

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        """Read what `save` has written.

        Raises:
            UserError: the folder is no ranker, or is damaged.
        """
        try:
            card = read_json(folder / CARD)
            with np.load(folder / ARRAYS, allow_pickle=False) as file:
                arrays = dict(file)
            parts = tuple(arrays.pop(f"postings_{name}") for name in PARTS)
            postings = sparse.csr_array(parts, shape=(BUCKETS, len(arrays["weights"])))
            return cls(card, arrays, postings)
        except (OSError, ValueError, KeyError) as error:
            raise UserError(f"{folder} is not a ranker ({error}). Run the index stage again.") from error


def _profile(scores: np.ndarray) -> np.ndarray:
    """Scores of crimes, none below 0 or above 1, as vectors of unit length."""
    scores = np.clip(scores, 0, 1)
    return scores / np.maximum(np.sqrt((scores * scores).sum(axis=-1, keepdims=True)), 1e-6)


def _counts(texts: Sequence[str], settings: Settings) -> sparse.csr_array:
    return ngrams.counts([text[: settings.chars or None] for text in texts], settings.longest, BUCKETS)
