"""`python -m lexpro`: the command `lexpro`."""

import sys

from lexpro.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
