"""What of a text is the model's own answer.

Not its layout, not the prompt that it copies, and no refusal; and in turns, since a model may go on
with questions of its own: the first turn that states anything is the answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")

# Of a longer text the beginning and the end are read: no answer stands in the middle of a book.
_HEAD, _TAIL = 150_000, 50_000
# A mark of the end of an answer, in whatever words: <eoa>, </s>.
END = "\x1e"
_ENDS = re.compile(r"<\|?/?(?:eoa|eod|eob|eos|s|im_end|endoftext|eot_id|eot)\|?>|\[eoa\]|\[EOA\]|[\x1c-\x1f]")
_BREAKS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]|<br\s*/?>|</?p>|</?div>|</?li>", re.I)
_TAGS = re.compile(r"</?[A-Za-z][^<>\n]{0,40}>|[\u200b-\u200f\u2060\ufeff]")
# 天津市**镇**村 is masked, not bold: only what begins a line or is one.
_BOLD = re.compile(r"(?m)^([ \t]*(?:[-*•]|\d{1,2}[.、)])?[ \t]*)(?:\*\*|__)([^*\n]+?)(?:\*\*|__)")
_MARKDOWN = re.compile(
    r"~~|`{1,3}(?:json)?|(?m:^[ \t]*(?:#{1,6}|>)[ \t]*)|(?m:^[ \t]*(?:-{3,}|={3,})[ \t]*$)"
)
_BOXED = re.compile(r"\$?\\boxed\{(?:\\text\{)?([^{}]{1,200})\}?\}\$?")
# Blanks inside numbers and words: 有期徒刑 3 年, 盗 窃.
_BLANK = re.compile(r"(?<=[一-龥〇\d])[ \t\u3000\xa0]+(?=[一-龥])|(?<=[一-龥])[ \t\u3000\xa0]+(?=\d)")


def layout(text: str, widths: bool = True) -> str:
    """A text without what only lays it out: widths, breaks, tags, marks of Markdown and LaTeX.

    Args:
        text: any text.
        widths: whether full-width characters become narrow ones (NFKC), and blanks go.
    """
    if len(text) > _HEAD + _TAIL:
        text = f"{text[:_HEAD]}\n{text[-_TAIL:]}"
    text = _ENDS.sub(END, text)
    text = _BOXED.sub(r"答案:\1" + END, _TAGS.sub("", _BREAKS.sub("\n", text)))
    text = _BOLD.sub(r"\1\2", _MARKDOWN.sub("", text))
    return _BLANK.sub("", unicodedata.normalize("NFKC", text)) if widths else text


_UNIT = re.compile(r"[^。!?\n]+[。!?\n]*")
# What a prompt says about the form of the answer, as against what it asks about.
_ASKS = re.compile(
    r"(?<![申聘邀提])请(?!求)|例如|如\[|格式|填在|写在|之间|只需|选出|给出|列出|写出|计算|回答以下|提取|判断|预测|根据下列|依据|类别包括|标签包括|包括[::]|下面是|[题的]选项"
)
_SHORTEST = 6
# Share of what is asked about whose repetition is a copy of it, and the least length of that.
_COPIED, _LEAST = 0.8, 12


@lru_cache(maxsize=4)
def _units(prompt: str) -> tuple[tuple[str, bool], ...]:
    """(sentence without blanks, whether it says what to do) of a prompt, in order."""
    units = [re.sub(r"\s", "", unit) for unit in _UNIT.findall(layout(prompt))]
    units = [unit for unit in units if unit]
    last = len(units) - 1
    return tuple(
        (unit, bool(_ASKS.search(unit)) and (index < 6 or index >= last - 1))
        for index, unit in enumerate(units)
    )


def _copies(squeezed: str, units: tuple[tuple[str, bool], ...], free: bool) -> list[tuple[int, int]]:
    """Where a text repeats what the prompt asks, with what follows there, or its question whole.

    A free text may be made of the sentences that it is to sum up: there only what begins with the
    first sentence of the prompt is a copy.
    """
    if len(squeezed) >= _SHORTEST and "".join(unit for unit, _ in units).startswith(squeezed):
        return [(0, len(squeezed))]
    spans: list[tuple[int, int]] = []
    for index, (unit, asks) in enumerate(units):
        if not (index == 0 if free else asks) or len(unit) < _SHORTEST:
            continue
        start = squeezed.find(unit.rstrip("。!?"))
        while start >= 0:
            end = start + len(unit.rstrip("。!?"))
            for following, _ in ((unit[len(unit.rstrip("。!?")) :], False), *units[index + 1 :]):
                if squeezed.startswith(following, end):
                    end += len(following)
                    continue
                # The last sentence of a copy may be cut by the longest answer allowed.
                rest = squeezed[end : end + len(following)]
                if end + len(rest) == len(squeezed) and following.startswith(rest):
                    end = len(squeezed)
                break
            spans.append((start, end))
            start = squeezed.find(unit.rstrip("。!?"), end)
    own = [] if free else [unit for unit, asks in units if not asks]
    length = sum(map(len, own))
    found = [unit for unit in own if len(unit) >= _SHORTEST and unit in squeezed]
    if length >= _LEAST and sum(map(len, found)) >= _COPIED * length:
        spans += [span for unit in found for span in _wherever(unit, squeezed, units)]
    return sorted(spans)


def _wherever(unit: str, squeezed: str, units: tuple[tuple[str, bool], ...]) -> list[tuple[int, int]]:
    """Where a text repeats a sentence of the prompt, with what stands before it in both.

    A copy may begin inside a sentence: with the options, of which the first holds a full stop. What
    the prompt says about the form is never taken along: the answer may be that of its example.
    """
    prompt = "".join("\0" * len(one) if asks else one for one, asks in units)
    spans, start = [], squeezed.find(unit)
    while start >= 0:
        first, before = start, prompt.find(unit)
        while first and before and squeezed[first - 1] == prompt[before - 1]:
            first, before = first - 1, before - 1
        spans.append((first, start + len(unit)))
        start = squeezed.find(unit, start + len(unit))
    return spans


# Where a model begins a question of its own, or repeats the form of the one it was given.
_QUESTION = re.compile(
    r"(?m)^[ \t]*(?:\d{1,2}[.、)][ \t]*)?(?:(?:相关|类似|拓展|延伸|其他)?"
    r"(?:问题|题目|例题|案例|事实|句子|文书|咨询|场景|段落)\s*\d{0,3}\s*[:：\n]"
    r"|请回答|请根据|请问[,:]|根据下列|(?:<bot>|Human|User|Question|Instruction|Input)\s*:|#include|<bot>)"
)
_SPLIT = "\x1d"
# Options that have an end each, A<eoa>B<eoa>: one answer of several.
_EACH = re.compile(rf"(?<![A-Za-z])([A-E])\s*{END}[\s;,、]*(?=[A-E]\s*{END})")


def _without_copies(text: str, prompt: str, free: bool) -> str:
    units = _units(prompt)
    kept = [index for index, character in enumerate(text) if not character.isspace()]
    spans = _copies("".join(text[index] for index in kept), units, free)
    parts, at = [], 0
    for start, end in spans:
        first = kept[start]
        if first >= at:
            parts.append(text[at:first])
        at = max(at, kept[end - 1] + 1)
    return _SPLIT.join([*parts, text[at:]])


@lru_cache(maxsize=8)
def turns(text: str, prompt: str = "", free: bool = False) -> tuple[str, ...]:
    """The parts of a text that may be its answer, in order; empty ones are left out.

    Args:
        text: what the model wrote behind its thought.
        prompt: what it was asked; "" where that is not known.
        free: whether a free text was asked for, which may quote what it is about.
    """
    text = _EACH.sub(r"\1、", layout(text))
    text = _without_copies(text, prompt, free) if prompt else text
    text = _QUESTION.sub(lambda match: _SPLIT + match[0], text)
    return _merged(re.split(f"[{END}{_SPLIT}]", text))


# One field with its value and nothing else: a list may have one on each line, each with its end.
_BARE = re.compile(r"(?:\d{1,2}[.、)]\s*)?([\[【][^\[\]【】\n]{1,8}[\]】]\s*:?|[^\s:]{1,8}:)[^\n]{0,40}")


def _merged(parts: list[str]) -> tuple[str, ...]:
    """The turns that are not empty, with such a list as one of them."""
    merged: list[str] = []
    before = None
    for raw in parts:
        if not (part := raw.strip()):
            continue
        match = _BARE.fullmatch(part)
        mark = match[1].rstrip() if match else None
        if mark and mark == before and "\n" in raw[: len(raw) - len(raw.lstrip())]:
            merged[-1] += f"\n{part}"
        else:
            merged.append(part)
        before = mark
    return tuple(merged)


def first(text: str, prompt: str, read: Callable[[str], T | None]) -> T | None:
    """What `read` makes of the first turn of which it makes anything.

    Args:
        text: what the model wrote behind its thought.
        prompt: what it was asked; "" where that is not known.
        read: a turn → what it says; None where it says nothing.

    Returns:
        None where no turn says anything.
    """
    for turn in turns(text, prompt):
        value = read(turn)
        if value is not None:
            return value
    return None


_REFUSES = re.compile(
    r"(?:抱歉|对不起|不好意思|作为(?:一个|一名)?(?:AI|人工智能|大?语言模型|智能助手)"
    r"|(?:无法|不能|难以|没法|不便|没有办法|无从)(?:直接|准确|给出|提供|作出|做出|具体|对此|为您|帮您|完成|进行)?(?:回答|判断|确定|给出|提供|预测|认定|得出|作答|评估|计算|推断|选择|答复)"
    r"|不知道|不清楚|不确定|信息不足|不予回答|拒绝回答|很难说|不好说|I'?m sorry|I cannot|I can't|As an AI)",
    re.I,
)
# [婚姻家庭] 抱歉: the brackets are a sentence.
_SENTENCE = re.compile(r"[^。!?;\n\]】]*[。!?;\n\]】]?")


def without_refusals(text: str) -> str:
    """A text without the sentences that decline to answer."""
    return "".join(part for part in _SENTENCE.findall(text) if not _REFUSES.search(part))


def free_text(text: str, prompt: str = "") -> str:
    """The words of a free answer: without a copied prompt, and "" where it only declines."""
    said = "\n".join(turns(text, prompt, free=True))
    return said if without_refusals(said).strip() else ""
