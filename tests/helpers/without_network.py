"""Run a command where no network is, and record whom it tries to reach.

python without_network.py RECORD command …

The command runs in a network namespace of its own. Every address of the world is there on its
loopback: a packet to it is seen, and refused at once. RECORD gets a JSON list of [protocol,
address, port] of what was sent to others than this machine's loopback. Linux, as root.
"""

import contextlib
import ipaddress
import json
import os
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

INSIDE = "LEXPRO_TEST_NAMESPACE"
SETUP = (
    "ip link set lo up",
    "ip route add local 0.0.0.0/0 dev lo",
    "ip -6 route add local ::/0 dev lo",
)
PROTOCOLS = {6: "tcp", 17: "udp"}
# What says that the command has ended.
LAST = ("udp", "192.0.2.255", 9)
IPV4, IPV6, ALL = 0x0800, 0x86DD, 3


def possible() -> bool:
    """Whether this machine lets us make such a namespace."""
    with contextlib.suppress(OSError):
        probe = ["unshare", "--net", "sh", "-c", " && ".join(SETUP[:2])]
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0
    return False


def destination(frame: bytes) -> tuple[str, str, int] | None:
    """(protocol, address, port) of an Ethernet frame; None where it stays on the loopback.

    Only what opens a conversation counts: the first packet of TCP (SYN without ACK), and UDP.
    """
    kind = struct.unpack("!H", frame[12:14])[0]
    packet = frame[14:]
    if kind == IPV4:
        protocol, address, rest = packet[9], packet[16:20], packet[4 * (packet[0] & 15) :]
    elif kind == IPV6:
        protocol, address, rest = packet[6], packet[24:40], packet[40:]
    else:
        return None
    where = ipaddress.ip_address(address)
    if protocol not in PROTOCOLS or where.is_loopback:
        return None
    if protocol == 6 and rest[13] & 0x12 != 0x02:
        return None
    return PROTOCOLS[protocol], str(where), struct.unpack("!H", rest[2:4])[0]


def record(sniffer: socket.socket, seen: set) -> None:
    """Add every destination that a socket sees to `seen`, until it is `LAST`."""
    while (to := destination(sniffer.recv(256))) != LAST:
        if to is not None:
            seen.add(to)


def main(path: str, *command: str) -> int:
    if INSIDE not in os.environ:
        again = ["unshare", "--net", sys.executable, __file__, path, *command]
        os.execvpe("unshare", again, {**os.environ, INSIDE: "1"})
    for line in SETUP:
        # A kernel without IPv6 has nothing to record of it.
        subprocess.run(line.split(), check="-6" not in line, stderr=subprocess.DEVNULL)
    seen: set = set()
    sniffer = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL))
    sniffer.bind(("lo", 0))
    recording = threading.Thread(target=record, args=(sniffer, seen))
    recording.start()
    status = subprocess.run(command, check=False).returncode
    # Packets are seen in their order: after this one there is none of the command's.
    socket.socket(type=socket.SOCK_DGRAM).sendto(b"", LAST[1:])
    recording.join()
    Path(path).write_text(json.dumps(sorted(seen)), encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
