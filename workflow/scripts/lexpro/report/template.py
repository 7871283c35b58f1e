"""The page as a Jinja template with its style: nothing is loaded from elsewhere, nothing runs in the browser."""

from __future__ import annotations

STYLE = """
:root { --ink:#1f2328; --soft:#57606a; --line:#d8dee4; --wash:#f6f8fa; --blue:#0072B2; --red:#b34700; --green:#00684d; }
* { box-sizing:border-box }
html { scroll-behavior:smooth }
body { margin:0; color:var(--ink); background:#fff; font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,Arial,"LexPro Han",sans-serif }
main,header>div,footer>div { max-width:1060px; margin:0 auto; padding:0 24px }
header { background:#0b2239; color:#fff; padding:34px 0 26px }
header h1 { margin:0 0 4px; font-size:30px; line-height:1.2; font-weight:650 }
header p { margin:0; color:#c9d6e4 }
nav { margin-top:18px; font-size:14.5px }
nav a { color:#fff; margin-right:18px; text-decoration:none; border-bottom:1px solid #6d87a3; white-space:nowrap }
h2 { font-size:22px; margin:46px 0 10px; padding-bottom:6px; border-bottom:1px solid var(--line) }
h3 { font-size:17px; margin:26px 0 6px }
p,ul { margin:8px 0; max-width:800px }
a { color:var(--blue) }
code { font:13px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"LexPro Han",monospace; overflow-wrap:anywhere }
.note { border-left:4px solid #E69F00; background:#fff8e8; padding:10px 16px; margin:24px 0; max-width:none }
.note p { max-width:none }
.wide { overflow-x:auto }
table { border-collapse:collapse; margin:10px 0; font-size:14px; font-variant-numeric:tabular-nums }
th,td { padding:5px 12px; border-bottom:1px solid var(--line); text-align:left; vertical-align:top }
thead th { background:var(--wash); border-bottom:2px solid var(--line); font-weight:600; vertical-align:bottom }
.n { text-align:right }
.key td { font-size:15px }
.key small,.soft { color:var(--soft) }
.key small { display:block; font-size:12px; white-space:nowrap }
figure { margin:22px 0 8px }
figure img { display:block; width:100%; max-width:960px; height:auto }
figcaption { color:var(--soft); font-size:14px; max-width:800px; margin-top:6px }
figcaption b { color:var(--ink) }
.card { border:1px solid var(--line); border-radius:6px; margin:20px 0; padding:14px 18px 10px }
.card h3 { margin:0 0 4px }
.card table { width:100%; table-layout:fixed }
.card th:first-child,.card td:first-child { width:17% }
blockquote { margin:8px 0 4px; padding:8px 14px; background:var(--wash); font-size:14px; max-height:11em; overflow-y:auto }
.m { display:inline-block; margin:1px 4px 1px 0; padding:0 7px; border-radius:4px; border:1px solid; overflow-wrap:anywhere }
.right { color:var(--green); background:#e6f5ef; border-color:#8cccb5 }
.wrong { color:var(--red); background:#fdeee3; border-color:#eab38d }
.missed { color:var(--soft); background:#fff; border-color:#a9b1ba; border-style:dashed }
.fail { color:var(--soft); font-style:italic }
details { margin:6px 0 }
summary { cursor:pointer; color:var(--blue); font-size:14px }
pre { white-space:pre-wrap; overflow-wrap:anywhere; background:var(--wash); padding:10px; font-size:13px; max-height:16em; overflow-y:auto }
dl { display:grid; grid-template-columns:max-content 1fr; gap:4px 20px; margin:10px 0; font-size:14.5px }
dt { color:var(--soft) } dd { margin:0; overflow-wrap:anywhere }
footer { color:var(--soft); font-size:14px; margin:50px 0 30px }
@media (max-width:700px) { .card table { table-layout:auto } th,td { padding:4px 6px } body { font-size:15px } }
@media print { nav,details { display:none } figure,.card { break-inside:avoid } }
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LexPro: {{ experiment }}</title>
<style>
@font-face { font-family:"LexPro Han"; src:url({{ font }}) format("woff"); unicode-range:{{ ranges }} }
{{ style }}
</style>
</head>
<body>
<header><div>
<h1>LexPro: experiment <q>{{ experiment }}</q></h1>
<p>A Chinese legal reasoning model, from raw judgments (裁判文书) to evaluation: every number below was made by one command.</p>
<nav>{% for id, title in sections %}<a href="#{{ id }}">{{ title }}</a>{% endfor %}</nav>
</div></header>
<main>

<div class="note"><p><b>What this is, and is not.</b> {{ status }}</p></div>

{% macro marks(found) %}{% for mark in found %}<span class="m {{ mark.kind }}">{{ symbols[mark.kind] }}&nbsp;{{ mark.value }}</span>{% endfor %}{% endmacro %}

{% macro grid(name) %}<div class="wide"><table>
<thead><tr>{% for column in tables[name].columns %}<th{% if tables[name].numeric()[loop.index0] %} class="n"{% endif %}>{{ column }}</th>{% endfor %}</tr></thead>
<tbody>{% for row in tables[name].shown() %}
<tr>{% for cell in row %}<td{% if tables[name].numeric()[loop.index0] %} class="n"{% endif %}>{% if tables[name].columns[loop.index0] in ("key", "name") %}<code>{{ cell }}</code>{% else %}{{ cell }}{% endif %}</td>{% endfor %}</tr>{% endfor %}
</tbody></table></div>{% endmacro %}

{% macro figure(name) %}<figure id="figure-{{ name }}"><img src="{{ figures[name].image }}" alt="{{ figures[name].title }}">
<figcaption><b>Figure {{ figures[name].number }}. {{ figures[name].title }}.</b> {{ figures[name].text }}</figcaption></figure>{% endmacro %}

<h2 id="numbers">Key numbers</h2>
<div class="wide"><table class="key">
<thead><tr><th>task</th><th>metric</th>{% for variant in variants %}<th colspan="{{ spans[variant] }}">{{ variant_names[variant] }}</th>{% endfor %}</tr>
{% if retrieved %}<tr><th></th><th></th>{% for variant in variants %}{% for r in columns[variant] %}<th>{{ retrieval_names[r] }}</th>{% endfor %}{% endfor %}</tr>{% endif %}</thead>
<tbody>{% for line in key_numbers %}
<tr><td>{{ line.task }}</td><td>{{ line.metric }}</td>{% for cell in line.cells %}<td>{% if cell %}<b>{{ "%.3f"|format(cell.value) }}</b><small>{{ "%.3f"|format(cell.low) }} to {{ "%.3f"|format(cell.high) }}</small>{% else %}<span class="soft">&ndash;</span>{% endif %}</td>{% endfor %}</tr>{% endfor %}
</tbody></table></div>
<p class="soft">Scores lie between 0 and 1; below each its 95&nbsp;% bootstrap interval over {{ items }} held-out items a task at most. {{ recall }}</p>

<h2 id="evaluation">Evaluation</h2>
{{ figure("scores") }}
<details><summary>All scores with outcomes</summary>{{ grid("scores") }}</details>
{{ figure("retrieval") }}
<details><summary>Recall by system</summary>{{ grid("retrieval") }}</details>

<h2 id="examples">Worked examples</h2>
<p>{{ examples_text }}</p>
<p>{{ marks(legend) }}</p>
{% for example in examples %}
<div class="card"><h3>Example {{ loop.index }}: {{ example.title }}</h3>
<blockquote>{{ example.text }}</blockquote>
<table><thead><tr><th>element</th><th>truth</th>{% for variant in example.f1 %}<th>{{ variant_names[variant] }} <span class="soft">F1 {{ "%.2f"|format(example.f1[variant]) }}</span></th>{% endfor %}</tr></thead>
<tbody>{% for line in example.lines %}
<tr><td>{% if line.defendant %}<span class="soft">{{ line.defendant }}</span> {% endif %}{{ line.field }}</td><td>{{ line.gold|join("、") or "–" }}</td>{% set first = loop.first %}{% for variant in example.f1 %}{% if variant not in example.unreadable %}<td>{{ marks(line.answers[variant]) }}</td>{% elif first %}<td rowspan="{{ example.lines|length }}" class="fail">No answer that can be read as JSON: {{ example.unreadable[variant] }}</td>{% endif %}{% endfor %}</tr>{% endfor %}
</tbody></table>
{% if example.completions %}<details><summary>What the variants wrote</summary>{% for variant, text in example.completions.items() %}<p class="soft">{{ variant_names[variant] }}</p><pre>{{ text }}</pre>{% endfor %}</details>{% endif %}
</div>
{% endfor %}

<h2 id="training">Training</h2>
{{ figure("sft") }}
{{ figure("grpo") }}
{{ grid("training") }}

<h2 id="corpus">Corpus</h2>
{{ figure("funnel") }}
{{ figure("provinces") }}
<h3>What was left out, and why</h3>
<p>{{ sum_check }} Each of these documents has a row with its reason in <code>rejects.parquet</code> or <code>dropped.parquet</code>.</p>
{{ grid("dropped") }}

<h2 id="provenance">Provenance</h2>
<dl>{% for name, value in provenance %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
{{ grid("stages") }}

<h2 id="files">Files and links</h2>
<ul>
<li>Numbers: {% for name, uri in downloads %}<a download="{{ name }}" href="{{ uri }}">{{ name }}</a>{{ ", " if not loop.last }}{% endfor %} (held in this page).</li>
<li>Beside this page, in <code>results/experiments/{{ experiment }}/</code>: figures as SVG and PNG, tables as CSV, Markdown and LaTeX.</li>
<li>The paper whose recipe this reruns: <a href="https://arxiv.org/abs/2503.06949">LexPro-1.0 Technical Report, arXiv:2503.06949</a>.</li>
<li>How it is built, and what was assumed where the paper is silent: <code>docs/design.md</code>, <code>docs/assumptions.md</code>.</li>
</ul>
</main>
<footer><div>Chinese type: Noto Sans CJK SC (SIL Open Font License 1.1), cut down to the characters of this page.</div></footer>
</body>
</html>
"""

TABS = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>LexPro: {{ pages|map(attribute="name")|join(", ") }}</title>
<style>
body { margin:0; display:flex; flex-wrap:wrap; height:100vh; font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif }
input { position:absolute; opacity:0 }
label { order:0; height:44px; padding:10px 18px; cursor:pointer; color:#57606a; border-bottom:3px solid transparent }
input:checked + label { color:#0b2239; font-weight:600; border-color:#0072B2 }
input:focus-visible + label { outline:2px solid #0072B2 }
iframe { order:1; display:none; width:100%; height:calc(100vh - 44px); border:0 }
input:checked + label + iframe { display:block }
</style>
</head>
<body>
{% for page in pages %}<input type="radio" name="experiment" id="tab-{{ loop.index }}"{% if loop.first %} checked{% endif %}><label for="tab-{{ loop.index }}">{{ page.name }}</label><iframe title="{{ page.name }}" srcdoc="{{ page.html }}"></iframe>
{% endfor %}
</body>
</html>
"""
