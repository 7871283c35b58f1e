"""The application over an experiment that is a stand-in: with a server, or without one."""

import threading
import time
from contextlib import contextmanager
from functools import cache, partial
from types import SimpleNamespace

import uvicorn
from sample_judgments import plain_form
from starlette.testclient import TestClient

from lexpro.config.predict import Decoding
from lexpro.engines.base import Generation
from lexpro.serve import app, run, workbench
from lexpro.serve.experiment import Knowledge, Part
from lexpro.serve.security import Policy
from lexpro.statutes import knowledge, table
from lexpro.statutes.lookup import Law
from lexpro.statutes.table import Row
from lexpro.tasks.context import Decisions
from lexpro.workflow.errors import UserError

HERE = "http://127.0.0.1:8765"
# In our own words: article 264 became lighter, 67 got a paragraph, 133之1 is new, 303 heavier.
VERSIONS = [
    Row("刑法", 264, 0, "偷东西，数额较大的，处五年以下有期徒刑；数额巨大的，处五年以上十年以下有期徒刑。",
        valid_from="1997-10-01", valid_to="2018-12-31"),
    Row("刑法", 264, 0, "偷东西，数额较大的，处三年以下有期徒刑；数额巨大的，处三年以上十年以下有期徒刑。",
        ["盗窃罪"], valid_from="2018-12-31"),
    Row("刑法", 67, 0, "自己来的，从轻。", valid_from="1997-10-01", valid_to="2011-05-01"),
    Row("刑法", 67, 0, "自己来的，从轻。\n如实说的，也从轻。", valid_from="2011-05-01"),
    Row("刑法", 133, 1, "喝酒开车的，处拘役，并处罚金。", ["危险驾驶罪"], valid_from="2011-05-01"),
    Row("刑法", 303, 0, "聚赌的，处三年以下有期徒刑。", valid_from="1997-10-01", valid_to="2019-01-01"),
    Row("刑法", 303, 0, "聚赌的，处五年以下有期徒刑。", ["赌博罪"], valid_from="2019-01-01"),
    Row("刑法", 25, 0, "两人以上一起的，是共同犯罪。", valid_from="1997-10-01"),
]  # fmt: skip


def as_rows(rows: list[Row]) -> list[dict]:
    return [{name: getattr(row, name) for name in table.SCHEMA} for row in rows]


@cache
def builtin() -> Knowledge:
    """The knowledge base of the built-in law: articles without dates, no guideline."""
    made = knowledge.from_facts()
    return Knowledge(
        Law(made.rows),
        made.charges,
        made.tiers,
        made.links,
        made.thresholds,
        made.guideline,
        as_rows(made.rows),
    )


def dated(**changes) -> Knowledge:
    """One with versions, in which a theft is known; `changes` are its fields."""
    tiers = {"264": [{"charge": "盗窃罪", **tier} for tier in knowledge.tiers.parse(VERSIONS[1].text)]}
    values = {
        "law": Law(VERSIONS),
        "charges": {"盗窃罪": ["264"], "危险驾驶罪": ["133之1"]},
        "tiers": tiers,
        "links": {"charges": {}, "articles": {}},
        "thresholds": [],
        "guideline": {"steps": [], "circumstances": [], "charges": {}},
        "rows": as_rows(VERSIONS),
    }
    return Knowledge(**{**values, **changes})


class Found:
    """Stands in for an opened index."""

    def __init__(self, knowledge_: Knowledge | None = None, cases: int = 12):
        self.article_rows = (knowledge_ or builtin()).rows
        months = [6, 8, 10, 12, 18, 20, 24, 30, 36, 40, 48, 60]
        self.case_rows = [
            {
                "doc_id": f"case{number}",
                "province": ("湖北", "湖南")[number % 2],
                "date": f"20{10 + number}-05-06",
                "court": ("某某县人民法院", "某某市中级人民法院")[number % 2],
                "facts": f"被告人窃得手机第{number}部。",
                "charges": ["盗窃罪"],
                "refs": ["264", "67"] if number % 3 else ["264"],
                "sentence": "有期徒刑",
                "months": months[number % 12],
                "circumstances": ["自首"],
                "amount": 3000.0,
            }
            for number in range(cases)
        ]

    def articles(self, facts, k, date=None, law=None, charges=(), named=False):
        columns = ("ref", "law", "text", "heading", "valid_from", "valid_to")
        current = [row for row in self.article_rows if not row["valid_to"]]
        return [{**{name: row[name] for name in columns}, "score": 1.0} for row in current[:k]]

    def cases(self, facts, k, scope=None):
        from lexpro.retrieval.scope import CaseMask

        allowed = CaseMask(self.case_rows)(scope) if scope else [True] * len(self.case_rows)
        why = {"charges": ["盗窃罪"], "terms": ["窃得手机"]}
        rows = (row for row, good in zip(self.case_rows, allowed, strict=True) if good)
        return [{**row, "score": 1.0, "why": why} for row in rows][:k]

    def alike(self, facts, k, scope):
        return self.cases(facts, k, scope)

    def charges(self, facts):
        return [("盗窃罪", 0.8), ("诈骗罪", 0.2)]

    def decisions(self, facts):
        return Decisions({"盗窃罪": 0.8, "诈骗罪": 0.2})

    def court_citations(self, *_, **__):
        return ["264"]

    def close(self):
        pass


class Says:
    """An engine that gives one answer."""

    def __init__(self, text):
        self.text = text

    def generate(self, requests):
        return [Generation(self.text, "stop", 5) for _ in requests]


def model(text='<think>甲盗窃</think>{"法条":["264","999"]}'):
    form = plain_form(fields=["姓名", "罪名", "刑期"], court_cases=5)
    return SimpleNamespace(engine=Says(text), form=form, decoding=Decoding(), limit=lambda task: 20)


def _itself(value):
    return value


def _missing():
    raise UserError("no such thing here")


def bench(**parts):
    """A stand-in; `parts` are the values of knowledge, searcher and model."""
    made = SimpleNamespace(name="demo", variant="grpo", synthetic=True, plan={"inputs": {}})
    parts = {"knowledge": builtin(), "searcher": Found(parts.get("knowledge")), "model": model(), **parts}
    for name, value in parts.items():
        part = Part(name, _missing if value is None else partial(_itself, value))
        part.fill()
        setattr(made, name, part)
    return made


def application(made=None, policy=None):
    part = workbench.Pages(made or bench())
    return app.build([part.section()], policy or Policy(), "demo", stop=[part.close])


def client(made=None, policy=None, **more) -> TestClient:
    return TestClient(application(made, policy), base_url=HERE, raise_server_exceptions=False, **more)


@contextmanager
def served(made=None, port=0, policy=None):
    """The address of a server in a thread."""
    listening = run.listen("127.0.0.1", port)
    config = uvicorn.Config(
        application(made, policy), log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
