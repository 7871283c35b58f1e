"""The one place where an engine is made."""

from __future__ import annotations

import importlib
from pathlib import Path

from lexpro.config.predict import Api, Transformers, Vllm
from lexpro.engines.base import Engine, Sampling


def engine(
    settings: Transformers | Vllm | Api, model_dir: Path, base_dir: Path | None, sampling: Sampling
) -> Engine:
    """The engine that the settings name as `module`, with its model loaded.

    Args:
        settings: which engine, and its options.
        model_dir: folder with whole weights or an adapter. A server (`Api`) has its own model.
        base_dir: folder with the weights that an adapter is put on; None where there is none.
        sampling: how answers are decoded.

    Raises:
        UserError: the engine lacks what the user has to provide, such as a key.
    """
    # By its name in the settings: the fingerprint of a run covers this engine and no other.
    return importlib.import_module(settings.module).Engine(model_dir, base_dir, settings, sampling)
