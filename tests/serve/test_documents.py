"""What is pasted or uploaded: offsets, kinds, and sentences that say what to do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_cases import CIVIL, ENGLISH, FACTS, FILES, TEXT, scan

from lexpro.encoding import tidy
from lexpro.serve import documents, intake, ocr
from lexpro.serve.documents import Document, Store, alignment
from lexpro.serve.errors import Refused


@given(st.text("甲a \t\r\n\xa0\u200b，", max_size=60))
def test_every_character_of_the_tidied_text_is_one_of_the_pasted(raw):
    tidied = tidy(raw)
    places = alignment(raw, tidied)
    assert sorted(set(places)) == places and len(places) == len(tidied)
    for place, character in zip(places, tidied, strict=True):
        assert tidy("甲" + raw[place] + "甲") in ("甲" + character + "甲",) or raw[place] in "\r\xa0"


def test_spans_are_offsets_into_the_text_as_it_was_pasted():
    raw = " \n" + TEXT.replace("\n", "  \r\n").replace("盗窃罪", "盗\u200b窃罪")
    document = Document(raw)
    spans = {(row.owner, row.field): raw[slice(*row.span)] for row in document.elements if row.span}
    assert spans[0, "罚金"].endswith("一万元") and spans[1, "缓刑考验期"] == "缓刑一年"
    assert spans[1, "刑期"] == "有期徒刑十个月" and spans[0, "罪名"] == "盗\u200b窃罪"


def test_the_same_text_has_the_same_address():
    assert Document(TEXT).id == Document(TEXT).id != Document(TEXT + "。").id


def test_the_oldest_document_makes_room():
    store = Store(most=2)
    one, two, three = (store.add(Document(FACTS + name)) for name in "甲乙丙")
    assert store.get(one.id) is None and store.get(two.id) is two and store.get(three.id) is three
    assert Store(most=9, characters=10).add(one) is one


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_is_read(name):
    document = intake.uploaded(name, FILES[name]())
    assert [person.name for person in document.record.defendants] == ["林某甲", "周某乙"]
    assert document.record.defendants[0].sentence.months == 20


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("被告人张某甲趁人不备窃得手机一部，价值人民币三千元。", "张某甲"),
        ("被告人李某伙同他人盗窃手机一部。", "李某"),
        ("被告人王建国酒后驾驶小型轿车上路。", "王建国"),
        ("被告人赵某某，男，窃得手机一部。", "赵某某"),
    ],
)
def test_the_name_in_typed_facts_ends_before_what_was_done(told, name):
    document = intake.pasted(told)
    assert [person.name for person in document.record.defendants] == [name]
    place = next(one.span for one in document.elements if one.field == "姓名")
    assert told[slice(*place)] == name and documents.named("利民商贸有限公司") == "利民商贸有限公司"


def test_a_path_in_a_file_name_is_no_path(tmp_path):
    target = tmp_path / "x.txt"
    document = intake.uploaded(f"../../../..{target}", TEXT.encode())
    assert document.is_judgment and not target.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "没有收到文字"),
        (" \n\t", "没有收到文字"),
        (ENGLISH, "不是中文文书"),
        ("12345 67890", "不是中文文书"),
        ("盗窃。", "文字太短"),
        (CIVIL, "这是一份民事文书"),
        ("甲" * 350_000, "350,000 个字，上限是 300,000"),
    ],
)
def test_a_text_that_cannot_be_used_gets_a_sentence(text, said):
    with pytest.raises(Refused) as refused:
        intake.pasted(text)
    assert said in refused.value.sentence and "请" in refused.value.sentence


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"", "没有文字"),
        ("a.txt", bytes(range(256)) * 4, "编码读不出来"),
        ("a.docx", b"PK\x03\x04 no word file", "Word 文件已损坏"),
        ("a.pdf", b"%PDF-1.4 broken", "PDF 已损坏"),
        ("a.pdf", scan(), "扫描件，没有文字层"),
        ("a.png", b"\x89PNG", "没有安装文字识别"),
        ("a.doc", b"x", "另存为 docx"),
        ("a.zip", b"PK", "不读这种文件（.zip）"),
        ("passwd", b"x", "没有后缀"),
        ("a.html", b"<html><body></body></html>", "没有文字"),
    ],
)
def test_a_file_that_cannot_be_used_gets_a_sentence(name, data, said, monkeypatch):
    monkeypatch.setattr(ocr, "available", lambda: False)
    with pytest.raises(Refused) as refused:
        intake.uploaded(name, data)
    assert said in refused.value.sentence and "请" in refused.value.sentence


def test_a_picture_is_read_where_recognition_is_installed(monkeypatch):
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    monkeypatch.setattr(ocr, "available", lambda: True)
    monkeypatch.setattr(
        ocr, "_reader", lambda: lambda picture: ([[None, line, 0.9] for line in TEXT.split("\n")], 0)
    )
    document = intake.uploaded("scan.PNG", out.getvalue())
    assert document.is_judgment and ocr.NOTE in document.notes
    with pytest.raises(Refused, match="打不开"):
        intake.uploaded("scan.png", b"\x89PNG")


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"data": {"text": ""}}, 400, "请粘贴文书"),
        ({"data": {"text": CIVIL}}, 400, "请粘贴刑事文书"),
        ({"data": {"text": ENGLISH}}, 400, "请粘贴中文正文"),
        ({"data": {"text": "甲" * (1 << 20)}}, 413, "请只粘贴本案的一份文书"),
        ({"files": {"file": ("a.txt", ("甲" * 350_000).encode())}}, 413, "请只粘贴本案的一份文书"),
        ({"files": {"file": ("a.png", b"\x89PNG")}}, 400, "请安装"),
        ({"files": {"file": ("a.exe", b"MZ")}}, 415, "请换一种格式"),
    ],
    ids=["empty", "civil", "foreign", "a million characters", "1 MB", "a picture", "a program"],
)
def test_bad_input_gets_a_page_that_says_what_to_do(web, monkeypatch, form, status, said):
    monkeypatch.setattr(ocr, "available", lambda: False)
    answer = web.post("/documents", **form)
    assert answer.status_code == status and said in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def page_of_lines() -> bytes:
    """The text as a scanner sees it: lines of 36 characters."""
    import io

    from mplfonts.conf import FONT_DIR
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.truetype(f"{FONT_DIR}/NotoSansCJKsc-Regular.otf", 26)
    lines = [line[at : at + 36] for line in TEXT.split("\n") for at in range(0, len(line), 36)]
    picture = Image.new("RGB", (1100, 48 * len(lines) + 120), "white")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        draw.text((80, 60 + 48 * number), line, font=font, fill="black")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def scanned_pdf() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(page_of_lines())).save(out, "PDF")
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.skipif(not ocr.available(), reason="no rapidocr-onnxruntime: pip install 'lexpro[ocr]'")
@pytest.mark.parametrize(("name", "data"), [("scan.png", page_of_lines), ("scan.pdf", scanned_pdf)])
def test_a_scan_is_read(name, data):
    document = intake.uploaded(name, data())
    assert ocr.NOTE in document.notes
    found = [(p.name, p.sentence.months, p.fine) for p in document.record.defendants]
    assert found == [("林某甲", 20, 10000), ("周某乙", 10, 5000)]
    # Lines are joined: a name and a sum go over the end of one.
    assert document.record.amount == 42000 and document.record.restitution == 21000


def test_facts_are_taken_as_facts():
    document = intake.pasted(FACTS)
    assert not document.is_judgment and document.facts == FACTS and "没有找到“判决如下”" in document.notes[0]
