"""Python processes whose libraries are imported already: what a server forks runs at once.

A training spends ten seconds of processor time on imports, Snakemake two, and the tests start
dozens of them. The server imports once. `python(…)` is a program to be started in the place of
Python: it hands arguments, environment, working directory and files to the server, passes on the
signals that it gets, and ends as the forked process does, also by a signal.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import random
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from functools import cache
from pathlib import Path

import numpy

# The program. It must start fast: no package, no site.
CLIENT = """\
#!{python} -IS
import json, os, signal, socket, sys
passed_on = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
signal.pthread_sigmask(signal.SIG_BLOCK, passed_on)
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
asked = dict(argv=sys.argv[1:], env=dict(os.environ, STARTED_BY=str(os.getppid())), cwd=os.getcwd())
socket.send_fds(server, [json.dumps(asked).encode() + b"\\n"], [0, 1, 2])
answers = server.makefile()
process = int(answers.readline())
for number in passed_on:
    signal.signal(number, lambda number, frame: os.kill(process, number))
signal.pthread_sigmask(signal.SIG_UNBLOCK, passed_on)
status = os.waitstatus_to_exitcode(int(answers.readline()))
if status < 0:
    signal.signal(-status, signal.SIG_DFL) if -status != signal.SIGKILL else None
    os.kill(os.getpid(), -status)
sys.exit(status)
"""


@cache
def python(*modules: str, path: str = "") -> str:
    """The program that starts a process of a server, which this starts at its first call.

    Args:
        modules: what the server imports.
        path: where to look for them, besides.
    """
    folder = tempfile.TemporaryDirectory(prefix="lexpro-preloaded-")
    address = str(Path(folder.name, "socket"))
    program = Path(folder.name, "python")
    program.write_text(CLIENT.format(python=sys.executable, address=address), encoding="utf-8")
    program.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, __file__, address, *modules],
        env={**os.environ, "PYTHONPATH": path},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )

    def end() -> None:
        server.stdin.close()
        server.wait()
        folder.cleanup()

    atexit.register(end)
    # Libraries print while they are imported.
    assert b"ready\n" in iter(server.stdout.readline, b""), "the server of preloaded processes ended"
    return str(program)


def serve(address: str) -> None:
    """Fork a process for each that connects, and return in it; end with the tests."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(address)
    listener.listen()
    print("ready", flush=True)
    keepers = []
    while True:
        ready, _, _ = select.select([listener, sys.stdin], [], [])
        keepers = [keeper for keeper in keepers if os.waitpid(keeper, os.WNOHANG) == (0, 0)]
        if sys.stdin in ready:
            os._exit(0)
        client, _ = listener.accept()
        keepers.append(os.fork())
        if not keepers[-1]:
            listener.close()
            keep(client)
            return
        client.close()


def keep(client: socket.socket) -> None:
    """Fork what a client asks for, and tell it how that ends; return in the forked process."""
    text, files, _, _ = socket.recv_fds(client, 1 << 20, 3)
    while not text.endswith(b"\n"):
        text += client.recv(1 << 20)
    asked = json.loads(text)
    process = os.fork()
    if process:
        client.sendall(f"{process}\n".encode())
        # A client that was killed takes its process with it.
        ended, _, _ = select.select([os.pidfd_open(process), client], [], [])
        if client in ended:
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        if client not in ended:
            client.sendall(f"{status}\n".encode())
        os._exit(0)
    client.close()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(asked["cwd"])
    # Nothing drawn without a seed is the same in two processes.
    random.seed()
    numpy.random.seed()
    os.environ.clear()
    os.environ.update(asked["env"])
    sys.argv = asked["argv"]


def run(args: list[str]) -> int:
    """As `python [-u] script …` or `python -m module …`; its exit status.

    The script's folder comes first on the path, where Python itself puts it.
    """
    while args[0] == "-u":
        args = args[1:]
    try:
        if args[0] == "-m":
            sys.path[:0] = [str(Path.cwd())]
            sys.argv = args[1:]
            runpy.run_module(args[1], run_name="__main__", alter_sys=True)
        else:
            sys.path[:0] = [str(Path(args[0]).parent)]
            sys.argv = args
            runpy.run_path(args[0], run_name="__main__")
    except SystemExit as asked:
        if isinstance(asked.code, str):
            print(asked.code, file=sys.stderr)
            return 1
        return int(asked.code or 0)
    except BaseException:  # noqa: BLE001 (as Python's own last resort)
        traceback.print_exc()
        return 1
    return 0


def end(status: int) -> None:
    """End as Python does, but for the taking apart of all modules: two seconds for a thousand."""
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    del sys.path[0]  # not the helpers of the tests: a library may have a module of their names
    for module in sys.argv[2:]:
        importlib.import_module(module)
    gc.freeze()  # what is there now is no process's garbage
    serve(sys.argv[1])
    end(run(sys.argv))
