"""办案工作台: its pages. Each tab computes in a module of its own; here are addresses and forms."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from lexpro.serve import elements, intake, marked, pages
from lexpro.serve.documents import Document, Store
from lexpro.serve.errors import Refused
from lexpro.serve.experiment import Workbench
from lexpro.serve.security import MOST_BYTES

TABS = {
    "elements": "要素",
}
NOTICE = "机器给出的结果须由人核对，不是法律意见。"


class Pages:
    """The pages of one experiment.

    Args:
        bench: what the experiment gives.
    """

    def __init__(self, bench: Workbench):
        self.bench = bench
        self.store = Store()

    def section(self) -> pages.Section:
        """The part of the application."""
        get, post = ["GET"], ["POST"]
        routes = [
            Route("/", self.home, methods=get),
            Route("/documents", self.add, methods=post),
            Route("/d/{id}", self.first, methods=get),
            Route("/d/{id}/delete", self.delete, methods=post),
            Route("/d/{id}/elements.json", self.elements_json, methods=get),
            Route("/d/{id}/elements.csv", self.elements_csv, methods=get),
            Route("/d/{id}/card", self.card, methods=get),
            *(Route(f"/d/{{id}}/{name}", self._tab(name), methods=get) for name in TABS),
        ]
        return pages.Section("办案工作台", "/", routes)

    def close(self) -> None:
        """Stop what is still computed."""

    def home(self, request: Request) -> Response:
        """Where a document is pasted or uploaded."""
        return pages.page("home.html.j2", most=intake.MOST_CHARACTERS, kinds=list(intake.KINDS))

    async def add(self, request: Request) -> Response:
        """Take a document from the form."""
        # A text that is too long is to be told how long it is: the gate has the hard bound.
        async with request.form(max_files=1, max_fields=4, max_part_size=MOST_BYTES) as form:
            file, text = form.get("file"), form.get("text")
            if file is not None and not isinstance(file, str) and file.filename:
                data = await file.read()
                made = await run_in_threadpool(intake.uploaded, file.filename, data)
            else:
                made = await run_in_threadpool(intake.pasted, text if isinstance(text, str) else "")
        document = self.store.add(made)
        return RedirectResponse(f"/d/{document.id}/elements", 303)

    def document(self, request: Request) -> Document:
        """The document of an address.

        Raises:
            Refused: it is not there any more.
        """
        found = self.store.get(request.path_params["id"])
        if found is None:
            raise Refused(
                "这份文书已不在内存里：程序重启过，或者被新的文书替换。请在首页重新粘贴，同一份文书的地址不变。",
                404,
            )
        return found

    def first(self, request: Request) -> Response:
        """The first tab."""
        return RedirectResponse(f"/d/{self.document(request).id}/elements", 303)

    def delete(self, request: Request) -> Response:
        """Forget a document."""
        self.store.remove(request.path_params["id"])
        return RedirectResponse("/", 303)

    def _tab(self, name: str) -> Callable[[Request], Response]:
        view = getattr(self, name)

        def answer(request: Request) -> Response:
            document = self.document(request)
            words = view(request, document)
            return pages.page(
                f"{name}.html.j2",
                document=document,
                tabs=TABS,
                tab=name,
                title=title(document),
                notice=NOTICE,
                **words,
            )

        return answer

    def elements(self, request: Request, document: Document) -> dict:
        """Words of the tab 要素."""
        groups = elements.groups(document)
        spans = [(row.key, row.span) for row in document.elements if row.span]
        answer = document.model.get(self.bench.variant)
        return {
            "groups": groups,
            "pieces": marked.pieces(document.raw, spans),
            "compared": elements.compare(document.record, answer) if answer is not None else None,
        }

    def elements_json(self, request: Request) -> Response:
        """All elements as JSON."""
        document = self.document(request)
        return JSONResponse(elements.as_json(document), headers=download(f"要素-{document.id}.json"))

    def elements_csv(self, request: Request) -> Response:
        """All elements as a table."""
        document = self.document(request)
        name = f"要素-{document.id}.csv"
        return Response(
            elements.as_csv(document), media_type="text/csv; charset=utf-8", headers=download(name)
        )

    def card(self, request: Request) -> Response:
        """The filled card, to be printed."""
        document = self.document(request)
        groups = elements.groups(document)
        return pages.page(
            "card.html.j2", document=document, groups=groups, title=title(document), notice=NOTICE
        )


def title(document: Document) -> str:
    """What a document is called: its case number and defendants, else how it begins."""
    record = document.record
    people = "、".join(person.name for person in record.defendants[:3])
    more = "等" if len(record.defendants) > 3 else ""
    return " ".join(filter(None, [record.case_number, people + more])) or document.text[:20]


def download(name: str) -> dict[str, str]:
    """The header that names a file."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
