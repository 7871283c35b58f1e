"""Names of province folders as results, jobs and logs have them.

A folder of raw files may have any name. Snakemake hands names on to its jobs in lists with commas,
Slurm in command lines and patterns: signs that mean something there are written as `~` and two hex
digits. Other names stay as they are.
"""

from __future__ import annotations

import re

SIGNS = re.compile(r"""[,"'$`\\%{}|~\x00-\x1f\x7f]|^-""")
# Bytes: a log folder's name has the run's key too, and 255 is the most that file systems take.
LONGEST = 200


def escaped(name: str) -> str:
    """The name of a folder of raw files as results have it."""
    return SIGNS.sub(lambda sign: f"~{ord(sign[0]):02x}", name)


def unescaped(name: str) -> str:
    """The inverse of `escaped`."""
    return re.sub(r"~([0-9a-f]{2})", lambda digits: chr(int(digits[1], 16)), name)
