"""The page of the experts, to be mounted by an application: sheet and store in, routes out.

The page itself is the one that lies in the sheet's folder; here it talks to this server. A link
carries an expert's token behind `#`, which no log sees; the browser then holds it in a cookie that
no script reads and that no other site can send.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from lexpro.experts import exports, sheet
from lexpro.experts.exports import Rating
from lexpro.experts.store import Store, now
from lexpro.workflow.errors import UserError

COOKIE = "lexpro_expert"
# Bytes of a request: a comment of 4,000 characters and all marks are far below.
MOST = 64_000
# Characters of a comment or a reason.
LONGEST = 4000
# Chinese type of the application, for machines that have none; a carried folder goes without.
FONT = (
    '@font-face { font-family: "Han"; src: url("/static/han.otf") format("opentype"); font-display: swap; }\n'
)
FILES = {"index.html": "text/html", "rate.js": "text/javascript", "rate.css": "text/css"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def state(shown: dict, given: list[Rating], expert: int, previous: Rating | None = None) -> dict:
    """What the page needs to show the next pair.

    Args:
        shown: sheet.json.
        given: the ratings of the expert that hold.
        expert: number of the expert.
        previous: a rating that was just taken back.
    """
    own = [row for row in shown["showings"] if row["expert"] == expert]
    rated = {rating.showing for rating in given}
    following = next((row for row in own if row["id"] not in rated), None)
    return {
        "sheet": shown["id"],
        "expert": expert,
        "done": sum(row["id"] in rated for row in own),
        "total": len(own),
        "undoable": bool(given),
        "rubric": shown["rubric"],
        "rule": shown["rule"],
        "task": following
        and {
            "id": following["id"],
            **shown["questions"][following["question"]],
            "left": shown["answers"][following["left"]],
            "right": shown["answers"][following["right"]],
        },
        "previous": previous
        and {name: getattr(previous, name) for name in ("showing", "choice", "comment", "marks", "seconds")},
    }


class Refusal(Exception):
    """A request that is not carried out: an HTTP status and a sentence for the expert."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


Handler = Callable[..., Awaitable[Response]]


def _told(handler: Handler) -> Handler:
    """The handler, whose refusals are answers that the page can read."""

    @wraps(handler)
    async def answer(self: object, request: Request) -> Response:
        try:
            return await handler(self, request)
        except Refusal as refusal:
            return JSONResponse({"error": refusal.sentence}, refusal.status, headers=HEADERS)

    return answer


def _same_site(request: Request) -> None:
    """Refuse a post that another site makes a browser send."""
    origin = request.headers.get("origin")
    if origin is not None and origin.split("://", 1)[-1] != request.headers.get("host"):
        raise Refusal(403, "来自其他网站的请求")
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise Refusal(415, "只接受 application/json")


async def _body(request: Request) -> dict:
    _same_site(request)
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST:
            raise Refusal(413, "内容过长")
    try:
        found = json.loads(body)
    except ValueError as error:
        raise Refusal(400, "不是 JSON") from error
    if not isinstance(found, dict):
        raise Refusal(400, "不是 JSON 对象")
    return found


class Page:
    """The routes of one sheet.

    Attributes:
        folder: the carried folder, `results/expert_sheet/<key>/sheet`.
        shown: its sheet.json.
        store: where ratings go.
    """

    def __init__(self, folder: Path, store: Store):
        self.folder, self.store = folder, store
        self.shown = sheet.read(folder)
        self._owners = {row["id"]: row["expert"] for row in self.shown["showings"]}

    def links(self, base: str) -> list[str]:
        """A new link for each expert, with a token of their own.

        Args:
            base: address of the page, with a slash at its end.
        """
        experts = range(1, self.shown["experts"] + 1)
        return [f"{base}#token={self.store.enrol(self.shown['id'], number)}" for number in experts]

    def _expert(self, request: Request) -> int:
        token = request.cookies.get(COOKIE, "")
        expert = self.store.expert_of(self.shown["id"], token) if token else None
        if expert is None:
            raise Refusal(401, "请先输入口令")
        return expert

    def _following(self, expert: int, previous: Rating | None = None) -> dict:
        return state(self.shown, self.store.ratings(self.shown["id"], expert), expert, previous)

    def _recorded(self, expert: int, body: dict) -> dict:
        name = body.get("showing")
        if self._owners.get(name) != expert:
            raise Refusal(404, "没有这道题")
        texts = {key: str(body.get(key) or "")[:LONGEST] for key in ("reason", "comment")}
        row = body | texts | {"sheet": self.shown["id"], "expert": expert, "at": now()}
        try:
            rating = exports.checked(row)
        except UserError as error:
            raise Refusal(400, "评分不完整") from error
        if rating.choice == "skip" and not rating.reason:
            raise Refusal(400, "跳过需要说明原因")
        self.store.add([rating])
        return self._following(expert)

    @_told
    async def _file(self, request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        if name == "sheet.js":
            # In place of the sheet itself: where the server is.
            return Response('window.API = "api/";\n', media_type="text/javascript", headers=HEADERS)
        if name == "rate.css":
            text = (sheet.PAGE / name).read_text(encoding="utf-8")
            return Response(FONT + text, media_type=FILES[name], headers=HEADERS)
        if name not in FILES:
            raise Refusal(404, "没有这个文件")
        return FileResponse(sheet.PAGE / name, media_type=FILES[name], headers=HEADERS)

    @_told
    async def _session(self, request: Request) -> Response:
        token = str((await _body(request)).get("token") or "")
        expert = await run_in_threadpool(self.store.expert_of, self.shown["id"], token)
        if expert is None:
            raise Refusal(403, "口令不对")
        answer = JSONResponse(await run_in_threadpool(self._following, expert), headers=HEADERS)
        secure = request.url.scheme == "https"
        where = request.url.path.removesuffix("api/session")
        answer.set_cookie(
            COOKIE, token, 90 * 86_400, path=where, httponly=True, samesite="strict", secure=secure
        )
        return answer

    @_told
    async def _state(self, request: Request) -> Response:
        expert = await run_in_threadpool(self._expert, request)
        return JSONResponse(await run_in_threadpool(self._following, expert), headers=HEADERS)

    @_told
    async def _rate(self, request: Request) -> Response:
        body = await _body(request)
        expert = await run_in_threadpool(self._expert, request)
        return JSONResponse(await run_in_threadpool(self._recorded, expert, body), headers=HEADERS)

    @_told
    async def _undo(self, request: Request) -> Response:
        await _body(request)
        expert = await run_in_threadpool(self._expert, request)
        previous = await run_in_threadpool(self.store.undo, self.shown["id"], expert)
        return JSONResponse(await run_in_threadpool(self._following, expert, previous), headers=HEADERS)

    @_told
    async def _export(self, request: Request) -> Response:
        expert = await run_in_threadpool(self._expert, request)
        given = await run_in_threadpool(self.store.ratings, self.shown["id"], expert)
        form = request.path_params["form"]
        write = {"csv": exports.to_csv, "jsonl": exports.to_json_lines}.get(form)
        if write is None:
            raise Refusal(404, "没有这个文件")
        name = f"ratings-{self.shown['id']}-{expert}.{form}"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        kind = "text/csv" if form == "csv" else "application/jsonl"
        return Response(write(given), media_type=kind, headers=HEADERS | disposition)

    def routes(self) -> list[Route]:
        """The routes, relative to where the application mounts them (with a slash at the end)."""
        return [
            Route("/", self._file),
            Route("/api/state", self._state),
            Route("/api/session", self._session, methods=["POST"]),
            Route("/api/ratings", self._rate, methods=["POST"]),
            Route("/api/undo", self._undo, methods=["POST"]),
            Route("/api/ratings.{form}", self._export),
            Route("/{name}", self._file),
        ]
