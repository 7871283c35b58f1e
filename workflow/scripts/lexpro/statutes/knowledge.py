"""A knowledge base: articles, charges, tiers of penalty, links, thresholds and the guideline.

It is made of a folder of statutes or of the built-in law. Files of its folder (docs/knowledge.md
has the fields):

* `articles.parquet`: one row an article and version; `passages.parquet`: one row a paragraph or
  item.
* `charges.json`: charge → refs of the Criminal Law. `tiers.json`: ref → tiers of penalty.
* `links.json`: charge ↔ articles ↔ interpretations ↔ guideline.
* `thresholds.json`: amounts by province. `guideline.json`: the sentencing guideline.
* `problems.csv`: what in the sources was worked around or left out, with file and line.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import astuple, dataclass, field
from pathlib import Path

from lexpro.config.knowledge import Builtin, Statutes
from lexpro.law import builtin_law
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.statutes import builtin_statutes, collection, guideline, links, passages, table, thresholds, tiers
from lexpro.statutes.documents import Problem
from lexpro.statutes.source_lines import lines_of
from lexpro.statutes.table import Row
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_json


@dataclass(slots=True)
class Knowledge:
    """The content of the files that the stage writes, by their names.

    Attributes:
        rows: articles, one a version.
        charges: charge → refs of the Criminal Law, its own article first.
        tiers: ref → tiers of penalty, from light to heavy.
        links: charges and articles with what bears on them, as `links.build` gives them.
        thresholds: amounts by province.
        guideline: steps, circumstances and charges of the sentencing guideline.
        problems: what in the sources was worked around or left out.
    """

    rows: list[Row]
    charges: dict[str, list[str]]
    tiers: dict[str, list[dict]]
    links: dict[str, dict]
    thresholds: list[dict] = field(default_factory=list)
    guideline: dict = field(default_factory=lambda: guideline.parse(()))
    problems: list[Problem] = field(default_factory=list)

    @property
    def laws(self) -> int:
        """How many laws the articles are of."""
        return len({row.law for row in self.rows})

    @property
    def problem_kinds(self) -> Counter[str]:
        """How many problems there are of each kind."""
        return Counter(problem.kind for problem in self.problems)


def build(settings: Builtin | Statutes) -> Knowledge:
    """The knowledge that the settings ask for.

    Raises:
        UserError: the folder of statutes is not there, or has no article.
    """
    return from_statutes(settings) if isinstance(settings, Statutes) else from_facts()


def from_facts() -> Knowledge:
    """The knowledge base of the built-in law."""
    law = builtin_law.load()
    rows, charges = builtin_statutes.rows(law), builtin_statutes.charges(law)
    return Knowledge(rows, charges, builtin_statutes.tiers(law), links.build(rows, charges, (), {}))


def _at_hand(path: str | None, problems: list[Problem]) -> Path | None:
    """The file of a setting, None where it is not there, which is added to `problems`."""
    file = collection.find(path) if path else None
    if file and not file.is_file():
        problems.append(
            Problem(file.name, 0, "not_at_hand", "neither as it is given nor below LEXPRO_MIRROR")
        )
        return None
    return file


def from_statutes(settings: Statutes) -> Knowledge:
    """The knowledge base of a folder of statutes.

    Raises:
        UserError: the folder is not there, or has no article.
    """
    folder = collection.locate(settings.path)
    rows, problems = collection.read(folder, settings.include, map(collection.find, settings.older))
    if not rows:
        raise UserError(
            f"knowledge: no article in {folder} ({', '.join(settings.include)}). Check knowledge.include; "
            "docs/knowledge.md has the format."
        )
    charge_lists = collection.files(folder, settings.charge_lists)
    # Later lists first: an article that a charge moved to stands before the one that it came from.
    named = [pair for path in charge_lists[::-1] for pair in links.pairs(lines_of(path))]
    charges = links.attach(rows, named)
    interpretations, _ = collection.read(folder, settings.interpretations)
    # A list of names bears on every charge and says nothing of it.
    of_lists = {path.relative_to(folder).as_posix() for path in charge_lists}
    interpretations = [row for row in interpretations if row.source not in of_lists]
    guideline_file = _at_hand(settings.guideline, problems)
    steps = guideline.parse(lines_of(guideline_file) if guideline_file else ())
    sections = {charge: part["section"] for charge, part in steps["charges"].items()}
    criminal_law = (row for row in rows if row.law == CRIMINAL_LAW)
    amounts = thresholds.national([*criminal_law, *interpretations])
    provinces_file = _at_hand(settings.thresholds, problems)
    amounts += thresholds.provincial(provinces_file, amounts) if provinces_file else []
    bearing = links.build(rows, charges, interpretations, sections)
    return Knowledge(rows, charges, tiers.by_article(rows), bearing, amounts, steps, problems)


def _write_problems(path: Path, problems: list[Problem]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "line", "kind", "detail"])
        writer.writerows(astuple(problem) for problem in problems)


def write(knowledge: Knowledge, out: Path) -> dict:
    """Write every file into the folder `out`.

    Returns:
        Counts for the manifest.
    """
    table.write(knowledge.rows, out / "articles.parquet")
    for name in ("charges", "tiers", "links", "thresholds", "guideline"):
        write_json(out / f"{name}.json", getattr(knowledge, name))
    _write_problems(out / "problems.csv", knowledge.problems)
    return {
        "articles": len(knowledge.rows),
        "incomplete": sum(not row.complete for row in knowledge.rows),
        "passages": passages.write(knowledge.rows, out / "passages.parquet"),
        "laws": knowledge.laws,
        "charges": len(knowledge.charges),
        "tiers": len(knowledge.tiers),
        "thresholds": len(knowledge.thresholds),
        "guideline": len(knowledge.guideline["charges"]),
        "problems": dict(sorted(knowledge.problem_kinds.items())),
    }
