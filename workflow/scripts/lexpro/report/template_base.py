"""What all pages share, as Jinja templates: style, macros, head and foot. Nothing is loaded,
nothing runs.
"""

from __future__ import annotations

# "LexPro Han" is the font that the page carries. It stands first: its unicode-range leaves Latin
# letters to the reader's own fonts. As a fallback at the end, Chromium draws boxes for the first
# words that need it.
STYLE = """
:root {
  --ink:#1f2328; --soft:#57606a; --line:#d8dee4; --wash:#f6f8fa;
  --blue:#0072B2; --red:#b34700; --green:#00684d;
  --sans:"LexPro Han",system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;
  --mono:"LexPro Han",ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
}
* { box-sizing:border-box }
body { margin:0; color:var(--ink); background:#fff; font:16px/1.55 var(--sans) }
main,header>div,footer>div { max-width:1060px; margin:0 auto; padding:0 24px }
header { background:#0b2239; color:#fff; padding:34px 0 26px }
header h1 { margin:0 0 4px; font-size:30px; line-height:1.2; font-weight:650 }
header p { margin:0; color:#c9d6e4 }
nav { margin-top:18px; font-size:14.5px }
nav a { color:#fff; margin-right:18px; white-space:nowrap }
nav a { text-decoration:none; border-bottom:1px solid #6d87a3 }
h2 { font-size:22px; margin:46px 0 10px; padding-bottom:6px; border-bottom:1px solid var(--line) }
h3 { font-size:17px; margin:26px 0 6px }
p,ul { margin:8px 0; max-width:800px }
a { color:var(--blue) }
code { font:13px/1.4 var(--mono); overflow-wrap:anywhere }
td code { white-space:nowrap }
.note { border-left:4px solid #E69F00; background:#fff8e8; padding:10px 16px; margin:24px 0 }
.note p { max-width:none }
.wide { overflow-x:auto }
table { border-collapse:collapse; margin:10px 0; font-size:14px; font-variant-numeric:tabular-nums }
th,td { padding:5px 12px; border-bottom:1px solid var(--line); text-align:left; vertical-align:top }
thead th { background:var(--wash); border-bottom:2px solid var(--line) }
thead th { font-weight:600; vertical-align:bottom }
.n { text-align:right }
.line { white-space:nowrap }
.key td { font-size:15px }
.key td:first-child,.key small { white-space:nowrap }
.key small { display:block; font-size:12px }
.key small,.soft { color:var(--soft) }
figure { margin:22px 0 8px }
figure img { display:block; max-width:100%; height:auto }
figcaption { color:var(--soft); font-size:14px; max-width:800px; margin-top:6px }
figcaption b { color:var(--ink) }
.card { border:1px solid var(--line); border-radius:6px; margin:20px 0; padding:14px 18px 10px }
.card h3 { margin:0 0 4px }
.card table { width:100%; table-layout:fixed }
.card thead th:first-child { width:21% }
.card th.who { background:none; border-bottom:1px solid var(--line); padding-top:10px; font-weight:600 }
.card p { font-size:14px }
blockquote { margin:8px 0 4px; padding:8px 14px; background:var(--wash); font-size:14px }
blockquote { max-height:24em; overflow-y:auto; white-space:pre-line }
.m { display:inline-block; margin:1px 4px 1px 0; padding:0 7px; border-radius:4px; border:1px solid }
.m { overflow-wrap:break-word; max-width:100% }
.right { color:var(--green); background:#e6f5ef; border-color:#8cccb5 }
.wrong { color:var(--red); background:#fdeee3; border-color:#eab38d }
.missed { color:var(--soft); background:#fff; border-color:#a9b1ba; border-style:dashed }
details { margin:6px 0 }
summary { cursor:pointer; color:var(--blue); font-size:14px }
pre { padding:10px; background:var(--wash); font:13px/1.5 var(--mono) }
pre { white-space:pre-wrap; overflow-wrap:anywhere; max-height:16em; overflow-y:auto }
dl { display:grid; grid-template-columns:max-content 1fr; gap:4px 20px; margin:10px 0; font-size:14.5px }
dt { color:var(--soft) }
dd { margin:0; overflow-wrap:anywhere }
footer { color:var(--soft); font-size:14px; margin:50px 0 30px }
@media (max-width:700px) {
  body { font-size:15px }
  th,td { padding:4px 6px }
  figure img { max-width:none; width:680px }
  #figure-provinces img { width:1000px }
  .wide td { white-space:nowrap }
  .card { padding:10px }
  .card table { width:640px }
  .card td { white-space:normal }
}
@media print { nav,details { display:none } figure,.card { break-inside:avoid } }
"""

MACROS = """
{% macro marks(found) %}
{% for mark in found %}<span class="m {{ mark.kind }}">{{ symbols[mark.kind] }}&nbsp;{{ mark.value }}</span>
{% endfor %}
{% endmacro %}

{% macro grid(table) %}
<div class="wide"><table>
<thead><tr>
{% for column in table.columns %}<th{{ ' class="n"'|safe if table.numeric()[loop.index0] }}>{{ column }}</th>
{% endfor %}
</tr></thead>
<tbody>
{% for row in table.shown() %}
<tr>
{% for cell in row %}
{% set column = table.columns[loop.index0] %}
{% if column in ("key", "name") %}<td><code>{{ cell }}</code></td>
{% elif column == "most in" %}<td class="line">{{ cell }}</td>
{% else %}<td{{ ' class="n"'|safe if table.numeric()[loop.index0] }}>{{ cell }}</td>
{% endif %}
{% endfor %}
</tr>
{% endfor %}
</tbody></table></div>
{% if table.note %}<p class="soft">{{ table.note }}</p>
{% endif %}
{% endmacro %}

{% macro figure(name) %}
{% set f = figures[name] %}
<figure id="figure-{{ name }}"><div class="wide"><img src="{{ f.image }}" alt="{{ f.title }}"></div>
<figcaption><b>Figure {{ f.number }}. {{ f.title }}.</b> {{ f.text }}</figcaption></figure>
{% endmacro %}

{% macro answers(example) %}
<div class="wide"><table>
<thead><tr><th>element</th><th>truth</th>
{% for variant, f1 in example.f1.items() %}
<th>{{ variant_names[variant] }} <span class="soft">F1 {{ "%.2f"|format(f1) }}</span></th>
{% endfor %}
</tr></thead>
<tbody>
{% for line in example.lines %}
{% if loop.changed(line.defendant) %}
<tr><th colspan="{{ 2 + example.f1|length }}" class="who">
{{- "被告人 " ~ line.defendant if line.defendant else "全案 the whole case" }}</th></tr>
{% endif %}
<tr><td>{{ line.field }} <span class="soft">{{ glosses.get(line.field, "") }}</span></td>
<td>{{ line.gold|join("、") or "–" }}</td>
{% for variant in example.f1 %}
<td>
{%- if variant in line.answers %}{{ marks(line.answers[variant]) }}
{% else %}<span class="soft">–</span>{% endif -%}
</td>
{% endfor %}
</tr>
{% endfor %}
</tbody></table></div>
{% for variant, why in example.unreadable.items() %}
<p class="soft">{{ variant_names[variant] }} gave no answer that can be read: {{ why }}.</p>
{% endfor %}
<details><summary>What the variants wrote</summary>
{% for variant, text in example.completions.items() %}
<p class="soft">{{ variant_names[variant] }}</p><pre>{{ text }}</pre>
{% endfor %}
</details>
{% endmacro %}
"""

HEAD = (
    MACROS
    + """<!doctype html>
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
"""
)

FOOT = """</main>
<footer><div>Chinese type: Noto Sans CJK SC (SIL Open Font License 1.1), cut down to the
characters of this page.</div></footer>
</body>
</html>
"""
