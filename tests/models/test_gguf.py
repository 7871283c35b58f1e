"""What a GGUF file needs is said before the first job. The real conversion: test_smollm2.py."""

import pytest

from lexpro.config.base_model import Gguf
from lexpro.models import gguf
from lexpro.workflow.errors import UserError


def settings(**named) -> Gguf:
    return Gguf(kind="gguf", **named)


def test_a_file_of_its_own_is_found(tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    assert gguf.located(settings(file=str(tmp_path / "model.gguf"))) == tmp_path / "model.gguf"


def test_a_file_of_a_package_is_found():
    assert gguf.located(settings(package="lexpro.law", file="charges.txt")).is_file()


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"package": "no_such_package", "file": "x.gguf"}, "no_such_package is not installed"),
        ({"package": "no_such.package", "file": "x.gguf"}, "no_such.package is not installed"),
        ({"package": "lexpro.law", "file": "x.gguf"}, "x.gguf is not a file"),
        ({"file": "/nowhere/x.gguf"}, "/nowhere/x.gguf is not a file"),
        # A module is no package with files.
        ({"package": "lexpro.hashing", "file": "x.gguf"}, "lexpro.hashing is not installed"),
    ],
)
def test_what_is_missing_is_said(named, said):
    with pytest.raises(UserError, match=said):
        gguf.located(settings(**named))
