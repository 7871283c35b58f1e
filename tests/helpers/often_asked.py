"""Snakemake, whose Slurm plugin asks for the state of its jobs each second.

The plugin waits ten seconds longer after each answer without news, which no option changes. Jobs of
some seconds would be waited for half a minute each.
"""

import sys

from snakemake.cli import main
from snakemake_executor_plugin_slurm import Executor

Executor.next_seconds_between_status_checks = property(lambda self: 1, lambda self, seconds: None)

if __name__ == "__main__":
    sys.exit(main())
