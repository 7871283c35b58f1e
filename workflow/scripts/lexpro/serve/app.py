"""The application: sections behind one gate.

app = build([workbench.section(bench)], Policy(), name="demo")

A section is a title, an address and routes (`lexpro.serve.pages.Section`); `lexpro serve` puts them
together. Handlers that compute are plain functions: Starlette runs them in threads.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from lexpro.serve import pages
from lexpro.serve.errors import Refused
from lexpro.serve.experiment import NotReady
from lexpro.serve.security import Gate, Policy
from lexpro.workflow.errors import UserError

# Sentences of errors that the framework raises.
SENTENCES = {
    404: "没有这个页面。请从首页重新开始。",
    405: "这个地址不接受这样的请求。请从首页重新开始。",
}


def _id(request: Request) -> str:
    return getattr(request.state, "request_id", "")


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return pages.message(error.sentence, error.status, _id(request))


def _not_ready(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotReady)
    answer = pages.page("waiting.html.j2", 503, name=error.name)
    answer.headers["Refresh"] = "1"
    return answer


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    sentence = SENTENCES.get(error.status_code, "请求读不出来。请从首页重新开始。")
    return pages.message(sentence, error.status_code, _id(request))


def _unusable(request: Request, error: Exception) -> Response:
    # It is about this machine's results and says what to run.
    return pages.message(f"实验的结果不能用：{error}", 503, _id(request))


def font(request: Request) -> Response:
    """Chinese type for machines that have none; browsers fetch it only then."""
    from mplfonts.conf import FONT_DIR

    file = f"{FONT_DIR}/NotoSansCJKsc-Regular.otf"
    return FileResponse(file, media_type="font/otf", headers={"Cache-Control": "max-age=604800"})


def build(
    sections: Sequence[pages.Section],
    policy: Policy,
    name: str = "",
    start: Sequence[Callable[[], None]] = (),
    stop: Sequence[Callable[[], None]] = (),
) -> Starlette:
    """The application.

    Args:
        sections: in the order of the head; "/" leads to the first.
        policy: whom the gate lets through.
        name: of the experiment, shown in the head.
        start: called when the server starts.
        stop: called when it stops.
    """
    pages.configure(sections, name)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        for call in start:
            call()
        yield
        for call in stop:
            call()

    first = sections[0].address

    def home(request: Request) -> Response:
        return RedirectResponse(first, 303)

    routes = [route for section in sections for route in section.routes]
    return Starlette(
        routes=[
            *([Route("/", home)] if first != "/" else []),
            *routes,
            Route("/static/han.otf", font),
            Mount("/static", StaticFiles(directory=pages.STATIC)),
        ],
        middleware=[Middleware(Gate, policy=policy)],
        exception_handlers={
            Refused: _refused,
            NotReady: _not_ready,
            UserError: _unusable,
            HTTPException: _http,
        },
        lifespan=lifespan,
    )
