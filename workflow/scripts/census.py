"""What the rule `corpus_page` runs: `lexpro census` (lexpro/cli/census.py)."""

import sys

from lexpro.cli import census, command

if __name__ == "__main__":
    sys.exit(command.run(census, "census.py"))
