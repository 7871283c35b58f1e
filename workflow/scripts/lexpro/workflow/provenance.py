"""Who made a result, with what, where and at what cost."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from lexpro.workflow.accepted import Code

PROVENANCE = "provenance.json"


def git(*args: str) -> str:
    """What git prints; nothing where it fails, or where there is none, as on nodes of a cluster."""
    if not shutil.which("git"):
        return ""
    result = subprocess.run(["git", *args], capture_output=True, text=True, check=False)
    return result.stdout.strip() if result.returncode == 0 else ""


def peak_memory() -> int:
    """Most resident memory in KiB of this process or of a child that has ended.

    Not `ru_maxrss` of the process itself: that starts at the size of the program that launched it.
    """
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    status = Path("/proc/self/status")
    if not status.is_file():
        return max(children, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    own = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return max(children, int(own.split()[1]))


def provenance(stage: str, key: str, started: float, code: Code) -> dict:
    """Who made this, with what, where and at what cost. Never an input of anything.

    Args:
        stage: the stage of the run that ends.
        key: the key of that run.
        started: when it began, in seconds of the epoch.
        code: its code as planned: where changes were accepted (`accepted`), as before them.
    """
    torch = sys.modules.get("torch")
    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())] if torch else []
    return {
        "stage": stage,
        "key": key,
        "commit": git("rev-parse", "HEAD"),
        "dirty": bool(git("status", "--porcelain", "--untracked-files=no")),
        "python": platform.python_version(),
        **code,
        "host": platform.node(),
        "processor": platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "threads": int(os.environ.get("LEXPRO_THREADS", "1")),
        "gpus": gpus,
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seconds": round(time.time() - started, 2),
        "peak_rss_mb": round(peak_memory() / 1024, 1),
    }
