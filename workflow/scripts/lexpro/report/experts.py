"""The experts' part of the report: the sheet that was drawn and, where it was rated, what they say.

`summary.json` has it as `experts`: {sheet: drawn.json, example: a pair as experts see it, ratings:
ratings.json}; the last is empty where nobody has rated, and all is where there is no sheet.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from lexpro.report import catalog, labels, style
from lexpro.report.table import Cell, Table
from lexpro.workflow.files import read_json

NOBODY = "No expert has rated the sheet of this experiment."
# Characters of a text of the example.
EXCERPT = 600
DIMENSIONS = {
    "choices": "preference",
    "elements": "要素正确 elements",
    "law": "法律适用 law",
    "reasoning": "说理 reasoning",
    "citation": "引用 citation",
    "readability": "可读性 readability",
}
COEFFICIENTS = {
    "alpha_nominal": "Krippendorff's α, nominal",
    "alpha_ordinal": "Krippendorff's α, ordinal",
    "ac1": "Gwet's AC1",
    "ac2_quadratic": "Gwet's AC2, quadratic weights",
}
METRICS = {
    "score": "score of the task",
    "official": "official score",
    "precision": "precision",
    "recall": "recall",
    "length": "length of the answer",
}


def build(inputs: dict[str, Path]) -> dict:
    """What `summary.json` holds of experts."""
    folder = inputs.get("expert_sheet")
    if folder is None:
        return {}
    shown = read_json(folder / "sheet/sheet.json")
    rated = inputs.get("expert")
    return {
        "sheet": read_json(folder / "drawn.json") | {"id": shown["id"], "key": folder.name},
        "example": _example(shown),
        "rule": shown["rule"],
        "ratings": read_json(rated / "ratings.json") if rated else {},
    }


def _example(shown: dict) -> dict:
    """The first pair of the first expert, cut short."""
    if not shown["showings"]:
        return {}
    row = shown["showings"][0]
    question = shown["questions"][row["question"]]
    texts = {side: shown["answers"][row[side]]["text"] for side in ("left", "right")}
    cut = {name: _cut(text) for name, text in {**texts, "document": question["document"]}.items()}
    return {"title": question["title"], **cut}


def _cut(text: str) -> str:
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}…"


def ratings(summary: dict) -> dict:
    """The ratings of an experiment; empty where there are none."""
    return summary.get("experts", {}).get("ratings", {})


def system(name: str) -> str:
    """`grpo.rag` in words; another system's name as it is."""
    variant, _, retrieval = name.partition(".")
    if variant not in labels.VARIANTS or retrieval not in labels.RETRIEVAL:
        return name
    return f"{labels.VARIANTS[variant]}, {labels.RETRIEVAL[retrieval]}"


def text(summary: dict) -> str:
    """What stands at the top of the section."""
    made = summary.get("experts", {})
    if not made:
        return "This experiment has no two systems whose answers could be compared, so there is no sheet."
    drawn, rule = made["sheet"], made["rule"]
    shown = drawn["showings"]
    said = f"The sheet {drawn['key']} asks {len(drawn['by_expert'])} experts which of two answers is better, blind: "
    said += (
        f"{drawn['items']} items drawn evenly by charge, province and difficulty, {len(drawn['systems'])} "
    )
    said += f"systems in a balanced incomplete design, {shown['pair']} comparisons, {shown['repeat']} of them again "
    said += f"with their sides swapped, {shown['control']} controls with a known answer"
    alike = f", {drawn['same']} pairs that need no expert because both answers are the same"
    said += f"{alike if drawn['same'] else ''}. Left out is who passes fewer than {rule['min_controls']:.0%} of the "
    said += f"controls, repeats fewer than {rule['min_repeats']:.0%} of the judgments or takes less than "
    said += f"{rule['min_seconds']:g} seconds (median); this was stated before anybody rated. "
    found = made["ratings"]
    if not found:
        return f"{said}Nobody has rated it yet: docs/experts.md says how."
    out = sum(bool(expert["excluded"]) for expert in found["experts"].values())
    said += f"{len(found['experts'])} experts have given {found['ratings']} ratings; "
    return said + (f"{out} of them are left out by the rule." if out else "none is left out.")


def strengths(summary: dict) -> plt.Figure:
    """Strengths with their intervals, and the share of points of each system against each other."""
    rows = [row for row in ratings(summary).get("systems", []) if row["strength"]]
    if not rows:
        return style.empty(NOBODY)
    names = [row["system"] for row in rows]
    size = (8.6, 1.6 + 0.42 * len(rows))
    figure, (left, right) = plt.subplots(1, 2, figsize=size, width_ratios=(3, 2), sharey=True)
    for place, row in enumerate(rows):
        own = row["strength"]
        ends = [own["value"] if own[end] is None else own[end] for end in ("low", "high")]
        color = style.VARIANT.get(row["system"].partition(".")[0], style.INK)
        left.plot(ends, [place, place], color=color, linewidth=2)
        left.plot(own["value"], place, "o", color=color, markersize=6)
    left.axvline(0, color=style.GREY, linewidth=0.8)
    left.set_yticks(range(len(rows)), [system(name).replace(", ", ",\n") for name in names])
    left.set_ylim(len(rows) - 0.4, -0.6)
    left.set_xlabel(f"strength (log odds), {100 * ratings(summary)['confidence']:g} % interval")
    left.grid(axis="y", visible=False)
    table = ratings(summary)["pairs"]
    shares = np.full((len(names), len(names)), np.nan)
    for a, own in enumerate(names):
        for b, other in enumerate(names):
            if other in table.get(own, {}):
                shares[a, b] = table[own][other][0]
                right.text(b, a, f"{shares[a, b]:.2f}", ha="center", va="center", fontsize="small")
    right.imshow(shares, cmap=style.LIGHT, vmin=0, vmax=1, aspect="auto")
    right.set_xticks(range(len(names)), [str(number) for number in range(1, len(names) + 1)])
    right.set_xlabel("points against the system in row")
    right.grid(visible=False)
    return figure


def metrics(summary: dict) -> plt.Figure:
    """How far the differences of each automatic metric go with the votes."""
    rows = [row for row in ratings(summary).get("metrics", []) if row["votes"]["value"] is not None]
    if not rows:
        return style.empty(NOBODY)
    rows.sort(key=lambda row: -row["votes"]["value"])
    figure, axes = plt.subplots(figsize=(8.6, 1.3 + 0.36 * len(rows)))
    for place, row in enumerate(rows):
        rho = row["votes"]
        axes.plot([rho["low"], rho["high"]], [place, place], color=style.BLUE, linewidth=2)
        axes.plot(rho["value"], place, "o", color=style.BLUE, markersize=6)
    axes.axvline(0, color=style.GREY, linewidth=0.8)
    axes.set_yticks(range(len(rows)), [METRICS.get(row["metric"], row["metric"]) for row in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xlim(-1.03, 1.03)
    axes.set_xlabel(
        f"Spearman's ρ with the experts' votes, {100 * ratings(summary)['confidence']:g} % interval"
    )
    axes.grid(axis="y", visible=False)
    return figure


FIGURES = {"experts": strengths, "expert_metrics": metrics}


def _table(name: str, columns: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Table:
    return Table(catalog.TABLES[name].title, columns, rows)


def _bounds(value: dict | None) -> tuple[Cell, ...]:
    return tuple((value or {}).get(name) for name in ("value", "low", "high"))


def systems_table(summary: dict) -> Table:
    """Strength and share of points of each system, with and without those who are left out."""
    found = ratings(summary)
    parts = {"kept": found.get("systems", []), "all": found.get("with_excluded", [])}
    parts |= {
        f"kept, {task}": rows for task, rows in found.get("by_task", {}).items() if len(found["by_task"]) > 1
    }
    rows = [
        (
            experts,
            system(row["system"]),
            *_bounds(row["strength"]),
            *_bounds(row["win_rate"]),
            row["votes"],
            row["items"],
        )
        for experts, part in parts.items()
        for row in part
    ]
    columns = (
        "experts",
        "system",
        "strength",
        "low",
        "high",
        "points",
        "points low",
        "points high",
        "votes",
        "items",
    )
    return _table("expert_systems", columns, rows)


def raters_table(summary: dict) -> Table:
    """What each expert's own ratings tell."""
    columns = ("expert", "rated", "of", "skipped", "controls passed", "controls", "same again", "repeats")
    rows = [
        (
            f"expert {number}",
            *(row[name] for name in ("rated", "showings", "skipped")),
            *(row[part][name] for part in ("controls", "repeats") for name in ("value", "n")),
            row["left"]["value"],
            row["seconds"]["median"],
            row["seconds"]["sum"],
            "; ".join(row["excluded"]) or "kept",
        )
        for number, row in ratings(summary).get("experts", {}).items()
    ]
    return _table("expert_raters", (*columns, "left", "seconds a pair", "seconds", "by the rule"), rows)


def agreement_table(summary: dict) -> Table:
    """Agreement of preferences and of marks, with intervals."""
    rows = [
        (DIMENSIONS.get(what, what), COEFFICIENTS.get(name, name), *_bounds(value), value["n"])
        for what, values in sorted(
            ratings(summary).get("agreement", {}).items(), key=lambda pair: list(DIMENSIONS).index(pair[0])
        )
        for name, value in values.items()
    ]
    return _table("expert_agreement", ("of", "coefficient", "value", "low", "high", "n"), rows)


def metrics_table(summary: dict) -> Table:
    """How each automatic metric goes with the experts, over votes and over systems."""
    rows = [
        (METRICS.get(row["metric"], row["metric"]), *_bounds(row["votes"]), row["votes"]["n"])
        + (row["systems"]["value"], row["systems"]["n"])
        for row in ratings(summary).get("metrics", [])
    ]
    columns = ("metric", "votes", "low", "high", "n votes", "systems", "n systems")
    return _table("expert_metrics", columns, rows)


def marks_table(summary: dict) -> Table:
    """The mean mark of each system on each dimension."""
    rows = [
        (DIMENSIONS[row["dimension"]], system(row["system"]), *_bounds(row), row["n"])
        for row in ratings(summary).get("marks", [])
    ]
    return _table("expert_marks", ("dimension", "system", "mark", "low", "high", "n"), rows)


def sheet_table(summary: dict) -> Table:
    """What was drawn, and how often each pair of systems is compared."""
    drawn = summary.get("experts", {}).get("sheet", {})
    rows: list[tuple[Cell, ...]] = [
        (trait, value, count)
        for trait, values in drawn.get("traits", {}).items()
        for value, count in values.items()
    ]
    for pair, count in drawn.get("pairs", {}).items():
        rows.append(("pair", " / ".join(map(system, pair.split(" / "))), count))
    return _table("expert_sheet", ("by", "value", "items or comparisons"), rows)


TABLES = {
    "expert_sheet": sheet_table,
    "expert_systems": systems_table,
    "expert_raters": raters_table,
    "expert_agreement": agreement_table,
    "expert_metrics": metrics_table,
    "expert_marks": marks_table,
}
