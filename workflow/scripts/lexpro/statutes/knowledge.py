"""A knowledge base: articles, charges, links, tiers of penalty, thresholds and the guideline.

Files of its folder (docs/knowledge.md has the fields):

* `articles.parquet`: one row an article and version; `passages.parquet`: one row a paragraph or
  item.
* `charges.json`: charge → refs of the Criminal Law. `tiers.json`: ref → tiers of penalty.
* `links.json`: charge ↔ articles ↔ interpretations ↔ guideline.
* `thresholds.json`: amounts by province. `guideline.json`: the sentencing guideline.
* `problems.csv`: what in the sources was worked around or left out, with file and line.
"""

from __future__ import annotations

import csv
from dataclasses import astuple, dataclass, field
from pathlib import Path

from lexpro.config.knowledge import Statutes
from lexpro.law import facts
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.statutes import builtin_statutes, collection, guideline, links, passages, table, thresholds, tiers
from lexpro.statutes.documents import Problem, lines_of
from lexpro.statutes.table import Row
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_json


@dataclass(slots=True)
class Knowledge:
    """The content of a knowledge base."""

    rows: list[Row]
    charges: dict[str, list[str]]
    tiers: dict[str, list[dict]]
    links: dict[str, dict]
    thresholds: list[dict] = field(default_factory=list)
    guideline: dict = field(default_factory=lambda: guideline.parse(()))
    problems: list[Problem] = field(default_factory=list)


def from_facts() -> Knowledge:
    """The knowledge base of the facts that the package brings."""
    known = facts.load()
    rows, charges = builtin_statutes.rows(known), builtin_statutes.charges(known)
    return Knowledge(rows, charges, builtin_statutes.tiers(known), links.web(rows, charges, (), {}))


def _at_hand(path: str | None, problems: list[Problem]) -> Path | None:
    """The file of a setting; None where it is not there, which becomes a problem."""
    file = collection.find(path) if path else None
    if file and not file.is_file():
        problems.append(
            Problem(file.name, 0, "not_at_hand", "neither as it is given nor below LEXPRO_MIRROR")
        )
        return None
    return file


def from_statutes(settings: Statutes) -> Knowledge:
    """The knowledge base of a folder of statutes.

    Args:
        settings: folder, files and lists to read.

    Raises:
        UserError: there is no folder, or no article in it.
    """
    folder = collection.locate(settings.path)
    rows, problems = collection.read(folder, settings.include, map(collection.find, settings.older))
    if not rows:
        raise UserError(
            f"knowledge: no article in {folder} ({', '.join(settings.include)}). Check knowledge.include; "
            "docs/knowledge.md has the format."
        )
    lists = collection.files(folder, settings.charge_lists)
    # Later lists first: an article that a charge moved to stands before the one that it came from.
    named = [pair for path in lists[::-1] for pair in links.pairs(lines_of(path))]
    charges = links.attach(rows, named)
    applied, _ = collection.read(folder, settings.interpretations)
    # A list of names bears on every charge and says nothing of it.
    sources = {path.relative_to(folder).as_posix() for path in lists}
    applied = [row for row in applied if row.source not in sources]
    guide = _at_hand(settings.guideline, problems)
    steps = guideline.parse(lines_of(guide) if guide else ())
    sections = {charge: part["section"] for charge, part in steps["charges"].items()}
    figures = thresholds.national([*(row for row in rows if row.law == CRIMINAL_LAW), *applied])
    by_province = _at_hand(settings.thresholds, problems)
    figures += thresholds.provincial(by_province, figures) if by_province else []
    web = links.web(rows, charges, applied, sections)
    return Knowledge(rows, charges, tiers.of(rows), web, figures, steps, problems)


def _write_problems(path: Path, problems: list[Problem]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "line", "kind", "detail"])
        writer.writerows(astuple(problem) for problem in problems)


def write(knowledge: Knowledge, out: Path) -> int:
    """Write every file of a knowledge base.

    Args:
        knowledge: its content.
        out: its folder, which exists.

    Returns:
        The number of passages.
    """
    table.write(knowledge.rows, out / "articles.parquet")
    for name in ("charges", "tiers", "links", "thresholds", "guideline"):
        write_json(out / f"{name}.json", getattr(knowledge, name))
    _write_problems(out / "problems.csv", knowledge.problems)
    return passages.write(knowledge.rows, out / "passages.parquet")
