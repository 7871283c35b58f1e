"""Draws the pictures of docs/workbench.md: `python docs/images/workbench.py ADDRESS`.

ADDRESS is that of a running workbench over statutes. Debian's Chromium draws. The document is the
tests' own, with faults for 核对.
"""

import importlib.util
import sys
import tempfile
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
HELPERS = HERE.parents[1] / "tests/helpers"
GAMBLING = (
    "2020年6月1日至同年8月3日，被告人孙某甲在自己租住的房屋内开设赌场，供他人以扑克牌赌博，从中抽头渔利人民币三万元。"
    "依照刑法第三百零三条。"
)
# Picture → width, tab, and what is pressed before it is drawn.
PICTURES = {
    "elements": (1280, "elements", "tr[data-key^='d0-刑期']"),
    "statutes": (1280, "statutes?act=2020-08-03&judgment=2021-06-01", ""),
    "cases": (1280, "cases", ""),
    "sentences": (1280, "sentences", ""),
    "checks": (1280, "checks", "li[data-key]"),
    "phone": (390, "sentences", ""),
}


def helper(name: str) -> ModuleType:
    """A module of the tests' helpers."""
    spec = importlib.util.spec_from_file_location(name, HELPERS / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def main(address: str) -> None:
    """Draw all pictures."""
    browser, text = helper("browser"), helper("sample_cases").TEXT
    broken = text.replace("缓刑一年", "缓刑六个月").replace("于2019年3月1日向", "于2019年5月1日向")
    texts = {"checks": broken, "statutes": GAMBLING}
    with tempfile.TemporaryDirectory() as folder, browser.started(Path(folder)) as chromium:
        for name, (width, tab, pressed) in PICTURES.items():
            page = chromium.page(width)
            page.open(f"{address}/")
            page.fill("#text", texts.get(name, text))
            with page.leaving():
                page.click("#intake button.primary")
            page.open(page.run("location.href").rsplit("/", 1)[0] + f"/{tab}")
            page.until("!!document.querySelector('.tabs')")
            if pressed:
                page.click(pressed)
            page.run("document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 800)))")
            page.picture(HERE / f"workbench-{name}.png")


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
