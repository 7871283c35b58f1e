"""The built-in law as a knowledge base: articles with a short text in our own words each."""

from __future__ import annotations

from lexpro.law import articles, numerals
from lexpro.law.builtin_law import BuiltinLaw, Charge, Rule, Tier
from lexpro.statutes.table import Row

FINES = {
    "must": "，并处罚金",
    "either": "，并处或者单处罚金",
    "alternative": "，或者罚金",
    "may": "，可以并处罚金",
    "none": "",
}
GENERAL, SPECIAL = "总则", "分则"


def length(months: int) -> str:
    """42 → 三年六个月."""
    years, rest = divmod(months, 12)
    parts = [f"{numerals.render(years)}年"] if years else []
    return "".join(parts + ([f"{numerals.render(rest)}个月"] if rest or not years else []))


def penalty(tier: Tier) -> str:
    """A tier in the words of judgments: 三年以上十年以下有期徒刑，并处罚金.

    The shortest and the longest term of the law, 6 and 180 months, go unsaid.
    """
    kinds = [*tier.lighter]
    if tier.months:
        low, high = tier.months
        span = (f"{length(low)}以上" if low > 6 else "") + (f"{length(high)}以下" if high < 180 else "")
        kinds.insert(0, f"{span}有期徒刑" if low < high else f"{length(low)}有期徒刑")
    kinds += tier.heavier
    listed = "、".join(kinds[:-1]) + ("或者" if len(kinds) > 1 else "") + kinds[-1]
    return listed + FINES[tier.fine] + ("，并处没收财产" if tier.confiscation else "")


def _charge_text(charge: Charge) -> str:
    tiers = "；".join(f"{tier.condition}的，处{penalty(tier)}" for tier in charge.tiers)
    return f"{charge.name}：{charge.conduct}；{tiers}。"


def _rule_text(rule: Rule) -> str:
    return f"{rule.name}：{rule.effect}。"


def rows(builtin: BuiltinLaw) -> list[Row]:
    """A row for each article that a charge, a circumstance or a rule names, by law and number."""
    by_article: dict[tuple[str, str], Row] = {}

    def add(law: str, ref: str, text: str, part: str, charge: str | None = None) -> None:
        article = articles.parse_ref(ref, law)
        if article is None:
            raise ValueError(f"lexpro/law/builtin_law.yaml: {ref!r} is not an article")
        head = f"第{article.number}条" + (f"之{numerals.render(article.sub)}" if article.sub else "")
        new = Row(
            law,
            article.number,
            article.sub,
            f"{head} ",
            heading=part,
            kind="builtin",
            source="builtin_law.yaml",
        )
        row = by_article.setdefault((law, ref), new)
        row.text += text
        if charge:
            row.charges.append(charge)

    for charge in builtin.charges.values():
        add(articles.CRIMINAL_LAW, charge.article, _charge_text(charge), SPECIAL, charge.name)
        for ref in charge.also:
            add(articles.CRIMINAL_LAW, ref, f"{charge.name}的处罚依照本条。", SPECIAL, charge.name)
    for rule in [*builtin.rules.values(), *builtin.circumstances.values()]:
        if rule.article:
            add(rule.law, rule.article, _rule_text(rule), GENERAL)
    return sorted(
        by_article.values(), key=lambda row: (row.law != articles.CRIMINAL_LAW, row.law, row.number, row.sub)
    )


def charges(builtin: BuiltinLaw) -> dict[str, list[str]]:
    """{charge: refs of 刑法}, its own article first."""
    return {charge.name: [charge.article, *charge.also] for charge in builtin.charges.values()}


def tiers(builtin: BuiltinLaw) -> dict[str, list[dict]]:
    """The tiers at the article of each charge and at those that its penalty is taken from.

    Returns:
        {ref of 刑法: tiers}. Keys of a tier: charge, paragraph, condition, months ([from, to] or
        None), lighter, heavier, fine, confiscation.
    """
    by_article: dict[str, list[dict]] = {}
    for charge in builtin.charges.values():
        for tier in charge.tiers:
            row = {
                "charge": charge.name,
                "paragraph": tier.paragraph or charge.paragraph,
                "condition": tier.condition,
                "months": list(tier.months) if tier.months else None,
                "lighter": list(tier.lighter),
                "heavier": list(tier.heavier),
                "fine": tier.fine,
                "confiscation": tier.confiscation,
            }
            for ref in (charge.article, *charge.also):
                by_article.setdefault(ref, []).append(row)
    return by_article
