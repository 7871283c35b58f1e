"""The project's own tasks: what a model is asked of a judgment."""

from __future__ import annotations

from typing import Literal, get_args

Task = Literal["elements", "charge", "article", "term"]
TASKS: tuple[str, ...] = get_args(Task)
