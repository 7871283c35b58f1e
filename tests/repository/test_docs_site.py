"""The documentation site: it builds without a warning, loads nothing from other machines, and its
search knows Chinese.
"""

import json
import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

REPO = Path(__file__).resolve().parents[2]
MKDOCS = REPO / ".venv-docs/bin/mkdocs"
# What a browser fetches by itself, by tag and attribute.
FETCHED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src")}


class Fetched(HTMLParser):
    """The addresses that a page loads."""

    def __init__(self):
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag, attrs):
        # The address of the page itself, for search engines.
        if ("rel", "canonical") not in attrs:
            self.urls += [value for name, value in attrs if (tag, name) in FETCHED and value]


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """The site, built as `make docs` does."""
    if not MKDOCS.is_file():
        pytest.skip("needs the environment of the documentation: make .venv-docs")
    target = tmp_path_factory.mktemp("docs") / "site"
    done = subprocess.run(
        [MKDOCS, "build", "--strict", "--quiet", "--site-dir", target],
        cwd=REPO,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return target


def test_every_page_is_in_the_navigation():
    settings = yaml.safe_load((REPO / "mkdocs.yml").read_text(encoding="utf-8"))
    listed = set(re.findall(r"[\w/-]+\.md", json.dumps(settings["nav"])))
    there = {path.name for path in (REPO / "docs").glob("*.md")}
    assert there - listed == set()


@pytest.mark.slow
def test_pages_load_nothing_from_other_machines(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 20
    for page in pages:
        parser = Fetched()
        parser.feed(page.read_text(encoding="utf-8"))
        assert parser.urls and [url for url in parser.urls if re.match(r"(https?:)?//", url)] == [], page
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", sheet.read_text(encoding="utf-8")), (
            sheet
        )


@pytest.mark.slow
def test_every_public_module_has_its_section(site):
    library = REPO / "workflow/scripts/lexpro"
    pages = {path.stem: path.read_text(encoding="utf-8") for path in site.glob("api/*.html")}
    for path in library.rglob("*.py"):
        parts = path.relative_to(library).with_suffix("").parts
        if not any(part.startswith("_") for part in parts):
            page = pages["lexpro" if len(parts) == 1 else parts[0]]
            assert f'id="lexpro.{".".join(parts)}"' in page, path


@pytest.mark.slow
def test_chinese_text_is_indexed_word_by_word(site):
    docs = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))["docs"]
    glossary = next(d for d in docs if d["location"].startswith("glossary.html#what"))
    words = re.split(r"[\u200b\s]+", glossary["text"])
    assert {"缓刑", "罪名", "法条", "刑期"} <= set(words)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("node"), reason="needs node to run the search of the site")
def test_the_search_finds_chinese_terms(site):
    terms = {
        "缓刑": "api/rewards.html#lexpro.rewards.probation",
        "量刑情节": "glossary.html",
        "reward": "rewards.html",
    }
    script = Path(__file__).with_name("search.js")
    done = subprocess.run(["node", script, site, *terms], text=True, capture_output=True, check=True)
    found = json.loads(done.stdout)
    for term, page in terms.items():
        assert page in found[term], term
