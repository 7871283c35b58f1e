"""Supervised fine-tuning: prompts and answers, the loss on the answers."""

from lexpro.training import checks, sft
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("sft", __doc__, argv) as run:
        trainer, probe = sft.tune(run)
        base = run.inputs["base_model"] / "model"
        checks.after_training(run, trainer, base, base, probe)


if __name__ == "__main__":
    main()
