"""Answers of the SFT model to each prompt of GRPO, by which the prompts are selected."""

from lexpro.training import pass_rate
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("pass_rate", __doc__, argv) as run:
        pass_rate.sample(run)


if __name__ == "__main__":
    main()
