"""A finished experiment: where its plan, its index and its models lie."""

from __future__ import annotations

from pathlib import Path

from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, read_yaml

RESULTS, EXPERIMENTS = Path("results"), Path("config/experiment")


def predictions(experiment: str, variant: str) -> tuple[dict, dict]:
    """What an experiment's predictions with retrieval were made with.

    Args:
        experiment: its name.
        variant: `base`, `sft` or `grpo`.

    Returns:
        The plan of the run (`inputs`: its folders; `settings`: how its model is run), and the
        experiment's summary.

    Raises:
        UserError: the experiment does not exist, has not run, or its results are gone.
    """
    file = RESULTS / "experiments" / experiment / "summary.json"
    if not file.is_file():
        names = sorted(path.stem for path in EXPERIMENTS.glob("[!_]*.yaml"))
        if names and experiment not in names:
            raise UserError(f"there is no experiment {experiment}. There are: {', '.join(names)}.")
        raise UserError(
            f"experiment {experiment} has not run here: no {file}. Run it first: "
            f"snakemake --cores all --config experiments={experiment}"
        )
    try:
        summary = read_json(file)
        stages = summary["stages"]
    except (ValueError, KeyError) as error:
        raise UserError(f"{file} cannot be read ({error!r}). Remove it and run snakemake again.") from error
    key = stages.get("predict", {}).get(variant, {}).get("rag", {}).get("key")
    if not key:
        raise UserError(f"experiment {experiment} has no run of variant {variant} with retrieval.")
    plan = RESULTS / ".plan" / "predict" / key / "config.yaml"
    if not plan.is_file():
        raise UserError(f"{plan} is gone. Run snakemake again: it plans anew and makes what is missing.")
    return read_yaml(plan), summary
