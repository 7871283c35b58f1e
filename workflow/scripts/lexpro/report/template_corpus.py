"""The corpus as a section of an experiment's page, and as a page of its own, where nothing was
trained on it.
"""

from __future__ import annotations

from lexpro.report.template_base import FOOT, HEAD

CORPUS = """
<h2 id="corpus">Corpus</h2>
{{ figure("funnel") }}
{{ figure("map") }}
<details><summary>The funnel of each province</summary>{{ grid(tables["provinces"]) }}</details>
{{ figure("spread") }}
<details><summary>These numbers as a table</summary>{{ grid(tables["spread"]) }}</details>
{{ figure("provinces") }}
<details><summary>All charges</summary>{{ grid(tables["charges"]) }}</details>

<h3>Duplicates</h3>
<p>{{ families_text }}</p>
{{ grid(tables["sizes"]) }}
<details><summary>{{ tables["families"].title }}</summary>{{ grid(tables["families"]) }}</details>

<h3>What was masked</h3>
<p>{{ masked_text }}</p>
{{ grid(tables["masked"]) }}

<h3 id="left-out">What was left out, and why</h3>
<p>{{ sum_check }} A document counts under the first reason that applies to it; others may apply too. Each has a row
with its reason and detail, and of dropped documents the masked text, in these files:</p>
<ul>
{% for path, href, what in row_files %}<li><a href="{{ href }}"><code>{{ path }}</code></a> {{ what }}</li>
{% endfor %}
</ul>
{{ grid(tables["dropped"]) }}
<p class="soft">Examples of dropped documents are their <code>doc_id</code>; of unreadable ones the endings of their
file names. To read the rows of one reason:</p>
<pre>{{ row_code }}</pre>
"""

CORPUS_PAGE = (
    HEAD
    + """<header><div>
<h1>LexPro: the corpus of <q>{{ experiment }}</q></h1>
<p>From raw judgments (裁判文书) to those worth training on: what was kept, and the reason for each that was not.</p>
</div></header>
<main>
"""
    + CORPUS
    + """
<h2>Tables</h2>
<p>Held in this page:
{% for name, uri in downloads %}
<a download="{{ name }}" href="{{ uri }}">{{ name }}</a>{{ "." if loop.last else "," }}
{% endfor %}</p>
"""
    + FOOT
)
