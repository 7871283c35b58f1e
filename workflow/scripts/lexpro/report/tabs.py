"""One page over several experiments: a tab each, their pages whole inside it."""

from __future__ import annotations

from lexpro.report import markup

# From a report's folder, results/report/<key>/ or results/experiments/<name>/, to results/.
ROOT = "../../"


def tabs(pages: dict[str, str]) -> str:
    """The page of several experiments; of one experiment, its own page.

    Args:
        pages: experiment → its page. Links to files of the results start two folders lower there
            than in the page that is returned.
    """
    pages = {name: html.replace(f'href="{ROOT}', 'href="') for name, html in pages.items()}
    if len(pages) == 1:
        return next(iter(pages.values()))
    template = markup.environment().get_template("tabs.html.j2")
    return template.render(pages=[{"name": name, "html": html} for name, html in pages.items()])
