"""What the rules `publish`, `pages` and `tables` run: `lexpro publish` (lexpro/cli/publish.py)."""

import sys

from lexpro.cli import command, publish

if __name__ == "__main__":
    sys.exit(command.run(publish, "publish.py"))
