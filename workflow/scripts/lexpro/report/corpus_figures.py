"""The figures of the corpus, from summary.json alone: funnel, map, spread, provinces × charges."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
from matplotlib.colors import LogNorm, Normalize
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from lexpro.report import labels, style


def funnel(summary: dict) -> plt.Figure:
    """From records read to the splits: what remains after each step, and what it removed."""
    counts, taken = summary["funnel"], summary["dropped"]
    steps = [("read", labels.FUNNEL["read"], 0)]
    steps += [
        (name, labels.FUNNEL[name], counts[name]) for name in ("unreadable", "unstructured") if counts[name]
    ]
    steps += [
        (name, upper(labels.reason(name)), taken[name]) for name in labels.ordered(taken, labels.REASONS)
    ]
    steps += [("kept", labels.FUNNEL["kept"], 0)]
    splits = labels.ordered(counts.keys() - set(labels.POINTS), labels.FUNNEL)
    total = counts["read"]
    figure, axes = plt.subplots(figsize=(8.6, 0.9 + 0.29 * (len(steps) + len(splits))))
    left, names = total, []
    for row, (_, label, removed) in enumerate(steps):
        left -= removed
        names.append(label)
        axes.barh(row, left, color=style.PALE if removed else style.BLUE, height=0.72)
        if removed:
            axes.barh(row, removed, left=left, color=style.VERMILLION, height=0.72)
        text = f"–{removed:,}" if removed else f"{left:,}"
        color = style.VERMILLION if removed else style.BLUE
        axes.text(left + removed + total * 0.008, row, text, va="center", color=color)
    for row, name in enumerate(splits, start=len(steps)):
        names.append(labels.split(name))
        axes.barh(row, counts[name], color=style.SKY, height=0.72)
        axes.text(counts[name] + total * 0.008, row, f"{counts[name]:,}", va="center", color=style.BLUE)
    axes.set_yticks(range(len(names)), names)
    axes.invert_yaxis()
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)
    axes.set_xlim(0, max(1, total) * 1.08)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("documents")
    axes.spines["left"].set_visible(False)
    return figure


def upper(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def provinces(summary: dict, most: int) -> plt.Figure:
    """Kept judgments by charge and province, on a logarithmic scale of colour.

    Args:
        summary: of the experiment.
        most: how many charges, the most frequent ones.
    """
    crossed = summary["provinces"]
    by_charge: dict[str, int] = {}
    for charges in crossed.values():
        for charge, count in charges.items():
            by_charge[charge] = by_charge.get(charge, 0) + count
    columns = sorted(crossed, key=lambda p: (-sum(crossed[p].values()), p))
    rows = sorted(by_charge, key=lambda c: (-by_charge[c], c))[:most]
    if not rows:
        return style.empty("No judgment was kept.")
    table = [[crossed[p].get(charge, 0) for p in columns] for charge in rows]
    high = max(max(row) for row in table)
    figure, axes = plt.subplots(figsize=(max(5.2, 3.6 + 0.27 * len(columns)), 1.7 + 0.25 * len(rows)))
    # Zero is white, not the lightest blue: absent is another thing than rare.
    shown = [[value or float("nan") for value in row] for row in table]
    image = axes.imshow(shown, cmap=style.SEQUENTIAL, norm=LogNorm(1, max(2, high)), aspect="auto")
    axes.set_xticks(range(len(columns)), ["\n".join(name) for name in columns], linespacing=1.0)
    axes.set_yticks(range(len(rows)), [f"{charge}  {by_charge[charge]:,}" for charge in rows])
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    rest = len(by_charge) - len(rows)
    title = "charge 罪名, total" + (f" ({rest} rarer ones not shown)" if rest else "")
    axes.text(-0.4 / len(columns), 1.0, title, ha="right", va="bottom", transform=axes.transAxes)
    axes.set_xlabel("province 省份, most judgments first")
    bar = figure.colorbar(image, ax=axes, pad=0.01, fraction=0.03)
    bar.set_label("judgments (white: none)")
    bar.outline.set_visible(False)
    ticks = marks(1, max(2, high))
    bar.set_ticks(ticks, labels=[f"{t:,}" for t in ticks])
    bar.minorticks_off()
    return figure


# The 31 provinces as tiles, roughly where they lie: (row from the north, column from the west).
TILES = {
    "黑龙江": (0, 8),
    **{"内蒙古": (1, 5), "吉林": (1, 8)},
    **{"新疆": (2, 1), "甘肃": (2, 2), "宁夏": (2, 3), "山西": (2, 4), "河北": (2, 5), "北京": (2, 6)},
    **{"天津": (2, 7), "辽宁": (2, 8)},
    **{"青海": (3, 2), "陕西": (3, 3), "河南": (3, 4), "山东": (3, 5)},
    **{"西藏": (4, 1), "四川": (4, 2), "重庆": (4, 3), "湖北": (4, 4), "安徽": (4, 5), "江苏": (4, 6)},
    "上海": (4, 7),
    **{"云南": (5, 2), "贵州": (5, 3), "湖南": (5, 4), "江西": (5, 5), "浙江": (5, 6)},
    **{"广西": (6, 3), "广东": (6, 4), "福建": (6, 5), "海南": (7, 3)},
}


def short(count: int) -> str:
    """A count that fits into a tile or at a tick: 9,876, 123 k, 1.2 M."""
    if count < 10_000:
        return f"{count:,}"
    return f"{count / 1e3:,.0f} k" if count < 1e6 else f"{count / 1e6:.3g} M"


def marks(low: float, high: float) -> list[int]:
    """Round numbers for a logarithmic axis: some on less than a decade, few on many."""
    decades = math.log10(high / low)
    steps = (1, 2, 3, 4, 5, 6, 8) if decades < 0.8 else (1, 2, 5) if decades < 3 else (1,)
    return [step * 10**power for power in range(9) for step in steps if low <= step * 10**power <= high]


def tiles(summary: dict) -> plt.Figure:
    """Each province's judgments: how many are kept (colour), and what share of those read."""
    by_province = summary["corpus"]["by_province"]
    kept = {name: by_province.get(name, {}).get("kept", 0) for name in TILES}
    if not any(kept.values()):
        return style.empty("No judgment was kept.")
    figure, axes = plt.subplots(figsize=(7.8, 6.4))
    low, high = min(filter(None, kept.values())), max(kept.values())
    # Where provinces differ by more than ten times, a linear scale would show the largest alone.
    skewed = high > 10 * low
    norm = LogNorm(low, high) if skewed else Normalize(0, high)
    image = axes.scatter([], [], c=[], cmap=style.LIGHT, norm=norm)
    for name, (row, column) in TILES.items():
        fill = style.LIGHT(norm(kept[name])) if kept[name] else "white"
        box = plt.Rectangle((column + 0.03, row + 0.03), 0.94, 0.94, facecolor=fill, edgecolor=style.PALE)
        axes.add_patch(box)
        read = by_province.get(name, {}).get("read", 0)
        middle = {"ha": "center", "va": "center"}
        axes.text(column + 0.5, row + 0.25, name, fontsize=10, **middle)
        axes.text(column + 0.5, row + 0.53, short(kept[name]), fontsize=11, **middle)
        share = f"{100 * kept[name] / read:.0f} % kept" if read else "none read"
        axes.text(column + 0.5, row + 0.79, share, fontsize=7.5, **middle)
    axes.set_xlim(0.9, 9.1)
    axes.set_ylim(8.1, -0.1)
    axes.set_aspect("equal")
    axes.axis("off")
    bar = figure.colorbar(image, ax=axes, pad=0.02, fraction=0.03, shrink=0.6)
    bar.set_label("judgments kept" + (" (log scale)" if skewed else ""))
    bar.outline.set_visible(False)
    bar.locator = FixedLocator(marks(low, high)) if skewed else MaxNLocator(6, integer=True)
    bar.formatter = "{x:,.0f}"
    bar.update_ticks()
    bar.minorticks_off()
    others = sum(row.get("kept", 0) for name, row in by_province.items() if name not in TILES)
    if others:
        axes.text(1.0, 7.9, f"province not known: {others:,} kept", va="bottom", color=style.GREY)
    return figure


def spread(summary: dict) -> plt.Figure:
    """Kept judgments by year and by length; their defendants by punishment and by term."""
    corpus = summary["corpus"]
    if not corpus["years"]:
        return style.empty("No judgment was kept.")
    figure, ((years, lengths), (kinds, terms)) = plt.subplots(2, 2, figsize=(8.6, 5.6))
    dated = [row for row in corpus["years"] if row["year"] is not None]
    years.bar(
        [row["year"] for row in dated], [row["judgments"] for row in dated], color=style.BLUE, width=0.8
    )
    if dated:
        first, last = dated[0]["year"], dated[-1]["year"]
        # Room beside the bars, so that one year alone is a bar and not a wall.
        years.set_xlim(first - 1, last + 1)
        years.set_xticks(range(first, last + 1, 1 + (last - first) // 8))
    unknown = sum(row["judgments"] for row in corpus["years"] if row["year"] is None)
    years.set_xlabel("year of the judgment" + (f" ({unknown:,} without a date)" if unknown else ""))
    years.set_ylabel("judgments")

    of = corpus["lengths"]
    for row in of["classes"]:
        width = row["to"] - row["from"]
        lengths.bar(
            row["from"], row["judgments"], width=width, align="edge", color=style.BLUE, edgecolor="white"
        )
    lengths.set_xscale("log")
    ends = [of["classes"][0]["from"], of["classes"][-1]["to"]]
    ticks = marks(*ends) or ends
    lengths.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    lengths.xaxis.set_minor_locator(NullLocator())
    lengths.axvline(of["median"], color=style.VERMILLION, linewidth=1.5)
    lengths.set_xlabel(f"characters (log scale); median {of['median']:,.0f}, longest {of['longest']:,}")
    lengths.set_ylabel("judgments")

    rows = sorted(corpus["sentences"], key=lambda row: labels.KINDS.index(row["kind"]))
    total = max((row["defendants"] for row in rows), default=1)
    for place, row in enumerate(rows):
        kinds.barh(place, row["defendants"], color=style.GREEN, height=0.72)
        kinds.text(row["defendants"] + total * 0.02, place, f"{row['defendants']:,}", va="center")
    kinds.set_yticks(range(len(rows)), [row["kind"] or "not read" for row in rows])
    kinds.invert_yaxis()
    kinds.set_xlim(0, total * 1.2)
    kinds.xaxis.set_major_locator(MaxNLocator(3, integer=True))
    kinds.tick_params(axis="y", length=0)
    kinds.grid(axis="y", visible=False)
    kinds.set_xlabel("defendants, by punishment 主刑")

    months = corpus["months"]
    names = [labels.years(row["from"], row["to"]) for row in months]
    terms.bar(range(len(months)), [row["defendants"] for row in months], color=style.GREEN, width=0.8)
    terms.set_xticks(range(len(months)), names, fontsize=8)
    terms.set_xlabel("years of 有期徒刑 (upper end included)")
    terms.set_ylabel("defendants")
    for axes in (years, lengths, terms):
        axes.grid(axis="x", visible=False)
        axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_formatter(lambda value, _: short(int(value)))
    kinds.xaxis.set_major_formatter("{x:,.0f}")
    figure.get_layout_engine().set(h_pad=0.1, w_pad=0.1)
    return figure


def all_figures(summary: dict, charges: int) -> dict[str, plt.Figure]:
    """All figures of the corpus by name."""
    return {
        "funnel": funnel(summary),
        "map": tiles(summary),
        "spread": spread(summary),
        "provinces": provinces(summary, charges),
    }
