"""The gate: hosts, tokens, other sites, bounds, headers, logs."""

import logging
import re
import socket

import pytest
from sample_cases import FACTS, TEXT
from web import HERE, bench, client

from lexpro.serve import run, security, workbench
from lexpro.serve.security import Policy
from lexpro.workflow.errors import UserError


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8765", 200),
        ("localhost", 200),
        ("[::1]:8765", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8765", 421),
        ("", 421),
        ("[::1", 421),
    ],
)
def test_only_the_own_host_is_answered(web, host, status):
    assert web.get("/", headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": HERE, "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_a_form_of_another_site_is_refused(web, headers, status):
    answer = web.post("/documents", data={"text": FACTS}, headers=headers, follow_redirects=False)
    assert answer.status_code == status


def test_every_answer_bears_the_policy(web):
    for path in ("/", "/nothing", "/static/workbench.css", "/d/none/elements"):
        headers = web.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff" and re.fullmatch(
            "[0-9a-f]{8}", headers["X-Request-Id"]
        )


def test_pages_are_not_kept_by_the_browser(web, paste):
    assert web.get(paste(TEXT)).headers["Cache-Control"] == "no-store"


class TestToken:
    policy = Policy(frozenset({"127.0.0.1"}), "the-token")

    @pytest.fixture
    def web(self):
        with client(policy=self.policy) as made:
            yield made

    def test_without_it_nothing_is_shown(self, web):
        for answer in (web.get("/"), web.get("/?token=wrong"), web.post("/documents", data={"text": FACTS})):
            assert answer.status_code == 401 and "口令" in answer.text and "textarea" not in answer.text

    def test_it_is_taken_from_the_address_once(self, web):
        first = web.get("/?token=the-token&x=1", follow_redirects=False)
        assert (first.status_code, first.headers["location"]) == (303, "/?x=1")
        cookie = first.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "the-token" not in cookie
        assert web.get("/").status_code == 200

    def test_it_never_leads_to_another_site(self, web):
        first = web.get(f"{HERE}//evil.example/?token=the-token", follow_redirects=False)
        assert first.headers["location"] == "/evil.example/"

    def test_a_forged_cookie_is_refused(self, web):
        web.cookies.set(security.COOKIE, "the-token")
        assert web.get("/").status_code == 401


def test_secrets_are_compared_by_the_library(monkeypatch):
    seen = []
    monkeypatch.setattr(security.hmac, "compare_digest", lambda a, b: seen.append((a, b)) or False)
    assert not security.same("a", "b") and seen == [(b"a", b"b")]


class TestBinding:
    def test_loopback_needs_no_token(self):
        assert run.policy("127.0.0.1").token is None and run.policy("localhost").token is None

    def test_anything_else_needs_one(self):
        one, other = run.policy("192.0.2.7"), run.policy("192.0.2.7")
        assert len(one.token) >= 32 and one.token != other.token and "192.0.2.7" in one.hosts

    def test_all_addresses_need_a_name(self):
        with pytest.raises(UserError, match="--name"):
            run.policy("0.0.0.0")
        made = run.policy("0.0.0.0", ["Desk.example"])
        assert "desk.example" in made.hosts and made.token
        assert run.address("0.0.0.0", 80, made) == f"http://desk.example:80/?token={made.token}"

    def test_a_port_that_is_taken_is_said(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            with pytest.raises(UserError, match=f"--port {port}"):
                run.listen("127.0.0.1", port)


class TestBounds:
    def test_an_upload_that_is_too_large(self):
        with client(policy=Policy(most_bytes=1000)) as web:
            answer = web.post("/documents", files={"file": ("a.txt", b"x" * 2000)})
            assert answer.status_code == 413 and "上传超过" in answer.text

    def test_one_that_lies_about_its_length(self):
        def pieces():
            for _ in range(100):
                yield b"x" * 100

        with client(policy=Policy(most_bytes=1000)) as web:
            headers = {"Content-Type": "multipart/form-data; boundary=b"}
            assert web.post("/documents", content=pieces(), headers=headers).status_code == 413

    def test_a_form_with_many_fields(self, web):
        answer = web.post(
            "/documents", data={f"f{n}": "x" for n in range(50)}, files={"file": ("a.txt", b"")}
        )
        assert answer.status_code == 400 and "请" in answer.text


def test_a_script_in_a_document_is_text(web, paste):
    nasty = "</div><script>alert(1)</script><img src=x onerror=alert(2)>\n"
    page = web.get(paste(nasty + TEXT)).text
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<img" not in page


def test_no_page_runs_a_script_of_its_own(web, paste):
    for path in ("/", paste(TEXT), "/nothing"):
        page = web.get(path).text
        assert re.findall(r"<script(?![^>]* src=\"/static/)", page) == []
        assert re.findall(r"\son\w+=|\sstyle=|javascript:", page) == []


class TestLogs:
    SECRET = "绝密姓名欧阳某某"

    def test_no_text_of_a_user_is_logged(self, web, caplog, monkeypatch):
        def broken(text):
            raise ValueError(f"cannot read {text}")

        caplog.set_level(logging.DEBUG)
        web.post("/documents", data={"text": self.SECRET + FACTS})
        web.post("/documents", files={"file": (f"../../{self.SECRET}.txt", self.SECRET.encode())})
        web.get(f"/d/{self.SECRET}/elements?q={self.SECRET}")
        monkeypatch.setattr("lexpro.serve.intake.pasted", broken)
        answer = web.post("/documents", data={"text": self.SECRET})
        number = answer.headers["X-Request-Id"]
        assert answer.status_code == 500 and number in answer.text and self.SECRET not in answer.text
        own = [record for record in caplog.records if record.name.startswith("lexpro")]
        assert any(number in record.getMessage() and "ValueError" in record.getMessage() for record in own)
        assert all(self.SECRET not in record.getMessage() and not record.exc_info for record in own)

    def test_the_kind_of_page_is_logged_and_not_its_address(self, web, caplog, paste):
        caplog.set_level(logging.INFO)
        path = paste(TEXT)
        web.get(path)
        said = [record.getMessage() for record in caplog.records if record.name.startswith("lexpro")]
        assert any("GET /d/{id}/elements 200" in line for line in said)
        assert not any(path.split("/")[2] in line for line in said)


def test_a_section_of_others_is_mounted():
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route
    from starlette.testclient import TestClient

    from lexpro.serve import app, pages

    other = pages.Section(
        "专家评测", "/experts", [Route("/experts", lambda request: PlainTextResponse("here"))]
    )
    built = app.build([workbench.Pages(bench()).section(), other], Policy(), "demo")
    with TestClient(built, base_url=HERE) as web:
        assert 'href="/experts"' in web.get("/").text and web.get("/experts").text == "here"
