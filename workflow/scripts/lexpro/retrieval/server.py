"""A Chroma server on a folder of this machine, for as long as its caller lives."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from lexpro.workflow.errors import UserError

# Seconds that a server may take to answer, and to end when it is told to.
PATIENCE, FAREWELL = 60, 10


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]


# Not by a proxy that the environment names.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _answers(url: str) -> bool:
    try:
        with _OPENER.open(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:
        return False


class Server:
    """`chroma run` on a folder, started by this and ended by `stop`.

    Args:
        folder: the database; the server's log is written beside it.
        host: address that it listens on.
        port: 0 for a free one.

    Raises:
        UserError: the server ends before it answers, or does not answer; the message has its log.
    """

    def __init__(self, folder: Path, host: str, port: int):
        beside = Path(sys.executable).with_name("chroma")
        program = str(beside) if beside.is_file() else shutil.which("chroma")
        if program is None:
            raise UserError(
                "no program `chroma`: it comes with the package chromadb. Make the environment again."
            )
        self.port = port or _free_port(host)
        url = f"http://{host}:{self.port}/api/v2/heartbeat"
        if _answers(url):
            raise UserError(
                f"index.server.port: another server answers at {host}:{self.port}. Give another port, or 0."
            )
        log = folder.with_name("server.log")
        command = [program, "run", "--path", str(folder.resolve()), "--host", host, "--port", str(self.port)]
        with log.open("wb") as out:
            quiet = {**os.environ, "ANONYMIZED_TELEMETRY": "False"}
            self.process = subprocess.Popen(
                command, stdout=out, stderr=subprocess.STDOUT, cwd=folder.parent, env=quiet
            )
        until = time.monotonic() + PATIENCE
        while not _answers(url):
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                said = log.read_text(encoding="utf-8", errors="replace").strip()[-500:] or "it said nothing"
                raise UserError(f"index.server: Chroma does not answer at {host}:{self.port}: {said}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End the server, by force where it does not end."""
        self.process.terminate()
        try:
            self.process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
