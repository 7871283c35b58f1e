"""The corpus as a page: its words, and the page of a corpus that nothing was trained on."""

from __future__ import annotations

from pathlib import Path

from lexpro.report import corpus_figures, corpus_tables, labels, markup, paper, style
from lexpro.report.summary import FATES, of_corpus
from lexpro.report.tabs import ROOT
from lexpro.workflow.files import read_json, write_json, write_text


def sum_check(summary: dict) -> str:
    """The sum that accounts for every record read."""
    f = summary["funnel"]
    said = " + ".join(f"{f[name]:,} {labels.FUNNEL[name].lower()}" for name in FATES)
    return f"{f['read']:,} records read = {said}."


def families_text(summary: dict) -> str:
    """What stands over the families of duplicates."""
    families = summary["corpus"]["families"]
    if not families["families"]:
        return "No document is there twice."
    across = f"{families['across']:,}" if families["across"] else "None"
    return (
        f"{families['families']:,} judgments are there more than once: beside the best copy, which alone goes on, "
        f"{families['exact']:,} exact copies (the same but for spaces, punctuation and width) and "
        f"{families['near']:,} near ones. {across} of these families reach over more than one province."
    )


def masked_text(summary: dict) -> str:
    """What stands over the counts of masking."""
    if not summary["corpus"]["masked"]:
        return "Nothing was masked: no personal data was found by rule, or masking is switched off."
    return (
        "Replacements in the texts of kept and dropped documents. A name is replaced in the same way all through its "
        "document; what the court had masked already stays and is not counted. What stood there before is in no file "
        "of the results after the stage structure, and not in this page."
    )


def row_files(summary: dict) -> list[tuple[str, str, str]]:
    """(path, link, what) of the files with a row for each document left out.

    Links start from a report's folder.
    """
    keys = {stage: summary["stages"][stage]["key"] for stage in ("ingest", "structure", "filter")}
    files = (
        (
            f"ingest/{keys['ingest']}/",
            "*/rejects.parquet",
            "could not be read: file, record, byte, reason, detail",
        ),
        (f"structure/{keys['structure']}/", "*/rejects.parquet", "could not be structured: the same columns"),
        (f"filter/{keys['filter']}/", "dropped.parquet", "dropped by the filter"),
    )
    return [
        (f"results/{folder}{name}", f"{ROOT}{folder}{'' if '*' in name else name}", f"({what})")
        for folder, name, what in files
    ]


def row_code(summary: dict) -> str:
    """Python that reads the documents dropped for one reason."""
    path, *_ = row_files(summary)[-1]
    reason = next(iter(summary["dropped"]), "near_duplicate")
    return f'import polars as pl\n\npl.read_parquet("{path}").filter(pl.col("reason") == "{reason}")'


def words(summary: dict) -> dict:
    """What the template of the section needs besides figures and tables."""
    return {
        "experiment": summary["experiment"],
        "sum_check": sum_check(summary),
        "families_text": families_text(summary),
        "masked_text": masked_text(summary),
        "row_files": row_files(summary),
        "row_code": row_code(summary),
    }


def write(
    experiment: str, inputs: dict[str, Path], provinces: list[str], out: Path, charges: int, dpi: int
) -> None:
    """Write corpus.json, figures/, tables/ and corpus.html.

    Args:
        experiment: name of the experiment.
        inputs: the folders of its runs `ingest`, `structure` and `filter`, by stage.
        provinces: the province folders of the runs.
        out: folder of the page.
        charges: charges in the figure of provinces and charges.
        dpi: resolution of the PNG figures in dots an inch.
    """
    write_json(out / "corpus.json", {"experiment": experiment, **of_corpus(inputs, provinces)})
    # All else is made from the file as it will be read.
    summary = read_json(out / "corpus.json")
    style.use(dpi)
    for name, figure in corpus_figures.all_figures(summary, charges).items():
        style.save(figure, out / "figures", name)
    tables = {name: make(summary) for name, make in corpus_tables.TABLES.items()}
    paper.write(tables, out / "tables")
    write_text(
        out / "corpus.html", markup.whole("corpus_page.html.j2", words(summary), tables, out / "figures")
    )
