"""The facts of a case before an experiment: its index, and its model with citations checked."""

from __future__ import annotations

import argparse
from pathlib import Path

from lexpro.cli import ask_print
from lexpro.config import load as typed
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cite
from lexpro.retrieval.scope import CaseScope
from lexpro.retrieval.search import Searcher
from lexpro.statutes.lookup import plain
from lexpro.tasks import answers, prompts
from lexpro.tasks.form import read_form
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, read_yaml

RESULTS, EXPERIMENTS = Path("results"), Path("config/experiment")


def predictions(experiment: str, variant: str) -> tuple[dict, dict]:
    """What an experiment's predictions with retrieval were made with.

    Args:
        experiment: its name.
        variant: `base`, `sft` or `grpo`.

    Returns:
        The plan of the run (`inputs`: its folders; `settings`: how its model is run), and the
        experiment's summary.

    Raises:
        UserError: the experiment does not exist, has not run, or its results are gone.
    """
    file = RESULTS / "experiments" / experiment / "summary.json"
    if not file.is_file():
        names = sorted(path.stem for path in EXPERIMENTS.glob("*.yaml"))
        if names and experiment not in names:
            raise UserError(f"there is no experiment {experiment}. There are: {', '.join(names)}.")
        raise UserError(
            f"experiment {experiment} has not run here: no {file}. Run it first: "
            f"snakemake --cores all --config experiments={experiment}"
        )
    try:
        summary = read_json(file)
        stages = summary["stages"]
    except (ValueError, KeyError) as error:
        raise UserError(f"{file} cannot be read ({error!r}). Remove it and run snakemake again.") from error
    key = stages.get("predict", {}).get(variant, {}).get("rag", {}).get("key")
    if not key:
        raise UserError(f"experiment {experiment} has no run of variant {variant} with retrieval.")
    plan = RESULTS / ".plan" / "predict" / key / "config.yaml"
    if not plan.is_file():
        raise UserError(f"{plan} is gone. Run snakemake again: it plans anew and makes what is missing.")
    return read_yaml(plan), summary


def indexed_law(name: str | None, rows: list[dict]) -> str | None:
    """A law by the name that the index has for it.

    Raises:
        UserError: the index has none of that name.
    """
    if name is None:
        return None
    names = {plain(row["law"]): row["law"] for row in rows}
    if plain(name) not in names:
        raise UserError(f"--law {name}: the index of this experiment has none of that name.")
    return names[plain(name)]


def answer(
    plan: dict, task: str, facts: str, articles: list[dict], usual: list[str] | None = None
) -> tuple[str, list[str]]:
    """Ask the model of an experiment.

    Args:
        plan: as `predictions` gives it.
        task: `charge`, `article` or `term`.
        facts: the facts of the case.
        articles: those to show the model.
        usual: refs that the court usually cites, where that is known.

    Returns:
        The completion, and the refs of the articles that the prompt had room for.

    Raises:
        UserError: the model is not there, or gave no answer.
    """
    from transformers.utils.logging import disable_progress_bar

    from lexpro.engines import load
    from lexpro.engines.base import Request, Sampling

    disable_progress_bar()
    inputs = {name: Path(folder) for name, folder in plan["inputs"].items()}
    if not (inputs["model"] / "model").is_dir():
        raise UserError(f"{inputs['model']}/model is not there. Run snakemake again, or ask with --no-model.")
    form = read_form(inputs["tasks"])
    settings = typed.settings("predict", plan["settings"])
    decoding = settings.decoding
    sampling = Sampling(decoding.temperature, decoding.top_p)
    base = inputs["base_model"] / "model"
    engine = load.engine(settings.engine, inputs["model"] / "model", base, sampling)
    prompt = prompts.build(task, facts, form, articles, court_citations=usual)
    limit = dict(decoding.max_new_tokens)[task]
    (made,) = engine.generate([Request(prompts.messages(prompt), limit, decoding.seed)])
    if made.error:
        raise UserError(f"the model gave no answer: {made.error}")
    return made.text, prompts.refs(articles, form, usual)


def citations(task: str, completion: str) -> list[tuple[str, str]]:
    """(law, ref) of what a completion cites: its answer's 法条, and the articles in its text."""
    think, said, _ = answers.split_think(completion)
    parsed = answers.parse(task, said) or {}
    named = [(CRIMINAL_LAW, str(ref)) for ref in parsed.get("法条", [])]
    return list(dict.fromkeys([*named, *cite.cited_in(f"{think or ''}\n{said}")]))


def usual_articles(searcher: Searcher, plan: dict, args: argparse.Namespace, facts: str) -> list[str] | None:
    """Refs that the court of `--court` usually cites in such cases; None where that is not known.

    Raises:
        UserError: the models were trained without this.
    """
    form = read_form(Path(plan["inputs"]["tasks"]))
    if not form.court_cases:
        raise UserError(f"--court: the models of {args.experiment} were not shown what courts usually cite.")
    return searcher.court_citations(facts, args.court, form.court_cases)


def ask(args: argparse.Namespace, facts: str, heading: str) -> None:
    """Print articles, charges and similar cases, and the model's answer.

    Args:
        args: the checked arguments of `lexpro ask`.
        facts: the facts of the case.
        heading: what the model is asked, in Chinese.

    Raises:
        UserError: the experiment has not run, or cannot do what an option asks.
    """
    plan, summary = predictions(args.experiment, args.variant)
    searcher = Searcher(plan["inputs"]["index"])
    law = indexed_law(args.law, searcher.article_rows)
    ask_print.articles(searcher.articles(facts, args.k, args.date, law, named=True))
    ask_print.named_articles(cite.check(cite.cited_in(facts), searcher.article_rows, None, args.date))
    ask_print.charges(searcher.charges(facts)[:3])
    ask_print.cases(searcher.cases(facts, args.cases, CaseScope(province=args.province, charge=args.charge)))
    usual = None
    if args.court:
        usual = usual_articles(searcher, plan, args, facts)
        ask_print.court_citations(args.court, usual)
    if not args.no_model:
        # Answers name articles by number alone: those of 刑法.
        shown = searcher.articles(facts, args.k, args.date, CRIMINAL_LAW, named=True)
        completion, refs = answer(plan, args.task, facts, shown, usual)
        checked = cite.check(citations(args.task, completion), searcher.article_rows, set(refs), args.date)
        ask_print.heading(f"{heading}（{args.experiment}，{args.variant}）", summary["corpus"]["synthetic"])
        ask_print.answer(args.task, completion, checked)
    searcher.close()
