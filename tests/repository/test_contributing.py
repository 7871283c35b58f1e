"""The worked examples of CONTRIBUTING.md, done step by step in a copy of the checkout."""

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import checkouts
import pytest

REPO = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r'^( *)```(\w+)(?: title="([^"]+)")?\n(.*?)^\1```$', re.M | re.S)


@dataclass(frozen=True)
class Step:
    """A code block: a file to write, an edit of one (`diff`), or commands (`sh`)."""

    language: str
    file: str
    text: str


def steps(heading: str) -> list[Step]:
    """The code blocks of a section, in order."""
    text = (REPO / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", text, re.M | re.S)[1]
    return [Step(found[2], found[3] or "", textwrap.dedent(found[4])) for found in BLOCK.finditer(section)]


def edited(text: str, diff: str) -> str:
    """A text after an edit: lines with + are put in, lines with - taken out, others are where."""
    lines = diff.splitlines()
    old = [line[1:] for line in lines if not line.startswith("+")]
    new = [line[1:] for line in lines if not line.startswith("-")]
    there = text.splitlines()
    starts = [at for at in range(len(there)) if there[at : at + len(old)] == old]
    assert len(starts) == 1, f"{len(starts)} places have the lines {old}"
    return "\n".join([*there[: starts[0]], *new, *there[starts[0] + len(old) :]]) + "\n"


@pytest.fixture
def checkout(tmp_path) -> Path:
    return checkouts.clone(tmp_path)


def follow(checkout: Path, heading: str) -> str:
    """Do all steps of a section; what its commands print."""
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(checkout / "workflow/scripts"),
    }
    environment.pop("LEXPRO_MIRROR", None)
    said = ""
    for step in steps(heading):
        path = checkout / step.file
        if step.language == "sh":
            done = subprocess.run(
                ["bash", "-euc", step.text],
                cwd=checkout,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            assert done.returncode == 0, done.stdout
            said += done.stdout
        elif step.language == "diff":
            path.write_text(edited(path.read_text(encoding="utf-8"), step.text), encoding="utf-8")
        else:
            assert not path.exists(), f"{step.file} is there already"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(step.text, encoding="utf-8")
    return said


def style(checkout: Path, heading: str) -> str:
    """What the checks of style and of `config/` say of the files that a section writes."""
    files = [step.file for step in steps(heading) if step.language == "python"]
    code, rules = ([name for name in files if name.endswith(suffix)] for suffix in (".py", ".smk"))
    checks = [["ruff", "check", *code], ["ruff", "format", "--check", *code], ["snakefmt", "--check", *rules]]
    checks = [*checks[: 3 if rules else 2], ["pytest", "-q", "tests/config/test_reference.py"]]
    runs = [
        subprocess.run([sys.executable, "-m", *c], cwd=checkout, text=True, capture_output=True, check=False)
        for c in checks
    ]
    return "".join(run.stdout + run.stderr for run in runs if run.returncode)


def jobs(said: str, rule: str) -> int:
    """How many jobs of a rule a dry run has."""
    found = re.search(rf"^{rule}\s+(\d+)$", said, re.M)
    return int(found[1]) if found else 0


@pytest.mark.slow
def test_add_a_reward(checkout):
    said = follow(checkout, "Add a reward")
    assert "4 passed" in said
    assert jobs(said, "grpo") == 1
    (plan,) = checkout.glob("results/.plan/grpo/*/config.yaml")
    assert "lexpro.rewards.circumstances.f1" in plan.read_text(encoding="utf-8")
    assert style(checkout, "Add a reward") == ""


@pytest.mark.slow
def test_add_a_benchmark(checkout):
    said = follow(checkout, "Add a benchmark")
    assert "1 passed" in said
    plans = {
        path.parent.name.rsplit("-", 1)[0] for path in checkout.glob("results/.plan/score/quiz-*/config.yaml")
    }
    assert plans == {"quiz-base-none", "quiz-sft-none", "quiz-grpo-none"}
    assert style(checkout, "Add a benchmark") == ""


@pytest.mark.slow
def test_add_a_stage(checkout):
    said = follow(checkout, "Add a stage")
    assert "1 passed" in said
    assert jobs(said, "lengths") == 1
    assert style(checkout, "Add a stage") == ""
