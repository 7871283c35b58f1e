"""LexEval (CSHaitao/LexEval @ 044c695): 20 of its 23 tasks.

Tasks of level 5 are texts, all others choices of one or more letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lexpro.evaluation.items import Item
from lexpro.evaluation.references import by_id, items_of
from lexpro.evaluation.scorers import SKIPPED, ItemScore, Scorer, Task, commonest, points
from lexpro.evaluation.tasks.lexeval.items import SOURCE
from lexpro.evaluation.text_overlap import distinct_rouge_l, lcs_f1, plain
from lexpro.tasks.reading import choices, said

TASKS = ("1_1", "1_2", "1_3", "2_1", "2_2", "2_3", "2_4", "2_5", "3_1", "3_2")
TASKS += ("3_3", "3_4", "3_5", "3_6", "4_2", "5_3", "5_4", "6_1", "6_2", "6_3")
# Their data is in no public repository; files of outputs carry the answers.
WITHOUT_DATA = ("4_1", "5_1", "5_2")
# What the evaluator takes out of a text, so that B, C is BC.
_SEPARATORS = str.maketrans("", "", "、.,;，和")


def letters(text: str) -> str:
    """The letters that the evaluator reads, each once, in the order in which they come.

    Runs of A to E without a repetition, before any 解析 or 分析.
    """
    text = text.split("解析")[0].split("分析")[0].translate(_SEPARATORS)
    runs = [run for run in re.findall(r"[A-E]{1,5}", text) if len(run) == len(set(run))]
    return "".join(dict.fromkeys("".join(runs)))


def _choice(item: Item, text: str) -> ItemScore:
    """Right where the letters are those of the answer in the same order."""
    return points(bool(item.gold) and letters(text) == item.gold)


def _true_choice(item: Item, text: str) -> ItemScore:
    # Three items of 3_5 have no answer: nobody can be right.
    if not item.gold:
        return SKIPPED
    stated = choices.letters(text, item.prompt)
    # 101 answers are written as 选项A, "A " or with a remark: officially nobody can be right there.
    return points(stated is not None and stated == choices.letters(item.gold), abstained=stated is None)


def _generation(item: Item, text: str) -> ItemScore:
    return points(distinct_rouge_l(text, item.gold))


def _text(item: Item, text: str) -> ItemScore:
    if not item.gold:
        return SKIPPED
    stated = said.free_text(text, item.prompt)
    return points(lcs_f1(stated, item.gold) if plain(stated) else 0.0, abstained=not plain(stated))


def constants(items: Sequence[Item]) -> list[str]:
    """The answers tried as the one answer to all."""
    return commonest(items, 10)


def task(number: str) -> Task:
    """The task of that number, one of `TASKS` or `WITHOUT_DATA`."""
    official, normalised = (_generation, _text) if number.startswith("5") else (_choice, _true_choice)
    references = by_id("lexeval", SOURCE, number)
    items = items_of("lexeval", SOURCE, number) if number in TASKS else None
    return Task(f"lexeval/{number}", Scorer(official), Scorer(normalised), constants, references, items=items)
