"""Raw files of every kind: what can be read is read, what cannot has a reject that says where and
why.
"""

from __future__ import annotations

import errno
import gzip
import io
import json
import os
import random
import struct
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from random import Random

import corpora
import docx
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus import ingest as ingesting
from lexpro.corpus import judgments, tables
from lexpro.corpus.ingest import Source, identity, ingest
from lexpro.corpus.parsing.structure import structure
from lexpro.corpus.readers import raw_files as raw_module
from lexpro.corpus.readers import record_files
from lexpro.corpus.readers.base import Document, Fields, Reject
from lexpro.corpus.readers.dispatch import read
from lexpro.corpus.readers.streams import RECORDS
from lexpro.corpus.synthetic import generate
from lexpro.encoding import Undecodable, decode, tidy

MIRROR = Path(os.environ.get("LEXPRO_MIRROR", "/nonexistent"))
CONFIG = Path(__file__).parents[2] / "config"
FIELDS = Fields(("全文", "text", "a.b"), ("案号",))
TEXT = "某市人民法院\n刑事判决书\n被告人张某甲犯盗窃罪，判处有期徒刑六个月，并处罚金人民币１０００元。"


def found(path: Path, data: bytes) -> list[Document | Reject]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return list(read(path, path.name, FIELDS))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding):
    text, said = decode(TEXT.encode(encoding))
    assert tidy(text) == TEXT
    assert said.replace("-sig", "") == encoding.replace("-sig", "")


@pytest.mark.parametrize("data", [b"\xff\xff\x80\x81\x00" * 40, b"\x00\x01\x02\x03" * 50])
def test_bytes_that_are_no_text(data):
    with pytest.raises(Undecodable):
        decode(data)


def html_page(body: str, charset: str) -> bytes:
    page = f'<html><head><meta charset="{charset}"><title>x</title><script>1</script></head>'
    return (page + f"<body><div>menu</div><div class='PDF_pox'>{body}</div></body></html>").encode(charset)


def word_file(text: str) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    for line in text.split("\n"):
        document.add_paragraph(line)
    document.save(out)
    return out.getvalue()


def pdf_file(text: str) -> bytes:
    """A page for every 3 lines, in a font whose codes are mapped to characters (ToUnicode), as
    printers make them.
    """
    lines = text.split("\n")
    pages = [lines[start : start + 3] for start in range(0, len(lines), 3)]
    mapping = "".join(f"<{ord(c):04X}> <{ord(c):04X}>\n" for c in sorted(set(text) - {"\n"}))
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap /CMapType 2 def\n1 begincodespacerange <0000> <FFFF> "
        f"endcodespacerange\n{mapping.count('<') // 2} beginbfchar\n{mapping}endbfchar endcmap end"
    )
    kids = " ".join(f"{7 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [4 0 R] "
        "/ToUnicode 6 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /FontDescriptor 5 0 R /DW 1000 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        "<< /Type /FontDescriptor /FontName /X /Flags 4 >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
    ]
    for number, page in enumerate(pages):
        drawn = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td" for line in page)
        content = f"BT /F1 12 Tf 50 700 Td {drawn} ET"
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {8 + 2 * number} 0 R >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        ]
    out, places = "%PDF-1.5\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    trailer = f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF"
    return f"{out}xref\n0 {size}\n0000000000 65535 f \n{table}{trailer}".encode("ascii")


def zip_file(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tar_file(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def parquet_file(rows: list[dict]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), out)
    return out.getvalue()


LINE = json.dumps({"全文": TEXT, "案号": "（2021）鄂0102刑初1号"}, ensure_ascii=False)
PARAGRAPHS = "".join(f"<p>{line}</p>\n" for line in TEXT.split("\n"))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", TEXT.replace("\n", "\r\n").encode("gb18030")),
        ("a.jsonl", LINE.encode()),
        ("a.jsonl", LINE.encode("gb18030")),
        ("a.jsonl", LINE.encode("utf-16")),
        ("a.jsonl.gz", gzip.compress(LINE.encode())),
        ("a.jsonl.zst", zstandard.compress(LINE.encode())),
        ("a.json", LINE.encode()),
        ("a.json", json.dumps([{"text": TEXT}], indent=1).encode()),
        ("a.json", json.dumps({"a": {"b": TEXT}}, ensure_ascii=False, indent=2).encode()),
        ("a.csv", f'案号,全文\nx,"{TEXT}"\n'.encode("utf-8-sig")),
        ("a.csv", f'案号\t全文\nx\t"{TEXT}"\n'.encode("gb18030")),
        ("a.parquet", parquet_file([{"text": TEXT}])),
        ("a.html", html_page(PARAGRAPHS, "utf-8")),
        ("a.HTM", html_page(PARAGRAPHS, "gbk")),
        ("a.docx", word_file(TEXT)),
        ("a.txt", TEXT.encode("utf-8-sig")),
        ("a.txt", TEXT.encode("utf-16")),
        ("a.txt", TEXT.encode("utf-16-be")),
        ("a.csv", f'案号,全文\nx,"{TEXT}"\n'.encode("utf-16")),
        ("a.csv.gz", gzip.compress(f'案号,全文\nx,"{TEXT}"\n'.encode())),
        ("a.txt.zst", zstandard.compress(TEXT.encode("gb18030"))),
        ("a.json", json.dumps([{"text": TEXT}]).encode("utf-16")),
    ],
)
def test_formats(tmp_path, name, data):
    (document,) = found(tmp_path / name, data)
    assert isinstance(document, Document), document
    assert document.text == TEXT
    assert (document.file, document.record) == (name, 1)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.txt", b"", "empty"),
        ("a.txt", " \n\u3000".encode(), "empty"),
        ("a.txt", b"\xff\xff\x80" * 50, "undecodable"),
        ("a.jsonl", LINE[:-5].encode(), "bad_json"),
        ("a.jsonl", b'{"x": 1}', "no_text_field"),
        ("a.jsonl", b'{"text": " "}', "empty"),
        ("a.jsonl", b"[1]", "not_a_record"),
        ("a.jsonl", rb'{"text": "half \ud800 a character"}', "undecodable"),
        ("a.csv", "全文\n盗窃".encode() + b"\xff\xfe\n", "undecodable"),
        ("a.csv", b'text\n"a","b"\n', "bad_csv"),
        ("a.json", b'[{"text": "' + TEXT.encode(), "bad_json"),
        ("a.parquet", b"PAR1 nonsense", "bad_parquet"),
        ("a.docx", b"nonsense", "bad_docx"),
        ("a.pdf", b"nonsense", "bad_pdf"),
        ("a.jsonl.gz", gzip.compress(LINE.encode())[:-20], "damaged_archive"),
        ("a.zip", b"nonsense", "damaged_archive"),
        ("a.doc", b"nonsense", "unsupported_format"),
        ("a.html", b"", "empty"),
    ],
)
def test_rejects(tmp_path, name, data, reason):
    (reject,) = found(tmp_path / name, data)
    assert isinstance(reject, Reject), reject
    assert (reject.reason, reject.file) == (reason, name)


def test_damage_does_not_stop_the_rest_of_a_file(tmp_path):
    bad = LINE[:-9].encode()
    rows = found(tmp_path / "a.jsonl", b"\n".join([LINE.encode(), bad, b"\xff\xfe\x80", LINE.encode()]))
    assert [type(row) for row in rows] == [Document, Reject, Reject, Document]
    assert [row.record for row in rows] == [1, 2, 3, 4]
    assert rows[1].byte > len(LINE.encode())
    assert rows[2].byte == len(LINE.encode()) + 1 + len(bad) + 1


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_lines_before_the_damage_of_a_packed_file_are_read(tmp_path, suffix):
    rng = Random(1)
    lines = [json.dumps({"text": rng.randbytes(400).hex()}).encode() for _ in range(1000)]
    pack = gzip.compress if suffix == ".gz" else zstandard.compress
    rows = found(tmp_path / f"a.jsonl{suffix}", pack(b"\n".join(lines))[:-5000])
    assert [row.record for row in rows[:-1]] == list(range(1, len(rows)))
    assert all(isinstance(row, Document) for row in rows[:-1]) and len(rows) > 500
    assert isinstance(rows[-1], Reject)


def test_a_page_of_the_court_website_that_is_a_string_in_a_script(tmp_path):
    page = json.dumps(
        {"Title": "x", "Html": "<a name='WBSB'></a><div>某市人民法院</div><div>被告人张某甲</div>"}
    )
    script = (
        f"<html><body><script>$(function(){{var jsonHtmlData = {json.dumps(page)};}})</script></body></html>"
    )
    (document,) = found(tmp_path / "a.html", script.encode())
    assert document.text == "某市人民法院\n被告人张某甲"


def test_pdf_with_text_over_pages(tmp_path):
    """Lines that the page broke are joined, page numbers are left out; the record is that of the
    text.
    """
    judgment, _ = generate.clean(corpora.synthetic(style="full"), "湖北", 4)
    broken = "\n".join(line[at : at + 30] for line in judgment.split("\n") for at in range(0, len(line), 30))
    (document,) = found(tmp_path / "a.pdf", pdf_file(broken.replace("经审理查明", "- 2 -\n经审理查明")))
    assert isinstance(document, Document), document
    assert document.encoding == "pdf"
    assert document.text.replace("\n", "") == judgment.replace("\n", "")
    read_, meant = structure(document.text, "x"), structure(judgment, "x")
    for name in ("case_number", "court", "date", "articles", "restitution", "compensation", "defendants"):
        assert getattr(read_, name) == getattr(meant, name), name


def test_word_tables_stand_where_they_stood(tmp_path):
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph("某市人民法院")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "被告人", "张某甲"
    document.add_paragraph("判决如下")
    document.save(out)
    (read_,) = found(tmp_path / "a.docx", out.getvalue())
    assert read_.text == "某市人民法院\n被告人\n张某甲\n判决如下"


CONTAINED = {
    "x/one.txt": TEXT.encode("gb18030"),
    "__MACOSX/one.txt": b"junk",
    "x/.hidden.txt": b"junk",
    "two.jsonl": (LINE + "\n" + LINE).encode(),
    "two.csv.gz": gzip.compress(f'案号,全文\nx,"{TEXT}"\n'.encode()),
    "三.html": html_page(PARAGRAPHS, "gbk"),
    "four.docx": word_file(TEXT),
    "five.parquet": parquet_file([{"text": TEXT}]),
    "six.pdf": pdf_file(TEXT),
    "note.md": b"?",
}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zip_file(CONTAINED)),
        ("a.tar.gz", tar_file(CONTAINED)),
        ("a.tgz", tar_file(CONTAINED)),
        ("a.tar", tar_file(CONTAINED, "w")),
    ],
)
def test_archives(tmp_path, name, data):
    rows = found(tmp_path / name, data)
    assert [(row.file, row.record) for row in rows if isinstance(row, Document)] == [
        (f"{name}/{inner}", record)
        for inner, record in [
            ("x/one.txt", 1), ("two.jsonl", 1), ("two.jsonl", 2), ("two.csv.gz", 1), ("三.html", 1),
            ("four.docx", 1), ("five.parquet", 1), ("six.pdf", 1),
        ]
    ]  # fmt: skip
    texts = {row.text.replace("\n", "") for row in rows if isinstance(row, Document)}
    assert texts == {TEXT.replace("\n", "")}
    assert [(row.file, row.reason) for row in rows if isinstance(row, Reject)] == [
        (f"{name}/note.md", "unsupported_format")
    ]


def test_names_that_windows_wrote(tmp_path):
    """Member names in GBK without a mark that they are."""
    path = tmp_path / "a.zip"
    data = zip_file({"#" * 8 + ".txt": TEXT.encode()})
    path.write_bytes(data.replace(b"#" * 8, "判决文书".encode("gbk")))
    assert [row.file for row in read(path, "a.zip", FIELDS)] == ["a.zip/判决文书.txt"]


def test_a_member_without_a_name(tmp_path):
    """Found by the fuzzer."""
    data = bytearray(zip_file({"a": b"x", "b.txt": TEXT.encode()}))
    # The lengths of name and extra field, in the member's own header and in the directory.
    for place in (26, data.find(b"PK\x01\x02") + 28):
        data[place : place + 4] = struct.pack("<HH", 0, 1)
    reject, document = found(tmp_path / "a.zip", bytes(data))
    assert isinstance(reject, Reject) and reject.file == "a.zip/"
    assert document.text == TEXT


def test_archives_within_archives(tmp_path):
    inner = zip_file({"b/one.txt": TEXT.encode()})
    middle = tar_file({"inner.zip": inner, "broken.zip": b"junk", "two.txt": TEXT.encode()})
    rows = found(tmp_path / "a.zip", zip_file({"m.tar.gz": middle, "three.txt": TEXT.encode()}))
    assert [(row.file, getattr(row, "reason", "")) for row in rows] == [
        ("a.zip/m.tar.gz/inner.zip/b/one.txt", ""),
        ("a.zip/m.tar.gz/broken.zip", "damaged_archive"),
        ("a.zip/m.tar.gz/two.txt", ""),
        ("a.zip/three.txt", ""),
    ]
    deep = zip_file({"one.txt": TEXT.encode()})
    for _ in range(4):
        deep = zip_file({"x.zip": deep})
    (reject,) = found(tmp_path / "a.zip", deep)
    assert (reject.reason, reject.file) == ("nested_archive", "a.zip/x.zip/x.zip/x.zip")
    (reject,) = found(tmp_path / "a.zip", zip_file({"x.zip": zip_file({"../evil.txt": b"x"})}))
    assert (reject.reason, reject.file) == ("unsafe_archive", "a.zip/x.zip")


@pytest.mark.parametrize(
    "member", ["../evil.txt", "/etc/evil.txt", "x/../../evil.txt", "..\\evil.txt", "C:\\evil.txt"]
)
@pytest.mark.parametrize("suffix", ["zip", "tar.gz"])
def test_archives_that_point_outside_are_refused_as_a_whole(tmp_path, member, suffix):
    path = tmp_path / f"a.{suffix}"
    if suffix == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("good.txt", TEXT)
            archive.writestr(member, TEXT)
    else:
        with tarfile.open(path, "w:gz") as archive:
            for name in ("good.txt", member):
                info = tarfile.TarInfo(name)
                info.size = len(TEXT.encode())
                archive.addfile(info, io.BytesIO(TEXT.encode()))
    (reject,) = read(path, path.name, FIELDS)
    assert reject.reason == "unsafe_archive"


@pytest.mark.slow
def test_bombs_are_refused(tmp_path):
    huge = b" " * (40 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", huge)
    assert [row.reason for row in read(tmp_path / "a.zip", "a.zip", FIELDS)] == ["unsafe_archive"]
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(huge))
    assert [row.reason for row in read(tmp_path / "a.txt.gz", "a.txt.gz", FIELDS)] == ["too_large"]
    assert [row.reason for row in found(tmp_path / "a.txt.zst", zstandard.compress(huge))] == ["too_large"]
    assert [row.reason for row in found(tmp_path / "a.tar.gz", tar_file({"a.txt": huge}))] == [
        "unsafe_archive"
    ]
    # Each layer in bounds, all of them together not.
    nested = zip_file({"x.zip": zip_file({"a.txt": huge}), "b.txt.gz": gzip.compress(huge)})
    assert [(row.reason, row.file) for row in found(tmp_path / "a.zip", nested)] == [
        ("unsafe_archive", "a.zip")
    ]
    # A member whose directory says that it is small.
    lying = zip_file({"a.txt": huge}).replace(len(huge).to_bytes(4, "little"), (9000).to_bytes(4, "little"))
    assert {row.reason for row in found(tmp_path / "a.zip", lying)} <= {
        "damaged_archive",
        "unsafe_archive",
        "too_large",
    }


PACKERS = {
    "gz": gzip.compress,
    "zst": zstandard.compress,
    "zip": lambda data: zip_file({"inner.txt": data}),
    "tar.gz": lambda data: tar_file({"inner.txt": data}),
    "zip in zip": lambda data: zip_file({"x.zip": zip_file({"inner.txt": data})}),
    "gz in tar.gz": lambda data: tar_file({"x.txt.gz": gzip.compress(data)}),
    "tar.gz in zip": lambda data: zip_file({"x.tar.gz": tar_file({"inner.txt": data})}),
}


@pytest.mark.parametrize("packer", PACKERS)
@pytest.mark.parametrize("times", [20, 60, 90, 130, 300, 1000])
@pytest.mark.parametrize("length", [2_000, 30_000, 400_000])
def test_a_hundred_times_holds_from_the_first_byte_and_for_all_layers(tmp_path, packer, times, length):
    """Random letters set the packed size; blanks swell what they unpack to."""
    letters = random.Random(f"{packer} {times} {length}").randbytes(length // times).hex().encode()
    data = letters + b" " * (length - len(letters))
    raw = PACKERS[packer](data)
    path = tmp_path / f"a.{'txt.' if packer in ('gz', 'zst') else ''}{packer.split()[-1]}"
    path.write_bytes(raw)
    rows = list(read(path, path.name, FIELDS))
    if len(data) > 100 * len(raw):
        (reject,) = rows
        assert reject.reason in ("too_large", "unsafe_archive")
    elif len(data) + tarfile.RECORDSIZE < 60 * len(raw):
        assert [type(row) for row in rows] == [Document]


def test_many_small_archives_do_not_add_up_to_a_bomb(tmp_path):
    """Each inner archive is within a hundred times its own size, all of them together are not."""
    letters = random.Random(0).randbytes(400).hex().encode()
    inner = zip_file({"a.txt": letters + b" " * 30_000})
    assert len(letters) + 30_000 < 100 * len(inner)
    (document,) = found(tmp_path / "a.zip", zip_file({"x.zip": inner}))
    assert isinstance(document, Document)
    for raw, name in (
        (zip_file({f"{n}.zip": inner for n in range(300)}), "a.zip"),
        (tar_file({f"{n}.zip": inner for n in range(300)}), "a.tar.gz"),
    ):
        rows = found(tmp_path / name, raw)
        if 100 * len(raw) < 300 * 30_000:
            assert [(row.reason, row.file) for row in rows] == [("unsafe_archive", name)]
        else:
            assert len(rows) == 300
    assert 100 * len(raw) < 300 * 30_000, "one of the two must be a bomb"


def test_an_inner_bomb_is_refused_and_its_neighbours_are_read(tmp_path):
    padding = random.Random(1).randbytes(60_000)
    bomb = zip_file({"a.txt": b" " * 3_000_000})
    rows = found(tmp_path / "a.zip", zip_file({"good.txt": TEXT.encode(), "x.zip": bomb, "p.bin": padding}))
    assert [(row.file, getattr(row, "reason", "")) for row in rows] == [
        ("a.zip/good.txt", ""),
        ("a.zip/x.zip", "unsafe_archive"),
        ("a.zip/p.bin", "unsupported_format"),
    ]


@pytest.mark.parametrize(
    ("choice", "record", "text"),
    [
        ("generic", {"案号": "（2021）鄂0102刑初1号", "文书内容": TEXT}, TEXT),
        ("generic", {"id": 7, "qw": TEXT, "ah": "x"}, TEXT),
        ("judge", {"text_id": "1", "text": "事实", "la": [264], "fd": TEXT}, TEXT),
        ("lecard", {"id": 5, "query": TEXT, "fact": "事实"}, TEXT),
        (
            "cail2018",
            {"fact": "公诉机关指控，张某窃得手机。", "meta": {"accusation": ["盗窃"]}},
            "公诉机关指控，张某窃得手机。",
        ),
    ],
)
def test_field_names_that_come_with_it(tmp_path, choice, record, text):
    fields = corpora.record_fields(choice)
    (tmp_path / "a.json").write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    (document,) = read(tmp_path / "a.json", "a.json", fields)
    assert document.text == text


@pytest.mark.parametrize(
    ("choice", "folder", "pattern", "count"),
    [
        ("judge", "oneal2000__JuDGE", "data/test.json", 501),
        ("lecard", "THUIR__LeCaRDv2", "query/*_query.json", 360),
    ],
)
def test_real_files(choice, folder, pattern, count):
    files = sorted((MIRROR / folder).glob(pattern))
    if not files:
        pytest.skip(f"LEXPRO_MIRROR with {folder} is not there")
    fields = corpora.record_fields(choice)
    rows = [row for path in files for row in read(path, path.name, fields)]
    assert len(rows) == count and all(isinstance(row, Document) for row in rows)


def test_a_link_in_a_tar_is_refused(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert [row.reason for row in read(tmp_path / "a.tar", "a.tar", FIELDS)] == ["unsafe_archive"]


@given(
    st.binary(max_size=400),
    st.sampled_from(["a.txt", "a.html", "a.docx", "a.pdf", "a.zip", "a.tar.gz", *(f"a{s}" for s in RECORDS)]),
)
def test_no_bytes_make_a_reader_raise(tmp_path_factory, data, name):
    for row in found(tmp_path_factory.mktemp("fuzz") / name, data):
        assert isinstance(row, Document | Reject)


def test_a_province_of_the_synthetic_corpus_is_read_without_loss(tmp_path):
    formats = dict.fromkeys(corpora.synthetic().formats, 1.0)
    settings = corpora.synthetic(documents_per_province=200, formats=formats)
    truth = generate.write(settings, "湖北", tmp_path / "raw")
    texts = {row["doc_id"]: text for text, row in generate.generate(settings, "湖北")}
    fields = corpora.record_fields()
    (tmp_path / "out").mkdir()
    counts = ingest(tmp_path / "raw", Source("湖北", "湖北", fields), tmp_path / "out")
    assert counts["read"] == counts["documents"] + counts["rejects"] == len(truth)
    where = {identity("湖北", row["file"], row["record"]): row for row in truth}
    documents = pl.read_parquet(tmp_path / "out/documents.parquet")
    read_ids = set()
    for row in documents.iter_rows(named=True):
        known = where[row["doc_id"]]
        read_ids.add(row["doc_id"])
        assert known["noise"] not in ("empty", "broken")
        if known["noise"] != "near_duplicate":
            assert row["text"] == texts[known["doc_id"]]
    assert all(row["noise"] in ("empty", "broken") for key, row in where.items() if key not in read_ids)
    rejects = pl.read_parquet(tmp_path / "out/rejects.parquet")
    assert len(documents) + len(rejects) == len(truth)
    assert rejects["reason"].is_in(["empty", "bad_json", "undecodable"]).all()


@pytest.mark.slow
def test_any_number_of_processes_gives_the_same_bytes(tmp_path, monkeypatch):
    for module, name, value in ((ingesting, "BATCH", 20_000), (ingesting, "FEW", 0), (judgments, "FEW", 0)):
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(tables, "ROWS", 50)
    settings = corpora.synthetic(documents_per_province=150)
    generate.write(settings, "湖北", tmp_path / "raw")
    (tmp_path / "raw/z.zip").write_bytes(zip_file({f"{n}.txt": TEXT.encode() for n in range(60)}))
    (tmp_path / "raw/z.jsonl.gz").write_bytes(gzip.compress(b'{"text": "x"}\n' * 600)[:-20])
    fields = corpora.record_fields()
    out = {}
    for workers in (1, 3):
        folder = tmp_path / f"out{workers}"
        folder.mkdir()
        counts = ingest(tmp_path / "raw", Source("湖北", "湖北", fields), folder, workers=workers)
        judged = judgments.write(folder / "documents.parquet", 5000, folder, workers=workers)
        out[workers] = (counts, judged, [path.read_bytes() for path in sorted(folder.iterdir())])
    assert out[1] == out[3]
    assert out[1][0]["reject_damaged_archive"] == 1
    assert out[1][1]["judgments"] > 200


def test_lines_are_numbered_and_placed_across_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr(record_files, "BLOCK", 40)
    lines = [
        b'{"text": "a"}',
        b"",
        b'{"text": "b"}',
        b'{"text": ',
        b'{"text": "c"}',
        b"x" * 50,
        b'{"text": "d"}',
    ]
    data = b"\n".join(lines)
    rows = found(tmp_path / "a.jsonl", data)
    assert [row.record for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.text for row in rows if isinstance(row, Document)] == ["a", "b", "c", "d"]
    damaged = [row for row in rows if isinstance(row, Reject)]
    assert data[: damaged[0].byte].endswith(b'{"text": \n')
    assert data[damaged[1].byte :].startswith(b"x" * 50)


def read_in(folder: Path, out: Path) -> tuple[dict, pl.DataFrame, pl.DataFrame]:
    """Counts, documents and rejects of a folder of raw files."""
    out.mkdir()
    counts = ingest(folder, Source("湖北", "湖北", FIELDS), out)
    return counts, pl.read_parquet(out / "documents.parquet"), pl.read_parquet(out / "rejects.parquet")


def test_names_that_are_not_utf8_are_said_as_windows_wrote_them(tmp_path):
    raw, gbk = tmp_path / "raw", os.fsdecode("判决书.txt".encode("gbk"))
    (raw / "a b (1)").mkdir(parents=True)
    for name in (gbk, "判决书.txt", f"a b (1)/{gbk}"):
        (raw / name).write_text(TEXT, encoding="utf-8")
    with tarfile.open(raw / "z.tar", "w") as archive:
        archive.add(raw / gbk, gbk)
    counts, documents, _ = read_in(raw, tmp_path / "out")
    assert counts["documents"] == 4 and documents["doc_id"].n_unique() == 4
    # Its second and third byte happen to be UTF-8.
    escaped = r"\xc5о\xf6\xca\xe9.txt"
    assert set(documents["file"]) == {"a b (1)/判决书.txt", escaped, "z.tar/判决书.txt", "判决书.txt"}


def test_what_the_system_does_not_give_is_a_reject_and_the_rest_is_read(tmp_path, monkeypatch):
    raw = tmp_path / "raw"
    (raw / "below").mkdir(parents=True)
    for name in ("a.txt", "locked.txt", "locked.zip", "worn.jsonl", "z.txt"):
        (raw / name).write_text(TEXT, encoding="utf-8")
    (raw / "gone.txt").symlink_to(tmp_path / "nowhere")
    (raw / "linked").symlink_to(raw / "below")
    os.mkfifo(raw / "pipe.txt")

    class Faulty(io.FileIO):
        def __init__(self, path):
            if path.stem == "locked":
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            super().__init__(path)

        def readinto(self, buffer):
            if "worn" in str(self.name):
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            return super().readinto(buffer)

    class Broken(raw_module.RawStream, Faulty):
        """The reader's file over one that fails as disks do."""

    monkeypatch.setattr(raw_module, "RawStream", Broken)
    counts, documents, rejects = read_in(raw, tmp_path / "out")
    assert list(documents["file"]) == ["a.txt", "z.txt"]
    assert dict(rejects.select("file", "detail").iter_rows()) == {
        "gone.txt": "No such file or directory",
        "linked": "a link to a folder is not followed",
        "locked.txt": "Permission denied",
        "locked.zip": "Permission denied",
        "pipe.txt": "neither a file nor a folder",
        "worn.jsonl": "Input/output error",
    }
    assert set(rejects["reason"]) == {"unreadable"}
    assert counts["read"] == 8 and counts["reject_unreadable"] == 6


def test_reading_and_structuring_load_only_what_the_files_need(tmp_path):
    """Each province is a process of its own: what it loads is most of a small run."""
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw/a.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "raw/b.jsonl").write_text('{"text": 1}\n[]\n', encoding="utf-8")
    code = (
        "import sys; from pathlib import Path; from lexpro.corpus import ingest, judgments; "
        "from lexpro.corpus.readers.base import Fields; out = Path(sys.argv[1]); "
        "ingest.ingest(out / 'raw', ingest.Source('x', None, Fields(('text',))), out); "
        "judgments.write(out / 'documents.parquet', 9999, out); "
        "print(*(name for name in ('pandas', 'pypdf', 'docx', 'polars', 'torch') if name in sys.modules))"
    )
    environment = os.environ | {"PYTHONPATH": str(CONFIG.parent / "workflow/scripts")}
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
    assert pq.read_metadata(tmp_path / "judgments.parquet").num_rows == 2


@pytest.mark.parametrize(
    "written",
    [
        "某县人民法院<br>刑事判决书<br/>被告人张某&nbsp;犯罪",
        "<div style='x'>某县人民法院</div><div>刑事判决书</div><p>被告人张某&nbsp;犯罪</p>",
        "&lt;div&gt;某县人民法院&lt;/div&gt;&lt;div&gt;刑事判决书&lt;/div&gt;被告人张某&amp;nbsp;犯罪",
        "某县人民法院\\n刑事判决书\\r\\n被告人张某 犯罪",
    ],
)
def test_text_fields_as_a_website_gives_them(written):
    from lexpro.corpus.readers.base import Fields
    from lexpro.corpus.readers.record_files import document

    found = document({"text": written}, Fields(("text",)), 1, "utf-8")
    assert found.text.replace("\xa0", " ") == "某县人民法院\n刑事判决书\n被告人张某 犯罪"


@pytest.mark.parametrize("written", ["3<5且a>b，C:\\new", "R&D部门", "〈办法〉，<<意见>>"])
def test_what_only_looks_like_markup_stays(written):
    from lexpro.corpus.readers.pages import unmarked

    assert unmarked(written) == written
