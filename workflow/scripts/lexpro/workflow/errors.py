"""The one kind of error that is the user's to fix."""

from __future__ import annotations


class UserError(Exception):
    """What was wrong, where, and what to do about it.

    It is printed without a traceback; the exit status is 2.
    """
