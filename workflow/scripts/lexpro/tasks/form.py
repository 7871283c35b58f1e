"""The form of prompts and completions: what training and evaluation have to agree on.

The settings of the `tasks` stage have it (`lexpro.config.tasks.Form`). The stage writes it beside
the examples that it makes, and `predict` builds its prompts from that file.
"""

from __future__ import annotations

from pathlib import Path

from lexpro.config.tasks import Form
from lexpro.task_names import CASE_FIELDS, DEFENDANT_FIELDS
from lexpro.workflow.files import read_json, write_json

FILE = "form.json"


def write_form(form: Form, folder: Path) -> None:
    """Write the form to `form.json` in the folder of a `tasks` run."""
    write_json(folder / FILE, form.model_dump())


def read_form(folder: Path) -> Form:
    """The form of a `tasks` run, from its folder.

    Raises:
        pydantic.ValidationError: the file is not of this version of the code.
    """
    return Form.model_validate(read_json(folder / FILE))


def defendant_fields(form: Form) -> tuple[str, ...]:
    """The elements asked of each defendant, in the order asked; the name is always one."""
    asked = tuple(field for field in form.fields if field in DEFENDANT_FIELDS)
    return asked if "姓名" in asked else ("姓名", *asked)


def case_fields(form: Form) -> tuple[str, ...]:
    """The elements asked of the whole case, in the order asked."""
    return tuple(field for field in form.fields if field in CASE_FIELDS)


def clip(text: str, limit: int) -> str:
    """The first `limit` characters of a text, the last of them … where something is cut.

    Args:
        text: any text.
        limit: characters; 0 for no limit.
    """
    return text if not limit or len(text) <= limit else text[: limit - 1] + "…"
