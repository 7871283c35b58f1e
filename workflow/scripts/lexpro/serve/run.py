"""Running the server: its socket, its token, its address, and a clean end."""

from __future__ import annotations

import ipaddress
import logging
import secrets
import socket
from collections.abc import Sequence

import uvicorn
from starlette.types import ASGIApp

from lexpro.serve.security import LOOPBACK, Policy
from lexpro.workflow.errors import UserError

# Seconds that open answers have to end in after Ctrl-C.
GRACE = 2


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def policy(host: str, names: Sequence[str] = ()) -> Policy:
    """Whom a server on `host` answers.

    Args:
        host: address that it listens on.
        names: further names by which it is called.

    Raises:
        UserError: it listens on all addresses, and no name is given.
    """
    if is_loopback(host):
        return Policy(LOOPBACK | {host.lower(), *map(str.lower, names)})
    wild = host in ("0.0.0.0", "::", "")
    if wild and not names:
        raise UserError(
            f"--host {host}: say by which name or address others call this machine: --name 192.0.2.7"
        )
    hosts = {name.lower() for name in names} | LOOPBACK | (set() if wild else {host.lower()})
    return Policy(frozenset(hosts), secrets.token_urlsafe(24))


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        UserError: the port is taken, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except (OSError, OverflowError) as error:
        made.close()
        raise UserError(f"--host {host} --port {port}: {error}. Try --port 0 for a free one.") from error
    made.listen(128)
    return made


def address(host: str, port: int, policy: Policy) -> str:
    """The address to open in a browser.

    Args:
        host: address that the server listens on; for all addresses (0.0.0.0, ::) a name of the
            policy stands in its place.
        port: that it listens on.
        policy: whom it answers, as of `policy`.

    Returns:
        A URL, with the token where there is one.
    """
    wild = host in ("0.0.0.0", "::", "")
    name = min(policy.hosts - LOOPBACK) if wild else host
    name = f"[{name}]" if ":" in name else name
    return f"http://{name}:{port}/" + (f"?token={policy.token}" if policy.token else "")


def serve(app: ASGIApp, made: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=32 << 10,
        limit_concurrency=200,
        proxy_headers=False,
        lifespan="on",
        ws="none",
    )
    # Its messages quote requests and tracebacks; the gate has what is to be known.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    try:
        uvicorn.Server(config).run(sockets=[made])
    except KeyboardInterrupt:
        pass
    finally:
        made.close()
