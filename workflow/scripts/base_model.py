"""Base model: a small one trained here from nothing, or a pretrained one."""

from lexpro.models import gguf, pretrained
from lexpro.training import from_scratch
from lexpro.workflow.stage import stage


def main(argv: list[str] | None = None) -> None:
    """Run the stage."""
    with stage("base_model", __doc__, argv) as run:
        {"scratch": from_scratch.pretrain, "pretrained": pretrained.link, "gguf": gguf.convert}[
            run.settings.kind
        ](run)


if __name__ == "__main__":
    main()
