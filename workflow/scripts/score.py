"""Predictions of a benchmark and its truth → scores with intervals, and the worth of each item."""

from __future__ import annotations

from lexpro.evaluation.scoring import score
from lexpro.workflow.files import write_json, write_json_lines
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("score", __doc__, argv) as run:
        scored = score(run.settings, run.inputs["predict"], run.inputs["tasks"], run.inputs.get("index"))
        write_json_lines(run.out / "items.jsonl", scored.items)
        write_json(run.out / "scores.json", scored.scores)
        run.counts.update({task: part["n"] for task, part in scored.scores.items()})
        for task, part in scored.scores.items():
            value, seen = part[part["main"]], part.get("contamination", {}).get("items", 0)
            told = f"{task}: {part['main']} {value:.4f} [{part['low']:.4f}, {part['high']:.4f}]"
            run.log.info("%s, %d of %d items seen in training", told, seen, part["n"])


if __name__ == "__main__":
    main()
