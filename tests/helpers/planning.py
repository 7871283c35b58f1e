"""A run of a stage as the workflow plans it, for tests that run one stage by itself."""

from pathlib import Path

from lexpro.workflow import fingerprint, stage
from lexpro.workflow.files import to_yaml, write_text


def plan(name: str, settings: dict, inputs: dict[str, str], key: str = "k", runtime=None, **more) -> Path:
    """Write the plan of a run below the working directory, with the packages of
    `stage.lock_file()`; its folder.

    `more`: further keys of its configuration, such as provinces.
    """
    folder = Path("results/.plan") / name / key
    config = {
        "stage": name,
        "key": key,
        "out": f"results/{name}/{key}",
        "inputs": inputs,
        "settings": settings,
    }
    write_text(folder / "config.yaml", to_yaml(config | more))
    write_text(folder / "code.yaml", to_yaml(fingerprint.code(name, settings, stage.lock_file())))
    write_text(folder / "runtime.yaml", to_yaml(runtime or {}))
    return folder


def arguments(folder: Path) -> list[str]:
    """Those of the stage's command line."""
    return ["--plan", str(folder)]
