"""Reading scans: pictures, and PDFs without text, where `rapidocr-onnxruntime` is installed.

It is no requirement (`pip install 'lexpro[ocr]'`); its wheel ships its models, so that nothing is
fetched.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
from functools import cache

from lexpro.corpus.readers.office import paragraphs
from lexpro.serve.errors import Refused

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".webp", ".tif", ".tiff")
PACKAGE = "rapidocr_onnxruntime"
NOTE = "文字由机器识别，可能有错字：请对照原件。"
# Pages of a scan that are read: some seconds each.
MOST_PAGES = 60
_ABSENT = "这是图片，本机没有安装文字识别。请安装（pip install 'lexpro[ocr]'）后重启，或者粘贴识别好的文字。"


def available() -> bool:
    """Whether the package is installed."""
    return importlib.util.find_spec(PACKAGE) is not None


@cache
def _reader():
    return importlib.import_module(PACKAGE).RapidOCR()


def read_image(data: bytes) -> str:
    """The text of a picture, its lines joined to paragraphs.

    Raises:
        Refused: the package is not installed, or the picture holds no text.
    """
    if not available():
        raise Refused(_ABSENT)
    from PIL import Image, UnidentifiedImageError

    try:
        picture = Image.open(io.BytesIO(data)).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise Refused("这张图片打不开。请另存为 png 或 jpg，再上传。") from error
    import numpy as np

    found, _ = _reader()(np.asarray(picture)[:, :, ::-1])
    lines = [line for _, line, _ in found or []]
    if not lines:
        raise Refused("图片里没有认出文字。请换一张更清楚的，或者粘贴正文。")
    return paragraphs("\n".join(lines)).strip()


def read_pdf(data: bytes) -> str:
    """The text of the pictures of a scanned PDF, page by page.

    Raises:
        Refused: there are too many pages, or none with a picture.
    """
    import pypdf

    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    if len(pages) > MOST_PAGES:
        raise Refused(f"扫描件有 {len(pages)} 页，上限是 {MOST_PAGES} 页。请只上传判决书的几页。", 413)
    pictures = [picture.data for page in pages for picture in page.images]
    if not pictures:
        raise Refused("扫描件里没有图片，认不出文字。请粘贴正文。")
    return "\n".join(read_image(picture) for picture in pictures)
