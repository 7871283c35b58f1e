"""The programs of Slurm that those of this folder stand before."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path


def real(name: str) -> str:
    """The program of this name that comes after this folder on the PATH."""
    own = Path(__file__).resolve().parent
    folders = [one for one in os.environ["PATH"].split(os.pathsep) if Path(one).resolve() != own]
    return shutil.which(name, path=os.pathsep.join(folders)) or sys.exit(f"{name}: not found")


def run(
    name: str, *arguments: str, text: str | None = None, seconds: float | None = None
) -> subprocess.CompletedProcess:
    """Run the program and keep what it says."""
    command = [real(name), *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=seconds)


def passed_on(done: subprocess.CompletedProcess) -> int:
    """Say what a program said; its exit status."""
    print(done.stdout, end="")
    print(done.stderr, end="", file=sys.stderr)
    return done.returncode


def value(arguments: list[str], option: str) -> str:
    """The argument that follows an option."""
    return arguments[arguments.index(option) + 1] if option in arguments else ""


def tell(line: str) -> None:
    """Say something on the screen of Snakemake, which keeps to itself what programs say."""
    with suppress(OSError), Path(os.environ.get("LEXPRO_SCREEN", os.devnull)).open("a") as screen:
        print(line, file=screen)
