"""A folder that takes LexPro to a machine without a network.

lexpro.git       this commit with its history (a Git bundle)
wheels/          every package of the lock, and of the documentation
mirror/          the registered data sets that the mirror has (LEXPRO_MIRROR), where it is given
models/<name>/   folders of pretrained models, where they are given
install.sh       checks the hashes and installs (envs/install_bundle.sh)
SHA256SUMS       of every other file, as `sha256sum --check` reads it
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from lexpro import datasets
from lexpro.hashing import sha256
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import write_text

HASHES = "SHA256SUMS"
INSTALL = Path("envs/install_bundle.sh")
# The documentation site has an environment of its own, and `make test` makes it.
DOCS = Path("envs/docs.txt")
# PyTorch is fetched with what it needs, as envs/install.sh does.
CONSTRAINT = Path("envs/gpu.txt")


def _run(command: Sequence[str | Path]) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise UserError(f"{' '.join(map(str, command))}\n{done.stderr.strip()[-2000:]}")
    return done.stdout


def checkout(out: Path) -> None:
    """Write `lexpro.git`: the commit that is checked out, and its branch.

    Raises:
        UserError: something is not committed, or this is no checkout of Git.
    """
    if changed := _run(["git", "status", "--porcelain"]).splitlines():
        raise UserError(f"a bundle holds what is committed, and {changed[0][3:]} is not: commit it first.")
    branch = _run(["git", "rev-parse", "--abbrev-ref", "HEAD"]).strip()
    _run(["git", "bundle", "create", "--quiet", out / "lexpro.git", *dict.fromkeys(("HEAD", branch))])


def wheels(lock: Path, out: Path) -> None:
    """Fill `wheels/` by pip, as it is configured here; packages that come as source are built.

    Raises:
        UserError: pip cannot get one; its own words are passed on.
    """
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-input"]
    pip += ["--wheel-dir", str(out / "wheels")]
    _run([*pip, "--constraint", CONSTRAINT, "torch"])
    for requirements in (lock, DOCS):
        _run([*pip, "--no-deps", "--requirement", requirements])


def data(mirror: Path, out: Path) -> None:
    """Copy the registered data sets that a mirror has to where they stand in it.

    Raises:
        UserError: the mirror is no folder, or has none of them.
    """
    if not mirror.is_dir():
        raise UserError(f"--mirror {mirror} is not a folder.")
    places = [datasets.in_mirror(dataset, mirror) for dataset in datasets.registered().values()]
    there = [place for place in places if place.exists()]
    if not there:
        raise UserError(f"--mirror {mirror} has none of the data sets of {datasets.REGISTRY}.")
    for place in there:
        _copy(place, out / "mirror" / place.relative_to(mirror))


def model(folder: Path, out: Path) -> None:
    """Copy the folder of a pretrained model.

    Raises:
        UserError: it is no model, or one of its name is there.
    """
    if not (folder / "config.json").is_file():
        raise UserError(f"--model {folder} has no config.json: it is no folder of a model.")
    target = out / "models" / folder.resolve().name
    if target.exists():
        raise UserError(f"--model {folder}: two models are called {target.name}: rename a folder.")
    _copy(folder, target)


def _copy(source: Path, target: Path) -> None:
    """Copy a file or a folder, following links; a folder joins what is there already."""
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def seal(out: Path) -> int:
    """Write `SHA256SUMS`.

    Returns:
        Bytes of the bundle.
    """
    files = sorted(path for path in out.rglob("*") if path.is_file() and path.name != HASHES)
    lines = (f"{sha256(path)}  {path.relative_to(out).as_posix()}\n" for path in files)
    write_text(out / HASHES, "".join(lines))
    return sum(path.stat().st_size for path in files)


def make(out: Path, lock: Path, mirror: Path | None, models: Iterable[Path]) -> int:
    """Write the whole bundle.

    Args:
        out: a new or empty folder.
        lock: lock file of the environment.
        mirror: folder of data sets; None: none.
        models: folders of pretrained models.

    Returns:
        Its bytes.

    Raises:
        UserError: a part is not to be had, or the folder is not empty.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UserError(f"{out} is not an empty folder: name a new one.")
    if not lock.is_file():
        raise UserError(f"--lock {lock} is not a file: envs/cpu.txt or envs/gpu.txt.")
    out.mkdir(parents=True, exist_ok=True)
    # What fails at once comes before what takes minutes.
    checkout(out)
    for folder in models:
        model(folder, out)
    if mirror:
        data(mirror, out)
    wheels(lock, out)
    shutil.copy(INSTALL, out / "install.sh")
    write_text(out / "lock", f"{lock.as_posix()}\n")
    return seal(out)
