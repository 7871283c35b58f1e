"""The application over an experiment that is a stand-in, without a server."""

from types import SimpleNamespace

from starlette.testclient import TestClient

from lexpro.serve import app, workbench
from lexpro.serve.experiment import Part
from lexpro.serve.security import Policy
from lexpro.workflow.errors import UserError

HERE = "http://127.0.0.1:8765"


def _missing():
    raise UserError("no such thing here")


def bench(**parts):
    """A stand-in; `parts` are the values of knowledge, searcher and model."""
    made = SimpleNamespace(name="demo", variant="grpo", synthetic=True, plan={"inputs": {}})
    for name in ("knowledge", "searcher", "model"):
        part = Part(name, (lambda value: lambda: value)(parts[name]) if name in parts else _missing)
        part.fill()
        setattr(made, name, part)
    return made


def client(made=None, policy=None, **more) -> TestClient:
    part = workbench.Pages(made or bench())
    built = app.build([part.section()], policy or Policy(), "demo", stop=[part.close])
    return TestClient(built, base_url=HERE, raise_server_exceptions=False, **more)
