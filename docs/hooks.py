"""Pages of the documentation site that are made from other files: start page, guides, API.

mkdocs.yml names this file. README.md becomes the start page, CONTRIBUTING.md and CHANGELOG.md pages
of their own, each public package of the library a page of its docstrings. Nothing is stored twice.
"""

import logging
import posixpath
import re
from pathlib import Path

import jieba
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

REPO = Path(__file__).resolve().parents[1]
LIBRARY = REPO / "workflow/scripts/lexpro"
# Files of the repository that are pages of the site, by their names there.
PAGES = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "config/README.md": "config.md",
}
# A page for each benchmark.
TASKS = LIBRARY / "evaluation/tasks"
PAGES |= {
    path.relative_to(REPO).as_posix(): f"benchmarks/{path.parent.name}.md"
    for path in sorted(TASKS.glob("*/README.md"))
}
LINK = re.compile(r"(?<=\]\()(?!\w+:|#)([^)\s#]+)(#[^)\s]*)?(?=\))")


def packages() -> dict[str, list[str]]:
    """{package: dotted names of its modules}; modules beside the packages are under `lexpro`."""
    pages: dict[str, list[str]] = {}
    for path in sorted(LIBRARY.rglob("*.py")):
        parts = path.relative_to(LIBRARY).with_suffix("").parts
        if not any(part.startswith("_") for part in parts):
            package = "lexpro" if len(parts) == 1 else parts[0]
            pages.setdefault(package, []).append(".".join(("lexpro", *parts)))
    return pages


def relinked(text: str, source: str, page: str) -> str:
    """Links of a file of the repository as they must be on its page of the site.

    Args:
        text: Markdown of the file.
        source: Its path in the repository.
        page: Its path among the pages.

    Returns:
        The Markdown; a link to a file that is no page keeps its words only.
    """

    def link(match: re.Match) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), match[1]))
        if target in PAGES:
            target_page = PAGES[target]
        elif target.startswith("docs/") and (REPO / target).exists():
            target_page = target.removeprefix("docs/")
        else:
            return OUTSIDE
        return posixpath.relpath(target_page, posixpath.dirname(page) or ".") + (match[2] or "")

    text = LINK.sub(link, text)
    return re.sub(r"\[([^\]]*)\]\(" + OUTSIDE + r"\)", r"\1", text)


OUTSIDE = "outside-of-the-site"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Add the API pages to the navigation, and the glossary's terms to the words of the search."""
    config.nav.append({"API": [{name: f"api/{name}.md"} for name in packages()]})
    jieba.setLogLevel(logging.WARNING)
    glossary = (REPO / "docs/glossary.md").read_text(encoding="utf-8")
    for term in re.findall(r"[\u4e00-\u9fff]{2,}", glossary):
        jieba.add_word(term)
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that have no file in docs/."""
    for source, page in PAGES.items():
        text = (REPO / source).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=relinked(text, source, page)))
    for package, modules in packages().items():
        blocks = [f"# {package}", *(f"::: {module}" for module in modules)]
        files.append(File.generated(config, f"api/{package}.md", content="\n\n".join(blocks) + "\n"))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Mend links of docs/*.md that point out of docs/."""
    source = page.file.src_uri
    made = source in PAGES.values() or source.startswith("api/")
    return markdown if made else relinked(markdown, f"docs/{source}", source)
