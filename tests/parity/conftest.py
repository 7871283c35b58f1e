"""The mirror of public data, or a skip that says that it is absent; registry paths are relative to
the checkout.
"""

import os
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def mirror() -> Path:
    path = Path(os.environ.get("LEXPRO_MIRROR", ""))
    if not (os.environ.get("LEXPRO_MIRROR") and path.is_dir()):
        pytest.skip("the mirror of public data (LEXPRO_MIRROR, docs/data.md) is not here")
    return path


@pytest.fixture(autouse=True)
def _in_checkout(monkeypatch):
    monkeypatch.chdir(REPO)
