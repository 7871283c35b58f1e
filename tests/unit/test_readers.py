"""Raw files of every kind: what can be read is read, what cannot has a reject that says where and why."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import docx
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from lexpro.corpus import synthetic
from lexpro.corpus.encoding import Undecodable, decode, tidy
from lexpro.corpus.ingest import identity, ingest
from lexpro.corpus.readers import RECORDS, read
from lexpro.corpus.readers_base import Document, Fields, Reject
from lexpro.files import read_yaml

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


def test_archives(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x/one.txt", TEXT)
        archive.writestr("__MACOSX/one.txt", "junk")
        archive.writestr("two.jsonl", LINE + "\n" + LINE)
        archive.writestr("inner.zip", b"junk")
    rows = list(read(tmp_path / "a.zip", "a.zip", FIELDS))
    assert [(row.file, row.record) for row in rows if isinstance(row, Document)] == [
        ("a.zip/x/one.txt", 1), ("a.zip/two.jsonl", 1), ("a.zip/two.jsonl", 2)
    ]  # fmt: skip
    assert [row.reason for row in rows if isinstance(row, Reject)] == ["nested_archive"]
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("y/one.txt")
        member.size = len(TEXT.encode())
        archive.addfile(member, io.BytesIO(TEXT.encode()))
    (document,) = read(tmp_path / "a.tar.gz", "a.tar.gz", FIELDS)
    assert document.text == TEXT


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


def test_bombs_are_refused(tmp_path):
    huge = b" " * (40 << 20)
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", huge)
    assert [row.reason for row in read(tmp_path / "a.zip", "a.zip", FIELDS)] == ["unsafe_archive"]
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(huge))
    assert [row.reason for row in read(tmp_path / "a.txt.gz", "a.txt.gz", FIELDS)] == ["too_large"]


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
    settings = {**read_yaml(CONFIG / "corpus/synthetic.yaml"), "documents_per_province": 200}
    settings["formats"] = dict.fromkeys(settings["formats"], 1.0)
    truth = synthetic.write(settings, "湖北", tmp_path / "raw")
    texts = {row["doc_id"]: text for text, row in synthetic.generate(settings, "湖北")}
    fields = Fields.of(read_yaml(CONFIG / "ingest/generic.yaml")["fields"])
    (tmp_path / "out").mkdir()
    counts = ingest(tmp_path / "raw", "湖北", "湖北", fields, tmp_path / "out")
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
