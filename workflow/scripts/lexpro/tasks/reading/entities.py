"""Entities of an answer by their type."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lexpro.tasks.reading import said
from lexpro.tasks.reading.labels import any_of

_NOTHING = re.compile(r"^(?:无|没有|未|不详|不明|不适用|N/?A|None|null|-+$|\W*$)", re.I)


def entities(text: str, types: Sequence[str], prompt: str = "") -> dict[str, str]:
    """Type → everything stated of it (种类: …), on one line or between separators.

    What is said not to be there is left out.

    Args:
        text: what the model wrote behind its thought, or a reference answer.
        types: names of the types, as the prompt has them.
        prompt: what it was asked, so that what it repeats is no answer; "" where that is not known.

    Returns:
        Several values of a type are joined by 、, each once; types without one are left out.
    """
    start = re.compile(
        rf"({any_of(tuple(types)).pattern})(?:[(][^()\n]{{0,20}}[)])?\s*[\"'”*\]】]*\s*(?:[:]|(?<=[\]】])|[-=]+>?\s)"
    )
    stated: dict[str, list[str]] = {}
    whole = "\n".join(said.turns(text, prompt))
    heads = list(start.finditer(whole))
    for head, following in zip(heads, [*heads[1:], None], strict=False):
        value = whole[head.end() : following.start() if following else None].strip().split("\n")[0]
        # 黄某某 (suspect): the translation is no part of it.
        value = re.sub(r"\s*[(][^()\n]*[A-Za-z]{3}[^()\n]*[)]", "", value)
        value = re.sub(r"[;,]?\s*(?:\d{1,2}[.、)]|-|•)?\s*[\[【]?$", "", value.strip(" ;。.\"'“”*,{}"))
        if value and not _NOTHING.match(value) and said.without_refusals(value).strip():
            stated.setdefault(head[1], []).append(value)
    return {name: "、".join(dict.fromkeys(values)) for name, values in stated.items()}
