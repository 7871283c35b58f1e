"""What a court itself usually cites in cases like the one at hand.

Courts have habits that no fact of a case tells. Of 335 real judgments with a fine (JuDGE) 53 % cite
article 52 and 50 % article 53; two of the same court agree in .92 and .96 of pairs, where chance
gives .50 (perf/habits.py). A court's own judgments show it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from lexpro.law import provinces

# Of fewer cases of a court nothing is said.
LEAST = 5

# The province before a court's name, which some judgments write and others do not.
_PROVINCE = re.compile(
    f"^(?:(?:{'|'.join(provinces.PROVINCES)})省|(?:{'|'.join(provinces.MUNICIPALITIES)})市|"
    "(?:内蒙古|广西(?:壮族)?|西藏|宁夏(?:回族)?|新疆(?:维吾尔)?)(?:自治区)?)(?=..)"
)
_HIDDEN = re.compile(r"[某×xX*＊]")


def court_key(name: str | None, province: str | None = None) -> str:
    """One name for one court: 河北 石家庄市长安区人民法院. `province`: its short name, where it
    is known already.

    "" for what names none (某县人民法院) or lies in no known province: 鼓楼区人民法院 may be one
    of several.
    """
    if not name or _HIDDEN.search(name):
        return ""
    province = provinces.locate(name, province or None)[0]
    return f"{province} {_PROVINCE.sub('', name)}" if province else ""


def usual(citations: Sequence[Sequence[str]]) -> list[str] | None:
    """The refs that at least half of a court's similar cases cite (`citations`, one row a case),
    most cited first; None where there are too few of them.
    """
    if len(citations) < LEAST:
        return None
    counts = Counter(ref for refs in citations for ref in set(refs))
    most = [ref for ref, count in counts.items() if 2 * count >= len(citations)]
    return sorted(most, key=lambda ref: (-counts[ref], ref))
