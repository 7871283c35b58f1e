"""From templates to pages: everything is escaped, nothing stands in a page but what it is given."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute

HERE = Path(__file__).parent
TEMPLATES, STATIC = HERE / "templates", HERE / "static"


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the application: its entry in the head of every page, and its routes.

    Attributes:
        title: in Chinese.
        address: where it begins; "" for one without an entry.
        routes: of Starlette.
        templates: folders with templates of its own, found before those of this package.
    """

    title: str
    address: str
    routes: Sequence[BaseRoute]
    templates: Sequence[Path] = field(default_factory=tuple)


@dataclass(slots=True)
class _Site:
    """What every page of the process shows."""

    sections: list[Section]
    name: str = ""


_site = _Site([])


def configure(sections: Sequence[Section], name: str) -> None:
    """Set the entries of the head and the name of the experiment."""
    _site.sections, _site.name = list(sections), name
    environment.cache_clear()


@cache
def version(name: str) -> str:
    """A digest of a static file, so that a new one is fetched at once."""
    file = STATIC / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8] if file.is_file() else "0"


@cache
def environment() -> Environment:
    """The templates of the package and of all sections."""
    folders = [folder for section in _site.sections for folder in section.templates]
    made = Environment(
        loader=FileSystemLoader([*folders, TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"site": _site, "version": version}
    made.filters["yuan"] = lambda value: f"{value:,.15g}"
    return made


def render(template: str, **words: object) -> str:
    """A template filled in."""
    return environment().get_template(template).render(**words)


def page(
    template: str, status: int = 200, headers: dict[str, str] | None = None, **words: object
) -> HTMLResponse:
    """A page from a template.

    Args:
        template: name of the file.
        status: HTTP status.
        headers: further HTTP headers; None for none.
        **words: what the template is filled in with; each is escaped.
    """
    return HTMLResponse(render(template, **words), status, headers)


def message(sentence: str, status: int, request_id: str = "", token_form: bool = False) -> HTMLResponse:
    """A page that says one thing: what went wrong and what to do.

    Args:
        sentence: in Chinese.
        status: HTTP status.
        request_id: id of the request in the log, shown where it is given.
        token_form: whether the page asks for the token.
    """
    return page("message.html.j2", status, sentence=sentence, request_id=request_id, token_form=token_form)
