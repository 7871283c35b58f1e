"""Synthetic corpus: Chinese criminal judgments of first instance with known truth and known noise.

They are in our own words: no text of a real judgment, no real person. Each document depends on
(seed, province, number) only: provinces are independent of each other, and any document can be made
again on its own. That is how a duplicate in one province can be of a document in another.

    for text, truth in generate(settings, "湖北"): ...
    rows = write(settings, "湖北", Path("raw/湖北"))

`truth` is `records.Judgment.to_dict()` (doc_id, sections and all) plus `noise` (one of `NOISE`, or
None) and `duplicate_of` (the doc_id of the original of a duplicate, or None); `write` adds where
the document went: `format`, `file` (below the folder) and `record` (1 for the first).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

from lexpro.config.corpus import Synthetic
from lexpro.corpus.synthetic import case as synthetic_case
from lexpro.corpus.synthetic import noise
from lexpro.corpus.synthetic.compact import compact
from lexpro.corpus.synthetic.files import Files
from lexpro.corpus.synthetic.full import full
from lexpro.corpus.synthetic.text import assemble, cited, judgment

STYLES = {"compact": compact, "full": full}

# Kinds of noise and the share that configuration gives each under `noise:`. `empty` and `broken`
# cannot be read at all.
NOISE = ("exact_duplicate", "near_duplicate", "second_instance", "civil", "cut", "hidden", "empty", "broken")


def doc_id(province: str, number: int) -> str:
    """The identifier of a document: 湖北-000007."""
    return f"{province}-{number:06d}"


def _rng(settings: Synthetic, province: str, number: int, purpose: str) -> Random:
    return Random(f"{settings.seed}/{province}/{number}/{purpose}")


def kind_of(settings: Synthetic, province: str, number: int) -> str | None:
    """The noise of a document, None for a good one.

    The first of a province is good, so that duplicates have an original.

    Args:
        settings: the seed, and the share of each kind of noise.
        province: short name.
        number: of the document in its province, from 0.

    Returns:
        One of `NOISE`, or None.
    """
    if number == 0:
        return None
    draw = _rng(settings, province, number, "kind").random()
    for name in NOISE:
        draw -= getattr(settings.noise, name)
        if draw < 0:
            return name
    return None


def clean(settings: Synthetic, province: str, number: int) -> tuple[str, dict]:
    """A good judgment and its truth.

    Args:
        settings: of the generator.
        province: short name.
        number: of the document in its province, from 0.

    Returns:
        (text, truth); the truth is a `Judgment` as a dictionary, without `noise` and
        `duplicate_of`.
    """
    rng = _rng(settings, province, number, "text")
    case = synthetic_case.draw(rng, settings, province, number + 1)
    articles = cited(rng, case)
    text, spans = assemble(STYLES[settings.style](rng, case, articles))
    return text, judgment(case, doc_id(province, number), articles, text, spans).to_dict()


def _original(settings: Synthetic, province: str, number: int, rng: Random) -> tuple[str, int]:
    """A good document to be copied: of this province before `number`, or of another one."""
    if rng.random() < settings.cross_province_share and len(settings.provinces) > 1:
        province = rng.choice([name for name in settings.provinces if name != province])
        number = settings.documents_per_province
    while True:
        number = rng.randrange(max(1, number))
        if kind_of(settings, province, number) is None:
            return province, number


def document(settings: Synthetic, province: str, number: int) -> tuple[str, dict]:
    """Document `number` of a province (text, truth), noise included.

    Args:
        settings: of the generator.
        province: short name.
        number: from 0, below `documents_per_province`.

    Returns:
        (text, truth), the truth as the module says.
    """
    kind = kind_of(settings, province, number)
    if kind is None:
        text, truth = clean(settings, province, number)
        return text, {**truth, "noise": None, "duplicate_of": None}
    rng = _rng(settings, province, number, "noise")
    original = None
    if kind in ("exact_duplicate", "near_duplicate"):
        source = _original(settings, province, number, rng)
        text, truth = clean(settings, *source)
        original = doc_id(*source)
        if kind == "near_duplicate":
            text, truth = noise.edited(rng, text, truth)
    else:
        text, truth = noise.spoil(kind, rng, *clean(settings, province, number))
    return text, {**truth, "doc_id": doc_id(province, number), "noise": kind, "duplicate_of": original}


def generate(settings: Synthetic, province: str) -> Iterator[tuple[str, dict]]:
    """All documents of a province as (text, truth), in order.

    The module says what `truth` holds.
    """
    for number in range(settings.documents_per_province):
        yield document(settings, province, number)


def write(settings: Synthetic, province: str, folder: Path) -> list[dict]:
    """Write the raw files of a province as a user would have them (`files.py`).

    Args:
        settings: of the generator.
        province: short name.
        folder: of the province, where the files go.

    Returns:
        The truth, a row a document.
    """
    rows = []
    with Files(settings.formats, _rng(settings, province, 0, "files"), folder) as files:
        for text, truth in generate(settings, province):
            rows.append({**truth, **files.add(text, truth)})
    return rows
