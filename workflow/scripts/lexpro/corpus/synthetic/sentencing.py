"""How the court of the synthetic corpus sentences: a simple, lawful rule.

The term can therefore be learnt from the facts. Steps as in the 2021 guideline
(关于常见犯罪的量刑指导意见): a base within the tier from how grave the facts are, then the
circumstances as shares of it, then kind of penalty, probation and fine. The numbers are ours; no
real sentence is copied.
"""

from __future__ import annotations

from random import Random

from lexpro.law.builtin_law import Charge, Tier, load
from lexpro.records import Defendant, Term

# Circumstances that allow a sentence below the tier (减轻处罚): 刑法 17, 23, 27, 67, 68.
BELOW_TIER = {"自首", "立功", "从犯", "未遂", "未成年"}
REMORSE = {"自首", "退赃", "谅解", "认罪认罚", "从犯", "未成年"}
NO_PROBATION = {"累犯", "主犯", "前科"}
GRAVE = {"抢劫罪", "强奸罪", "故意杀人罪", "走私、贩卖、运输、制造毒品罪", "非法持有毒品罪", "集资诈骗罪"}


def _round_months(months: float) -> int:
    step = 1 if months < 12 else 2 if months < 24 else 6 if months < 120 else 12
    return max(1, round(months / step) * step)


def _round_money(yuan: float) -> int:
    step = 1000 if yuan < 20_000 else 5000 if yuan < 50_000 else 10_000 if yuan < 200_000 else 50_000
    return max(step, round(yuan / step) * step)


def term(rng: Random, charge: Charge, tier: Tier, gravity: float, circumstances: list[str]) -> Term:
    """The main penalty for one charge.

    Args:
        rng: of this document.
        charge: what the defendant is convicted of.
        tier: the statutory range that the facts fall into.
        gravity: where in the tier the facts lie, in [0, 1]; 1 is gravest.
        circumstances: names in builtin_law.yaml; each adds its share of the base.

    Returns:
        Kind and length in months; None is the length of kinds without one.
    """
    facts = load().circumstances
    adjust = sum(facts[name].adjust for name in circumstances)
    if tier.months is None:
        return Term("拘役", max(1, min(6, round((1 + 5 * gravity) * (1 + adjust)))), charge.name)
    low, high = tier.months
    mitigated = bool(BELOW_TIER & set(circumstances))
    if tier.heavier and gravity > 0.8 and not mitigated:
        kind = "死缓" if "死刑" in tier.heavier and gravity > 0.94 else "无期徒刑"
        return Term(kind, None, charge.name)
    months = (low + (high - low) * gravity * 0.8) * max(0.3, 1 + adjust)
    if low > 6 and not mitigated:
        months = max(low, months)
    if "累犯" in circumstances:
        # Recidivism presupposes imprisonment (刑法 65).
        return Term("有期徒刑", max(6, _round_months(min(months, high))), charge.name)
    if low == 6 and adjust < -0.3 and gravity < 0.3 and rng.random() < 0.3:
        return Term("免予刑事处罚", None, charge.name)
    if tier.fine in ("either", "alternative") and gravity < 0.25 and adjust <= -0.2 and rng.random() < 0.4:
        return Term("单处罚金", None, charge.name)
    rounded = _round_months(min(months, high))
    if "管制" in tier.lighter and rounded < 10 and rng.random() < 0.08:
        return Term("管制", max(3, rounded), charge.name)
    if rounded < 6 and tier.lighter:
        return Term("拘役", rounded, charge.name)
    return Term("有期徒刑", max(6, rounded), charge.name)


def fine(rng: Random, tier: Tier, imposed: Term) -> int:
    """The fine in yuan that goes with a term, 0 where the tier has none.

    Args:
        rng: of this document.
        tier: says whether there is a fine, and from how much to how much.
        imposed: the term for the charge; the fine grows with its months.
    """
    if imposed.kind == "单处罚金":
        return _round_money(rng.choice((2000, 3000, 5000, 8000, 10_000, 20_000)))
    if tier.fine not in ("must", "either") or imposed.kind == "免予刑事处罚":
        return 0
    months = imposed.months or 240
    low, high = tier.fines or (1000, 500_000)
    return _round_money(min(high, max(low, months * rng.choice((500, 1000, 1000, 2000)))))


def probation(rng: Random, charge: Charge, imposed: Term, circumstances: list[str]) -> int:
    """Months of probation (缓刑, 刑法 72 and 73), 0 for none.

    Args:
        rng: of this document.
        charge: of the one term; those in `GRAVE` are never suspended.
        imposed: the term. Detention, and imprisonment of up to 36 months, can be suspended.
        circumstances: of the defendant; one of `REMORSE` is needed, and none of `NO_PROBATION`.
    """
    named = set(circumstances)
    timed = imposed.kind == "拘役" or (imposed.kind == "有期徒刑" and imposed.months <= 36)
    if not timed or named & NO_PROBATION or charge.name in GRAVE or not named & REMORSE or rng.random() < 0.4:
        return 0
    if imposed.kind == "拘役":
        return max(2, min(12, imposed.months + rng.randint(0, 3)))
    low, high = max(12, -(-imposed.months // 6) * 6), min(60, imposed.months * 2)
    return rng.choice(range(low, max(low, high) + 1, 6))


def joint(rng: Random, terms: list[Term]) -> Term:
    """The term to be served for several (数罪并罚, 刑法 69).

    It lies between the longest and the sum, and is at most 20 years.
    """
    total, longest = sum(t.months for t in terms), max(t.months for t in terms)
    served = min(240, _round_months(longest + (total - longest) * rng.choice((0.4, 0.5, 0.6, 0.7))))
    return Term("有期徒刑", max(longest, min(served, total - 1)))


def sentence(
    rng: Random,
    charges: list[Charge],
    tiers: list[Tier],
    gravities: list[float],
    name: str,
    circumstances: list[str],
) -> tuple[Defendant, list[int]]:
    """What the court gives a defendant, and the fine of each charge in yuan.

    Args:
        rng: of this document.
        charges: of the defendant, at least one.
        tiers: of each charge.
        gravities: of each charge, in [0, 1], as `term` takes them.
        name: of the defendant.
        circumstances: of the defendant; they count for every charge.

    Returns:
        The defendant, with a joint sentence where there are several charges; and the fines.

    Raises:
        ValueError: charges, tiers and gravities are not equally many.
    """
    terms = [term(rng, *facts, circumstances) for facts in zip(charges, tiers, gravities, strict=True)]
    if len(terms) > 1:
        # Only terms of imprisonment are added up here: joint sentences of mixed kinds are rare.
        terms = [
            t if t.kind == "有期徒刑" else Term("有期徒刑", 6 + rng.randint(0, 4), t.charge) for t in terms
        ]
    fines = [fine(rng, tier, imposed) for tier, imposed in zip(tiers, terms, strict=True)]
    served = terms[0] if len(terms) == 1 else joint(rng, terms)
    defendant = Defendant(
        name=name,
        charges=[charge.name for charge in charges],
        terms=terms,
        sentence=served,
        fine=sum(fines),
        circumstances=list(circumstances),
    )
    if len(terms) == 1:
        defendant.probation_months = probation(rng, charges[0], served, circumstances)
    if served.kind in ("无期徒刑", "死缓"):
        defendant.deprivation_life = True
    elif charges[0].name in GRAVE and (served.months or 0) >= 120:
        defendant.deprivation_months = rng.choice((12, 24, 36))
    if tiers[0].confiscation:
        defendant.confiscation_all = served.kind != "有期徒刑"
        defendant.confiscation = 0 if defendant.confiscation_all else rng.choice((30_000, 50_000, 80_000))
    return defendant, fines
