"""From what somebody pastes or uploads to a document, or to a sentence that says what to do."""

from __future__ import annotations

import re

from lexpro.config.ingest import FieldNames
from lexpro.corpus.readers import streams
from lexpro.corpus.readers.base import Document as Read
from lexpro.corpus.readers.base import Fields, Unparsed
from lexpro.corpus.readers.dispatch import parse
from lexpro.serve import ocr
from lexpro.serve.documents import Document
from lexpro.serve.errors import Refused

# Bytes of an upload, and characters of a text: the longest real judgments have fewer.
MOST_BYTES, MOST_CHARACTERS = 16 << 20, 300_000
# Of a judgment's characters four in five are Chinese; of one full of sums, half.
HAN_SHARE = 0.3
LEAST_HAN = 4
KINDS = {".txt": "文本", ".html": "网页", ".htm": "网页", ".docx": "Word", ".pdf": "PDF"}
_HAN = re.compile(r"[\u3400-\u9fff]")
_DEFENDANT = re.compile(r"被\s?告\s?人|犯罪嫌疑人|罪犯|上诉人")
_OTHER_CASES = {"civil": "民事", "administrative": "行政", "enforcement": "执行"}

# Reason of a reject → what to do.
REASONS = {
    "empty": "文件里没有文字。请换一份有文字的文件，或者直接粘贴正文。",
    "undecodable": "文件的编码读不出来。请用 UTF-8 或 GB18030 另存为 txt，再上传。",
    "encrypted": "文件加了密码。请先去掉密码，再上传。",
    "bad_docx": "这个 Word 文件已损坏。请用 Word 或 WPS 打开后另存为 docx，再上传。",
    "bad_pdf": "这个 PDF 已损坏。请重新导出 PDF，或者直接粘贴正文。",
    "bad_html": "这个网页读不出来。请在浏览器里复制正文，直接粘贴。",
    "no_text_layer": (
        "这是扫描件，没有文字层。请安装识别组件（pip install 'lexpro[ocr]'）后重启，或者粘贴识别好的文字。"
    ),
    "too_large": "文件太大。请只上传本案的一份文书。",
}


def checked(document: Document) -> Document:
    """The document, if it is a text that the workbench reads.

    Raises:
        Refused: it is not; the sentence says what to do.
    """
    text = document.text
    if not text:
        raise Refused("没有收到文字。请粘贴文书或案情，或者选择一个文件。")
    if len(text) > MOST_CHARACTERS:
        raise Refused(
            f"这份文字有 {len(text):,} 个字，上限是 {MOST_CHARACTERS:,} 个字。请只粘贴本案的一份文书。", 413
        )
    han, written = len(_HAN.findall(text)), len("".join(text.split()))
    if HAN_SHARE * written <= han < LEAST_HAN:
        raise Refused("文字太短，读不出案情。请粘贴文书全文，或者用几句话写出案情。")
    if han < HAN_SHARE * written:
        raise Refused("这份文字不是中文文书。工作台只读中文的刑事文书或案情，请粘贴中文正文。")
    other = _OTHER_CASES.get(document.record.kind)
    if other and not _DEFENDANT.search(text[:3000]):
        raise Refused(f"这是一份{other}文书。工作台只办刑事案件，请粘贴刑事文书，或者用几句话写出刑事案情。")
    if not document.is_judgment:
        document.notes.append("没有找到“判决如下”：全文按案情（或起诉书）处理，没有判项可以核对。")
    return document


def pasted(text: str) -> Document:
    """A document from a text field.

    Raises:
        Refused: it cannot be used.
    """
    # A form sends line ends as two characters; the text field had one.
    return checked(Document(text.replace("\r\n", "\n")))


def uploaded(name: str, data: bytes) -> Document:
    """A document from an uploaded file. Nothing is written; of its name only the suffix counts.

    Args:
        name: of the file, as the browser sends it.
        data: its bytes.

    Raises:
        Refused: it cannot be used.
    """
    suffix = streams.suffix_of(name)
    if len(data) > MOST_BYTES:
        raise Refused(f"文件超过 {MOST_BYTES >> 20} MB。请只上传本案的一份文书。", 413)
    if not data:
        raise Refused(REASONS["empty"])
    if suffix in ocr.IMAGES:
        return checked(Document(ocr.read_image(data), "识别的图片", [ocr.NOTE]))
    if suffix not in KINDS:
        listed = "、".join(dict.fromkeys(kind.removeprefix(".") for kind in KINDS))
        advice = "请用 Word 或 WPS 另存为 docx" if suffix in (".doc", ".wps", ".rtf") else "请换一种格式"
        raise Refused(
            f"不读这种文件（{suffix or '没有后缀'}）。可以上传 {listed}。{advice}，或者直接粘贴正文。", 415
        )
    fields = Fields.from_settings(FieldNames())
    row = next(iter(parse(Unparsed(suffix, data), fields)))
    if isinstance(row, Read):
        return checked(Document(row.text, KINDS[suffix]))
    if row.reason == "no_text_layer" and ocr.available():
        return checked(Document(ocr.read_pdf(data), "识别的扫描件", [ocr.NOTE]))
    raise Refused(REASONS.get(row.reason, "这个文件读不出来。请直接粘贴正文。"))
