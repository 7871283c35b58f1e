"""Base model: a small one trained here from nothing, or a pretrained one."""

from lexpro.models import pretrained
from lexpro.training import from_scratch
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("base_model", __doc__, argv) as run:
        if run.settings.kind == "scratch":
            from_scratch.pretrain(run)
        else:
            pretrained.link(run)


if __name__ == "__main__":
    main()
