"""The look of all figures: one font, one colour-blind safe palette (Okabe and Ito)."""

from __future__ import annotations

from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.colors import LinearSegmentedColormap

from lexpro.report import fonts

BLUE, ORANGE, GREEN, SKY, VERMILLION = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#56B4E9",
    "#D55E00",
)
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"
# The same colour for the same variant in every figure.
VARIANT = {"base": GREY, "sft": BLUE, "grpo": VERMILLION}

# One hue, light to dark; the lightest tones are left out, since white stands for nothing at all.
SEQUENTIAL = LinearSegmentedColormap.from_list("lexpro", ["#d6e6f4", "#6aaed6", "#1f6fb3", "#08306b"])
# Tones on which ink can be read, the darkest too.
LIGHT = LinearSegmentedColormap.from_list("lexpro-light", ["#eaf3fa", "#6aaed6"])

FORMATS = ("svg", "png")


def use(dpi: int) -> None:
    """Set matplotlib up; text becomes outlines in SVG files, so that they need no font."""
    matplotlib.rcParams.update(
        {
            "font.family": [fonts.register()],
            "font.size": 9.5,
            "axes.unicode_minus": False,
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "axes.titlesize": 10.5,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "grid.color": "#EBEBEB",
            "xtick.color": GREY,
            "ytick.color": GREY,
            "xtick.labelcolor": INK,
            "ytick.labelcolor": INK,
            "text.color": INK,
            "legend.frameon": False,
            "figure.constrained_layout.use": True,
            "savefig.dpi": dpi,
            "svg.fonttype": "path",
            # Without these two, an SVG file differs each time it is written.
            "svg.hashsalt": "lexpro",
        }
    )


def save(figure: plt.Figure, folder: Path, name: str) -> None:
    """Write a figure in all `FORMATS` and close it.

    Args:
        figure: what is written; it cannot be drawn on afterwards.
        folder: is made where it does not exist.
        name: of the files, without ending.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in FORMATS:
        metadata = {"Date": None} if suffix == "svg" else {"Software": None}
        figure.savefig(folder / f"{name}.{suffix}", facecolor="white", metadata=metadata)
    plt.close(figure)


def empty(reason: str) -> plt.Figure:
    """A figure that says why there is nothing to draw: every experiment has the same files."""
    figure, axes = plt.subplots(figsize=(8.6, 1.2))
    axes.axis("off")
    axes.text(0.5, 0.5, reason, ha="center", va="center", color=GREY)
    return figure


def smooth(values: list[float], window: int) -> list[float]:
    """A centred running mean over `window` points.

    It is narrower near the ends, where it would lean to one side.
    """
    means = []
    for place in range(len(values)):
        half = min(window // 2, place, len(values) - 1 - place)
        part = values[place - half : place + half + 1]
        means.append(sum(part) / len(part))
    return means
