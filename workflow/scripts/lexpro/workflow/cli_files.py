"""A text file that a user names on the command line."""

from __future__ import annotations

from pathlib import Path

from lexpro.workflow.errors import UserError


def read_bytes(path: Path, option: str) -> bytes:
    """Read a file.

    Args:
        path: as the user gave it.
        option: the option that it was given with, for the message.

    Raises:
        UserError: it is not there, or cannot be read; the message says what to do.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{option} {path}: there is no such file.") from None
    except IsADirectoryError:
        raise UserError(f"{option} {path}: is a folder; name a file in it.") from None
    except OSError as error:
        raise UserError(f"{option} {path}: cannot be read: {error.strerror}.") from None


def read_text(path: Path, option: str) -> str:
    """Read a text file, without its byte order mark.

    Args:
        path: as the user gave it.
        option: the option that it was given with, for the message.

    Raises:
        UserError: it is not there, cannot be read or is no UTF-8; the message says what to do.
    """
    data = read_bytes(path, option)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise UserError(
            f"{option} {path}: is no UTF-8 text (byte {error.start}: {error.reason}). Save it as UTF-8."
        ) from None
