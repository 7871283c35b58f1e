"""Which articles a court will cite, from the facts alone: the crime, then what is cited beside it.

1. The crime's article. BM25 compares the facts with several texts of each article of the special
   part, which count alike: its own with the names of its charges, and the same with what a source
   tells of it (facts of synthetic cases, interpretations). A charge that the facts name counts too,
   and how often courts cite the article, tempered, so that rarely cited ones are not buried.
2. The articles beside it. Lists of cited articles give the share of judgments on that crime that
   cite each other article (no text of a judgment is read). Circumstances that the facts tell raise
   or lower its odds.

Nothing is fitted to facts of real judgments. No stage uses this module; perf/retrieval.py measures
it.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from lexpro.law import charges
from lexpro.retrieval.bm25 import BM25, top

# Article 101 ends the general part (总则).
GENERAL = 101
# Judgments on a crime whose own counts weigh as much as the shares over all judgments.
SMOOTHING = 5.0
# Added to an article's score: for a charge that the facts name; for BM25 (the best article has 1).
NAMED, TEXT = 3.0, 12.0
# Weight of the logarithm of the counts in an article's score.
PRIOR = 0.5
# What the facts tell → articles (numbers, Criminal Law) and the factor of their odds where it is
# there; the other way round where it is not.
CIRCUMSTANCES: dict[str, tuple[str, tuple[str, ...], float]] = {
    "recidivist": (r"累犯|刑满释放|释放后|有期徒刑[^。]{0,40}(?:释放|执行完毕)", ("65",), 8.0),
    "drugs again": (r"(?:因|犯)[^。，]{0,12}毒品[^。]{0,30}(?:判处|释放)|毒品再犯", ("356",), 6.0),
    "together": (r"伙同|共同|同伙|结伙|同案|预谋|指使|等人|分工|纠集", ("25",), 4.0),
    "accessory": (r"从犯|次要作用|辅助作用|望风|受雇|受[^，。]{1,6}指使", ("27", "26"), 4.0),
    "attempt": (r"未遂|未得逞|未得手|未能得逞|意志以外", ("23",), 15.0),
    "merit": (r"立功|检举|揭发|协助(?:公安|抓获|民警)", ("68",), 8.0),
    "surrender": (r"自首|投案|主动到案|电话通知|如实供述|供认不讳|坦白", ("67",), 2.0),
    "several": (r"数罪|两罪|二罪", ("69",), 5.0),
    "reconciled": (r"谅解|赔偿[^。]{0,20}损失|和解", ("72", "73"), 2.5),
    "minor": (r"未成年|不满十八|未满十八|未满18|不满18", ("17",), 8.0),
    "disorder": (r"精神(?:病|分裂|障碍)|限制(?:刑事)?责任能力", ("18",), 12.0),
    "proceeds": (r"赃|违法所得|毒资|作案工具|扣押|收缴|没收|退", ("64",), 1.6),
    "on probation": (r"缓刑考验期|缓刑期|宣告缓刑", ("77",), 8.0),
}
_CIRCUMSTANCES = {name: re.compile(row[0]) for name, row in CIRCUMSTANCES.items()}


def counted(citations: Iterable[Iterable[str]]) -> tuple[Counter[str], dict[str, Counter[str]]]:
    """Count lists of cited articles.

    A judgment with n articles of the special part counts 1/n to each of them.

    Args:
        citations: refs of each judgment.

    Returns:
        Judgments by ref; and, by the ref of a crime, judgments by ref ("" for all of that crime).
    """
    total: Counter[str] = Counter()
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    for refs in citations:
        cited = set(refs)
        total.update(cited)
        crimes = [ref for ref in cited if int(ref.partition("之")[0]) > GENERAL]
        for crime in crimes:
            beside[crime][""] += 1 / len(crimes)
            for ref in cited:
                beside[crime][ref] += 1 / len(crimes)
    return total, dict(beside)


class Citations:
    """Ranks articles for facts.

    Args:
        refs: of the articles.
        texts: theirs.
        told: of each source, ref → what it tells of the article.
        named: charge → refs of its articles, its own first.
        citations: refs that each of many judgments cites.
    """

    def __init__(
        self,
        refs: Sequence[str],
        texts: Sequence[str],
        told: Sequence[Mapping[str, str]],
        named: Mapping[str, Sequence[str]],
        citations: Sequence[Iterable[str]],
    ):
        self.refs = list(refs)
        self.place = {ref: i for i, ref in enumerate(self.refs)}
        self.named = named
        self.crimes = [i for i, ref in enumerate(self.refs) if int(ref.partition("之")[0]) > GENERAL]
        names: dict[str, list[str]] = defaultdict(list)
        for charge, articles in named.items():
            # Thrice: a name says more than a sentence of the text.
            names[articles[0]] += [charge.removesuffix("罪")] * 3
        plain = [texts[i] + "\n" + " ".join(names[self.refs[i]]) for i in self.crimes]
        lines = [plain]
        for source in told:
            lines.append(
                [
                    f"{text}\n{source.get(self.refs[i], '')}"
                    for text, i in zip(plain, self.crimes, strict=True)
                ]
            )
        self.indexes = [BM25(texts_, b=0.5) for texts_ in lines]
        total, beside = counted(citations)
        n = len(citations)
        self.prior = np.array([total[self.refs[i]] + 0.5 for i in self.crimes])
        base = np.array([total[ref] / n for ref in self.refs])
        # An article of the special part stands beside another one only where that was seen.
        base[self.crimes] = 0
        self.beside = np.zeros((len(self.crimes), len(self.refs)))
        for row, i in enumerate(self.crimes):
            seen = beside.get(self.refs[i], Counter())
            counts = np.array([seen[ref] for ref in self.refs])
            self.beside[row] = (counts + SMOOTHING * base) / (seen[""] + SMOOTHING)
            self.beside[row, i] = 1.0

    def crime(self, facts: str) -> np.ndarray:
        """Probabilities of the articles of the special part, [crimes] float64."""
        by_text = [index.scores(facts) for index in self.indexes]
        text = np.mean([scores / (scores.max() or 1) for scores in by_text], axis=0)
        score = TEXT * text + PRIOR * np.log(self.prior)
        for charge in {name for name, _, _ in charges.find(facts)}:
            for ref in self.named.get(charge, [])[:1]:
                if ref in self.place and self.place[ref] in self.crimes:
                    score[self.crimes.index(self.place[ref])] += NAMED
        weights = np.exp(score - score.max())
        return weights / weights.sum()

    def scores(self, facts: str) -> np.ndarray:
        """The probability that each article is cited, [refs] float64."""
        chance = np.clip(self.crime(facts) @ self.beside, 1e-9, 1 - 1e-9)
        odds = chance / (1 - chance)
        for name, (_, refs, factor) in CIRCUMSTANCES.items():
            there = _CIRCUMSTANCES[name].search(facts)
            for ref in refs:
                if ref in self.place:
                    odds[self.place[ref]] *= factor if there else 1 / factor**0.5
        return odds / (1 + odds)

    def search(self, facts: str, k: int = 10) -> list[str]:
        """The `k` refs with the highest probability, best first."""
        return [self.refs[i] for i in top(self.scores(facts), k)]
