"""knowledge: a folder of statutes, or the embedded facts of the law → articles, charges and tiers of penalty.

`articles.parquet`: one row an article and version; `passages.parquet`: one row a paragraph or item.
`charges.json`: charge → refs of the Criminal Law. `tiers.json`: ref → tiers of penalty.
`problems.csv`: what in the sources was worked around or left out, with file and line.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import astuple
from pathlib import Path

from lexpro.errors import UserError
from lexpro.files import write_json
from lexpro.knowledge import collection, embedded, links, passages, table, tiers
from lexpro.knowledge.statutes import Problem, lines_of
from lexpro.knowledge.table import Row
from lexpro.law import facts
from lexpro.stage import stage

Knowledge = tuple[list[Row], dict[str, list[str]], dict[str, list[dict]], list[Problem]]


def from_facts() -> Knowledge:
    known = facts.load()
    return embedded.rows(known), embedded.charges(known), embedded.tiers(known), []


def from_statutes(settings: dict) -> Knowledge:
    folder = collection.locate(settings["path"])
    rows, problems = collection.read(folder, settings["include"], collection.older(settings["older"]))
    if not rows:
        raise UserError(
            f"knowledge: no article in {folder} ({', '.join(settings['include'])}). Check knowledge.include; "
            "docs/data.md has the format."
        )
    lists = collection.files(folder, settings["charge_lists"])
    # Later lists first: an article that a charge moved to stands before the one that it came from.
    named = [pair for path in lists[::-1] for pair in links.pairs(lines_of(path))]
    return rows, links.attach(rows, named), tiers.of(rows), problems


def write_problems(path: Path, problems: list[Problem]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "line", "kind", "detail"])
        writer.writerows(astuple(problem) for problem in problems)


def main(argv: list[str] | None = None) -> None:
    with stage("knowledge", __doc__, argv) as run:
        known = from_facts() if run.settings["kind"] == "facts" else from_statutes(run.settings)
        rows, charges, penalties, problems = known
        table.write(rows, run.out / "articles.parquet")
        write_json(run.out / "charges.json", charges)
        write_json(run.out / "tiers.json", penalties)
        write_problems(run.out / "problems.csv", problems)
        laws = Counter(row.law for row in rows)
        kinds = Counter(problem.kind for problem in problems)
        parts = passages.write(rows, run.out / "passages.parquet")
        run.counts.update(passages=parts, incomplete=sum(not row.complete for row in rows))
        run.counts.update(articles=len(rows), laws=len(laws), charges=len(charges), tiers=len(penalties))
        run.counts.update(problems=dict(sorted(kinds.items())))
        run.log.info("%d articles of %d laws, %d charges", len(rows), len(laws), len(charges))
        if problems:
            run.log.info("problems (problems.csv): %s", ", ".join(f"{n} {kind}" for kind, n in kinds.items()))


if __name__ == "__main__":
    main()
