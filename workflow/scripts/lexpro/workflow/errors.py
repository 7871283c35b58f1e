"""The one kind of error that is the user's to fix."""

from __future__ import annotations


class UserError(Exception):
    """What was wrong, where, and what to do about it: printed without a traceback (exit status
    2).
    """
