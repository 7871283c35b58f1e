"""knowledge: a folder of statutes, or the embedded facts of the law → articles, charges and tiers
of penalty.

`articles.parquet`: one row an article and version; `passages.parquet`: one row a paragraph or item.
`charges.json`: charge → refs of the Criminal Law. `tiers.json`: ref → tiers of penalty.
`links.json`: charge ↔ articles ↔ interpretations ↔ guideline. `thresholds.json`: amounts by
province. `guideline.json`: the sentencing guideline. `problems.csv`: what in the sources was worked
around or left out, with file and line. docs/knowledge.md has the fields.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import astuple, dataclass, field
from pathlib import Path

from lexpro.law import facts
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.statutes import builtin_statutes, collection, guideline, links, passages, table, thresholds, tiers
from lexpro.statutes.documents import Problem, lines_of
from lexpro.statutes.table import Row
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_json
from lexpro.workflow.stage import stage


@dataclass(slots=True)
class Knowledge:
    """What the stage writes."""

    rows: list[Row]
    charges: dict[str, list[str]]
    tiers: dict[str, list[dict]]
    links: dict[str, dict]
    thresholds: list[dict] = field(default_factory=list)
    guideline: dict = field(default_factory=lambda: guideline.parse(()))
    problems: list[Problem] = field(default_factory=list)


def from_facts() -> Knowledge:
    known = facts.load()
    rows, charges = builtin_statutes.rows(known), builtin_statutes.charges(known)
    return Knowledge(rows, charges, builtin_statutes.tiers(known), links.web(rows, charges, (), {}))


def _at_hand(path: str | None, problems: list[Problem]) -> Path | None:
    """The file of a setting, None where it is not there, which is reported."""
    found = collection.find(path) if path else None
    if found and not found.is_file():
        problems.append(
            Problem(found.name, 0, "not_at_hand", "neither as it is given nor below LEXPRO_MIRROR")
        )
        return None
    return found


def from_statutes(settings: dict) -> Knowledge:
    folder = collection.locate(settings["path"])
    rows, problems = collection.read(folder, settings["include"], map(collection.find, settings["older"]))
    if not rows:
        raise UserError(
            f"knowledge: no article in {folder} ({', '.join(settings['include'])}). Check knowledge.include; "
            "docs/knowledge.md has the format."
        )
    lists = collection.files(folder, settings["charge_lists"])
    # Later lists first: an article that a charge moved to stands before the one that it came from.
    named = [pair for path in lists[::-1] for pair in links.pairs(lines_of(path))]
    charges = links.attach(rows, named)
    applied, _ = collection.read(folder, settings["interpretations"])
    # A list of names bears on every charge and says nothing of it.
    said = {path.relative_to(folder).as_posix() for path in lists}
    applied = [row for row in applied if row.source not in said]
    guide = _at_hand(settings["guideline"], problems)
    steps = guideline.parse(lines_of(guide) if guide else ())
    sections = {charge: part["section"] for charge, part in steps["charges"].items()}
    figures = thresholds.national([*(row for row in rows if row.law == CRIMINAL_LAW), *applied])
    by_province = _at_hand(settings["thresholds"], problems)
    figures += thresholds.provincial(by_province, figures) if by_province else []
    web = links.web(rows, charges, applied, sections)
    return Knowledge(rows, charges, tiers.of(rows), web, figures, steps, problems)


def write_problems(path: Path, problems: list[Problem]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "line", "kind", "detail"])
        writer.writerows(astuple(problem) for problem in problems)


def write(known: Knowledge, out: Path) -> int:
    """Write every file into the folder `out`; the number of passages."""
    table.write(known.rows, out / "articles.parquet")
    for name in ("charges", "tiers", "links", "thresholds", "guideline"):
        write_json(out / f"{name}.json", getattr(known, name))
    write_problems(out / "problems.csv", known.problems)
    return passages.write(known.rows, out / "passages.parquet")


def main(argv: list[str] | None = None) -> None:
    with stage("knowledge", __doc__, argv) as run:
        known = from_facts() if run.settings["kind"] == "facts" else from_statutes(run.settings)
        rows = known.rows
        parts = write(known, run.out)
        laws = Counter(row.law for row in rows)
        kinds = Counter(problem.kind for problem in known.problems)
        run.counts.update(
            articles=len(rows),
            incomplete=sum(not row.complete for row in rows),
            passages=parts,
            laws=len(laws),
            charges=len(known.charges),
            tiers=len(known.tiers),
            thresholds=len(known.thresholds),
            guideline=len(known.guideline["charges"]),
            problems=dict(sorted(kinds.items())),
        )
        run.log.info("%d articles of %d laws, %d charges", len(rows), len(laws), len(known.charges))
        if kinds:
            run.log.info("problems (problems.csv): %s", ", ".join(f"{n} {kind}" for kind, n in kinds.items()))


if __name__ == "__main__":
    main()
