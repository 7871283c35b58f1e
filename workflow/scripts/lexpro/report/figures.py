"""The figures of training and evaluation.

Each function draws one from plain numbers; `draw` makes them all.
"""

from __future__ import annotations

import math
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from lexpro.report import catalog, corpus_figures, experts, labels, sources, style
from lexpro.report.score_tables import runs_of
from lexpro.task_names import TASKS

Curves = dict[str, tuple[list[float], list[float]]]


def _curve(
    axes: plt.Axes, series: tuple[list[float], list[float]], color: str, window: int, log: bool = False
) -> None:
    steps, values = series
    axes.plot(steps, values, color=color, alpha=0.3, linewidth=0.8)
    # At most a tenth of the curve, so that a short one keeps its shape.
    window = min(window, 1 + len(values) // 10)
    # On a logarithmic scale an arithmetic mean would lie above the curve wherever it falls.
    mean = (
        [math.exp(value) for value in style.smooth([math.log(value) for value in values], window)]
        if log
        else style.smooth(values, window)
    )
    axes.plot(steps, mean, color=color, linewidth=1.8)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))


def sft(logged: Curves, window: int) -> plt.Figure:
    """Training loss and gradient norm against optimiser steps: the paper's Figure 3."""
    panels = [
        ("loss", "training loss (nats a token, log scale)", style.BLUE),
        ("grad_norm", "gradient norm (log scale)", style.GREEN),
    ]
    panels = [panel for panel in panels if panel[0] in logged]
    if not panels:
        return style.empty("Nothing was logged during SFT.")
    figure, all_axes = plt.subplots(1, len(panels), figsize=(8.6, 2.9), squeeze=False)
    for axes, (name, label, color) in zip(all_axes[0], panels, strict=True):
        # The first steps are tens of times the last: on a linear scale there would be nothing else
        # to see.
        log = min(logged[name][1]) > 0
        _curve(axes, logged[name], color, window, log)
        if name == "loss" and "eval_loss" in logged:
            axes.plot(
                *logged["eval_loss"], color=style.ORANGE, marker="o", markersize=4, label="held-out loss"
            )
            axes.legend()
        axes.set_xlabel("optimiser step")
        axes.set_ylabel(label)
        if log:
            axes.set_yscale("log")
            axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_locator(NullLocator())
    return figure


def grpo(logged: Curves, window: int) -> plt.Figure:
    """Mean reward of each step's completions, in all and by component, a panel each."""
    series = sources.rewards(logged)
    if not series:
        return style.empty("Nothing was logged during GRPO.")
    wide = min(3, len(series))
    tall = -(-len(series) // wide)
    figure, all_axes = plt.subplots(tall, wide, figsize=(8.6, 0.7 + 1.95 * tall), squeeze=False, sharex=True)
    flat = list(all_axes.flat)
    parts = [value for name, (_, values) in series.items() if name != "total" for value in values]
    for axes, (name, curve) in zip(flat, series.items(), strict=False):
        _curve(axes, curve, style.VERMILLION if name == "total" else style.BLUE, window)
        axes.set_title("total reward" if name == "total" else name)
        if name != "total":
            # One scale for all components, so that a small change does not look like a large one.
            axes.set_ylim(min(0, *parts) - 0.03, max(1, *parts) + 0.03)
    for axes in flat[len(series) :]:
        axes.set_visible(False)
    for axes in flat[max(0, len(series) - wide) : len(series)]:
        axes.tick_params(labelbottom=True)
    figure.supxlabel("optimiser step", fontsize="medium")
    figure.supylabel("mean reward of a step's completions", fontsize="medium")
    return figure


def scores(summary: dict) -> plt.Figure:
    """Each task's metric by variant, without and with retrieval, with intervals."""
    tasks = [task for task in TASKS if summary.get(task)]
    if not tasks:
        return style.empty("This experiment scores no variant.")
    figure, all_axes = plt.subplots(1, len(tasks), figsize=(8.6, 3.3), squeeze=False, sharey=True)
    for axes, task in zip(all_axes[0], tasks, strict=True):
        runs = list(runs_of(summary, task))
        variants = list(dict.fromkeys(variant for variant, _, _ in runs))
        shifts = {"none": -0.14, "rag": 0.14} if len(runs) > len(variants) else {"none": 0, "rag": 0}
        metric = runs[0][2]["main"]
        for variant, retrieval, row in runs:
            look = {"marker": "D"} if retrieval == "rag" else {"marker": "o", "markerfacecolor": "white"}
            look |= {"color": style.VARIANT[variant], "capsize": 3, "markersize": 5}
            error = [[row[metric] - row["low"]], [row["high"] - row[metric]]]
            axes.errorbar(variants.index(variant) + shifts[retrieval], row[metric], error, **look)
        names = [labels.VARIANTS[v].replace(" + ", "\n+ ") for v in variants]
        axes.set_xticks(range(len(names)), names)
        axes.set_xlim(-0.5, len(names) - 0.5)
        axes.set_title(labels.TASKS[task].replace(" ", "\n", 1))
        axes.set_xlabel(labels.METRICS.get(metric, metric), color=style.GREY)
        axes.grid(axis="x", visible=False)
    all_axes[0][0].set_ylim(-0.04, 1.04)
    all_axes[0][0].set_ylabel(f"score (0 to 1), {labels.interval(summary)}")
    marks = [
        plt.Line2D(
            [],
            [],
            marker="o",
            color=style.INK,
            markerfacecolor="white",
            linestyle="",
            label="without retrieval",
        ),
        plt.Line2D([], [], marker="D", color=style.INK, linestyle="", label="with retrieval"),
    ]
    figure.legend(handles=marks, loc="outside lower center", ncols=2)
    return figure


def retrieval(summary: dict) -> plt.Figure:
    """Share of the cited articles that each system finds among its first k.

    A panel each k, a row each system. Rows, not lines: the good systems differ by thousandths, and
    their lines would lie on one another.
    """
    systems = {name: row for name, row in summary["retrieval"].get("systems", {}).items() if row}
    if not systems:
        return style.empty("This experiment searches no index.")
    order = labels.ordered(systems, labels.SYSTEMS)
    cuts = sorted({k for row in systems.values() for k in row}, key=int)
    size = (8.6, 1.0 + 0.32 * len(order))
    figure, all_axes = plt.subplots(1, len(cuts), figsize=size, squeeze=False, sharex=True, sharey=True)
    for axes, k in zip(all_axes[0], cuts, strict=True):
        for row, name in enumerate(order):
            if k in systems[name]:
                recall, color = systems[name][k], style.GREY if name == "constant" else style.BLUE
                axes.plot([0, recall], [row, row], color=style.PALE, linewidth=1.5)
                axes.plot(recall, row, "o", color=color)
                axes.annotate(f"{recall:.3f}", (recall, row), (6, 0), textcoords="offset points", va="center")
        axes.set_title(f"first {k} articles" if int(k) > 1 else "first article")
        axes.grid(axis="y", visible=False)
    axes.set_xticks([0, 0.5, 1])
    # Beyond 1 is room for the numbers.
    axes.set_xlim(0, 1.45)
    axes.set_yticks(range(len(order)), [labels.SYSTEMS.get(name, name) for name in order])
    axes.set_ylim(len(order) - 0.4, -0.6)
    figure.supxlabel("recall of cited articles", fontsize="medium")
    return figure


def draw(summary: dict, inputs: dict[str, Path], out: Path, charges: int, window: int, dpi: int) -> None:
    """Write all figures of an experiment.

    Args:
        summary: summary.json.
        inputs: stage → folder of its run; metrics.jsonl of `sft` and of `grpo` is read.
        out: folder that gets `<name>.svg` and `<name>.png` of each figure of the catalog.
        charges: how many of the most frequent charges the figure of provinces and charges has.
        window: logged steps that the moving mean of a training curve is taken over; at most a tenth
            of the curve.
        dpi: dots per inch of the PNG files.
    """
    style.use(dpi)
    made = {
        **corpus_figures.all_figures(summary, charges),
        "sft": sft(sources.curves(inputs["sft"] / "metrics.jsonl"), window),
        "grpo": grpo(sources.curves(inputs["grpo"] / "metrics.jsonl"), window),
        "scores": scores(summary),
        "retrieval": retrieval(summary),
        **{name: make(summary) for name, make in experts.FIGURES.items()},
    }
    for name in catalog.FIGURES:
        style.save(made[name], out, name)
