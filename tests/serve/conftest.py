"""The application as a fixture, without a server."""

import pytest
from web import client


@pytest.fixture
def web():
    with client() as made:
        yield made


@pytest.fixture
def paste(web):
    """Paste a text; the path of its first tab."""

    def do(text: str, to=web) -> str:
        answer = to.post("/documents", data={"text": text}, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    return do
