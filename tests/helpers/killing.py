"""A death in the midst of a stage."""


class Killed(BaseException):
    """As a kill: nothing catches it."""
