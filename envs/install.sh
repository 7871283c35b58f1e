#!/bin/sh
# Install a lock file: install.sh PYTHON LOCK. Everything is pinned, so nothing is resolved but PyTorch's own needs.
set -eu
python=$1 lock=$2
# For the tools that build source packages as well: pip passes the variable on to them.
PIP_CONSTRAINT=$(dirname "$0")/gpu.txt
export PIP_CONSTRAINT
# Of 32,000 modules a run imports a fifth: what is imported is compiled then, the rest never.
pip() { "$python" -m pip install --quiet --disable-pip-version-check --no-input --no-compile "$@"; }
# PyTorch first and with what it needs: its CUDA build, which PyPI serves, wants libraries that the CPU build does not.
# gpu.txt has the versions of all of them, and agrees with cpu.txt on the rest.
pip torch
# Then the lock, to the letter: requirements that were left out on purpose (overrides.in) are not pulled in.
pip --no-deps --requirement "$lock"
