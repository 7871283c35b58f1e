"""Ports for servers that the tests start by number.

They lie below those that the system gives to connections (from 32768), so none is taken between the
look at it and its use; each worker of xdist has its own.
"""

import itertools
import os
import socket

FIRST, EACH = 21000, 500
_offsets = itertools.count(os.getpid())


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free(count: int) -> list[int]:
    """Ports that nobody listens at; none is given twice."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 20
    candidates = (FIRST + worker * EACH + offset % EACH for offset in itertools.islice(_offsets, EACH))
    found = list(itertools.islice(filter(_is_free, candidates), count))
    assert len(found) == count, "every port of this worker is taken"
    return found
