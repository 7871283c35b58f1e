"""Ask an experiment about the facts of a case: articles, similar cases, and the model's answer with its
citations checked.

python workflow/scripts/ask.py --experiment demo "被告人张某甲窃得他人手机一部，价值3000元。"
python workflow/scripts/ask.py --experiment demo --facts facts.txt --task term
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from lexpro.errors import UserError
from lexpro.files import read_json, read_yaml
from lexpro.knowledge import table
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cite
from lexpro.retrieval.search import Searcher
from lexpro.tasks import answers, prompts
from lexpro.tasks.form import Form

RESULTS = Path("results")
TASKS = ("charge", "article", "term")


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ask.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("question", nargs="?", help="the facts (事实) of a case")
    parser.add_argument("--facts", type=Path, help="a UTF-8 text file with the facts")
    parser.add_argument("--experiment", default="demo", help="an experiment that was run (default: demo)")
    parser.add_argument(
        "--task", choices=TASKS, default="article", help="what the model is asked (default: article)"
    )
    parser.add_argument(
        "--variant", choices=("base", "sft", "grpo"), default="grpo", help="the model (default: grpo)"
    )
    parser.add_argument("--date", help="the day to answer for, as 2017-06-28 (default: today)")
    parser.add_argument(
        "-k", type=int, default=5, help="articles to show, and to give the model (default: 5)"
    )
    parser.add_argument("--cases", type=int, default=3, help="similar cases to show (default: 3)")
    parser.add_argument("--no-model", action="store_true", help="retrieve only")
    return parser.parse_args(argv)


def facts_of(args: argparse.Namespace) -> str:
    """The facts from the command line or the file; raises UserError on none, both, or an unreadable file."""
    if (args.question is None) == (args.facts is None):
        raise UserError("give the facts either as text or with --facts FILE.")
    try:
        text = args.question if args.facts is None else args.facts.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"--facts {args.facts}: {error}. It must be a UTF-8 text file.") from error
    if not text.strip():
        raise UserError("the facts are empty.")
    return text.strip()


def run_of(experiment: str, variant: str) -> dict:
    """The configuration of the experiment's predictions with retrieval: its folders and how its model is run."""
    summary = RESULTS / "experiments" / experiment / "summary.json"
    if not summary.is_file():
        raise UserError(
            f"{summary} is not there. Run the experiment first: snakemake --cores all --config experiments={experiment}"
        )
    key = read_json(summary)["stages"].get("predict", {}).get(variant, {}).get("rag", {}).get("key")
    if not key:
        raise UserError(f"experiment {experiment} has no run of variant {variant} with retrieval.")
    return read_yaml(RESULTS / ".plan" / "predict" / key / "config.yaml")


def answer(plan: dict, task: str, facts: str, articles: list[dict]) -> str:
    """The model's completion for the facts with the articles shown."""
    from lexpro.engines.base import Request

    settings = plan["settings"]
    inputs = {name: Path(folder) for name, folder in plan["inputs"].items()}
    form = Form.from_dict(read_json(inputs["tasks"] / "form.json"))
    engine = importlib.import_module(settings["engine"]["module"]).Engine(
        inputs["model"] / "model", inputs["base_model"] / "model", settings["engine"], settings["decoding"]
    )
    prompt = prompts.build(task, facts, articles, form)
    limit = settings["decoding"]["max_new_tokens"][task]
    (made,) = engine.generate([Request(prompts.messages(prompt), limit, settings["decoding"]["seed"])])
    if made.error:
        raise UserError(f"the model gave no answer: {made.error}")
    return made.text


def citations(task: str, completion: str) -> list[tuple[str, str]]:
    """(law, ref) of what a completion cites: the answer's 法条, and the articles named in the reasoning."""
    think, said, _ = answers.split_think(completion)
    parsed = answers.parse(task, said) or {}
    named = [(CRIMINAL_LAW, str(ref)) for ref in parsed.get("法条", [])]
    return list(dict.fromkeys([*named, *cite.cited_in(f"{think or ''}\n{said}")]))


def show_retrieved(searcher: Searcher, facts: str, args: argparse.Namespace) -> list[dict]:
    found = searcher.articles(facts, args.k, args.date)
    print("法条")
    for article in found:
        since = f"（{article['valid_from']}起）" if article["valid_from"] else ""
        print(f"  {article['law']} {article['ref']}{since}  {' '.join(article['text'].split())[:80]}")
    print("类案")
    for case in searcher.cases(facts, args.cases):
        months = f" {case['months']}个月" if case["months"] is not None else ""
        print(
            f"  {case['doc_id']}  {'、'.join(case['charges'])}  {case['sentence']}{months}  {','.join(case['refs'])}"
        )
        print(f"    {case['facts'][:80]}")
    return found


def main(argv: list[str] | None = None) -> None:
    args = arguments(argv)
    try:
        facts = facts_of(args)
        plan = run_of(args.experiment, args.variant)
        searcher = Searcher(plan["inputs"]["index"])
        found = show_retrieved(searcher, facts, args)
        if not args.no_model:
            completion = answer(plan, args.task, facts, found)
            print("回答")
            print(f"  {completion}")
            rows = table.read(Path(plan["inputs"]["knowledge"]) / "articles.parquet")
            shown = {article["ref"] for article in found}
            print("引用")
            for checked in cite.check(citations(args.task, completion), rows, shown, args.date):
                print(f"  {checked.law} {checked.ref}: {checked.verdict}")
        searcher.close()
    except UserError as error:
        print(f"ask.py: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
