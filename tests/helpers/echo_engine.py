"""An engine without a model."""

from killing import Killed

from lexpro.engines.base import Generation, failure


class Echo:
    """Answers with what was asked and its seed; dies at request number `dies`, fails those in
    `fails`.
    """

    def __init__(self, dies: int | None = None, fails: tuple[str, ...] = ()):
        self.asked: list[str] = []
        self.dies, self.fails = dies, fails

    def generate(self, requests):
        found = []
        for request in requests:
            self.asked.append(request.messages[0]["content"])
            if len(self.asked) == self.dies:
                raise Killed
            text = request.messages[0]["content"]
            made = Generation(f"{text}#{request.seed}", "stop", 3)
            found.append(failure("no connection") if text in self.fails else made)
        return found
