"""The experts' page as a section of the application: 专家评测."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Mount

from lexpro.experts import sheet
from lexpro.experts.page import Page
from lexpro.experts.store import Store
from lexpro.serve.pages import Section

TITLE, ADDRESS = "专家评测", "/experts/"
RATINGS = Path("ratings")


def section(page: Page) -> Section:
    """The section of a sheet."""
    return Section(TITLE, ADDRESS, [Mount(ADDRESS.rstrip("/"), routes=page.routes())])


def of_experiment(summary: dict) -> Section | None:
    """The section of the sheet that an experiment made; None where it made none.

    Ratings go to a database beside the results.

    Args:
        summary: of the experiment.
    """
    made = summary["stages"].get("expert_sheet")
    folder = Path("results/expert_sheet") / made["key"] / sheet.FOLDER if made else None
    if folder is None or not (folder / sheet.SHEET).is_file():
        return None
    page = Page(folder, Store(RATINGS / sheet.read(folder)["id"] / "ratings.sqlite3"))
    return section(page)
