"""What must, and what must not, be run again after a change: the table of design idea 3."""

import os

import pytest

SCRIPTS = "workflow/scripts"
AFTER_GRPO = {"grpo", "predict", "score", "report"}
AFTER_SFT = {"sft"} | AFTER_GRPO


def touch_everything(flow):
    for path in flow.root.rglob("*"):
        if path.is_file() and ".snakemake" not in path.parts:
            os.utime(path)


def add_comment(flow):
    flow.edit(f"{SCRIPTS}/sft.py", "def main(", "# a note\ndef main(")


def edit_readme(flow):
    with (flow.root / "README.md").open("a", encoding="utf-8") as file:
        file.write("\nOne more line.\n")


def bump(package):
    def change(flow):
        lock = flow.root / "envs/cpu.txt"
        lines = lock.read_text(encoding="utf-8").splitlines()
        assert any(line.startswith(f"{package}==") for line in lines), package
        bumped = [f"{package}==999.0" if line.startswith(f"{package}==") else line for line in lines]
        lock.write_text("\n".join(bumped) + "\n", encoding="utf-8")

    return change


def edit(name, old, new):
    return lambda flow: flow.edit(name, old, new)


TABLE = [
    pytest.param(lambda flow: None, set(), id="nothing"),
    pytest.param(touch_everything, set(), id="every file touched, as by a git checkout"),
    pytest.param(add_comment, set(), id="a comment"),
    pytest.param(edit_readme, set(), id="README"),
    pytest.param(bump("matplotlib"), {"report"}, id="matplotlib"),
    pytest.param(bump("trl"), AFTER_SFT, id="trl"),
]


@pytest.mark.parametrize("change, reruns", TABLE)
def test_rerun(flow, change, reruns):
    change(flow)
    assert set(flow.planned()) == reruns
