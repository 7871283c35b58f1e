"""Charge ↔ article ↔ interpretation ↔ section of the sentencing guideline.

Charges and articles are linked by the lists of names of crimes (确定罪名的规定 and its
supplements).

They have two forms: 盗窃罪（第264条） in running text, and a table | 第一百三十三条之一 （…） |
危险驾驶罪 |.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from lexpro.law import articles, charges
from lexpro.statutes import tiers
from lexpro.statutes.table import Row

_INLINE = re.compile(
    r"((?:[^\s。；;．.|（）)]|（边）){2,60}罪)（((?:[^（）]|（[^（）]*）)*?条(?:[^（）]|（[^（）]*）)*)）"
)
_CELLS = re.compile(r"^\|(.*?)\|(.+)\|\s*$")
_OF_CHARGE = re.compile(r"对犯([^，。；]{2,20}罪)的")
# 取消投毒罪罪名: that name is gone.
_CANCELLED = re.compile(r"（\s*取消[^）]*）|取消\S*?罪名")


def _refs(text: str) -> list[str]:
    cited = articles.parse(text, articles.CRIMINAL_LAW)
    return [article.ref for article in cited if article.law == articles.CRIMINAL_LAW]


def pairs(lines: Iterable[str]) -> list[tuple[str, str]]:
    """The articles of each charge in a list of names of crimes.

    Returns:
        [(canonical charge, ref of 刑法)] in the order of the list; names that are no charge today
        are left out.
    """
    linked, above = [], ""
    for line in lines:
        cells = _CELLS.match(line.strip())
        if cells:
            # An empty cell: the article of the row above.
            above = cells[1] if cells[1].strip() else above
            text = _CANCELLED.sub("；", cells[2])
            whole = charges.canonical(re.sub(r"\s", "", text.strip("； ")))
            named = [(name, above) for name in ([whole] if whole else re.split(r"[；\s]+", text))]
        else:
            named = _INLINE.findall(line)
        for name, cited in named:
            # 剌探: a slip of the pen in the list of 1997.
            charge = charges.canonical(re.sub(r"\s|^\d+", "", name).replace("剌", "刺"))
            if charge:
                linked += [(charge, ref) for ref in _refs(cited)]
    return linked


def penalised(row: Row) -> list[str]:
    """The charge whose penalty an article of 刑法 states by name: 对犯受贿罪的，…."""
    match = _OF_CHARGE.match(row.text) if row.law == articles.CRIMINAL_LAW else None
    charge = charges.canonical(match[1]) if match else None
    return [charge] if charge else []


def attach(rows: list[Row], links: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Write the charges into the rows of 刑法; {charge: refs} for the articles that are there."""
    by_ref: dict[str, list[Row]] = {}
    for row in rows:
        if row.law == articles.CRIMINAL_LAW:
            by_ref.setdefault(row.ref, []).append(row)
    refs: dict[str, list[str]] = {}
    for charge, ref in links:
        for row in by_ref.get(ref, []):
            if charge not in row.charges:
                row.charges.append(charge)
            if ref not in refs.setdefault(charge, []):
                refs[charge].append(ref)
    for row in rows:
        for charge in penalised(row):
            # The article that says what follows of a charge that another one defines (385 and 386),
            # in every version.
            if row.ref not in refs.setdefault(charge, []):
                refs[charge].append(row.ref)
            if charge not in row.charges:
                row.charges.append(charge)
    return refs


# 本解释第一条 is none of the law that was cited before it.
_OWN = re.compile(r"本(解释|规定|意见|批复|决定|办法|条例|通知)(?=第)")


def _cited(text: str) -> set[str]:
    cited = articles.parse(_OWN.sub("《本\\1》", text))
    return {article.ref for article in cited if article.law == articles.CRIMINAL_LAW}


def _entry(rows: list[Row]) -> dict:
    """An interpretation as links name it: the articles that bear on something, and its dates."""
    first = rows[0]
    refs = list(dict.fromkeys(row.ref for row in rows))
    return {
        "law": first.law,
        "articles": refs,
        "valid_from": first.valid_from,
        "valid_to": first.valid_to,
        "source": first.source,
    }


def build(
    rows: Iterable[Row],
    by_charge: Mapping[str, list[str]],
    interpretations: Iterable[Row],
    sections: Mapping[str, str],
) -> dict[str, dict]:
    """Charges and articles with what bears on them.

    An interpretation bears on an article that one of its own cites. It bears on a charge that it
    names, or whose article it cites where this article has no other charge. Only what is in force
    of the Criminal Law counts; interpretations of all days do.

    Args:
        rows: articles.
        by_charge: charge → refs.
        interpretations: articles of interpretations.
        sections: charge → section of the guideline.

    Returns:
        {charges: {charge: {articles, interpretations, guideline}},
        articles: {ref: {charges, interpretations, refers}}}; `refers` are the articles whose
        penalty an article has apply.
    """
    current = {row.ref: row for row in rows if row.law == articles.CRIMINAL_LAW and not row.valid_to}
    on_article: dict[str, dict[str, list[Row]]] = {}
    on_charge: dict[str, dict[str, list[Row]]] = {}
    for row in interpretations:
        cited = _cited(row.text) & current.keys()
        named = {name for name, _, _ in charges.find(row.text)}
        for ref in cited:
            on_article.setdefault(ref, {}).setdefault(row.source, []).append(row)
            of_article = current[ref].charges
            named.update(of_article if len(of_article) == 1 else ())
        for charge in named:
            on_charge.setdefault(charge, {}).setdefault(row.source, []).append(row)

    def entries(by_source: dict[str, list[Row]]) -> list[dict]:
        """Those first that say most on it, the newest first of those that say alike much."""
        newest = sorted(map(_entry, by_source.values()), key=lambda entry: entry["valid_from"], reverse=True)
        return sorted(newest, key=lambda entry: -len(entry["articles"]))

    return {
        "charges": {
            charge: {
                "articles": refs,
                "interpretations": entries(on_charge.get(charge, {})),
                "guideline": sections.get(charge),
            }
            for charge, refs in by_charge.items()
        },
        "articles": {
            ref: {
                "charges": row.charges,
                "interpretations": entries(on_article.get(ref, {})),
                "refers": list(dict.fromkeys(article.ref for article in tiers.referred(row.text))),
            }
            for ref, row in current.items()
        },
    }
