#!/bin/sh
# The picture of the report in README: docs/images/report.sh results/report.html (needs Chromium
# and the environment's Python).
set -eu
page=$(realpath "$1")
picture=$(dirname "$(realpath "$0")")/report.png
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --user-data-dir="$profile" --virtual-time-budget=8000 \
    --window-size=1200,1360 --screenshot="$profile/page.png" "file://$page"
python - "$profile/page.png" "$picture" <<'PY'
import sys
from PIL import Image

source, target = sys.argv[1:]
image = Image.open(source).convert("RGB").resize((840, 952), Image.Resampling.LANCZOS)
image.save(target, optimize=True)
PY
ls -l "$picture"
