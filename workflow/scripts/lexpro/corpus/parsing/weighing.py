"""What a court makes of circumstances before 本院认为, where it answers the parties.

Some courts answer each opinion behind the evidence (关于…的辩护意见，经查属实，予以采纳), and do
not repeat in the reasoning what they accept there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# What such a sentence has. Looked for first: most evidence has none.
# Two sets of characters are searched five times as fast as eight words.
_EFFECT = re.compile("[从减采支成][轻重宽纳信持立]")
# What is longer is a list of evidence.
_LONGEST = 400
# An opinion that is accepted, or what the court itself derives from a circumstance.
_ACCEPTED = re.compile(
    r"(?:意见|辩解|理由|观点|情节)[^。]{0,60}?(?:(?<!不)(?:予以|应予|可予|酌予)(?:采纳|采信|支持)|(?<!不能)(?<!不)成立(?=[，。；]))"
)
_DERIVED = re.compile(
    r"(?:可以?|可予|应当?|应予|予以|依法|酌情)(?:依法|酌情|对其|对被告人[^，。；]{2,20})?(?:予以)?"
    r"(?:从轻|减轻|从重|从宽)(?:、减轻|或者?减轻|、从轻)?(?:或者?免除)?处罚"
)
_COURT = re.compile(
    r"^(?:[0-9（）一二三四五六七八九十、.．]{0,6})(?:经查|被告人|鉴于|关于|对于?|综上|本院|但|其)"
)
# Evidence, what others ask for, and what stays open.
_OTHERS = re.compile(
    r"证实|证明|证言|笔录|载明|供认|谅解书|希望|请求本院|公诉机关(?:认为|指控|建议)|检察院(?:认为|指控|建议)|起诉书|我"
    r"|根据[^，。；]{0,60}(?:规定|精神)，(?!被告人|其)|另查明|建议(?:对|从|给)|不予(?:采纳|支持|采信)|不能成立|或者?(?:自首|坦白|立功|从犯)|无证据|证据[^，。；]{0,6}不足"
)


# Where nothing but the court's own view follows.
_HEADED = re.compile(
    r"(?:关于|对)(?:各|全案|本案)?被告人的?量刑(?:情节|问题)?(?=经|[：。\n])|经本院审查认为，被告人"
)


def before(evidence: str) -> str:
    """What the court upholds in the section behind the facts: whole sentences, a line each."""
    headed = _HEADED.search(evidence) if "量刑" in evidence or "审查认为" in evidence else None
    end = headed.start() if headed else len(evidence)
    upheld = [
        sentence + "\n"
        for sentence in _sentences(evidence[:end])
        if (_ACCEPTED.search(sentence) or (_COURT.match(sentence) and _DERIVED.search(sentence)))
        and not _OTHERS.search(sentence)
    ]
    return "".join(upheld) + evidence[end:]


def _sentences(text: str) -> Iterator[str]:
    """The sentences that say what follows from something."""
    done = 0
    for match in _EFFECT.finditer(text):
        place = match.start()
        if place < done:
            continue
        start = text.rfind("。", max(done - 1, place - _LONGEST, 0), place) + 1
        end = text.find("。", place, place + _LONGEST) + 1
        if start and end and end - start <= _LONGEST:
            yield text[start:end].strip()
        done = max(end, place + 1)
