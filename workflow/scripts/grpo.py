"""Group relative policy optimisation: completions are sampled, scored by rules, and the better ones made likelier."""

from lexpro.stage import stage
from lexpro.training import checks, grpo


def main(argv: list[str] | None = None) -> None:
    with stage("grpo", __doc__, argv) as run:
        trainer, prompts = grpo.optimise(run)
        checks.after_training(
            run, trainer, run.inputs["sft"] / "model", run.inputs["base_model"] / "model", prompts
        )


if __name__ == "__main__":
    main()
