"""One page over several experiments: a tab each, their pages whole inside it; it needs no other
file.
"""

from __future__ import annotations

from jinja2 import Environment, StrictUndefined

# From a report's folder, results/report/<key>/ or results/experiments/<name>/, to results/.
ROOT = "../../"

TABS = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LexPro: {{ pages|map(attribute="name")|join(", ") }}</title>
<style>
* { box-sizing:border-box }
body { margin:0; display:flex; flex-wrap:wrap; align-content:flex-start; height:100vh; overflow:hidden }
body { font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif }
input { position:absolute; opacity:0 }
label { height:44px; padding:10px 18px; cursor:pointer; color:#57606a; border-bottom:3px solid transparent }
input:checked + label { color:#0b2239; font-weight:600; border-color:#0072B2 }
input:focus-visible + label { outline:2px solid #0072B2 }
iframe { order:1; display:none; width:100%; height:calc(100vh - 44px); border:0 }
input:checked + label + iframe { display:block }
</style>
</head>
<body>
{% for page in pages %}
<input type="radio" name="experiment" id="tab-{{ loop.index }}"{{ " checked" if loop.first }}>
<label for="tab-{{ loop.index }}">{{ page.name }}</label>
<iframe title="{{ page.name }}" srcdoc="{{ page.html }}"></iframe>
{% endfor %}
</body>
</html>
"""


def tabs(pages: dict[str, str]) -> str:
    """The page of several experiments (name → page); of one experiment, its own page.

    Links to files of the results start from results/ here, two folders above an experiment's own
    page.
    """
    pages = {name: html.replace(f'href="{ROOT}', 'href="') for name, html in pages.items()}
    if len(pages) == 1:
        return next(iter(pages.values()))
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(TABS)
    return template.render(pages=[{"name": name, "html": html} for name, html in pages.items()])
