"""Chinese type, whatever fonts a machine has: Noto Sans CJK SC from the package `mplfonts`.

Figures draw with the whole font. Pages carry the glyphs that they use, so that they read the same
everywhere.
"""

from __future__ import annotations

import base64
import io
import logging
from pathlib import Path

from fontTools import subset
from matplotlib import font_manager
from mplfonts.conf import FONT_DIR

# It names each table that it prunes.
logging.getLogger("fontTools").setLevel(logging.WARNING)

FONT = Path(FONT_DIR) / "NotoSansCJKsc-Regular.otf"


def register() -> str:
    """Make the font known to matplotlib; its family name."""
    font_manager.fontManager.addfont(str(FONT))
    return font_manager.FontProperties(fname=str(FONT)).get_name()


def woff(text: str) -> bytes:
    """The font, cut down to the characters of `text`, in WOFF 1.0.

    The same text gives the same bytes.
    """
    options = subset.Options(
        layout_features=[], hinting=False, name_IDs=[], notdef_outline=True, recalc_timestamp=False
    )
    font = subset.load_font(str(FONT), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text)
    cutter.subset(font)
    font.flavor = "woff"
    file = io.BytesIO()
    font.save(file)
    return file.getvalue()


def data_uri(kind: str, data: bytes) -> str:
    """`data:<kind>;base64,…` for a self-contained page."""
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
