"""What the Snakemake workflow catalog asks of a repository before it lists it as a standardized
workflow (its generate-catalog script, read in November 2026).
"""

import os
import subprocess
import sys
from pathlib import Path

import checkouts
import pytest
import yaml

REPO = Path(__file__).resolve().parents[2]


def test_the_catalog_finds_the_workflow():
    """Its search wants two words in the README; then a Snakefile, and rules that end in .smk."""
    readme = (REPO / "README.md").read_text(encoding="utf-8").lower()
    assert "snakemake" in readme and "workflow" in readme
    assert (REPO / "workflow/Snakefile").is_file()
    rules = [path for path in (REPO / "workflow/rules").iterdir() if path.is_file()]
    assert rules and all(path.suffix == ".smk" for path in rules)


def test_the_catalog_can_say_how_to_configure_and_run_it():
    """Without one of these two files a workflow is listed, but not as a standardized one."""
    assert (REPO / "config/README.md").read_text(encoding="utf-8").startswith("# ")
    usage = yaml.safe_load((REPO / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8"))["usage"]
    ways = usage["software-stack-deployment"]
    assert set(ways) <= {"conda", "apptainer", "apptainer+conda"} and any(ways.values())
    assert all(isinstance(way, bool) for way in (*ways.values(), usage["report"]))
    flags = usage.get("mandatory-flags")
    assert flags is None or {"desc", "flags"} == set(flags)


@pytest.mark.slow
def test_lint_and_format_are_clean_as_the_catalog_runs_them(tmp_path):
    """In a fresh clone, on the default configuration, without any file that git does not know."""
    checkouts.clone(tmp_path)
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    snakefiles = [
        "workflow/Snakefile",
        *sorted(path.as_posix() for path in Path("workflow/rules").glob("*.smk")),
    ]
    for command in (["snakemake", "--lint"], ["snakefmt", "--check", "-v", *snakefiles]):
        done = subprocess.run(command, cwd=tmp_path, env=env, text=True, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
