"""An article as it reads on a day, from a knowledge base that the stage `knowledge` made.

python workflow/scripts/article.py 刑法 第一百三十三条之一 --date 2012-01-01
python workflow/scripts/article.py 刑法 390 --act 2023-05-01 --judgment 2024-06-01     从旧兼从轻
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from lexpro.statutes.lookup import Law
from lexpro.statutes.table import Row
from lexpro.workflow.errors import UserError

RESULTS = Path("results/knowledge")
VERDICTS = {
    "then": "适用行为时的条文",
    "now": "适用裁判时的条文（法定刑较轻）",
    "check": "条文有变化，轻重不能单由法定刑判定，须逐案比较",
}


def arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="article.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("law", help="刑法, 民事诉讼法, 关于办理盗窃刑事案件适用法律若干问题的解释")
    parser.add_argument("number", help="in any form: 264, 133-1, 第一百三十三条之一")
    parser.add_argument("--date", help="the day, as 2012-01-01 (default: in force now)")
    parser.add_argument("--act", help="the day of an act; with --judgment")
    parser.add_argument("--judgment", help="the day of its judgment")
    parser.add_argument(
        "--knowledge", type=Path, help=f"a folder below {RESULTS} (default: the one with the most articles)"
    )
    return parser.parse_args(argv)


def folder_of(given: Path | None) -> Path:
    """The knowledge base; raises UserError where there is none."""
    tables = sorted(RESULTS.glob("*/articles.parquet"), key=lambda path: path.stat().st_size)
    if given is None and not tables:
        raise UserError(
            f"no knowledge base below {RESULTS}. Make one: snakemake --cores all --config experiments=judge_tiny"
        )
    folder = given or tables[-1].parent
    if not (folder / "articles.parquet").is_file():
        raise UserError(f"{folder} is no knowledge base: no articles.parquet.")
    return folder


def told(row: Row | None) -> str:
    if row is None:
        return "没有这一条"
    until = f"至{row.valid_to}前" if row.valid_to else "起，现行"
    head = f"{row.law} {row.ref}（{row.valid_from or '日期不明'}{until}） {row.heading}"
    text = row.text if row.complete else f"（全文不详）\n{row.text}".rstrip()
    return f"{head}\n{text}\n来源：{row.source}"


def main(argv: list[str] | None = None) -> None:
    args = arguments(argv)
    try:
        if bool(args.act) != bool(args.judgment):
            raise UserError("--act and --judgment belong together.")
        law = Law.of(folder_of(args.knowledge))
        if args.act:
            both = law.lenient(args.law, args.number, args.act, args.judgment)
            print(f"行为时：{told(both.then)}")
            if both.check:
                print(f"裁判时：{told(both.now)}")
            print(VERDICTS[both.applies] if both.check else "条文没有变化")
        else:
            found = law.article(args.law, args.number, args.date)
            print(told(found))
            if found is None:
                known = [f"{row.valid_from}–{row.valid_to}" for row in law.history(args.law, args.number)]
                print(f"知识库里的版本：{'、'.join(known) or '无'}")
    except UserError as error:
        print(f"article.py: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
