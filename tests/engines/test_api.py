"""The engine that asks a server: its terms, what is tried again, and where the key goes."""

import http.server
import threading
from pathlib import Path

import pytest
from api_server import Reply, answered

from lexpro.config.predict import Api
from lexpro.engines import api, load
from lexpro.engines.base import Generation, Request, Sampling
from lexpro.workflow.errors import UserError


def engine(url: str, **changes) -> api.Engine:
    settings = {
        "base_url": url,
        "model": "m",
        "key_env": None,
        "concurrency": 1,
        "timeout": 600,
        "retries": 2,
    }
    settings = Api(module="lexpro.engines.api", **settings | changes)
    return load.engine(settings, Path(), None, Sampling(temperature=0.5, top_p=0.9))


def test_a_server_is_asked_in_its_own_terms(server):
    Reply.replies = [(200, answered("{}", reasoning_content="想"))]
    made = engine(server).generate([Request([{"role": "user", "content": "甲"}], 5, 3)])
    assert made == [Generation("<think>想</think>{}", "length", 7)]
    assert Reply.seen == [
        {
            "model": "m",
            "messages": [{"role": "user", "content": "甲"}],
            "max_tokens": 5,
            "temperature": 0.5,
            "top_p": 0.9,
            "seed": 3,
        }
    ]


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ([(503, "busy"), (429, "slow"), (200, answered("{}"))], None),
        ([(503, "busy")] * 3, "HTTP 503: busy"),
        ([(400, "too long"), (200, answered("{}"))], "HTTP 400: too long"),
        ([(200, "no json")] * 3, "JSONDecodeError"),
        ([(200, "{}")] * 3, "KeyError"),
    ],
)
def test_what_passes_is_tried_again_and_what_does_not_is_a_failure(server, replies, error):
    Reply.replies = replies
    (made,) = engine(server).generate([Request([{"role": "user", "content": "甲"}], 5)])
    assert (made.error or "").startswith(error or "") and bool(made.error) == bool(error)


def test_the_key_comes_from_the_environment_and_goes_to_the_server_alone(server, monkeypatch, caplog):
    monkeypatch.setenv("LEXPRO_TEST_KEY", "secret-of-the-test")
    Reply.replies = [(400, "no"), (200, answered("{}"))]
    asked = engine(server, key_env="LEXPRO_TEST_KEY")
    made = asked.generate([Request([{"role": "user", "content": "甲"}], 5)] * 2)
    assert Reply.keys == ["Bearer secret-of-the-test"] * 2
    assert "secret" not in f"{made} {Reply.seen} {caplog.text}"


@pytest.fixture
def elsewhere():
    """A server that was not named, and what it was asked: (URL's beginning, [(command, key)])."""
    seen = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def answer(self):
            seen.append((self.command, self.headers["Authorization"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answered("{}").encode())

        do_GET = do_POST = do_CONNECT = answer

        def log_message(self, *_):
            pass

    there = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=there.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{there.server_port}", seen
    finally:
        there.shutdown()
        there.server_close()


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_so_the_key_goes_nowhere_else(server, monkeypatch, elsewhere, code):
    """Neither to another host nor to another port; the prompt goes there no more than the key."""
    monkeypatch.setenv("LEXPRO_TEST_KEY", "secret-of-the-test")
    url, seen = elsewhere
    there = f"{url}/v1/chat/completions"
    Reply.replies = [(code, "", there)]
    asked = engine(server, key_env="LEXPRO_TEST_KEY")
    (made,) = asked.generate([Request([{"role": "user", "content": "甲"}], 5)])
    assert made.error.startswith(f"HTTP {code}: redirected to {there}") and not seen
    assert Reply.keys == ["Bearer secret-of-the-test"], "asked once, and not again"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_of_the_environment_gets_neither_key_nor_prompt(server, monkeypatch, elsewhere, variable):
    """It would read what goes to an http server. To an https one it only passes bytes on."""
    monkeypatch.setenv("LEXPRO_TEST_KEY", "secret-of-the-test")
    url, seen = elsewhere
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, url)
    Reply.replies = [(200, answered("{}"))]
    (made,) = engine(server, key_env="LEXPRO_TEST_KEY").generate([Request([], 5)])
    assert not made.error and not seen
    assert Reply.keys == ["Bearer secret-of-the-test"]


def test_an_https_server_is_asked_through_the_proxy_which_sees_no_key(monkeypatch, elsewhere):
    monkeypatch.setenv("LEXPRO_TEST_KEY", "secret-of-the-test")
    url, seen = elsewhere
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", url)
    asked = engine("https://server.invalid/v1", key_env="LEXPRO_TEST_KEY", retries=0)
    (made,) = asked.generate([Request([], 5)])
    # The stand-in opens no tunnel, so the server is not reached.
    assert made.error and seen == [("CONNECT", None)]


def test_a_missing_key_is_the_users_error(server, monkeypatch):
    monkeypatch.delenv("LEXPRO_TEST_KEY", raising=False)
    with pytest.raises(UserError, match="LEXPRO_TEST_KEY"):
        engine(server, key_env="LEXPRO_TEST_KEY")
