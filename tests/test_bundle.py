"""A bundle for a machine without a network: made of a small checkout, and installed from."""

import os
import subprocess
from pathlib import Path

import pytest

from lexpro import bundle, datasets
from lexpro.workflow.errors import UserError

REPO = Path(__file__).resolve().parents[1]
# Says what it was given, in place of an installation.
MAKEFILE = (
    ".venv:\n\t@echo $(LOCK) $$PIP_NO_INDEX $$PIP_FIND_LINKS > said\n.venv-docs:\n\t@echo docs >> said\n"
)


def git(*args: str) -> None:
    named = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *args]
    subprocess.run(named, check=True, capture_output=True)


@pytest.fixture
def small(tmp_path, monkeypatch) -> Path:
    """A checkout of a few files, in which pip makes one wheel of nothing."""
    root = tmp_path / "small"
    (root / "envs").mkdir(parents=True)
    (root / "config").mkdir()
    (root / "Makefile").write_text(MAKEFILE)
    (root / "envs/cpu.txt").write_text("six==1.17.0\n")
    for name in ("envs/install_bundle.sh", "config/datasets.csv"):
        (root / name).write_bytes((REPO / name).read_bytes())
    monkeypatch.chdir(root)
    git("init", "--quiet", "--initial-branch", "main")
    git("add", "--all")
    git("commit", "--quiet", "--message", "all")

    def wheels(lock: Path, out: Path) -> None:
        (out / "wheels").mkdir()
        (out / "wheels/six-1.17.0-py3-none-any.whl").write_text(lock.read_text())

    monkeypatch.setattr(bundle, "wheels", wheels)
    return root


def made(out: Path, mirror: Path | None = None, models: tuple[Path, ...] = ()) -> int:
    return bundle.make(out, Path("envs/cpu.txt"), mirror, models)


def installed(out: Path, target: Path) -> subprocess.CompletedProcess:
    command = ["sh", str(out / "install.sh"), str(target)]
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def test_it_is_installed_from_by_itself(small, tmp_path):
    # A blank in its path: pip splits PIP_FIND_LINKS at blanks.
    out, target = tmp_path / "a disk", tmp_path / "there"
    assert made(out) > 0
    done = installed(out, target)
    assert done.returncode == 0, done.stderr
    said = (target / "said").read_text().splitlines()
    assert said == [f"envs/cpu.txt 1 {(out / 'wheels').as_uri()}", "docs"]
    assert (target / "envs/cpu.txt").read_text() == "six==1.17.0\n"
    branch = subprocess.run(
        ["git", "-C", target, "branch", "--show-current"], capture_output=True, text=True, check=True
    )
    assert branch.stdout == "main\n"


@pytest.mark.parametrize("name", ["wheels/six-1.17.0-py3-none-any.whl", "lexpro.git", "install.sh", "lock"])
def test_a_changed_file_is_refused(small, tmp_path, name):
    made(tmp_path / "out")
    with (tmp_path / "out" / name).open("ab") as file:
        file.write(b"\n# changed\n")
    done = installed(tmp_path / "out", tmp_path / "there")
    assert done.returncode == 2 and "copy it again" in done.stderr
    assert not (tmp_path / "there").exists()


def test_data_sets_and_models_stand_where_they_are_looked_for(small, tmp_path):
    mirror, model = tmp_path / "mirror", tmp_path / "Qwen"
    dataset = datasets.find("judge_test")
    place = datasets.in_mirror(dataset, mirror)
    place.parent.mkdir(parents=True)
    place.write_text("{}")
    (mirror / "foreign.txt").write_text("not registered")
    model.mkdir()
    (model / "config.json").write_text("{}")
    made(tmp_path / "out", mirror, (model,))
    assert datasets.in_mirror(dataset, tmp_path / "out/mirror").read_text() == "{}"
    assert not (tmp_path / "out/mirror/foreign.txt").exists()
    assert (tmp_path / "out/models/Qwen/config.json").is_file()
    said = installed(tmp_path / "out", tmp_path / "there").stdout
    assert f"LEXPRO_MIRROR='{tmp_path}/out/mirror'" in said and f"{tmp_path}/out/models/" in said


def test_what_cannot_be_packed_is_said(small, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    cases = [
        (lambda: made(tmp_path / "full"), "not an empty folder"),
        (lambda: made(tmp_path / "1", tmp_path / "none"), "is not a folder"),
        (lambda: made(tmp_path / "2", tmp_path / "empty"), "none of the data sets"),
        (lambda: made(tmp_path / "3", None, (tmp_path / "empty",)), "no config.json"),
        (lambda: bundle.make(tmp_path / "4", Path("envs/tpu.txt"), None, ()), "is not a file"),
    ]
    for make, said in cases:
        with pytest.raises(UserError, match=said):
            make()
    (small / "Makefile").write_text("changed")
    with pytest.raises(UserError, match="Makefile is not: commit it first"):
        made(tmp_path / "5")
