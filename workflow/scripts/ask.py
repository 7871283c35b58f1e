"""Ask an experiment about the facts of a case: articles, similar cases, and the model's answer with
its citations checked.

python workflow/scripts/ask.py --experiment demo "被告人张某甲窃得他人手机一部，价值3000元。"
python workflow/scripts/ask.py --experiment demo --facts facts.txt --task term --province 湖北
"""

from __future__ import annotations

import argparse
import datetime
import logging
import sys
from pathlib import Path
from unicodedata import east_asian_width

from lexpro.config import load as typed
from lexpro.law import charges, provinces
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cite
from lexpro.retrieval.scope import CaseScope
from lexpro.retrieval.search import Searcher
from lexpro.statutes.lookup import plain
from lexpro.tasks import answers, prompts
from lexpro.tasks.form import Form
from lexpro.workflow.cli_files import read_text
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, read_yaml

RESULTS, EXPERIMENTS = Path("results"), Path("config/experiment")
TASKS = {"charge": "罪名", "article": "法条", "term": "刑期"}
VERDICTS = {
    cite.FINE: "有效",
    cite.NOT_SHOWN: "有效，但没有提供给模型",
    cite.NOT_IN_FORCE: "当日不生效",
    cite.MISSING: "不存在",
    cite.UNKNOWN: "知识库没有这部法律，没有核对",
}
SHARED = {"charges": "罪名", "circumstances": "情节", "amounts": "金额相近", "terms": "用语"}
# Width of the output in columns; a Chinese character takes two.
WIDTH = 100


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
        "--law", help="only articles of this law, as 刑法 (the model is shown these only anyway)"
    )
    parser.add_argument("--province", help="only similar cases of this province, as 湖北")
    parser.add_argument(
        "--court", help="the court that decides: what it usually cites is shown, and told the model"
    )
    parser.add_argument("--charge", help="only similar cases with this charge, as 盗窃罪")
    parser.add_argument(
        "-k", type=int, default=5, help="articles to show, and to give the model (default: 5)"
    )
    parser.add_argument("--cases", type=int, default=3, help="similar cases to show (default: 3)")
    parser.add_argument("--no-model", action="store_true", help="retrieve only")
    args = parser.parse_args(argv)
    check(args)
    return args


def check(args: argparse.Namespace) -> None:
    """Raises UserError naming the option that cannot be."""
    if args.k < 1 or args.cases < 0:
        raise UserError("-k must be 1 or more, --cases 0 or more.")
    if args.date:
        try:
            args.date = datetime.date.fromisoformat(args.date).isoformat()
        except ValueError as error:
            raise UserError(f"--date {args.date}: not a day as 2017-06-28.") from error
    if args.charge and not (known := charges.canonical(args.charge)):
        raise UserError(f"--charge {args.charge}: no crime of the Criminal Law. Write it as 盗窃罪.")
    args.charge = known if args.charge else None
    if args.province and args.province not in provinces.PROVINCES:
        raise UserError(f"--province {args.province}: none of {'、'.join(provinces.PROVINCES)}.")


def facts_of(args: argparse.Namespace) -> str:
    """The facts from the command line or the file; raises UserError on none, both, or an unreadable
    file.
    """
    if (args.question is None) == (args.facts is None):
        raise UserError("give the facts either as text or with --facts FILE.")
    text = args.question if args.facts is None else read_text(args.facts, "--facts")
    if not text.strip():
        raise UserError("the facts are empty.")
    return text.strip()


def run_of(experiment: str, variant: str) -> tuple[dict, dict]:
    """(the configuration of the experiment's predictions with retrieval: its folders and how its
    model is run; the experiment's summary).

    Raises UserError where the experiment does not exist, has not run, or its results are gone.
    """
    summary = RESULTS / "experiments" / experiment / "summary.json"
    if not summary.is_file():
        there = sorted(path.stem for path in EXPERIMENTS.glob("*.yaml"))
        if there and experiment not in there:
            raise UserError(f"there is no experiment {experiment}. There are: {', '.join(there)}.")
        raise UserError(
            f"experiment {experiment} has not run here: no {summary}. Run it first: "
            f"snakemake --cores all --config experiments={experiment}"
        )
    try:
        found = read_json(summary)
        stages = found["stages"]
    except (ValueError, KeyError) as error:
        raise UserError(
            f"{summary} cannot be read ({error!r}). Remove it and run snakemake again."
        ) from error
    key = stages.get("predict", {}).get(variant, {}).get("rag", {}).get("key")
    if not key:
        raise UserError(f"experiment {experiment} has no run of variant {variant} with retrieval.")
    plan = RESULTS / ".plan" / "predict" / key / "config.yaml"
    if not plan.is_file():
        raise UserError(f"{plan} is gone. Run snakemake again: it plans anew and makes what is missing.")
    return read_yaml(plan), found


def law_of(name: str | None, rows: list[dict]) -> str | None:
    """The law as the index names it; raises UserError where it has none of that name."""
    if name is None:
        return None
    names = {plain(row["law"]): row["law"] for row in rows}
    if plain(name) not in names:
        raise UserError(f"--law {name}: the index of this experiment has none of that name.")
    return names[plain(name)]


def answer(
    plan: dict, task: str, facts: str, articles: list[dict], usual: list[str] | None = None
) -> tuple[str, list[str]]:
    """(the model's completion for the facts, refs of the articles that its prompt had room for).
    `usual`: what the court usually cites, where that is known.
    """
    from transformers.utils.logging import disable_progress_bar

    from lexpro.engines import load
    from lexpro.engines.base import Request, Sampling

    disable_progress_bar()
    inputs = {name: Path(folder) for name, folder in plan["inputs"].items()}
    if not (inputs["model"] / "model").is_dir():
        raise UserError(f"{inputs['model']}/model is not there. Run snakemake again, or ask with --no-model.")
    form = Form.from_dict(read_json(inputs["tasks"] / "form.json"))
    settings = typed.settings("predict", plan["settings"])
    decoding = settings.decoding
    sampling = Sampling(decoding.temperature, decoding.top_p)
    base = inputs["base_model"] / "model"
    engine = load.engine(settings.engine, inputs["model"] / "model", base, sampling)
    prompt = prompts.build(task, facts, articles, form, practice=usual)
    limit = dict(decoding.max_new_tokens)[task]
    (made,) = engine.generate([Request(prompts.messages(prompt), limit, decoding.seed)])
    if made.error:
        raise UserError(f"the model gave no answer: {made.error}")
    return made.text, prompts.refs(articles, form, usual)


def citations(task: str, completion: str) -> list[tuple[str, str]]:
    """(law, ref) of what a completion cites: the answer's 法条, and the articles named in the
    reasoning.
    """
    think, said, _ = answers.split_think(completion)
    parsed = answers.parse(task, said) or {}
    named = [(CRIMINAL_LAW, str(ref)) for ref in parsed.get("法条", [])]
    return list(dict.fromkeys([*named, *cite.cited_in(f"{think or ''}\n{said}")]))


def paragraph(text: str, indent: str, most: int | None = None) -> str:
    """Text in lines of `WIDTH` columns, indented; cut after `most` characters."""
    text = " ".join(text.split())
    if most and len(text) > most:
        text = text[:most] + "…"
    lines, column = [indent], len(indent)
    for character in text:
        wide = 1 + (east_asian_width(character) in "WFA")
        # No line begins with a full stop or comma.
        if column + wide > WIDTH and character not in "，。；、：！？）》”…":
            lines.append(indent)
            column = len(indent)
        lines[-1] += character
        column += wide
    return "\n".join(lines)


def show_articles(found: list[dict]) -> None:
    print("【法条】" if found else "【法条】没有找到")
    for place, article in enumerate(found, 1):
        since = f"（{article['valid_from']}起）" if article["valid_from"] else ""
        number, _, sub = article["ref"].partition("之")
        name = f"{article['law']} 第{number}条{'之' + sub if sub else ''}{since}"
        print(f"  {place}. {name}  {article['heading']}".rstrip())
        print(paragraph(article["text"], "     "))


def show_named(facts: str, rows: list[dict], date: str | None) -> None:
    """What is to be said about articles that the question itself names."""
    for one in cite.check(cite.cited_in(facts), rows, None, date):
        if one.verdict != cite.FINE:
            print(f"  问题所引 {one.law} {one.ref}: {VERDICTS[one.verdict]}")


def show_practice(court: str, usual: list[str] | None) -> None:
    known = (
        "训练案件中没有这个法院，或者太少" if usual is None else "、".join(usual) or "没有多数案件共引的法条"
    )
    print(f"【本院多引】{court}：{known}")


def reasons(why: dict) -> str:
    """What `similar.explain` found, in words."""
    said = {**why, "amounts": [" 与 ".join(f"{sum_:,.15g}元" for sum_ in why.get("amounts", []))]}
    return "；".join(
        f"{name} {'、'.join(said[key])}" for key, name in SHARED.items() if any(said.get(key, []))
    )


def show_cases(found: list[dict]) -> None:
    print("【类案】" if found else "【类案】没有找到")
    for place, case in enumerate(found, 1):
        months = f"{case['months']}个月" if case["months"] is not None else ""
        facts = [case["province"], case["date"], "、".join(case["charges"]), case["sentence"] + months]
        facts.append("法条 " + "、".join(case["refs"]))
        print(f"  {place}. {'  '.join(part for part in facts if part)}  [{case['doc_id']}]")
        print(paragraph("相似之处：" + (reasons(case["why"]) or "事实整体相近"), "     "))
        print(paragraph(case["facts"], "     ", 120))


def warning(summary: dict) -> str:
    """What an answer of this experiment's model is worth."""
    synthetic = "模型学自合成文书，对其他写法的案情往往答错。" if summary["corpus"]["synthetic"] else ""
    return f"{synthetic}答案由模型写成，不是法律意见。"


def show_answer(
    args: argparse.Namespace, summary: dict, completion: str, shown: list[str], rows: list[dict]
) -> None:
    think, said, finished = answers.split_think(completion)
    print(f"【回答】{TASKS[args.task]}（{args.experiment}，{args.variant}）")
    print(paragraph(warning(summary), "  "))
    if think:
        print(paragraph("推理：" + think, "  "))
    print(paragraph("答案：" + (said.strip() or ("（空）" if finished else "（推理没有结束）")), "  "))
    if answers.parse(args.task, said) is None:
        print("  （答案的格式读不出来）")
    checked = cite.check(citations(args.task, completion), rows, set(shown), args.date)
    print("【引用核对】" if checked else "【引用核对】没有引用法条")
    for one in checked:
        print(f"  {one.law} {one.ref}: {VERDICTS[one.verdict]}")


def ask(argv: list[str] | None) -> None:
    args = arguments(argv)
    facts = facts_of(args)
    plan, summary = run_of(args.experiment, args.variant)
    searcher = Searcher(plan["inputs"]["index"])
    law = law_of(args.law, searcher.rows)
    show_articles(searcher.articles(facts, args.k, args.date, law, named=True))
    show_named(facts, searcher.rows, args.date)
    predicted = searcher.charges(facts)[:3]
    if predicted:
        print("【罪名】类案所判：" + "、".join(f"{charge} {share:.0%}" for charge, share in predicted))
    scope = CaseScope(province=args.province, charge=args.charge)
    show_cases(searcher.cases(facts, args.cases, scope))
    usual = None
    if args.court:
        form = Form.from_dict(read_json(Path(plan["inputs"]["tasks"]) / "form.json"))
        if not form.court_cases:
            raise UserError(
                f"--court: the models of {args.experiment} were not shown what courts usually cite."
            )
        usual = searcher.practice(facts, args.court, form.court_cases)
        show_practice(args.court, usual)
    if not args.no_model:
        # Answers name articles by number alone: those of 刑法.
        given = searcher.articles(facts, args.k, args.date, CRIMINAL_LAW, named=True)
        completion, shown = answer(plan, args.task, facts, given, usual)
        show_answer(args, summary, completion, shown, searcher.rows)
    searcher.close()


def main(argv: list[str] | None = None) -> None:
    logging.basicConfig(level=logging.WARNING)
    try:
        ask(argv)
    except UserError as error:
        print(f"ask.py: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
