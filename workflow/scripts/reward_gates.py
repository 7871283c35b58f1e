"""Every reward on gold, constants, shuffled gold, copies and degenerate strings; fails where gold
does not win.

python workflow/scripts/reward_gates.py [--config config/reward_gates.yaml] [--cases N]

Margins are stated in the configuration. Gold is that of real judgments where LEXPRO_MIRROR has
them, else synthetic. Rewards that ask about their prompts evenly (lexpro/rewards/balance.py) count
on the other half of the judgments.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import knowledge as knowledge_stage
from lexpro import datasets
from lexpro.corpus.parsing.structure import structure
from lexpro.corpus.synthetic import generate
from lexpro.records import Judgment
from lexpro.rewards import gates, registry, tier
from lexpro.rewards.completion import answer_of
from lexpro.statutes import table
from lexpro.tasks.form import Form
from lexpro.tasks.shelf import Shelf
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml

KEYS = {"seed", "synthetic", "form", "retrieved", "default", "rewards", "totals"}


def settings_of(path: Path) -> dict:
    """The configuration; raises `UserError` on unknown or missing keys and on opponents that there
    are not.
    """
    found = read_yaml(path)
    if found.keys() != KEYS:
        raise UserError(f"{path}: wrong or missing keys {', '.join(sorted(found.keys() ^ KEYS))}")
    for name, margins in [("default", found["default"])] + [
        (entry.get("fn", entry.get("grpo")), entry["margins"]) for entry in found["rewards"] + found["totals"]
    ]:
        if unknown := margins.keys() - set(gates.OPPONENTS):
            raise UserError(
                f"{path}: {name}: no opponent {', '.join(sorted(unknown))}; there are {', '.join(gates.OPPONENTS)}"
            )
    return found


def judgments(settings: dict, limit: int | None) -> tuple[str, list[tuple[str, Judgment]]]:
    """(what they are, (text, judgment)): JuDGE's where the mirror has it, else the synthetic
    corpus.
    """
    mirror = os.environ.get(datasets.MIRROR)
    path = Path(mirror) / "oneal2000__JuDGE/data/test.json" if mirror else None
    if path and path.is_file():
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:limit]]
        return "judgments of JuDGE", [(row["fd"], structure(row["fd"], row["text_id"])) for row in rows]
    made = settings["synthetic"]
    corpus = read_yaml(Path("config/corpus") / f"{made['corpus']}.yaml")
    pairs = (generate.clean(corpus, made["province"], number) for number in range(limit or made["cases"]))
    return "synthetic judgments", [(text, Judgment.from_dict(truth)) for text, truth in pairs]


@contextmanager
def knowledge() -> Iterator[tuple[str, list[dict], str]]:
    """(what it is, rows of articles, folder for the rewards): statutes of the mirror, or else the
    embedded facts.
    """
    settings = read_yaml(Path("config/knowledge/statutes.yaml"))
    mirror = os.environ.get(datasets.MIRROR)
    real = bool(mirror) and (Path(mirror) / settings["path"]).is_dir()
    known = knowledge_stage.from_statutes(settings) if real else knowledge_stage.from_facts()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        knowledge_stage.write(known, folder)
        yield "statutes" if real else "embedded facts", table.read(folder / "articles.parquet"), name


def line(name: str, outcome: gates.Outcome, failed: bool) -> str:
    values = " ".join(f"{outcome.opponents[opponent]:>10.3f}" for opponent in gates.OPPONENTS)
    return f"{'FAIL' if failed else 'ok':<5}{name:<22}{outcome.n:>6}{outcome.gold:>8.3f} {values}"


def in_range(completions, task, gold, charges, knowledge, **_) -> list[float | None]:
    """The metric `term lies in the statutory range`, called as a reward; None where there is no
    range.
    """
    known, found = tier.tiers(knowledge), []
    for completion, name, accused in zip(completions, task, charges, strict=True):
        own = known.get(accused[0], []) if name == "term" and len(accused) == 1 else []
        answer = answer_of(name, completion) if own else None
        found.append(float(answer is not None and tier.in_range(answer, own)) if own else None)
    return found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--config", type=Path, default=Path("config/reward_gates.yaml"))
    parser.add_argument("--cases", type=int, help="judgments to use (default: all)")
    args = parser.parse_args(argv)
    settings = settings_of(args.config)
    kind, read = judgments(settings, args.cases)
    with knowledge() as (source, rows, folder):
        shelf = Shelf(rows)
        form = Form(style=settings["form"])

        def cases(pairs: list[tuple[str, Judgment]]) -> list[gates.Case]:
            return gates.cases(
                pairs, form, lambda facts, date: shelf.find(facts, settings["retrieved"], date)
            )

        halves = [cases(read[::2]), cases(read[1::2])]
        found = [*halves[0], *halves[1]]
        arena = gates.Arena(found, settings["seed"])
        folds = [
            (gates.Arena(own, settings["seed"]), gates.prompts_file(other, Path(folder) / f"{number}.jsonl"))
            for number, (own, other) in enumerate((halves, halves[::-1]))
        ]
        print(f"{len(read)} {kind}, {len(found)} questions; articles and tiers: {source}")
        print(f"{'':<5}{'reward':<22}{'n':>6}{'gold':>8} " + " ".join(f"{o:>10}" for o in gates.OPPONENTS))
        problems = []
        entries = [
            (registry.load({"fn": e["fn"], "args": e.get("args")})[0], None, e["margins"])
            for e in settings["rewards"]
        ]
        for entry in settings["totals"]:
            specs = read_yaml(Path("config/grpo") / f"{entry['grpo']}.yaml")["rewards"]
            reward = gates.total([registry.load(spec) for spec in specs])
            entries.append((reward, f"total {entry['grpo']}", entry["margins"]))
        for reward, name, margins in entries:
            name = name or reward.__name__
            if "training" in inspect.signature(reward).parameters:
                outcome = gates.together(
                    [half.play(reward, knowledge=folder, training=str(file)) for half, file in folds]
                )
            else:
                outcome = arena.play(reward, knowledge=folder)
            lost = outcome.lost({**settings["default"], **margins})
            problems += [f"{name}: {problem}" for problem in lost]
            print(line(name, outcome, bool(lost)))
        outcome = arena.play(in_range, knowledge=folder)
        print(
            f"metric, no reward: the term lies in the statutory range: gold {outcome.gold:.3f}, best constant "
            f"{outcome.opponents['constant']:.3f}, shuffled {outcome.opponents['shuffled']:.3f} (n={outcome.n})"
        )
    for problem in problems:
        print(f"FAIL {problem}", file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as error:
        sys.exit(f"reward_gates: {error}")
