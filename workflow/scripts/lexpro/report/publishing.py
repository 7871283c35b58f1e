"""Finished reports under the names of their experiments, and several of them side by side."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lexpro.report import paper
from lexpro.report.tabs import tabs
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, replace_folder, write_text

PARTS = ("summary.json", "report.html", "figures", "tables")


def publish(experiment: str, report: Path, out: Path) -> None:
    """Replace `out` by a copy of a report. An interrupted copy leaves the old one in place.

    Args:
        experiment: name of the experiment.
        report: folder of its finished report.
        out: folder of what is published.

    Raises:
        UserError: the report is of another experiment.
    """
    made = read_json(report / "summary.json")["experiment"]
    if made != experiment:
        raise UserError(f"{report} is the report of experiment {made}, not of {experiment}")
    fresh = out.with_name(f".{out.name}.{os.getpid()}")
    fresh.mkdir(parents=True)
    try:
        for name in PARTS:
            source = report / name
            (shutil.copytree if source.is_dir() else shutil.copy)(source, fresh / name)
        replace_folder(fresh, out)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def one_page(folders: list[Path], page: Path) -> None:
    """Write one page over the published experiments in `folders`, a tab each."""
    pages = {folder.name: (folder / "report.html").read_text(encoding="utf-8") for folder in folders}
    write_text(page, tabs(pages))


def side_by_side(folders: list[Path], out: Path) -> list[str]:
    """Write the paper's tables over the finished experiments of some.

    Args:
        folders: folders of experiments, finished or not.
        out: folder of the tables.

    Returns:
        The names of the experiments that are not finished.

    Raises:
        UserError: none is finished.
    """
    finished = [folder for folder in folders if (folder / "summary.json").is_file()]
    if not finished:
        raise UserError(f"no summary.json in {', '.join(map(str, folders))}: run these experiments first")
    summaries = [read_json(folder / "summary.json") for folder in finished]
    paper.write({name: make(summaries) for name, make in paper.TABLES.items()}, out)
    return [folder.name for folder in folders if folder not in finished]
