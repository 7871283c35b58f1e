"""From a template to one HTML file that holds everything: figures, tables, Chinese type.

Templates and style sheets lie in `templates/`. No page loads another file or runs a script.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lexpro.report import catalog, fonts
from lexpro.report.table import Table, to_csv

TEMPLATES = Path(__file__).with_name("templates")
SYMBOLS = {"right": "✓", "wrong": "×", "missed": "∅"}
# What the embedded font is for: Chinese and full-width characters, and the symbols of the marks.
HAN = ((0x2E80, 0x9FFF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF), (0x20000, 0x2FA1F))
MARKS = tuple((ord(symbol), ord(symbol)) for symbol in SYMBOLS.values())


def environment() -> Environment:
    """The templates. What they are given is escaped; a name that is missing is an error."""
    loader = FileSystemLoader(TEMPLATES)
    return Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def unicode_ranges() -> str:
    """The characters of the embedded font, as CSS writes them."""
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in (*HAN, *MARKS))


def han(text: str) -> str:
    """The distinct characters of a text that the embedded font is for, sorted."""
    return "".join(sorted(c for c in set(text) if any(a <= ord(c) <= b for a, b in (*HAN, *MARKS))))


def whole(page: str, words: dict, tables: dict[str, Table], figures: Path) -> str:
    """The page of a template.

    Args:
        page: name of the template.
        words: what it shows besides figures and tables.
        tables: its tables by name.
        figures: folder with `<name>.svg`; they are numbered in the order of the catalog.
    """
    present = [name for name in catalog.FIGURES if (figures / f"{name}.svg").is_file()]
    images = {
        name: {
            "number": number,
            "title": catalog.FIGURES[name].title,
            "text": catalog.FIGURES[name].caption,
            "image": fonts.data_uri("image/svg+xml", (figures / f"{name}.svg").read_bytes()),
        }
        for number, name in enumerate(present, start=1)
    }
    downloads = [
        (f"{name}.csv", fonts.data_uri("text/csv;charset=utf-8", to_csv(table).encode()))
        for name, table in tables.items()
    ]
    words = {"ranges": unicode_ranges(), "symbols": SYMBOLS, **words}
    words |= {"entries": catalog.TABLES, "tables": tables, "figures": images, "downloads": downloads}
    template = environment().get_template(page)
    font = fonts.woff(han(template.render(font="", **words)))
    return template.render(font=fonts.data_uri("font/woff", font), **words).lstrip()
