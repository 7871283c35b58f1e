"""A pretrained model, from a folder or from the hub, as the `model/` folder of a run."""

from __future__ import annotations

import os
from pathlib import Path

from lexpro.config.base_model import Pretrained
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import expanded
from lexpro.workflow.stage import Run

# Weights in other formats, and pickles, are neither needed nor opened.
WANTED = ["*.json", "*.safetensors", "*.txt", "*.model", "*.jinja", "LICENSE*", "README*"]


def offline() -> bool:
    """Whether the hub is not to be asked (`HF_HUB_OFFLINE`)."""
    return os.environ.get("HF_HUB_OFFLINE", "").lower() in ("1", "true", "yes", "on")


def _from_hub(name: str, revision: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        HfHubHTTPError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        return Path(
            snapshot_download(name, revision=revision, allow_patterns=WANTED, local_files_only=offline())
        )
    except RevisionNotFoundError:
        raise UserError(f"base_model.revision: {name} has no revision {revision}.") from None
    except RepositoryNotFoundError:
        raise UserError(
            f"base_model.id: the hub has no public model {name}. Check the spelling, or set HF_TOKEN if it is gated."
        ) from None
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise UserError(
            f"base_model.id: {name} at {revision} is not in the local cache and cannot be downloaded "
            f"({type(error).__name__}). On a machine without internet: download it elsewhere (hf download {name} "
            f"--revision {revision}) and set base_model.path to that folder."
        ) from None


def _folder(settings: Pretrained) -> Path:
    if not settings.path:
        return _from_hub(settings.id, settings.revision)
    folder = expanded(settings.path)
    if not folder.is_dir():
        raise UserError(
            f"base_model.path: {folder} is not a folder. Set it to a folder with config.json and *.safetensors."
        )
    return folder


def link(run: Run) -> None:
    """Fill `model/` with a link to each file of the model: nothing of up to 140 GB is copied.

    Raises:
        UserError: the model is not to be had, or has no weights in safetensors.
    """
    folder = _folder(run.settings).resolve()
    files = sorted(path for pattern in WANTED for path in folder.glob(pattern) if path.is_file())
    for needed in ("config.json", "tokenizer_config.json"):
        if not (folder / needed).is_file():
            raise UserError(f"base_model: {folder} has no {needed}: it is no complete model.")
    weights = [path for path in files if path.suffix == ".safetensors"]
    if not weights:
        raise UserError(
            f"base_model: {folder} has no *.safetensors. Convert the weights: pickles are not opened."
        )
    (run.out / "model").mkdir()
    for path in files:
        (run.out / "model" / path.name).symlink_to(path.resolve())
    run.counts.update(files=len(files), bytes=sum(path.stat().st_size for path in weights))
