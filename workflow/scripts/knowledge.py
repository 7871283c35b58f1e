"""Stage knowledge: statutes, or the built-in law → articles, charges, links, tiers of penalty."""

from __future__ import annotations

from lexpro.statutes import knowledge
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("knowledge", __doc__, argv) as run:
        made = knowledge.build(run.settings)
        run.counts.update(knowledge.write(made, run.out))
        run.log.info("%d articles of %d laws, %d charges", len(made.rows), made.laws, len(made.charges))
        if kinds := made.problem_kinds:
            run.log.info("problems (problems.csv): %s", ", ".join(f"{n} {kind}" for kind, n in kinds.items()))


if __name__ == "__main__":
    main()
