"""PDP-Bench: what a procuratorate decides on a case.

Prosecution, or one of three kinds of non-prosecution.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from lexpro.evaluation.items import Item
from lexpro.evaluation.questions import Questions

# Prefix of an article in the data → the law's name on its line of an answer.
LAWS = {"cl": "刑法", "cpl": "刑事诉讼法", "cpr": "刑事诉讼规则"}
_FIELDS = ("id", "person_info", "procedure", "fact", "relevant_articles", "decision")
# These words are ours; the headings are those that the evaluator reads.
_ASKED = (
    "你办理审查起诉案件。根据下面的材料作出决定：起诉、相对不起诉、法定不起诉、存疑不起诉四者之一。依次写明三部分，"
    "法条用汉字写条号，用“、”隔开：\n【适用法条】\n刑法：第…条\n刑事诉讼法：第…条第…款\n刑事诉讼规则：第…条\n"
    "【审查分析】\n…\n【最终结论】\n决定：…\n\n"
)


def _answer(row: dict) -> str:
    """The labels of a record as an answer."""
    lines = ["【适用法条】"]
    for prefix, law in LAWS.items():
        cited = [name.split(":", 1)[1] for name in row["relevant_articles"] if name.startswith(f"{prefix}:")]
        lines += [f"{law}：{'、'.join(cited)}"] if cited else []
    return "\n".join([*lines, "【最终结论】", f"决定：{row['decision']}"])


def items(path: Path, number: str = "") -> list[Item]:
    """The decisions of a split as Parquet."""
    questions = []
    for row in pq.read_table(path, columns=list(_FIELDS)).to_pylist():
        text = f"犯罪嫌疑人：\n{row['person_info']}\n程序：\n{row['procedure']}\n事实：\n{row['fact']}"
        questions.append(Item(row["id"], f"{_ASKED}{text}", _answer(row), row["fact"]))
    return questions


SOURCE = Questions(items)
