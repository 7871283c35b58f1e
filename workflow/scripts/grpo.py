"""Group relative policy optimisation: rules score sampled completions, the better get likelier."""

from lexpro.training import checks, grpo
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("grpo", __doc__, argv) as run:
        trainer, prompts = grpo.optimise(run)
        checks.after_training(
            run, trainer, run.inputs["sft"] / "model", run.inputs["base_model"] / "model", prompts
        )


if __name__ == "__main__":
    main()
