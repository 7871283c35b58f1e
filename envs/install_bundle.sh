#!/bin/sh
# Install LexPro from the bundle that this file lies in, without a network: sh install.sh [FOLDER]
set -eu
bundle=$(cd "$(dirname "$0")" && pwd)
target=${1:-lexpro}
[ ! -e "$target" ] || { echo "$target is there already: name a new folder" >&2; exit 2; }
echo "Checking the files of the bundle"
(cd "$bundle" && sha256sum --check --quiet --strict SHA256SUMS) || {
    echo "The bundle is not as it was made: copy it again" >&2; exit 2; }
git clone --quiet "$bundle/lexpro.git" "$target"
# As a URL: pip splits the variable at blanks.
wheels=$(python3 -c 'import pathlib, sys; print(pathlib.Path(sys.argv[1]).as_uri())' "$bundle/wheels")
PIP_NO_INDEX=1 PIP_FIND_LINKS=$wheels make --no-print-directory -C "$target" LOCK="$(cat "$bundle/lock")" .venv .venv-docs
[ ! -d "$bundle/mirror" ] || echo "Data sets:  export LEXPRO_MIRROR='$bundle/mirror'"
[ ! -d "$bundle/models" ] || echo "Models, for base_model.path:  $bundle/models/"
echo "Now:  cd '$target' && make demo"
