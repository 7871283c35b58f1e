"""A shared folder that is slow: what a node writes there, others see half a minute later, with
times that are off by two seconds.

Each node writes to a layer of its own over the folder, which it sees at once. What has lain there
for a while is carried to the folder itself.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cluster import Cluster

# Seconds that a node's clock is ahead of the others'.
OFF = {"node1": 2, "node2": -2}


@contextmanager
def late(cluster: Cluster, folder: Path, seconds: float) -> Iterator[dict[Path, int]]:
    """Until the end files come late to `folder` from the nodes, which are apart.

    Yields:
        What has come so far: file of a layer → the moment of its last change (ns).
    """
    layers = {node: cluster.folder / "layers" / node for node in cluster.layout.node_names}
    for node, layer in layers.items():
        for name in ("files", "work"):
            (layer / name).mkdir(parents=True)
        options = f"lowerdir={folder},upperdir={layer}/files,workdir={layer}/work"
        _inside(cluster, node, "mount", "-t", "overlay", "overlay", "-o", options, str(folder))
    carried: dict[Path, int] = {}
    ended = threading.Event()

    def carry() -> None:
        while not ended.wait(1):
            for node, layer in layers.items():
                _carry(layer / "files", folder, seconds, OFF[node], carried)

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield carried
    finally:
        ended.set()
        thread.join()
        for node in layers:
            _inside(cluster, node, "umount", "--lazy", str(folder))
        shutil.rmtree(cluster.folder / "layers")


def _inside(cluster: Cluster, node: str, *command: str) -> None:
    space = f"--mount=/proc/{cluster.daemons[node].pid}/ns/mnt"
    subprocess.run(["nsenter", space, *command], check=True, capture_output=True)


def _carry(layer: Path, folder: Path, seconds: float, off: int, carried: dict[Path, int]) -> None:
    """Carry what has not changed for some seconds, the oldest first."""
    found = []
    for top, _, names in os.walk(layer):
        for name in names:
            # A job may have removed it meanwhile.
            with suppress(FileNotFoundError):
                path = Path(top, name)
                found.append((path.lstat(), path))
    for state, path in sorted(found, key=lambda one: one[0].st_ctime_ns):
        target = folder / path.relative_to(layer)
        if time.time() - state.st_ctime < seconds or carried.get(path, -1) >= state.st_ctime_ns:
            continue
        with suppress(FileNotFoundError):
            if stat.S_ISCHR(state.st_mode):
                # What the layer has instead of a file that was removed.
                target.unlink()
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                coming = target.with_name(f".{target.name}.coming")
                shutil.copy(path, coming)
                os.utime(coming, ns=(state.st_atime_ns, state.st_mtime_ns + off * 10**9))
                coming.replace(target)
        carried[path] = state.st_ctime_ns
