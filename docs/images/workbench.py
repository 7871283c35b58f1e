"""Draws the pictures of docs/workbench.md: `python docs/images/workbench.py ADDRESS [elements …]`.

ADDRESS is that of a running workbench over statutes. Debian's Chromium draws every tab, 1280 and
390 pixels wide. The document is the tests' own, with faults for 核对.
"""

import importlib.util
import itertools
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
# Picture → tab, and what is pressed before it is drawn.
PICTURES = {
    "elements": ("elements", "tr[data-key^='d0-刑期']"),
    "statutes": ("statutes?act=2020-08-03&judgment=2021-06-01", ""),
    "cases": ("cases", ""),
    "sentences": ("sentences", ""),
    "checks": ("checks", "li[data-key]"),
    "questions": ("questions", ""),
}
# Width → what the name of a picture ends with.
WIDTHS = {1280: "", 390: "-390"}
COLOURS = 96


def helper(name: str) -> ModuleType:
    """A module of the tests' helpers."""
    spec = importlib.util.spec_from_file_location(name, HELPERS / f"{name}.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def small(file: Path) -> None:
    """Write a picture again with few colours: a third of the size."""
    from PIL import Image

    Image.open(file).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


def main(address: str, *names: str) -> None:
    """Draw all pictures, or those that are named."""
    browser, text = helper("browser"), helper("sample_cases").TEXT
    broken = text.replace("缓刑一年", "缓刑六个月").replace("于2019年3月1日向", "于2019年5月1日向")
    texts = {"checks": broken, "statutes": GAMBLING}
    with tempfile.TemporaryDirectory() as folder, browser.started(Path(folder)) as chromium:
        for (name, (tab, pressed)), (width, end) in itertools.product(PICTURES.items(), WIDTHS.items()):
            if names and name not in names:
                continue
            page = chromium.page(width)
            page.open(f"{address}/")
            page.fill("#text", texts.get(name, text))
            with page.leaving():
                page.click("#intake button.primary")
            page.open(page.run("location.href").rsplit("/", 1)[0] + f"/{tab}")
            page.until("!!document.querySelector('.tabs')")
            if name == "questions":
                with page.leaving():
                    page.click("#ask button.primary")
                page.until("document.querySelector('#state')?.textContent === '已完成'")
            if pressed:
                page.click(pressed)
            if name == "sentences":
                page.run("document.querySelector('.chart').scrollIntoView({block: 'end'})")
            page.run("document.fonts.ready.then(() => new Promise((done) => setTimeout(done, 800)))")
            file = HERE / f"workbench-{name}{end}.png"
            page.picture(file)
            small(file)
            page.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), *sys.argv[2:])
