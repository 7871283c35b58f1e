"""The gate in front of every page: which host, whose token, from which site, how many bytes.

A page may load only what this server gives (Content-Security-Policy), and runs no script but the
files of `static/`. What is logged of a request: its id, method, kind of page, status and
milliseconds; never an address with a text in it, never a text.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import time
import traceback
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lexpro.serve.pages import message

log = logging.getLogger(__name__)

COOKIE = "lexpro-workbench"
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
# Bytes of a request: an upload and its form.
MOST_BYTES = 17 << 20
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that, browsers send no Origin with a form of the page itself.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True)
class Policy:
    """Whom the server answers.

    Attributes:
        hosts: names and addresses by which it may be called, without port.
        token: what everybody has to know; None on loopback, where there is none.
        most_bytes: of a request.
    """

    hosts: frozenset[str] = LOOPBACK
    token: str | None = None
    most_bytes: int = MOST_BYTES
    # The cookie is no token: who reads it cannot make an address of it.
    salt: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def cookie(self) -> str:
        """What the browser keeps of the token."""
        return hashlib.sha256(f"{self.salt}:{self.token}".encode()).hexdigest()


class _TooMuch(Exception):
    """More bytes than a request may have."""


def same(given: str, wanted: str) -> bool:
    """Whether two secrets are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode(), wanted.encode())


def hostname(host: str) -> str:
    """The name in a Host header, without port and brackets; "" where it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "") if host else ""
    except ValueError:
        return ""


def refusal(headers: Headers, method: str, policy: Policy) -> tuple[int, str] | None:
    """Why a request is not answered, whoever sends it.

    Args:
        headers: of the request.
        method: of the request, in capitals.
        policy: whom the server answers, and how many bytes a request may have.

    Returns:
        (HTTP status, sentence in Chinese): 421 for a name that is not the server's, 403 for a
        change from another site, 413 for too many bytes. None where the request may go on.
    """
    host = headers.get("host", "")
    if hostname(host) not in policy.hosts:
        # DNS rebinding: a foreign page that has its name lead here.
        return 421, "请求的主机名不是本程序的地址。请用启动时打印的地址打开。"
    if method in CHANGING:
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site", "same-origin")
        foreign = origin is not None and urlsplit(origin).netloc != host
        if foreign or site not in ("same-origin", "none"):
            return 403, "这个请求来自别的网站，没有执行。请在工作台的页面里操作。"
    if int(headers.get("content-length", "0") or 0) > policy.most_bytes:
        return 413, f"上传超过 {policy.most_bytes >> 20} MB。请只上传本案的一份文书。"
    return None


def _cookie(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


class Gate:
    """ASGI middleware that lets through what `Policy` allows."""

    def __init__(self, app: ASGIApp, policy: Policy):
        self.app, self.policy = app, policy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on one request."""
        if scope["type"] != "http":
            # There are no web sockets; the lifespan passes.
            await (
                self.app(scope, receive, send)
                if scope["type"] == "lifespan"
                else send({"type": "websocket.close"})
            )
            return
        await _Request(self, scope, receive, send).answer()


class _Request:
    """One request on its way through the gate."""

    def __init__(self, gate: Gate, scope: Scope, receive: Receive, send: Send):
        self.app, self.policy = gate.app, gate.policy
        self.scope, self._receive, self._send = scope, receive, send
        self.headers = Headers(scope=scope)
        self.id = secrets.token_hex(4)
        self.status, self.bytes, self.started = 0, 0, time.monotonic()
        scope["state"] = {**scope.get("state", {}), "request_id": self.id}

    async def receive(self) -> Message:
        got = await self._receive()
        self.bytes += len(got.get("body", b""))
        if self.bytes > self.policy.most_bytes:
            raise _TooMuch
        return got

    async def send(self, sent: Message) -> None:
        if sent["type"] == "http.response.start":
            self.status = sent["status"]
            headers = MutableHeaders(scope=sent)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Cache-Control", "no-store")
            headers["X-Request-Id"] = self.id
        await self._send(sent)

    async def say(self, status: int, sentence: str, form: bool = False) -> None:
        await message(sentence, status, self.id, token_form=form)(self.scope, self.receive, self.send)

    async def answer(self) -> None:
        try:
            await self._answer()
        except _TooMuch:
            await self.say(413, f"上传超过 {self.policy.most_bytes >> 20} MB。请只上传本案的一份文书。")
        except Exception as error:  # noqa: BLE001  the one place that must not let a text into a log
            # A message of an exception may quote what the user sent: where it happened is enough.
            places = traceback.extract_tb(error.__traceback__)
            where = " < ".join(f"{p.filename.rpartition('/')[2]}:{p.lineno}" for p in places[::-1][:12])
            log.error("%s %s at %s", self.id, type(error).__name__, where)
            if not self.status:
                await self.say(500, f"程序出错了。请把编号 {self.id} 告诉维护的人；文书没有写进日志。")
        finally:
            route = self.scope.get("route")
            page = getattr(route, "path", "-")
            taken = 1000 * (time.monotonic() - self.started)
            log.info("%s %s %s %s %.0f ms", self.id, self.scope["method"], page, self.status, taken)

    async def _answer(self) -> None:
        refused = refusal(self.headers, self.scope["method"], self.policy)
        if refused:
            await self.say(*refused)
        elif self.policy.token is None or self.scope["path"].startswith("/static/") or self._known():
            await self.app(self.scope, self.receive, self.send)
        else:
            await self._ask_token(self.policy.token)

    def _known(self) -> bool:
        return same(_cookie(self.headers), self.policy.cookie)

    async def _ask_token(self, token: str) -> None:
        """Take the token from the address, once, and keep it in a cookie."""
        query = parse_qsl(self.scope["query_string"].decode("latin-1"))
        given = dict(query).get("token")
        if given is None or not same(given, token):
            sentence = "需要启动时打印的口令。" if given is None else "口令不对。请用启动时打印的口令。"
            await self.say(401, sentence, form=True)
            return
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        where = "/" + self.scope["path"].lstrip("/") + (f"?{rest}" if rest else "")
        cookie = f"{COOKIE}={self.policy.cookie}; Path=/; HttpOnly; SameSite=Strict"
        start = {
            "type": "http.response.start",
            "status": 303,
            "headers": [(b"location", where.encode("latin-1")), (b"set-cookie", cookie.encode())],
        }
        await self.send(start)
        await self.send({"type": "http.response.body", "body": b""})
