"""The steps of a sentence by the guideline (量刑指导意见): start, base, circumstances, bounds.

Every step is a range of months with its source. The guideline leaves most of it to the court, so
the result is a range with reasons and no number. Order and arithmetic are those of its section 二:
circumstances of the crime itself (未成年, 从犯, 未遂 …) are multiplied first, the others added up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lexpro.sentencing.fitting import Fit, Reached, within

# 量刑指导意见 二（二）2: these adjust first, one after the other.
FIRST = (
    "未成年", "老年", "限制责任能力", "聋哑或盲", "防卫过当", "避险过当", "预备", "未遂", "中止", "从犯", "胁从犯",
)  # fmt: skip
# Circumstances by which the law itself allows a sentence below the tier (减轻), and the article.
MITIGATING = {
    "未成年": "17", "老年": "17之1", "限制责任能力": "18", "聋哑或盲": "19", "防卫过当": "20", "避险过当": "21",
    "预备": "22", "未遂": "23", "中止": "24", "从犯": "27", "胁从犯": "28", "自首": "67", "坦白": "67", "立功": "68",
}  # fmt: skip
# What pleading guilty is not counted beside, and the most that they reduce together.
PLEA, BESIDE = "认罪认罚", ("自首", "坦白", "退赃", "谅解")
GUIDELINE = "量刑指导意见"
LONGEST = 180
SHORTEST_DETENTION = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        title: 量刑起点, 从犯, ….
        low: months after it, at least.
        high: months after it, at most.
        text: what it is based on.
        source: section of the guideline or article; 推算 where it is our arithmetic.
    """

    title: str
    low: float
    high: float
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Result:
    """The steps, the range in months (None where nothing can be said), and remarks."""

    steps: list[Step]
    range: tuple[int, int] | None
    remarks: list[str]


def _shares(entry: dict, name: str) -> tuple[int, float, float, dict]:
    """(sign, least share, most share, the adjustment) of a circumstance, without exemptions."""
    listed = [one for one in entry["adjustments"] if not one["exempt"] and one["to"] is not None]
    first = listed[0]
    if name == "未成年":
        # By age, which the record does not have: the range of all ages.
        return -1, min(one["from"] for one in listed), max(one["to"] for one in listed), first
    return (-1 if first["direction"] == "reduce" else 1), first["from"], first["to"], first


def _start(fit: Fit, starts: Sequence[dict], stated: Sequence[str]) -> dict | None:
    inside = [start for start in starts if within(start, fit.tier)]
    named = [start for start in inside if any(word in start["condition"] for word in stated)]
    return (named or inside or [None])[0]


def _base(fit: Fit, start: dict, amount: float, limits: Sequence[Reached]) -> Step | None:
    """What the amount adds: the guideline names no formula, so by its place in the tier."""
    over = [limit for limit in limits if limit.reached]
    after = [limit for limit in limits if limit.reached is False]
    if not (amount and over and after and fit.tier["months"] and start["months"]):
        return None
    low, high = over[-1].row["to"], after[0].row["from"]
    share = min(1.0, max(0.0, (amount - low) / (high - low))) if high > low else 0.0
    top = fit.tier["months"][1]
    added = share * (top - start["months"][1])
    text = (
        f"{amount:,.15g}元在本档 {low:,}元至 {high:,}元 的 {share:.0%} 处，按位置增加 {added:.0f} 个月。"
        "指导意见没有给出公式，各省实施细则另有规定。"
    )
    return Step("基准刑", start["months"][0] + added, start["months"][1] + added, text, "推算")


def sentence(
    fit: Fit | None,
    charge: dict | None,
    circumstances: Sequence[str],
    guideline: Sequence[dict],
    amount: float = 0,
    limits: Sequence[Reached] = (),
    stated: Sequence[str] = (),
) -> Result:
    """The steps from a tier and a start to a range.

    Args:
        fit: the tier; None where none is known.
        charge: what the guideline has of the charge, or None.
        circumstances: of the defendant, names of `lexpro.law.circumstances`.
        guideline: its circumstances; none where the knowledge base has no guideline.
        amount: yuan.
        limits: thresholds, as `fitting.reached` gives them.
        stated: words that choose among the starts of a tier.
    """
    if fit is None:
        return Result([], None, ["没有确定法定刑幅度，不能往下计算。"])
    tier = fit.tier
    remarks = _heavier(tier)
    start = _start(fit, charge["starts"], stated) if charge else None
    if start is None or charge is None:
        said = "量刑指导意见没有这个罪名的起点" if charge is None else "量刑指导意见没有这一档的起点"
        said = said if guideline else "知识库没有量刑指导意见"
        low, high = tier["months"] or (SHORTEST_DETENTION, 6)
        step = Step("法定刑", low, high, f"{said}：以法定刑幅度为限，情节在幅度内考虑。", "刑法")
        return Result([step], (int(low), int(high)), remarks)
    low, high = start["months"] or start["detention"] or (1, 6)
    steps = [
        Step(
            "宣告刑" if start["sentence"] else "量刑起点",
            low,
            high,
            start["text"],
            f"{GUIDELINE}{charge['section']}",
        )
    ]
    if base := _base(fit, start, amount, limits):
        steps.append(base)
    known = {entry["name"]: entry for entry in guideline if entry["name"]}
    _multiply(steps, [name for name in FIRST if name in circumstances and name in known], known)
    _add(steps, [name for name in circumstances if name in known and name not in FIRST], known)
    unknown = [name for name in circumstances if name not in known]
    if unknown:
        remarks.append(f"指导意见没有规定幅度的情节：{'、'.join(unknown)}，由法庭酌情。")
    return Result(steps, _bounded(steps, tier, circumstances, remarks), remarks)


def _heavier(tier: dict) -> list[str]:
    remarks = []
    if tier["heavier"]:
        remarks.append(f"本档还可以判处{'、'.join(tier['heavier'])}，指导意见的步骤只算有期徒刑。")
    if tier["lighter"]:
        remarks.append(f"本档也可以判处{'、'.join(tier['lighter'])}。")
    return remarks


def _multiply(steps: list[Step], names: list[str], known: dict[str, dict]) -> None:
    for name in names:
        sign, least, most, entry = _shares(known[name], name)
        factors = sorted((1 + sign * least, 1 + sign * most))
        last = steps[-1]
        steps.append(
            Step(
                name,
                last.low * factors[0],
                last.high * factors[1],
                entry["text"],
                f"{GUIDELINE}{known[name]['section']}",
            )
        )


def _add(steps: list[Step], names: list[str], known: dict[str, dict]) -> None:
    """Add the shares up: each step shows the sum so far, of the term that these adjust."""
    base = steps[-1]
    reduce_most = reduce_least = rise_least = rise_most = 0.0
    cap = 1.0
    beside = [name for name in names if name in BESIDE]
    if PLEA in names and beside:
        together = [one for one in known[PLEA]["adjustments"] if not one["exempt"] and one["to"] is not None]
        cap = together[-1]["to"]
    shared = other = 0.0
    for name in names:
        sign, least, most, entry = _shares(known[name], name)
        text = entry["text"]
        if sign > 0:
            rise_least, rise_most = rise_least + least, rise_most + most
        else:
            reduce_least += least
            if name == PLEA or name in BESIDE:
                shared = min(cap, shared + most)
                text += (
                    f"。与{'、'.join(beside)}不重复评价，合计至多减少{cap:.0%}"
                    if name == PLEA and beside
                    else ""
                )
            else:
                other += most
            reduce_most = shared + other
        low = max(0.0, base.low * (1 - reduce_most + rise_least))
        high = max(0.0, base.high * (1 - reduce_least + rise_most))
        if entry["least_months"]:
            low = max(low, base.low * (1 - reduce_most) + entry["least_months"])
        steps.append(Step(name, low, high, text, f"{GUIDELINE}{known[name]['section']}"))


def _bounded(
    steps: list[Step], tier: dict, circumstances: Sequence[str], remarks: list[str]
) -> tuple[int, int]:
    low, high = steps[-1].low, steps[-1].high
    least, most = tier["months"] or (SHORTEST_DETENTION, 6)
    if tier["lighter"]:
        least = SHORTEST_DETENTION
    allowed = [name for name in MITIGATING if name in circumstances]
    if low < least:
        if allowed:
            articles = "、".join(f"{name}（刑法第{MITIGATING[name]}条）" for name in allowed)
            remarks.append(f"下限低于本档最低刑：有法定减轻情节 {articles}，减轻须依法认定。")
        else:
            remarks.append("调节结果低于本档最低刑，又没有法定减轻情节：以最低刑为限（指导意见二（三）2）。")
            low = least
    if high > most:
        remarks.append("调节结果高于本档最高刑：以最高刑为限（指导意见二（三）3）。")
        high = most
    remarks.append("法庭可以在 20% 的幅度内再调整（指导意见二（三）4）。")
    low, high = max(SHORTEST_DETENTION, round(low)), max(SHORTEST_DETENTION, round(high))
    return min(low, high), high
