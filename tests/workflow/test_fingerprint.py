"""What a code fingerprint sees, and what it does not."""

from pathlib import Path

import pytest

from lexpro import hashing
from lexpro.workflow import fingerprint

MODULE = '"""Doc."""\nimport numpy as np\nfrom lexpro.law import money\n\n\ndef f(x):\n    return x + 1\n'


@pytest.fixture
def scripts(tmp_path):
    """A small tree: entry `train` imports lexpro.a, which imports lexpro.law.money (with a data
    file) and numpy.
    """
    for package in ("law", "workflow", "config"):
        (tmp_path / "lexpro" / package).mkdir(parents=True)
        (tmp_path / "lexpro" / package / "__init__.py").touch()
    (tmp_path / "lexpro/__init__.py").touch()
    (tmp_path / "train.py").write_text("from lexpro import a\nfrom lexpro.workflow.stage import stage\n")
    (tmp_path / "lexpro/workflow/stage.py").write_text("import pydantic\nfrom lexpro import unused\n")
    (tmp_path / "lexpro/a.py").write_text(MODULE)
    (tmp_path / "lexpro/unused.py").write_text("X = 1\n")
    (tmp_path / "lexpro/law/money.py").write_text("import yaml\nY = 2\n")
    (tmp_path / "lexpro/law/money.yaml").write_text("a: 1\n")
    (tmp_path / "lock.txt").write_text("# pins\nnumpy==2.3.5\npyyaml==6.0.3\nPillow==13.0.0\n")
    return tmp_path


def code(scripts: Path, settings: object = None) -> dict:
    for cached in (fingerprint._parsed, fingerprint._files, fingerprint.pins):
        cached.cache_clear()
    return fingerprint.code("train", settings, scripts / "lock.txt", scripts)


def test_covers_the_import_closure_and_its_packages(scripts):
    found = code(scripts)
    assert {"train", "lexpro", "lexpro.a", "lexpro.law", "lexpro.law.money", "lexpro.law.money.yaml"} == set(
        found["modules"]
    )
    assert found["packages"] == {"numpy": "2.3.5", "pyyaml": "6.0.3"}


def test_plumbing_is_neither_hashed_nor_followed(scripts):
    before = code(scripts)
    assert not any(name.startswith(fingerprint.PLUMBING) for name in before["modules"])
    (scripts / "lexpro/workflow/stage.py").write_text("import torch\n")
    assert code(scripts) == before


def test_a_name_that_only_begins_like_plumbing_counts(scripts):
    (scripts / "train.py").write_text("from lexpro import workflow_of_courts\n")
    (scripts / "lexpro/workflow_of_courts.py").write_text("X = 1\n")
    assert "lexpro.workflow_of_courts" in code(scripts)["modules"]


def test_the_templates_of_a_package_are_part_of_its_code(scripts):
    before = code(scripts)["modules"]
    (scripts / "lexpro/law/templates").mkdir()
    (scripts / "lexpro/law/templates/page.html.j2").write_text("<html>")
    added = code(scripts)["modules"].keys() - before.keys()
    assert added == {"lexpro.law.templates/page.html.j2"}


@pytest.mark.parametrize(
    "old, new",
    [
        ("x + 1", "x +  1  # one"),
        ('"""Doc."""', '"""Another text."""'),
        ("def f(x):\n", "def f(x):\n    # why\n"),
    ],
)
def test_comments_docstrings_and_layout_do_not_count(scripts, old, new):
    before = code(scripts)
    (scripts / "lexpro/a.py").write_text(MODULE.replace(old, new))
    assert code(scripts) == before


@pytest.mark.parametrize(
    "name, text, changed",
    [
        ("lexpro/a.py", MODULE.replace("x + 1", "x + 2"), {"lexpro.a"}),
        ("lexpro/law/money.yaml", "a: 2\n", {"lexpro.law.money.yaml"}),
        ("lexpro/unused.py", "X = 2\n", set()),
    ],
)
def test_an_edit_is_named(scripts, name, text, changed):
    before = code(scripts)["modules"]
    (scripts / name).write_text(text)
    after = code(scripts)["modules"]
    assert {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)} == changed


def test_settings_bring_in_the_code_they_name(scripts):
    assert "lexpro.unused" not in code(scripts)["modules"]
    settings = {"rewards": [{"fn": "lexpro.unused.X", "weight": 1.0}], "note": "lexpro is not a path here"}
    assert "lexpro.unused" in code(scripts, settings)["modules"]


def test_a_pin_counts_only_where_its_package_is_imported(scripts):
    before = code(scripts)
    lock = scripts / "lock.txt"
    lock.write_text(lock.read_text().replace("Pillow==13.0.0", "Pillow==14.0.0"))
    assert code(scripts) == before
    lock.write_text(lock.read_text().replace("numpy==2.3.5", "numpy==2.3.6"))
    assert code(scripts)["packages"]["numpy"] == "2.3.6"


def test_digest_ignores_the_order_of_keys_only():
    assert hashing.digest({"a": 1, "b": 2}) == hashing.digest({"b": 2, "a": 1})
    assert hashing.digest({"a": 1, "b": 2}) != hashing.digest({"a": 2, "b": 1})
    assert hashing.digest([1, 2]) != hashing.digest([2, 1])


def test_what_is_known_of_a_module_goes_by_its_content(tmp_path, monkeypatch):
    """A later process parses only what has changed, and finds the same."""
    monkeypatch.chdir(tmp_path)
    caches = (fingerprint._parsed, fingerprint._known, fingerprint._files)

    def code() -> tuple[dict, int]:
        """The code of a stage as a new process finds it, and how many modules it parses."""
        for one in caches:
            one.cache_clear()
        fingerprint._new.clear()
        modules, _ = fingerprint.closure(["one"], tmp_path)
        return modules, len(fingerprint._new)

    (tmp_path / "lexpro").mkdir()
    for name, text in (("one", "import lexpro.two"), ("lexpro/__init__", ""), ("lexpro/two", "x = 1")):
        (tmp_path / f"{name}.py").write_text(text)
    first, parsed = code()
    assert parsed == 3
    fingerprint.remember()
    assert code() == (first, 0)
    (tmp_path / "lexpro/two.py").write_text("x = 2")
    second, parsed = code()
    assert parsed == 1 and second["lexpro.two"] != first["lexpro.two"] and second["one"] == first["one"]
    fingerprint.remember()
    monkeypatch.setattr(fingerprint, "_reader", lambda: "another Python")
    assert code() == (second, 3)
    for one in caches:
        one.cache_clear()
