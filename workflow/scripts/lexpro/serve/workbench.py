"""办案工作台: its pages. Each tab computes in a module of its own; here are addresses and forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from lexpro.checking import checks
from lexpro.checking.case import Case
from lexpro.law.provinces import PROVINCES
from lexpro.serve import cases, elements, intake, jobs, marked, pages, questions, sentences, statutes
from lexpro.serve.documents import Document, Store
from lexpro.serve.errors import Refused
from lexpro.serve.experiment import Workbench
from lexpro.serve.security import MOST_BYTES

TABS = {
    "elements": "要素",
    "statutes": "法条",
    "cases": "类案",
    "sentences": "量刑",
    "checks": "核对",
    "questions": "问答",
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
        self.queue = jobs.Queue()

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
            Route("/d/{id}/card.txt", self.card_text, methods=get),
            Route("/d/{id}/cases.json", self.cases_json, methods=get),
            Route("/d/{id}/cases.csv", self.cases_csv, methods=get),
            Route("/d/{id}/questions", self.ask, methods=post),
            Route("/d/{id}/questions/{job}/events", self.events, methods=get),
            Route("/d/{id}/questions/{job}/stop", self.stop, methods=post),
            *(Route(f"/d/{{id}}/{name}", self._tab(name), methods=get) for name in TABS),
        ]
        return pages.Section("办案工作台", "/", routes)

    def close(self) -> None:
        """Stop what is still computed."""
        self.queue.close()

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
            "asked": self.queue.get(request.query_params.get("job", "")),
            "ended": jobs.ENDED,
        }

    def statutes(self, request: Request, document: Document) -> dict:
        """Words of the tab 法条."""
        knowledge = self.bench.knowledge.get()
        searcher = self.bench.searcher.get()
        query = request.query_params
        on = statutes.chosen_days(document, query.get("act"), query.get("judgment"))
        charged = [charge for person in document.record.defendants for charge in person.charges]
        likely = [] if charged else [charge for charge, _ in searcher.charges(document.facts)[:2]]
        return {
            "on": on,
            "rows": statutes.view(document, knowledge, searcher, on),
            "crimes": statutes.crimes(knowledge, list(dict.fromkeys(charged or likely)), on.judgment),
            "likely": bool(likely),
            "applies": statutes.APPLIES,
        }

    def cases(self, request: Request, document: Document) -> dict:
        """Words of the tab 类案."""
        searcher = self.bench.searcher.get()
        wanted = cases.Filter.read(request.query_params)
        chosen = request.query_params.getlist("compare")
        return {
            "wanted": wanted,
            "query": urlencode(asdict(wanted)),
            "options": cases.options(searcher),
            "cases": cases.find(document, searcher, wanted),
            "chosen": chosen,
            "compared": cases.columns(document, searcher, chosen) if chosen else None,
        }

    def _exported(self, request: Request) -> tuple[Document, list[dict]]:
        document = self.document(request)
        wanted = cases.Filter.read(request.query_params)
        return document, cases.find(document, self.bench.searcher.get(), wanted)

    def cases_json(self, request: Request) -> Response:
        """The similar cases as JSON."""
        document, found = self._exported(request)
        return JSONResponse(found, headers=download(f"类案-{document.id}.json"))

    def cases_csv(self, request: Request) -> Response:
        """The similar cases as a table."""
        document, found = self._exported(request)
        name = f"类案-{document.id}.csv"
        return Response(cases.as_csv(found), media_type="text/csv; charset=utf-8", headers=download(name))

    def sentences(self, request: Request, document: Document) -> dict:
        """Words of the tab 量刑.

        Raises:
            Refused: there is no such province.
        """
        knowledge, searcher = self.bench.knowledge.get(), self.bench.searcher.get()
        province = request.query_params.get("province", document.record.province or "")
        if province and province not in PROVINCES:
            raise Refused("没有这个省份。请从列表里选。")
        return {
            "province": province,
            "provinces": PROVINCES,
            "guideline": bool(knowledge.guideline["charges"]),
            "views": sentences.view(document, knowledge, searcher, province),
        }

    def checks(self, request: Request, document: Document) -> dict:
        """Words of the tab 核对."""
        knowledge = self.bench.knowledge.get()
        law = knowledge.law if knowledge.dated else None
        case = Case(document.text, document.record, law, knowledge.charges, knowledge.tiers)
        found = [
            (f"f{number}", one, document.pasted((one.start, one.end)))
            for number, one in enumerate(checks.run(case))
        ]
        spans = [(key, place) for key, _, place in found if place]
        return {
            "found": found,
            "titles": {name: check.title for name, check in checks.CHECKS.items()},
            "pieces": marked.pieces(document.raw, spans),
            "dated": knowledge.dated,
            "fault": True,
        }

    def questions(self, request: Request, document: Document) -> dict:
        """Words of the tab 问答."""
        query = request.query_params
        asked = self.queue.get(query.get("job", ""))
        if asked and asked.about["document"] != document.id:
            asked = None
        ended = bool(asked) and asked.state in jobs.ENDED
        knowledge, searcher = self.bench.knowledge.get(), self.bench.searcher.get()
        read = bool(asked and ended and asked.text)
        return {
            "tasks": questions.TASKS,
            "states": questions.STATES,
            "longest": questions.LONGEST,
            "task": asked.about["task"] if asked else query.get("task", "article"),
            "question": asked.about["question"] if asked else "",
            "asked": asked,
            "ended": ended,
            "result": questions.result(knowledge, searcher, document, asked) if read else None,
            "synthetic": self.bench.synthetic,
        }

    async def ask(self, request: Request) -> Response:
        """Put a question into the queue."""
        async with request.form(max_files=0, max_fields=4) as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
        document = self.document(request)
        made = await run_in_threadpool(
            questions.job, self.bench, document, given.get("task", ""), given.get("question", "")
        )
        try:
            self.queue.put(made)
        except jobs.Full as error:
            raise Refused("排队的问题太多了。请稍后再问。", 503) from error
        back = (
            "elements"
            if made.about["task"] == "elements" and given.get("back") == "elements"
            else "questions"
        )
        return RedirectResponse(f"/d/{document.id}/{back}?job={made.id}", 303)

    def job(self, request: Request) -> jobs.Job:
        """The question of an address.

        Raises:
            Refused: it is not known any more.
        """
        found = self.queue.get(request.path_params["job"])
        if found is None or found.about["document"] != request.path_params["id"]:
            raise Refused("这个问题已不在内存里。请重新提问。", 404)
        return found

    def events(self, request: Request) -> Response:
        """An answer as it is written."""
        known = request.headers.get("last-event-id", "0")
        asked = self.job(request)
        start = int(known) if known.isascii() and known.isdigit() else 0
        return StreamingResponse(
            questions.events(self.queue, asked, min(start, len(asked.text))), media_type="text/event-stream"
        )

    def stop(self, request: Request) -> Response:
        """End an answer."""
        self.queue.end(self.job(request))
        return Response(status_code=204)

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

    def card_text(self, request: Request) -> Response:
        """The filled card as text."""
        return PlainTextResponse(elements.as_text(self.document(request), NOTICE))


def title(document: Document) -> str:
    """What a document is called: its case number and defendants, else how it begins."""
    record = document.record
    people = "、".join(person.name for person in record.defendants[:3])
    more = "等" if len(record.defendants) > 3 else ""
    return " ".join(filter(None, [record.case_number, people + more])) or document.text[:20]


def download(name: str) -> dict[str, str]:
    """The header that names a file."""
    return {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
