"""The page of an experiment as a Jinja template."""

from __future__ import annotations

from lexpro.report.template_base import FOOT, HEAD
from lexpro.report.template_corpus import CORPUS

PAGE = (
    HEAD
    + """<header><div>
<h1>LexPro: experiment <q>{{ experiment }}</q></h1>
<p>A Chinese legal reasoning model, from raw judgments (裁判文书) to evaluation,
with every number made by one command.</p>
<nav>{% for id, title in sections %}<a href="#{{ id }}">{{ title }}</a>
{% endfor %}</nav>
</div></header>
<main>

<div class="note"><p><b>What this is, and is not.</b> {{ status }}</p></div>

<h2 id="numbers">Key numbers</h2>
<div class="wide"><table class="key">
<thead>
<tr><th>task</th><th>metric</th>
{% for variant, kinds in columns.items() %}<th colspan="{{ kinds|length }}">{{ variant_names[variant] }}</th>
{% endfor %}
</tr>
<tr><th></th><th></th>
{% for kinds in columns.values() %}{% for kind in kinds %}<th>{{ retrieval_names[kind] }}</th>
{% endfor %}{% endfor %}
</tr>
</thead>
<tbody>
{% for line in key_numbers %}
<tr><td>{{ line.task }}</td><td>{{ line.metric }}</td>
{% for cell in line.cells %}
{% if cell %}
<td><b>{{ "%.3f"|format(cell.value) }}</b>
<small>{{ "%.3f"|format(cell.low) }} to {{ "%.3f"|format(cell.high) }}</small></td>
{% else %}
<td class="soft">–</td>
{% endif %}
{% endfor %}
</tr>
{% endfor %}
</tbody></table></div>
<p class="soft">{{ key_text }}</p>
{% for text in effects %}
<p>{{ text }}</p>
{% endfor %}

<h2 id="evaluation">Evaluation</h2>
{{ figure("scores") }}
<details><summary>All scores with outcomes</summary>{{ grid(tables["scores"]) }}</details>
<details><summary>Each element, and the errors that the paper shows</summary>
{{ grid(tables["fields"]) }}
{{ grid(tables["confusions"]) }}
</details>
{% if tables["benchmarks"].rows %}
<h3>{{ tables["benchmarks"].title }}</h3>
{{ grid(tables["benchmarks"]) }}
{% endif %}
{% for name in ("elements", "consistency", "comparisons", "noise", "baselines") if tables[name].rows %}
<details><summary>{{ tables[name].title }}</summary>{{ grid(tables[name]) }}</details>
{% endfor %}
{{ figure("retrieval") }}
<details><summary>Recall by system</summary>{{ grid(tables["retrieval"]) }}</details>

<h2 id="examples">Worked examples</h2>
<p>{{ examples_text }}</p>
<p>{{ marks(legend) }}</p>
{% for example in examples %}
<div class="card"><h3>Example {{ loop.index }}: {{ example.title }}</h3>
<blockquote>{{ example.text }}</blockquote>
{{ answers(example) }}
</div>
{% endfor %}

<h2 id="training">Training</h2>
{{ figure("sft") }}
{{ figure("grpo") }}
<h3>Where the curves begin and end</h3>
<p>{{ tables["training"].title }}.</p>
{{ grid(tables["training"]) }}

"""
    + CORPUS
    + """
<h2 id="provenance">Provenance</h2>
<dl>{% for name, value in provenance %}<dt>{{ name }}</dt><dd>{{ value }}</dd>
{% endfor %}</dl>
{{ grid(tables["stages"]) }}

<h2 id="files">Files and links</h2>
<ul>
<li>Tables, held in this page:
{% for name, uri in downloads %}
<a download="{{ name }}" href="{{ uri }}">{{ name }}</a>{{ "." if loop.last else "," }}
{% endfor %}</li>
<li>In <code>results/experiments/{{ experiment }}/</code>: <code>summary.json</code> with every number
of this page, figures as SVG and PNG, tables as CSV, Markdown and LaTeX.</li>
<li>The paper whose recipe this reruns:
<a href="https://arxiv.org/abs/2503.06949">LexPro-1.0 Technical Report, arXiv:2503.06949</a>.</li>
<li>How it is built, and what was assumed where the paper is silent: <code>docs/design.md</code>,
<code>docs/assumptions.md</code>.</li>
</ul>
"""
    + FOOT
)
