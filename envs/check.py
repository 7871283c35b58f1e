"""Compare an environment, or envs/conda.yaml, with the lock that it is of, name by name.

    python envs/check.py              # all that this Python has installed
    python envs/check.py --conda      # the lines of conda.yaml: needs no network
    python envs/check.py --channel    # also asks conda and pip whether they can have all of them

Run the first with the Python of the environment itself, whoever made it: conda, a container, make.
It needs no other package. It says each difference, and ends with 1 where there is one.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

ENVS = Path(__file__).parent
# What makes an environment, and the project itself.
TOOLS = {"pip", "setuptools", "wheel", "lexpro"}
SOLVERS = ("micromamba", "mamba", "conda")


def normal(name: str) -> str:
    """The name of a distribution as locks write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text: str, indent: str = "") -> dict[str, str]:
    """{name: version} of the pinned lines of a file."""
    return {normal(name): version for name, version in re.findall(rf"^{indent}([\w.-]+)==(\S+)$", text, re.M)}


def lock_of_this() -> Path:
    """The lock that this Python was made from, as a note beside it says; without one, gpu.txt."""
    note = Path(sys.prefix) / "lexpro-lock"
    return ENVS / (Path(note.read_text(encoding="utf-8").strip()).name if note.is_file() else "gpu.txt")


def installed() -> dict[str, str]:
    """{name: version} of all that this Python has, without the mark of a build (`+cpu`)."""
    return {normal(one.metadata["Name"]): one.version.partition("+")[0] for one in distributions()}


def differences(found: dict[str, str], wanted: dict[str, str], lock: Path) -> list[str]:
    """A line for each name that is missing, has another version, or is not of the lock."""
    lines = []
    for name in sorted(found.keys() | wanted.keys() - TOOLS):
        here, there = found.get(name), wanted.get(name, "").partition("+")[0]
        if here is None:
            lines.append(f"{name} is missing: {lock.name} has {there}")
        elif there and here.partition("+")[0] != there:
            lines.append(f"{name} is {here}: {lock.name} has {there}")
        elif not there and name not in TOOLS:
            lines.append(f"{name} {here} is not in {lock.name}")
    return lines


def refused(*command: str) -> list[str]:
    """What a program says that fails; nothing where it succeeds."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = (done.stderr or done.stdout).strip()
    return [f"{' '.join(command[:4])} …: {said[-2000:]}"] if done.returncode else []


def conda(channel: bool) -> list[str]:
    """How conda.yaml differs from gpu.txt; with `channel`, also what cannot be had."""
    lock = ENVS / "gpu.txt"
    text = (ENVS / "conda.yaml").read_text(encoding="utf-8")
    found = differences(pins(text, "      - "), pins(lock.read_text(encoding="utf-8")), lock)
    if not channel:
        return found
    solver = next(filter(shutil.which, SOLVERS), None)
    if not solver:
        return [*found, f"none of {', '.join(SOLVERS)} is here: nothing was solved"]
    packages = [line for line in re.findall(r"^  - (\S+)$", text, re.M) if line[-1] != ":"]
    channels, packages = packages[:1], packages[2:]
    solve = ["create", "--dry-run", "--yes", "--name", "lexpro-check", "--override-channels"]
    found += refused(solver, *solve, "--channel", *channels, *packages)
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--ignore-installed"]
    return found + refused(*pip, "--requirement", str(lock))


def main() -> None:
    """Print the differences."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--conda", action="store_true", help="compare conda.yaml, not this Python")
    parser.add_argument("--channel", action="store_true", help="and ask whether all of it can be had")
    args = parser.parse_args()
    if args.conda or args.channel:
        found = conda(args.channel)
    else:
        lock = lock_of_this()
        found = differences(installed(), pins(lock.read_text(encoding="utf-8")), lock)
    print("\n".join(found) or "no difference")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
