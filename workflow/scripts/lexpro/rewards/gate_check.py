"""Every reward of `config/reward_gates.yaml` against its opponents: does gold win by its margin?"""

from __future__ import annotations

import inspect
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from lexpro import datasets
from lexpro.config import corpus as corpus_config
from lexpro.config.knowledge import Statutes
from lexpro.config.reward_gates import Settings
from lexpro.config.tasks import Form
from lexpro.corpus.parsing.structure import structure
from lexpro.corpus.synthetic import generate
from lexpro.records import Judgment
from lexpro.retrieval.lexical import LexicalRetriever
from lexpro.rewards import gates, registry, tier
from lexpro.rewards.completion import answer_of
from lexpro.rewards.registry import Reward
from lexpro.statutes import knowledge, table
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json_lines, read_yaml

JUDGE = "oneal2000__JuDGE/data/test.json"
# Of the questions' form, beside its style: facts and reasoning are whole.
FORM: dict[str, Any] = {
    "sections": ["parties", "facts", "reasoning", "judgment"],
    "facts_chars": 0,
    "think_chars": 0,
    "article_chars": 40,
    "articles_tokens": 0,
}


def read_settings(path: Path) -> Settings:
    """The configuration of the gates.

    Raises:
        UserError: a key is unknown, missing or wrong, or there is no such opponent.
    """
    try:
        settings = Settings.model_validate(read_yaml(path))
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise UserError(f"{path}: {'; '.join(wrong)}") from error
    stated = {"default": settings.default}
    stated |= {reward.fn: reward.margins for reward in settings.rewards}
    stated |= {f"total {total.grpo}": total.margins for total in settings.totals}
    for name, margins in stated.items():
        if unknown := margins.keys() - set(gates.OPPONENTS):
            raise UserError(
                f"{path}: {name}: no opponent {', '.join(sorted(unknown))}; there are {', '.join(gates.OPPONENTS)}"
            )
    return settings


def judgments(
    settings: Settings, corpus: corpus_config.Synthetic, limit: int | None
) -> tuple[str, list[tuple[str, Judgment]]]:
    """The judgments that questions are made of.

    Args:
        settings: of the gates.
        corpus: how synthetic judgments are generated.
        limit: judgments at most; None for all.

    Returns:
        What they are (those of JuDGE where the mirror has it, else synthetic ones), and their texts
        and records.
    """
    mirror = os.environ.get(datasets.MIRROR)
    path = Path(mirror) / JUDGE if mirror else None
    if path and path.is_file():
        rows = list(read_json_lines(path))[:limit]
        return "judgments of JuDGE", [(row["fd"], structure(row["fd"], row["text_id"])) for row in rows]
    made = settings.synthetic
    pairs = (generate.clean(corpus, made.province, number) for number in range(limit or made.cases))
    return "synthetic judgments", [(text, Judgment.from_dict(truth)) for text, truth in pairs]


@contextmanager
def knowledge_base(settings: Statutes) -> Iterator[tuple[str, list[dict], str]]:
    """A knowledge base for the rewards: statutes of the mirror, or else the built-in facts.

    Args:
        settings: where the statutes are.

    Yields:
        What it is, its articles, and its folder.
    """
    mirror = os.environ.get(datasets.MIRROR)
    real = bool(mirror and (Path(mirror) / settings.path).is_dir())
    made = knowledge.from_statutes(settings) if real else knowledge.from_facts()
    with tempfile.TemporaryDirectory() as folder:
        knowledge.write(made, Path(folder))
        yield "statutes" if real else "built-in facts", table.read(Path(folder) / "articles.parquet"), folder


def in_range(completions, task, gold, charges, knowledge, **_) -> list[float | None]:
    """The metric `term lies in the statutory range`, as a reward; None where there is no range.

    Args:
        completions: answers, strings or messages.
        task: name of the task of each; other tasks than `term` have no range.
        gold: not used.
        charges: of each case; those of several charges have no range.
        knowledge: path of a folder of the stage of that name; "": the built-in facts.

    Returns:
        1 or 0 for each; 0 where there is no answer.

    Raises:
        ValueError: the batch is not of one length.
    """
    by_charge, values = tier.tiers(knowledge), []
    for completion, name, accused in zip(completions, task, charges, strict=True):
        own = by_charge.get(accused[0], []) if name == "term" and len(accused) == 1 else []
        answer = answer_of(name, completion) if own else None
        values.append(float(answer is not None and tier.in_range(answer, own)) if own else None)
    return values


class Gates:
    """Questions of real or synthetic judgments, answered by gold and by every opponent."""

    def __init__(
        self, settings: Settings, pairs: list[tuple[str, Judgment]], articles: list[dict], folder: str
    ):
        """Make the questions.

        Args:
            settings: of the gates.
            pairs: texts and records of judgments.
            articles: those of the knowledge base.
            folder: of the knowledge base.
        """
        retriever, form = LexicalRetriever.build(articles), Form(style=settings.form, **FORM)

        def cases(part: list[tuple[str, Judgment]]) -> list[gates.Case]:
            return gates.cases(
                part, form, lambda facts, date: retriever.search(facts, settings.retrieved, date)
            )

        halves = [cases(pairs[::2]), cases(pairs[1::2])]
        self.folder = folder
        self.cases = [*halves[0], *halves[1]]
        self.arena = gates.Arena(self.cases, settings.seed)
        # Rewards that balance the classes of their prompts (lexpro/rewards/balance.py) count those
        # of the other half.
        self.folds = [
            (gates.Arena(own, settings.seed), gates.prompts_file(other, Path(folder) / f"{number}.jsonl"))
            for number, (own, other) in enumerate((halves, halves[::-1]))
        ]

    def play(self, reward: Reward) -> gates.Outcome:
        """The outcome of one reward over all questions."""
        if "training" in inspect.signature(reward).parameters:
            return gates.together(
                [half.play(reward, knowledge=self.folder, training=str(file)) for half, file in self.folds]
            )
        return self.arena.play(reward, knowledge=self.folder)


def line(name: str, outcome: gates.Outcome, failed: bool) -> str:
    """The outcome of one reward, as a line of the printed table.

    Args:
        name: of the reward.
        outcome: on all questions.
        failed: whether it lost to an opponent that it has to beat.
    """
    values = " ".join(f"{outcome.opponents[opponent]:>10.3f}" for opponent in gates.OPPONENTS)
    return f"{'FAIL' if failed else 'ok':<5}{name:<22}{outcome.n:>6}{outcome.gold:>8.3f} {values}"


def check(
    settings: Settings,
    corpus: corpus_config.Synthetic,
    statutes: Statutes,
    totals: dict[str, list[dict]],
    limit: int | None = None,
) -> list[str]:
    """Print the outcome of every reward and of every weighted sum.

    Args:
        settings: of the gates.
        corpus: how synthetic judgments are generated.
        statutes: where the statutes are.
        totals: configuration of GRPO → its rewards (`fn`, `weight`, `args`).
        limit: judgments at most; None for all.

    Returns:
        Where gold does not win by its margin, a line each.
    """
    kind, pairs = judgments(settings, corpus, limit)
    with knowledge_base(statutes) as (source, articles, folder):
        played = Gates(settings, pairs, articles, folder)
        print(f"{len(pairs)} {kind}, {len(played.cases)} questions; articles and tiers: {source}")
        print(f"{'':<5}{'reward':<22}{'n':>6}{'gold':>8} " + " ".join(f"{o:>10}" for o in gates.OPPONENTS))
        entries = []
        for entry in settings.rewards:
            reward = registry.load({"fn": entry.fn, "args": entry.args})[0]
            entries.append((reward.__name__, reward, entry.margins))
        for total in settings.totals:
            reward = gates.total([registry.load(spec) for spec in totals[total.grpo]])
            entries.append((f"total {total.grpo}", reward, total.margins))
        problems = []
        for name, reward, margins in entries:
            outcome = played.play(reward)
            lost = outcome.lost({**settings.default, **margins})
            problems += [f"{name}: {problem}" for problem in lost]
            print(line(name, outcome, bool(lost)))
        outcome = played.play(in_range)
        print(
            f"metric, no reward: the term lies in the statutory range: gold {outcome.gold:.3f}, best constant "
            f"{outcome.opponents['constant']:.3f}, shuffled {outcome.opponents['shuffled']:.3f} (n={outcome.n})"
        )
    return problems
