"""The ledger of accepted code changes."""

import pytest

from lexpro.workflow import accepted
from lexpro.workflow.files import write_json


def code(packages=None, **modules) -> dict:
    return {"modules": modules, "packages": packages or {}}


def entry(packages=None, **modules) -> dict:
    """An acceptance of steps (from, to)."""

    def steps(part):
        return {name: {"from": before, "to": after} for name, (before, after) in part.items()}

    return {"modules": steps(modules), "packages": steps(packages or {}), "reason": "…"}


def left(before, after, ledger) -> set[str]:
    found = accepted.unaccepted(before, after, ledger)
    return {name for part in found.values() for name in part}


@pytest.mark.parametrize(
    "after, ledger, unaccepted",
    [
        pytest.param(code(a="1", b="1"), [], set(), id="nothing changed"),
        pytest.param(code(a="2", b="1"), [], {"a"}, id="nothing accepted"),
        pytest.param(code(a="2", b="1"), [entry(a=("1", "2"))], set(), id="accepted"),
        pytest.param(code(a="2", b="2"), [entry(a=("1", "2"))], {"b"}, id="another module too"),
        pytest.param(code(a="3", b="1"), [entry(a=("1", "2"))], {"a"}, id="edited since"),
        pytest.param(code(a="3", b="1"), [entry(a=("2", "3")), entry(a=("1", "2"))], set(), id="a chain"),
        pytest.param(code(a="3", b="1"), [entry(a=("2", "3"))], {"a"}, id="of another hash"),
        pytest.param(code(b="1"), [entry(a=("1", None))], set(), id="a module less"),
        pytest.param(code(a="1", b="1", c="1"), [entry(c=(None, "1"))], set(), id="a module more"),
        pytest.param(code({"p": "2"}, a="1", b="1"), [entry({"p": (None, "2")})], set(), id="a package"),
    ],
)
def test_a_change_is_accepted_where_the_ledger_leads_from_one_hash_to_the_other(after, ledger, unaccepted):
    made = code(a="1", b="1")
    assert left(made, after, ledger) == unaccepted
    seen = accepted.as_made(made, after, ledger)
    # Snakemake sees what the run was made with, but for what nobody has accepted.
    assert left(made, seen, []) == unaccepted
    assert accepted.applied(made, after, []) == []


def test_the_entries_that_bear_on_a_change_are_those_of_its_modules():
    ledger = [entry(a=("1", "2")), entry(b=("1", "2"))]
    assert accepted.applied(code(a="1", b="1"), code(a="2", b="1"), ledger) == ledger[:1]


def test_provinces_that_were_made_with_different_code_have_no_one_code(tmp_path):
    for name, hashed in (("湖北", "1"), ("湖南", "1"), ("四川", "2")):
        write_json(tmp_path / name, code(a=hashed))
    write_json(tmp_path / "older", {"packages": {}})
    same, other, older = [tmp_path / "湖北", tmp_path / "湖南"], tmp_path / "四川", tmp_path / "older"
    assert accepted.made_with(same) == code(a="1")
    assert accepted.made_with([*same, other]) is None
    assert accepted.made_with([older]) is None
    assert accepted.made_with([]) is None
