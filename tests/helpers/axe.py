"""axe-core looks for barriers in a page. `make axe-core` brings it, pinned, where npm is.

page.call("Page.setBypassCSP", enabled=True)     # before the page is opened
assert axe.serious(page) == []
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from browser import Page

ROOT = Path(__file__).resolve().parents[2]
_NAMED = os.environ.get("AXE_CORE")
_FOUND = [Path(_NAMED) / "axe.min.js"] if _NAMED else sorted(ROOT.glob(".axe-core/*/axe.min.js"))
FILE = next((path for path in reversed(_FOUND) if path.is_file()), None)

needed = pytest.mark.skipif(FILE is None, reason="axe-core is not here (make axe-core, which needs npm)")


def serious(page: Page) -> list[str]:
    """The faults of a page that axe-core calls serious or critical, with where they are."""
    assert FILE is not None
    if not page.run("typeof axe === 'object'"):
        page.run(f"{FILE.read_text(encoding='utf-8')}; true")
    return page.run(
        "axe.run().then((r) => r.violations.filter((v) => ['serious', 'critical'].includes(v.impact))"
        ".map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html).join(' | ')}`))"
    )
