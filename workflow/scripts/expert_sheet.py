"""Stage expert_sheet: answers of several systems → a blind sheet of pairs for legal experts."""

from __future__ import annotations

from lexpro.experts import sheet, systems
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("expert_sheet", __doc__, argv) as run:
        settings = run.settings
        asked = (run.inputs["tasks"] / f"{name}.jsonl" for name in ("heldout", "unseen"))
        questions = systems.of_runs(run.inputs, settings.tasks, *asked)
        systems.add_files(questions, settings.systems)
        made = sheet.build(questions, settings)
        sheet.write(made, run.out)
        run.counts.update(items=made.drawn["items"], **made.drawn["showings"], same=made.drawn["same"])


if __name__ == "__main__":
    main()
