"""report.html: one file that holds everything, to be mailed, archived and read offline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lexpro.report import corpus_page, effects, labels, markup, sources
from lexpro.report import experts as expert_section
from lexpro.report.examples import Example, Mark
from lexpro.report.score_tables import runs_of
from lexpro.report.table import Table
from lexpro.task_names import TASKS

LEGEND = (
    Mark("right", "right"),
    Mark("wrong", "wrong: not in the truth"),
    Mark("missed", "missed: in the truth, not answered"),
)

SECTIONS = (
    ("numbers", "Key numbers"),
    ("evaluation", "Evaluation"),
    ("experts", "Experts"),
    ("examples", "Worked examples"),
    ("training", "Training"),
    ("corpus", "Corpus"),
    ("provenance", "Provenance"),
    ("files", "Files"),
)


@dataclass(frozen=True)
class Score:
    """A score between 0 and 1 with its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class KeyLine:
    """A row of the first table.

    Attributes:
        task: name of the task.
        metric: name of its metric.
        cells: a score for each variant and retrieval; None: not asked.
    """

    task: str
    metric: str
    cells: list[Score | None]


def columns(summary: dict) -> dict[str, list[str]]:
    """Variant → the kinds of retrieval it was evaluated with, over all tasks."""
    seen: dict[str, list[str]] = {}
    for task in TASKS:
        for variant, retrieval, _ in runs_of(summary, task):
            if retrieval not in seen.setdefault(variant, []):
                seen[variant].append(retrieval)
    return {v: [r for r in sources.RETRIEVAL if r in seen[v]] for v in sources.VARIANTS if v in seen}


def key_numbers(summary: dict) -> list[KeyLine]:
    """The rows of the first table."""
    lines = []
    for task in TASKS:
        runs = {(v, r): row for v, r, row in runs_of(summary, task)}
        cells = [
            Score(row[row["main"]], row["low"], row["high"])
            if (row := runs.get((variant, retrieval)))
            else None
            for variant, kinds in columns(summary).items()
            for retrieval in kinds
        ]
        if runs:
            metric = next(iter(runs.values()))["main"]
            lines.append(KeyLine(labels.TASKS[task], labels.METRICS.get(metric, metric), cells))
    return lines


def key_text(summary: dict) -> str:
    """What stands under the key numbers."""
    counts = {
        task: max(row["n"] for *_, row in runs_of(summary, task)) for task in TASKS if summary.get(task)
    }
    items = ", ".join(f"{count:,} for {task}" for task, count in counts.items())
    text = f"Scores lie between 0 and 1, each with the {labels.interval(summary)} below it. "
    text += f"Held-out items: {items or 'none'}."
    recall = summary["retrieval"].get("recall_at_5")
    return (
        text
        if recall is None
        else f"{text} Of the articles that {summary['retrieval']['n']:,} held-out cases cite, retrieval finds "
        f"{recall:.1%} among its first 5."
    )


def status(summary: dict) -> str:
    """What the numbers can be taken for: from the facts of the run, not from hopes about it."""
    model, corpus = summary["model"], summary["corpus"]
    size = model["parameters"]
    text = "This experiment reruns the recipe of LexPro-1.0 (SFT, then GRPO, then retrieval) with a model of "
    text += f"{count(size)} parameters ({model['architecture']}), on {summary['funnel']['kept']:,} "
    text += (
        "synthetic judgments written by a program with known truth. "
        if corpus["synthetic"]
        else "judgments. "
    )
    if corpus["synthetic"]:
        text += "No person, court decision or statute text in it is real. "
    if size < 100e6:
        text += "A model this small shows that every stage works; it says nothing about "
        text += "how well a large model would do. "
    return text + "Nothing here is legal advice, and no sentence predicted here should guide one."


def count(number: int) -> str:
    """1.9 million, 14.8 billion: a number of parameters in words."""
    for unit, name in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if number >= unit:
            return f"{number / unit:.1f} {name}"
    return str(number)


def duration(seconds: float) -> str:
    """Seconds in words: `2 h 5 min`, `3 min 20 s`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def examples_text(summary: dict, examples: list[Example]) -> str:
    """How the worked examples were chosen (`examples.choose`)."""
    text = "Extraction of elements from the same held-out judgment by each variant, as in the paper's Figures 4 and 5. "
    if examples:
        *_, (variant, _, scores) = runs_of(summary, "elements")
        flawless = sum(example.f1[variant] >= 1 for example in examples)
        text += f"{labels.VARIANTS[variant]} gives {scores['right']:,} of {scores['predictions']:,} answers without a "
        text += f"mistake; {flawless} of the {len(examples)} examples is one, the rest are taken at even steps of its "
        text += "score over the answers with a mistake, from better to worse: by this rule, not by hand. "
    return text + "Terms are in months, money is in yuan."


def provenance(summary: dict) -> list[tuple[str, str]]:
    """(name, value) of what made the results."""
    record = summary["provenance"]
    commits = ", ".join(commit[:12] for commit in record["commits"])
    return [
        ("Commit", commits + (" (with uncommitted changes)" if record["dirty"] else "")),
        ("Machine", "; ".join(record["hosts"])),
        ("Started", record["started"]),
        (
            "Time of all stages",
            f"{duration(record['seconds'])}, added up; stages that ran side by side count in full",
        ),
        ("Peak memory", f"{record['peak_rss_mb']:,.0f} MB in the largest stage"),
        ("Python", ", ".join(record["python"])),
        ("Packages", ", ".join(f"{name} {version}" for name, version in record["packages"].items())),
    ]


def render(summary: dict, tables: dict[str, Table], examples: list[Example], figures: Path, note: str) -> str:
    """The page of an experiment.

    Args:
        summary: of the experiment.
        tables: by name.
        examples: worked examples.
        figures: folder with `<name>.svg`.
        note: a sentence of the experiment's own; may be empty.
    """
    words = {
        "experiment": summary["experiment"],
        "sections": SECTIONS,
        "status": f"{status(summary)} {note}".strip(),
        "legend": LEGEND,
        "columns": columns(summary),
        "variant_names": labels.VARIANTS,
        "retrieval_names": labels.RETRIEVAL,
        "key_numbers": key_numbers(summary),
        "key_text": key_text(summary),
        "effects": [text for text in (effects.of_grpo(summary), effects.of_retrieval(summary)) if text],
        "experts_text": expert_section.text(summary),
        "rated": bool(expert_section.ratings(summary)),
        "expert_example": summary.get("experts", {}).get("example", {}),
        "examples": examples,
        "glosses": labels.FIELDS,
        "examples_text": examples_text(summary, examples),
        "provenance": provenance(summary),
        **corpus_page.words(summary),
    }
    return markup.whole("report.html.j2", words, tables, figures)
