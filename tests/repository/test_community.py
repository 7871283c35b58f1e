"""What people expect of a repository is there, and says the same thing in each place."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest
import yaml

from lexpro.workflow import fingerprint

REPO = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPO / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read(name: str) -> str:
    return (REPO / name).read_text(encoding="utf-8")


def test_the_licence_is_the_one_that_is_named():
    text = read("LICENSE")
    assert "Apache License" in text and "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert PROJECT["license"] == yaml.safe_load(read("CITATION.cff"))["license"] == "Apache-2.0"


def test_the_citation_has_what_version_1_2_of_its_format_requires():
    citation = yaml.safe_load(read("CITATION.cff"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0" and citation["type"] in {"software", "dataset"}
    assert isinstance(citation["date-released"], date)
    assert citation["version"] == PROJECT["version"]
    for entry in (citation, *citation["references"]):
        assert entry["authors"] and all(author.get("name") for author in entry["authors"])


def test_the_changelog_has_the_versions_newest_first():
    """In the form of Keep a Changelog: a date for each version, and its kinds of change only."""
    text = read("CHANGELOG.md")
    heads = re.findall(r"^## (.+)$", text, re.M)
    assert heads[0] == "[Unreleased]"
    released = [re.fullmatch(r"\[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d\d-\d\d)", head) for head in heads[1:]]
    assert all(released)
    assert released == sorted(released, key=lambda found: [*map(int, found.groups()[:3])], reverse=True)
    kinds = set(re.findall(r"^### (.+)$", text, re.M))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_hooks_run_the_tools_of_the_lock():
    """Each hook calls a tool of .venv, so its version cannot be another than that of the lock."""
    pinned = fingerprint.pins(REPO / "envs/common.in")
    for repo in yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]:
        assert repo["repo"] == "local"
        for hook in repo["hooks"]:
            tool = re.match(r"\.venv/bin/(\w+)\b", hook["entry"])[1]
            assert tool in pinned and hook["language"] == "system", hook["id"]


@pytest.mark.parametrize("name", ["ci", "docs", "release"])
def test_workflows_run_targets_that_make_has(name):
    text = read(f".github/workflows/{name}.yml")
    assert yaml.safe_load(text)["jobs"]
    targets = set(re.findall(r"^([\w-]+):", read("Makefile"), re.M))
    assert set(re.findall(r"run: make ([\w-]+)", text)) <= targets
    for file in re.findall(r"run: (\.\S+)", text):
        assert (REPO / file).is_file()


def test_make_help_names_targets_that_exist():
    makefile = read("Makefile")
    told = set(re.findall(r"make ([a-z][\w-]+) ", "".join(re.findall(r'@echo "(.*)"', makefile))))
    assert {"demo", "test", "test-fast", "docs", "lint"} <= told
    assert told <= set(re.findall(r"^([\w-]+):", makefile, re.M))


def test_every_name_of_the_glossary_is_in_the_code():
    names = set(re.findall(r"`([^`]+)`", read("docs/glossary.md")))
    library = REPO / "workflow/scripts"
    text = "".join(path.read_text(encoding="utf-8") for path in library.rglob("*.py"))
    paths = {name for name in names if "/" in name}
    assert len(names) > 50
    assert {name for name in paths if not (library / name).exists()} == set()
    assert {name for name in names - paths if name not in text} == set()
