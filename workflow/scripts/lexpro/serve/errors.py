"""What a user of the pages can mend."""

from __future__ import annotations


class Refused(Exception):
    """A request that cannot be served; its sentence, in Chinese, says what to do.

    Attributes:
        sentence: for the page.
        status: of HTTP.
    """

    def __init__(self, sentence: str, status: int = 400):
        super().__init__(sentence)
        self.sentence, self.status = sentence, status
