"""A fuzzer over the readers and the structure of judgments: whatever the bytes, nothing raises and
records are sound.

    pip install atheris==3.0.0        # not part of the environment: CPython 3.11 to 3.13 on Linux
    PYTHONPATH=tests/helpers python tests/fuzz/corpus.py --seconds 600

It ends with an error, and the bytes that made it in a file `crash-…`, if an exception leaves an
entry point, an invariant does not hold, or an input of a few thousand bytes takes longer than 20
seconds. The first byte of an input chooses the entry point; it starts from synthetic judgments in
every format, and mixes the words of judgments in.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lexpro", "docx", "pypdf", "tarfile", "zipfile", "csv"]):
    import corpora
    import docx
    import pypdf

    from lexpro.config.corpus import Noise
    from lexpro.corpus.filtering import duplicates, filters
    from lexpro.corpus.filtering.codes import Codes
    from lexpro.corpus.filtering.contamination import BenchmarkIndex
    from lexpro.corpus.filtering.masking import mask_judgment
    from lexpro.corpus.parsing import amounts, operative, payments, shares
    from lexpro.corpus.parsing.structure import structure
    from lexpro.corpus.readers.archives import ARCHIVE_READERS
    from lexpro.corpus.readers.base import Document, Fields, Reject
    from lexpro.corpus.readers.dispatch import read
    from lexpro.corpus.readers.streams import PAGES, RECORDS
    from lexpro.corpus.synthetic import generate
    from lexpro.law import articles, charges, circumstances, money, numerals, provinces, terms
    from lexpro.records import SECTIONS, Defendant, Judgment

ROOT = Path(__file__).parents[2]
FIELDS = Fields(("全文", "text", "a.b", "x+y"), ("案号",))
SUFFIXES = (*RECORDS, *PAGES, *ARCHIVE_READERS, ".jsonl.gz", ".txt.zst", ".doc")
SETTINGS = corpora.selection(filters=list(filters.FILTERS))
BENCHMARKS = BenchmarkIndex([("item", "被告人窃得他人财物，" * 40)])
WORDS = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split()


def reading(data: bytes, suffix: str, folder: Path) -> None:
    """Bytes under a name: documents that can be written as UTF-8, or rejects."""
    path = folder / f"a{suffix}"
    path.write_bytes(data)
    for found in read(path, path.name, FIELDS):
        assert isinstance(found, Document | Reject)
        assert found.file.startswith(path.name)
        if isinstance(found, Document):
            found.text.encode("utf-8")
            assert found.text.strip() and found.record >= 1


def record(text: str) -> None:
    """A text: its record is sound, survives JSON and masking, and every later step takes it."""
    judgment = structure(text, "x", "湖北")
    again = Judgment.from_json(judgment.to_json())
    assert [field.name for field in fields(again)] == [field.name for field in fields(judgment)]
    spans = list(judgment.sections.values())
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in zip(spans, spans[1:], strict=False))
    assert list(judgment.sections) == [name for name in SECTIONS if name in judgment.sections]
    for defendant in judgment.defendants:
        assert defendant.name and len(defendant.charges) == len(set(defendant.charges))
        assert (
            min(defendant.fine, defendant.probation_months, defendant.restitution, defendant.compensation)
            >= 0
        )
    filters.decide(judgment, text, SETTINGS)
    masked, moved, _ = mask_judgment(text, judgment)
    assert all(0 <= start <= end <= len(masked) for start, end in moved.sections.values())


def law(text: str) -> None:
    """The law library, each part of it on its own."""
    for part in (articles, charges, money, numerals, terms):
        for found in part.find(text):
            assert found is not None
    for parse in (articles.parse, articles.literal, money.parse, numerals.parse, terms.parse, charges.split):
        parse(text)
    for find in (
        terms.probation,
        terms.deprivation,
        provinces.locate,
        provinces.by_case_number,
        circumstances.find,
    ):
        find(text)
    for citation in articles.find(text):
        assert 0 <= citation.start < citation.end <= len(text)
        assert articles.parse_ref(citation.article.ref) is None or citation.article.number < 10_000
    both = [Defendant("张某甲"), Defendant("张某")]
    payments.assign(text, both)
    payments.ordered(text)
    shares.assign(text, text, amounts.amount(text, text), both)
    operative.read(text, ["张某甲", "张某"])


def comparing(text: str) -> None:
    """Texts as they are compared: digests, signatures, shingles."""
    codes = Codes.from_texts([text, text + "。", ""])
    assert codes.texts()[0] == text + "\n"
    digests = codes.digests()
    assert digests[0] == digests[1]
    duplicates.signatures(codes, 5, 16)
    BENCHMARKS.overlaps([text], [len(text) // 2])


def one(folder: Path) -> Callable[[bytes], None]:
    """The entry of libFuzzer."""
    texts = (record, record, record, law, comparing)

    def test(data: bytes) -> None:
        choice, data = data[:1], data[1:]
        number = choice[0] if choice else 0
        if number < 128:
            reading(data, SUFFIXES[number % len(SUFFIXES)], folder)
        else:
            texts[number % len(texts)](data.decode("utf-8", errors="ignore"))

    return test


def seeds(folder: Path) -> None:
    """Synthetic judgments: as texts for each entry point, and in every format."""
    noise = dict.fromkeys(Noise.model_fields, 0.1)
    settings = corpora.synthetic(documents_per_province=6, noise=noise)
    texts = [text for text, _ in generate.generate(settings, "湖北")]
    line = json.dumps({"全文": texts[0], "案号": "x"}, ensure_ascii=False).encode()
    page = f"<html><body><div class='PDF_pox'>{''.join(f'<p>{t}</p>' for t in texts[:1])}</div></body></html>".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", texts[0])
        archive.writestr("b.jsonl", line)
    tape = io.BytesIO()
    with tarfile.open(fileobj=tape, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(line)
        archive.addfile(info, io.BytesIO(line))
    word = io.BytesIO()
    document = docx.Document()
    document.add_paragraph(texts[0])
    document.save(word)
    sheet = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(sheet)
    made = {
        ".jsonl": line, ".ndjson": line, ".json": b"[" + line + b"]", ".csv": "案号,全文\nx,盗窃\n".encode(),
        ".txt": texts[0].encode("gb18030"), ".html": page, ".htm": page, ".docx": word.getvalue(),
        ".pdf": sheet.getvalue(),
        ".zip": packed.getvalue(), ".tar": tape.getvalue(), ".tar.gz": gzip.compress(tape.getvalue()),
        ".jsonl.gz": gzip.compress(line),
    }  # fmt: skip
    for suffix, data in made.items():
        (folder / f"seed{suffix}").write_bytes(bytes([SUFFIXES.index(suffix)]) + data)
    for number, text in enumerate(texts):
        for choice in range(5):
            (folder / f"text{number}-{choice}").write_bytes(bytes([130 + choice]) + text.encode())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=600, help="how long to look")
    parser.add_argument("--crash", type=Path, help="run one saved input instead")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "work").mkdir()
        if args.crash:
            one(folder / "work")(args.crash.read_bytes())
            return
        (folder / "corpus").mkdir()
        seeds(folder / "corpus")
        escaped = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in WORDS)
        (folder / "words").write_text("".join(f'"{word}"\n' for word in escaped), encoding="ascii")
        options = [f"-max_total_time={args.seconds}", "-max_len=6000", "-timeout=20", "-rss_limit_mb=3500"]
        atheris.Setup(
            [sys.argv[0], *options, f"-dict={folder / 'words'}", str(folder / "corpus")], one(folder / "work")
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main()
