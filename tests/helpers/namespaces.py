"""Nodes apart: each in namespaces of its own, with a host name, an address and a list of hosts.

They are joined by a bridge of this process's, on a network that is set aside for tests
(RFC 2544). With its process a namespace ends, and with it its end of the bridge.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from pathlib import Path

# A bridge's name has 15 characters at most.
BRIDGE = f"lx{os.getpid()}"
# By the process too, so that two test runs do not meet.
NETWORK = f"198.18.{os.getpid() % 256}"


def address(number: int) -> str:
    """The address of a node, counted from 1; 0: of the machine that they run on."""
    return f"{NETWORK}.{number + 1}"


def ip(*args: str, inside: int = 0) -> None:
    enter = ["nsenter", f"--net=/proc/{inside}/ns/net"] if inside else []
    subprocess.run([*enter, "ip", *args], check=True, capture_output=True)


def make_bridge() -> None:
    ip("link", "add", BRIDGE, "type", "bridge")
    ip("address", "add", f"{address(0)}/24", "dev", BRIDGE)
    ip("link", "set", BRIDGE, "up")


def remove_bridge() -> None:
    ip("link", "delete", BRIDGE)


def inside(name: str, hosts: Path, command: list[str]) -> list[str]:
    """A command that waits for its network, in namespaces; `hosts` is its /etc/hosts."""
    script = (
        f"hostname {name} && mount --bind {shlex.quote(str(hosts))} /etc/hosts && "
        "until ip -4 -o address show dev eth0 2>/dev/null | grep -q inet; do sleep 0.1; done && "
        f"exec {shlex.join(command)}"
    )
    return ["unshare", "--net", "--uts", "--mount", "sh", "-c", script]


def connect(pid: int, number: int) -> None:
    """Join a process that was started by `inside` to the bridge."""
    own = Path("/proc/self/ns/net").readlink()
    while Path(f"/proc/{pid}/ns/net").readlink() == own:
        # It has not got as far yet.
        time.sleep(0.05)
    port = f"{BRIDGE}.{number}"
    ip("link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
    ip("link", "set", port, "master", BRIDGE, "up")
    ip("link", "set", "lo", "up", inside=pid)
    ip("link", "set", "eth0", "up", inside=pid)
    ip("address", "add", f"{address(number)}/24", "dev", "eth0", inside=pid)
