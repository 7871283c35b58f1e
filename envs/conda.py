"""Print the conda file of `--sdm conda`, for `make lock`.

Python is from conda-forge, packages are those of gpu.txt.
"""

from pathlib import Path

HEADER = """\
# Made by `make lock` from gpu.txt: do not edit. It serves machines with and without a GPU (vLLM runs on GPUs only).
name: lexpro
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python=3.11
  - pip
  - c-compiler
  - pip:
"""


def main() -> None:
    """Print the file."""
    lock = Path(__file__).with_name("gpu.txt").read_text(encoding="utf-8").splitlines()
    print(HEADER + "\n".join(f"      - {line}" for line in lock if "==" in line and not line.startswith("#")))


if __name__ == "__main__":
    main()
