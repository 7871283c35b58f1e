"""The tables in the shape of the paper: each size and variant, with and without retrieval.

Of one experiment in its report, of several side by side in results/tables (`lexpro publish
--tables`). Where others have published figures of a benchmark, these are rows of their own below
ours, with their source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lexpro.report import catalog, labels, noise, published
from lexpro.report.score_tables import SEEN
from lexpro.report.table import Cell, Table, to_csv, to_latex, to_markdown
from lexpro.workflow.files import write_text

Summaries = list[dict]

# Tasks that are asked of the facts, and what their columns are called.
KNOWLEDGE = {"charge": "charge F1", "article": "article F1", "term": "term closeness"}
OURS, THEIRS = "this project", "published"


def name_of(summary: dict) -> str:
    """The choice of base model: its key without the digest."""
    return summary["stages"]["base_model"]["key"].rpartition("-")[0]


def by_size(summaries: Summaries) -> Summaries:
    """The summaries by the parameters of their models, the smallest first."""
    return sorted(summaries, key=lambda summary: (summary["model"]["parameters"], summary["experiment"]))


def _begin(summary: dict, variant: str) -> tuple[Cell, ...]:
    return name_of(summary), summary["model"]["parameters"], summary["experiment"], labels.VARIANTS[variant]


BEGIN = ("model", "parameters", "experiment", "variant")


def extraction(summaries: Summaries) -> Table:
    """Extraction of elements: precision, recall and F1 over all, and the mean F1 of the kinds."""
    names = ("precision", "recall", "micro_f1", "low", "high", "macro_f1", "n")
    rows = [
        (
            *_begin(summary, variant),
            *(by_variant[variant].get(name) for name in names),
            _seen([by_variant[variant]]),
        )
        for summary in by_size(summaries)
        for by_variant in [summary.get("elements", {})]
        for variant in labels.ordered(by_variant, labels.VARIANTS)
    ]
    columns = (*BEGIN, "precision", "recall", "F1", "low", "high", "macro F1", "n", SEEN)
    title = f"{catalog.PAPER_TABLES['extraction'].title}; low and high bound the "
    title += f"{labels.interval(*summaries)} of F1"
    return Table(title, columns, rows, noise.note(summaries, ("elements",)))


def knowledge(summaries: Summaries) -> Table:
    """Charge, articles and term from the facts alone, each with its interval."""
    rows = []
    for summary in by_size(summaries):
        by_task = {task: summary.get(task, {}) for task in KNOWLEDGE}
        variants = {variant for by_variant in by_task.values() for variant in by_variant}
        for variant in labels.ordered(variants, labels.VARIANTS):
            for retrieval in labels.RETRIEVAL:
                cells = [by_variant.get(variant, {}).get(retrieval) for by_variant in by_task.values()]
                if any(cells):
                    begin = (*_begin(summary, variant), labels.RETRIEVAL[retrieval])
                    rows.append((*begin, *(value for cell in cells for value in _score(cell)), _seen(cells)))
    names = [name for column in KNOWLEDGE.values() for name in _columns(column)]
    title = f"{catalog.PAPER_TABLES['knowledge'].title}; low and high bound the "
    title += f"{labels.interval(*summaries)} of the score to their left"
    return Table(title, (*BEGIN, "retrieval", *names, SEEN), rows, noise.note(summaries, tuple(KNOWLEDGE)))


def _seen(cells: Iterable[dict | None]) -> int | None:
    """Items of these scores that a training document has half or more of, all tasks together."""
    counts = [cell["contamination"]["items"] for cell in cells if cell and "contamination" in cell]
    return sum(counts) if counts else None


def _columns(score: str) -> tuple[str, str, str]:
    task = score.split()[0]
    return score, f"{task} low", f"{task} high"


def _score(cell: dict | None) -> tuple[Cell, Cell, Cell]:
    return (None, None, None) if cell is None else (cell[cell["main"]], cell["low"], cell["high"])


def _lawbench(tasks: dict, variant: str, retrieval: str) -> list[Cell]:
    columns = published.read()["lawbench"].columns
    cells = [tasks.get(task, {}).get(variant, {}).get(retrieval, {}) for task in columns]
    return [cell.get("official") for cell in cells]


def _judge(tasks: dict, variant: str, retrieval: str) -> list[Cell]:
    cell = tasks.get("all", {}).get(variant, {}).get(retrieval, {})
    official = cell.get("metrics", {}).get("official", {})
    return [official.get(name) for name in ("term", "fine", "charge_f1", "article_f1")]


def _ours(
    benchmark: str, read: Callable[[dict, str, str], list[Cell]], summaries: Summaries
) -> Iterator[tuple[Cell, ...]]:
    for summary in by_size(summaries):
        tasks = summary.get("benchmarks", {}).get(benchmark, {})
        for variant in labels.VARIANTS:
            for retrieval, words in labels.RETRIEVAL.items():
                values = read(tasks, variant, retrieval)
                if any(value is not None for value in values):
                    system = f"{name_of(summary)}, {labels.VARIANTS[variant]}, {words}"
                    seen = _seen(by_variant.get(variant, {}).get(retrieval) for by_variant in tasks.values())
                    yield OURS, system, *values, seen, f"experiment {summary['experiment']}"


def _theirs(benchmark: str) -> Iterator[tuple[Cell, ...]]:
    printed = published.read()[benchmark]
    for row in printed.rows:
        missing = (None,) * (len(printed.columns) - len(row.values))
        yield THEIRS, row.system, *row.values, *missing, None, row.source


def _beside(benchmark: str, read: Callable[[dict, str, str], list[Cell]]) -> Callable[[Summaries], Table]:
    def make(summaries: Summaries) -> Table:
        printed = published.read()[benchmark]
        rows = [*_ours(benchmark, read, summaries), *_theirs(benchmark)]
        note = "Published figures come from other prompts, decoding and training data, as their sources print them. "
        note += noise.note(
            summaries, tuple(t for s in summaries for t in s.get("benchmarks", {}).get(benchmark, {}))
        )
        return Table(
            catalog.PAPER_TABLES[benchmark].title,
            ("origin", "system", *printed.columns, SEEN, "source"),
            rows,
            note.strip(),
        )

    return make


TABLES: dict[str, Callable[[Summaries], Table]] = {
    "extraction": extraction,
    "knowledge": knowledge,
    "lawbench": _beside("lawbench", _lawbench),
    "judge": _beside("judge", _judge),
}


def write(tables: dict[str, Table], out: Path) -> None:
    """Each table in `out` as `<name>.csv`, `.md` and `.tex`."""
    for name, table in tables.items():
        for suffix, form in (("csv", to_csv), ("md", to_markdown), ("tex", to_latex)):
            write_text(out / f"{name}.{suffix}", form(table))
