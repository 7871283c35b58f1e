"""The workflow as a module of another one, which is how the workflow catalog deploys it: from a
local clone, and from a Git host of which Snakemake has a bare clone in its cache.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
# The Snakefile that the documentation shows, and what it says of the place of the module.
PAGE = (REPO / "docs/reproduce.md").read_text(encoding="utf-8")
SNAKEFILE = re.search(r"```snakemake .*?\n(.*?)```", PAGE, re.S)[1]
CLONE = '"../lexpro/workflow/Snakefile"'


def local(clone, monkeypatch) -> str:
    """A module of a folder whose name has to be quoted."""
    return f'"../../{clone.name}/workflow/Snakefile"'


def remote(clone, monkeypatch) -> str:
    """A module of a Git host: Snakemake finds its own clone of it, so it asks no network."""

    def git(*args: str) -> str:
        named = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *args]
        return subprocess.run(named, check=True, capture_output=True, text=True).stdout.strip()

    git("-C", clone, "init", "--quiet")
    git("-C", clone, "add", "--all")
    git("-C", clone, "commit", "--quiet", "--message", "all")
    cache = clone.with_name("cache")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    bare = "snakemake/snakemake/source-cache/snakemake-git-cache/github.com/example/lexpro"
    git("clone", "--quiet", "--bare", clone, cache / bare)
    commit = git("-C", clone, "rev-parse", "HEAD")
    shutil.rmtree(clone)
    return f'github("example/lexpro", path="workflow/Snakefile", commit="{commit}")'


@pytest.mark.slow
@pytest.mark.parametrize("module", [local, remote])
def test_another_workflow_uses_the_rules(module, fresh, monkeypatch):
    """Two stages run, one of them split by province; the rest is planned with the same code."""
    clone = fresh.root.rename(fresh.root.with_name("a clone"))
    (fresh.root / "workflow").mkdir(parents=True)
    # As snakedeploy leaves it: a Snakefile, and a copy of config/.
    shutil.copytree(clone / "config", fresh.root / "config")
    own = fresh.root / "workflow/Snakefile"
    assert SNAKEFILE.count(CLONE) == 1
    own.write_text(SNAKEFILE.replace(CLONE, module(clone, monkeypatch)), encoding="utf-8")

    out = fresh("--until", "lexpro_ingest", "lexpro_knowledge")
    assert list((fresh.root / "results/knowledge").glob("*/manifest.json")), out
    assert len(list((fresh.root / "results/ingest").glob("*/*/manifest.json"))) == 2, out
    assert list(own.parent.iterdir()) == [own]
    planned = fresh.planned()
    assert planned["lexpro_structure"] == 2 and planned["lexpro_report"] == 1
    assert not {"lexpro_ingest", "lexpro_knowledge"} & planned.keys()
