"""Stage expert: exported ratings of a sheet → strengths, agreement, correlations (ratings.json)."""

from __future__ import annotations

from dataclasses import asdict

from lexpro.experts import analysis, exports, sheet
from lexpro.workflow.files import expanded, read_json_lines, write_json, write_json_lines
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("expert", __doc__, argv) as run:
        made = run.inputs["expert_sheet"]
        shown, key = sheet.read(made / sheet.FOLDER), sheet.read_key(made)
        given = [r for path in exports.files(expanded(run.settings.ratings)) for r in exports.read(path)]
        ratings = exports.latest(given)
        answers = list(read_json_lines(made / sheet.ANSWERS))
        found = analysis.analyse(shown, key, answers, ratings, run.settings)
        write_json(run.out / "ratings.json", found)
        rated = analysis.matched(ratings, key, shown["id"])
        write_json_lines(
            run.out / "rated.jsonl",
            (
                asdict(one.rating)
                | {name: one.key[name] for name in ("item", "kind")}
                | {"left": one.key["left"], "right": one.key["right"], "preferred": one.preferred}
                for one in rated
            ),
        )
        run.counts.update(ratings=len(rated), experts=len(found["experts"]))


if __name__ == "__main__":
    main()
