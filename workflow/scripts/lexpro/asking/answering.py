"""The model of a finished experiment: its engine, its prompts, the citations of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lexpro.config import load as typed
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.retrieval import cite
from lexpro.tasks import answers, prompts
from lexpro.tasks.context import Context
from lexpro.tasks.form import read_form
from lexpro.workflow.errors import UserError

if TYPE_CHECKING:
    from lexpro.config.predict import Decoding
    from lexpro.config.tasks import Form
    from lexpro.engines.base import Engine


@dataclass(frozen=True, slots=True)
class Model:
    """A loaded model, with the form of its prompts and how it decodes."""

    engine: Engine
    form: Form
    decoding: Decoding

    def limit(self, task: str) -> int:
        """The longest answer to a task, in tokens."""
        return dict(self.decoding.max_new_tokens)[task]


def load(plan: dict) -> Model:
    """Load the model of an experiment.

    Args:
        plan: as `finished.predictions` gives it.

    Raises:
        UserError: the model is not there.
    """
    from transformers.utils.logging import disable_progress_bar

    from lexpro.engines import load as engines
    from lexpro.engines.base import Sampling

    disable_progress_bar()
    inputs = {name: Path(folder) for name, folder in plan["inputs"].items()}
    if not (inputs["model"] / "model").is_dir():
        raise UserError(f"{inputs['model']}/model is not there. Run snakemake again, or ask with --no-model.")
    settings = typed.settings("predict", plan["settings"])
    decoding = settings.decoding
    sampling = Sampling(decoding.temperature, decoding.top_p)
    base = inputs["base_model"] / "model"
    engine = engines.engine(settings.engine, inputs["model"] / "model", base, sampling)
    return Model(engine, read_form(inputs["tasks"]), decoding)


def answer(plan: dict, task: str, facts: str, context: Context) -> tuple[str, list[str]]:
    """Ask the model of an experiment.

    Args:
        plan: as `finished.predictions` gives it.
        task: `charge`, `article` or `term`.
        facts: the facts of the case.
        context: what to show the model.

    Returns:
        The completion, and the refs of the articles that the prompt had room for.

    Raises:
        UserError: the model is not there, or gave no answer.
    """
    from lexpro.engines.base import Request

    model = load(plan)
    prompt = prompts.build(task, facts, model.form, context)
    request = Request(prompts.messages(prompt), model.limit(task), model.decoding.seed)
    (made,) = model.engine.generate([request])
    if made.error:
        raise UserError(f"the model gave no answer: {made.error}")
    return made.text, prompts.refs(context, model.form)


def citations(task: str, completion: str) -> list[tuple[str, str]]:
    """(law, ref) of what a completion cites: its answer's 法条, and the articles in its text."""
    think, said, _ = answers.split_think(completion)
    parsed = answers.parse(task, said) or {}
    named = [(CRIMINAL_LAW, str(ref)) for ref in parsed.get("法条", [])]
    return list(dict.fromkeys([*named, *cite.cited_in(f"{think or ''}\n{said}")]))
