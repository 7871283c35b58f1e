"""How the threads of a job wait for each other, by what else runs on this machine.

`eval "$(python -I -S waiting.py)"` in a job's shell, before OpenMP is loaded. Threads that spin
until the others arrive are the fastest on idle cores, and up to thirty times slower where another
process takes one of them: then they had better sleep. The numbers are the same either way.
"""

import os
import time
from pathlib import Path

# Cores that others keep busy; below, a shell or a sampling monitor is what was seen.
BUSY = 0.3
SAMPLES, SECONDS = 3, 0.15
STAT = Path("/proc/stat")
PASSIVE = "export OMP_WAIT_POLICY=passive"


def idle_ticks(stat: str) -> int:
    """Clock ticks that all cores were idle or waited for disks, of the first line of /proc/stat."""
    fields = stat.split("\n", 1)[0].split()
    return int(fields[4]) + int(fields[5])


def busy_cores(before: int, after: int, seconds: float, cores: int, ticks: int) -> float:
    """How many cores were busy between two readings of `idle_ticks`.

    Args:
        before: the first reading.
        after: the second.
        seconds: between them.
        cores: of the machine.
        ticks: of the clock, a second.
    """
    return cores - (after - before) / ticks / seconds


def main() -> None:
    """Print the line to evaluate; none where cores are idle, or the user has said how to wait."""
    if "OMP_WAIT_POLICY" in os.environ:
        return

    def busy() -> float:
        before, start = idle_ticks(STAT.read_text(encoding="ascii")), time.monotonic()
        time.sleep(SECONDS)
        after, end = idle_ticks(STAT.read_text(encoding="ascii")), time.monotonic()
        return busy_cores(before, after, end - start, os.cpu_count() or 1, os.sysconf("SC_CLK_TCK"))

    # The lowest of some: Snakemake itself is busy for a moment when it starts a job.
    if min(busy() for _ in range(SAMPLES)) > BUSY:
        print(PASSIVE)


if __name__ == "__main__":
    main()
