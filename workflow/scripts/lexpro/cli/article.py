"""Show an article of a law as it reads on a day.

lexpro article 刑法 第一百三十三条之一 --date 2012-01-01
lexpro article 刑法 390 --act 2023-05-01 --judgment 2024-06-01     从旧兼从轻

The articles are those of a knowledge base that the stage `knowledge` made.
"""

from __future__ import annotations

import argparse
import difflib
from pathlib import Path
from typing import TYPE_CHECKING

from lexpro.workflow.errors import UserError

if TYPE_CHECKING:
    from lexpro.statutes.lookup import Law
    from lexpro.statutes.table import Row

RESULTS = Path("results/knowledge")
APPLIES = {
    "then": "适用行为时的条文",
    "now": "适用裁判时的条文（法定刑较轻）",
    "check": "条文有变化，轻重不能单由法定刑判定，须逐案比较",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the arguments."""
    parser.add_argument("law", help="刑法, 民事诉讼法, 关于办理盗窃刑事案件适用法律若干问题的解释")
    parser.add_argument("number", help="in any form: 264, 133-1, 第一百三十三条之一")
    parser.add_argument("--date", help="the day, as 2012-01-01 (default: in force now)")
    parser.add_argument("--act", help="the day of an act; with --judgment")
    parser.add_argument("--judgment", help="the day of its judgment")
    parser.add_argument(
        "--knowledge", type=Path, help=f"a folder below {RESULTS} (default: the one with the most articles)"
    )


def knowledge_folder(chosen: Path | None) -> Path:
    """The folder of the knowledge base.

    Args:
        chosen: the one that the user names; None takes the one with the largest table of articles.

    Raises:
        UserError: there is none.
    """
    tables = sorted(RESULTS.glob("*/articles.parquet"), key=lambda path: path.stat().st_size)
    if chosen is None and not tables:
        raise UserError(
            f"no knowledge base below {RESULTS}. `make demo` makes a small one; docs/knowledge.md has the whole law."
        )
    folder = chosen or tables[-1].parent
    if not (folder / "articles.parquet").is_file():
        raise UserError(f"{folder} is no knowledge base: no articles.parquet.")
    return folder


def described(row: Row | None) -> str:
    """A version of an article in words: its name, its days, its text and its source."""
    if row is None:
        return "没有这一条"
    until = f"至{row.valid_to}前" if row.valid_to else "起，现行"
    head = f"{row.law} {row.ref}（{row.valid_from or '日期不明'}{until}） {row.heading}"
    text = row.text if row.complete else f"（全文不详）\n{row.text}".rstrip()
    return f"{head}\n{text}\n来源：{row.source}"


def alternatives(law: Law, name: str, number: str) -> str:
    """What the knowledge base has instead: other versions of the article, or other laws.

    Args:
        law: the knowledge base.
        name: name of the law that was asked for, short or in full.
        number: number of the article that was asked for, in any form that `Law.history` reads.

    Returns:
        One sentence in Chinese: the days of every version of the article; where there is none, how
        many laws the knowledge base has and the five with the most similar names.

    Raises:
        UserError: `number` is no number of an article.
    """
    versions = [f"{row.valid_from}–{row.valid_to}" for row in law.history(name, number)]
    if versions:
        return f"知识库里的版本：{'、'.join(versions)}"
    laws = {law_name for law_name, _ in law.versions}
    nearest = difflib.get_close_matches(name, laws, n=5, cutoff=0)
    return f"知识库里的版本：无。知识库有法律 {len(laws)} 部，名称最近的：{'、'.join(nearest)}"


def run(args: argparse.Namespace) -> None:
    """Print the article, or the versions at the act and at the judgment and which of them applies.

    Raises:
        UserError: there is no knowledge base, or the days do not go together.
    """
    from lexpro.statutes.lookup import Law

    if bool(args.act) != bool(args.judgment):
        raise UserError("--act and --judgment belong together.")
    law = Law.from_run(knowledge_folder(args.knowledge))
    if args.act:
        both = law.lenient(args.law, args.number, args.act, args.judgment)
        if both.then is None and both.now is None:
            print(f"两日都没有这一条\n{alternatives(law, args.law, args.number)}")
            return
        print(f"行为时：{described(both.then)}")
        if both.check:
            print(f"裁判时：{described(both.now)}")
        if both.interim:
            print("\n".join(f"其间：{described(row)}" for row in both.interim))
        if both.before:
            print(f"行为时没有这一条；当时可能依第{'、'.join(both.before)}条处罚")
        print(APPLIES[both.applies] if both.check else "条文和法定刑没有变化")
        return
    row = law.article(args.law, args.number, args.date)
    print(described(row))
    if row is None:
        print(alternatives(law, args.law, args.number))
