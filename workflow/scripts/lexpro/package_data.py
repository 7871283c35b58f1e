"""Data that a module of the package keeps in a file beside it, under its own name.

Such a file counts as code of the module (`lexpro.workflow.fingerprint`): a changed word list redoes
the stages that use it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def yaml_beside(module: str) -> Any:
    """The content of the YAML file beside a module.

    Args:
        module: `__file__` of the module; `words.py` has `words.yaml`.
    """
    text = Path(module).with_suffix(".yaml").read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def lines_beside(module: str) -> list[str]:
    """The lines of the text file beside a module, without comments (`#`) and empty lines.

    Args:
        module: `__file__` of the module; `charges.py` has `charges.txt`.
    """
    text = Path(module).with_suffix(".txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
