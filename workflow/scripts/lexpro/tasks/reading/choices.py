"""Which options (A to E) an answer chooses."""

from __future__ import annotations

import re

from lexpro.tasks.reading import said
from lexpro.tasks.reading.statements import ANSWER, Statement, statements

# Five options, some named twice; without a bound, a text of one letter costs its length squared.
_LETTERS = r"[A-E](?:(?:[、,和及与&/;\s]|\.(?=\s*[A-E])|以及){0,9}[A-E]){0,9}(?![A-Za-z])"
_HEAD = re.compile(
    rf"\W*(?:选项|选择|选|为|是|option)?\s*[\[【({{\"'“‘]*({_LETTERS})(?!\s*(?:选项)?(?:错误|不正确|不对|不符))",
    re.I,
)
_CHOSEN = re.compile(
    rf"(?<![不未没])(?:(?:应|故|应该|应当|我)?选择?|boxed)\s*[:为是]?\s*(?:选项|答案)?\s*[\[【({{\"'“‘]*({_LETTERS})(?!\s*(?:选项)?(?:错误|不正确|不对|不符))"
)
_RIGHT = re.compile(
    rf"(?:选项|答案)?\s*({_LETTERS})\s*(?:选?项|答案)?\s*(?:的?(?:说法|表述|观点|做法|内容))?\s*(?:[都均皆]?[是为]?(?:正确|对的|符合题意|符合法律规定)|当选|应选|[是为](?:本题)?(?:正确)?答案)"
    rf"|正确(?:的)?(?:选项|说法|表述|答案|做法)?(?:是|为|的是|有|应为)\s*(?:选项)?\s*[:(]?\s*({_LETTERS})"
)
_OPTION = re.compile(r"(?:^|(?<=[\s,;。.、()]))([A-E])\s*[.、:)](?!\d)")
_DENIED = re.compile(
    rf"(?:不应?选择?|排除|不是|并非)\s*(?:选项)?\s*{_LETTERS}|{_LETTERS}\s*(?:选?项|答案)?\s*(?:说法|表述)?(?:是)?(?:错误|不正确|不对|不符合?)"
)
_QUOTES = str.maketrans("", "", "\"'“”‘’")
_ALONE = re.compile(r"(?<![A-Za-z])[A-E](?![A-Za-z])")
_ONLY = re.compile(rf"\W*(?:选项)?\W*({_LETTERS})\W*")
_WHOLE = re.compile(rf"\W*(?:选项)?\W*({_LETTERS})(?:\W*$|[.、:。,;()\s])")


def _set(text: str) -> frozenset[str]:
    return frozenset(re.findall("[A-E]", text))


def _value(stated: Statement) -> str:
    """What a statement states, with the options of the lines below: A: 甲, then B: 乙."""
    lines = [stated.value]
    for line in stated.rest:
        before, option = _OPTION.match(lines[-1]), _OPTION.match(line)
        if not (before and option and before[1] < option[1]):
            break
        lines.append(line)
    return "\n".join(lines)


def _chosen(turn: str, offered: frozenset[str]) -> frozenset[str] | None:
    stated = []
    for one in statements(turn):
        if one.field == ANSWER and (match := _HEAD.match(one.value)):
            options = frozenset(_OPTION.findall(_value(one)))
            # 答案：A: 甲; B: 乙; C: 丙; D: 丁 chooses nothing; A. 甲 C. 丙 are two.
            if len(options) > 1 and options >= offered:
                continue
            stated.append(_set(match[1]) | (options if len(options) > 1 else frozenset()))
    if stated:
        # Each option in turn is no answer.
        return None if len(set(stated)) > 2 else stated[-1]
    if said_so := _CHOSEN.findall(turn):
        return _set(said_so[-1])
    if right := [_set(a or b) for a, b in _RIGHT.findall(turn)]:
        return frozenset().union(*right)
    turn = _DENIED.sub("", turn)
    if only := _ONLY.fullmatch(turn):
        return _set(only[1])
    options = frozenset(_OPTION.findall(turn))
    if len(options) > 1:
        return None if options >= offered else options
    if whole := _WHOLE.match(turn):
        return _set(whole[1])
    alone = frozenset(_ALONE.findall(turn))
    return alone if len(alone) == 1 else None


def letters(text: str, prompt: str = "") -> frozenset[str] | None:
    """The options that are chosen; None where that is not clear.

    Those behind the last 答案, else behind 选, else called right; else those repeated with their
    texts, unless they are all that were offered; else a text of letters, or the only letter.
    """
    offered = frozenset(_OPTION.findall(said.layout(prompt))) if prompt else frozenset()
    # Whole questions are asked of four options where the prompt does not show them.
    offered = offered if len(offered) > 2 else frozenset("ABCD")

    def read(turn: str) -> frozenset[str] | None:
        # Six references of LexEval are in small letters.
        turn = turn.upper() if re.fullmatch(r"\W*[a-e]{1,5}\W*", turn) else turn
        return _chosen(said.without_refusals(turn.translate(_QUOTES)), offered)

    return said.first(text, prompt, read)
