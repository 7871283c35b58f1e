#!/bin/sh
# Install a lock file: install.sh PYTHON LOCK. Everything is pinned, so nothing is resolved but PyTorch's own needs.
set -eu
python=$1 lock=$2
here=$(dirname "$0")
set -- --quiet --disable-pip-version-check --no-input
# PyTorch first and with what it needs: its CUDA build, which PyPI serves, wants libraries that the CPU build does not.
# gpu.txt has the versions of all of them, and agrees with cpu.txt on the rest.
"$python" -m pip install "$@" --constraint "$here/gpu.txt" setuptools torch
# Then the lock, to the letter: requirements that were left out on purpose (overrides.in) are not pulled in, and the
# few packages that come as source are built with the pinned setuptools and see PyTorch (DeepSpeed looks for it).
"$python" -m pip install "$@" --no-deps --no-build-isolation --requirement "$lock"
