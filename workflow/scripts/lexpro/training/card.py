"""The model card: what a model was made from and how, beside its weights (`model/README.md`)."""

from __future__ import annotations

import json
import re
from pathlib import Path

from lexpro.workflow.files import to_yaml, write_text
from lexpro.workflow.stage import Run

# Columns of the record that say how a training ended.
ENDED = ("step", "loss", "reward", "grad_norm", "zero_variance_groups")


def licence(base: Path) -> str:
    """The licence of the base model: as its card says (`license:` at its head), or in words."""
    card = base / "README.md"
    stated = card.is_file() and re.search(
        r"\A---\n.*?^licen[cs]e: *(\S+)", card.read_text(encoding="utf-8"), re.M | re.S
    )
    if stated:
        return stated[1]
    files = sorted(path.name for path in base.glob("LICENSE*"))
    return (
        f"see {files[0]} of the base model"
        if files
        else "none stated: the model was trained here, or has no card"
    )


def template(tokenizer) -> str:
    """The chat template, indented as code."""
    return "".join(f"    {line}\n" for line in (tokenizer.chat_template or "none").splitlines())


def write(run: Run, tokenizer, metrics: list[dict]) -> None:
    """Write `model/README.md`: base, data, settings, how the training ended, licence, template.

    Scores are not in it: they are made from the model, and stand in `results/score/` by the model's
    key.

    Args:
        run: the finished training.
        tokenizer: has the chat template.
        metrics: logged lines, the last one last.
    """
    folder = run.out / "model"
    base = run.inputs.get("base_model")
    stated = licence(base / "model") if base else licence(folder)
    ended = {name: metrics[-1][name] for name in ENDED if name in metrics[-1]} if metrics else {}
    settings = run.settings.model_dump(exclude={"runtime"})
    upstream = "".join(f"| {name} | `{path.name}` |\n" for name, path in sorted(run.inputs.items()))
    write_text(
        folder / "README.md",
        f"---\nlicense: {json.dumps(stated)}\nlanguage: zh\n---\n"
        f"# {run.stage} {run.key}\n\n"
        f"Made by the stage `{run.stage}` of LexPro. Nothing here is legal advice.\n\n"
        f"## Made from\n\n| what | key |\n| --- | --- |\n{upstream}\n"
        f"Licence of the base model: {stated}.\n\n"
        f"## Training\n\n{json.dumps(ended, ensure_ascii=False)}\n\n"
        f"```yaml\n{to_yaml(settings)}```\n\n"
        f"Scores: `results/score/`, in the folders whose predictions were made with this key.\n\n"
        f"## Chat template\n\n{template(tokenizer)}",
    )
