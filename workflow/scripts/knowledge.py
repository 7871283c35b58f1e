"""knowledge: statutes, or the facts that the package brings → articles, charges, tiers, links."""

from collections import Counter

from lexpro.statutes import knowledge
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    with stage("knowledge", __doc__, argv) as run:
        facts = run.settings.kind == "facts"
        made = knowledge.from_facts() if facts else knowledge.from_statutes(run.settings)
        parts = knowledge.write(made, run.out)
        laws = Counter(row.law for row in made.rows)
        kinds = Counter(problem.kind for problem in made.problems)
        run.counts.update(
            articles=len(made.rows),
            incomplete=sum(not row.complete for row in made.rows),
            passages=parts,
            laws=len(laws),
            charges=len(made.charges),
            tiers=len(made.tiers),
            thresholds=len(made.thresholds),
            guideline=len(made.guideline["charges"]),
            problems=dict(sorted(kinds.items())),
        )
        run.log.info("%d articles of %d laws, %d charges", len(made.rows), len(laws), len(made.charges))
        if kinds:
            run.log.info("problems (problems.csv): %s", ", ".join(f"{n} {kind}" for kind, n in kinds.items()))


if __name__ == "__main__":
    main()
