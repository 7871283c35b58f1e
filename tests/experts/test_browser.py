"""The experts' page in Chromium: keyboard, undo, marks, a killed server, a carried folder."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import axe
import browser
import expert_cases
import pytest

from lexpro.config.expert_sheet import Settings
from lexpro.experts import exports, sheet
from lexpro.experts.store import Store

pytestmark = [pytest.mark.slow, browser.needed]

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow/scripts"
COUNT = "document.querySelector('#count').textContent"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with browser.started(tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture
def tab(chromium):
    made = chromium.page()
    yield made
    made.close()


@pytest.fixture
def made(tmp_path):
    asked = Settings(items=6, pairs_per_item=2, experts=2, ratings_per_pair=2, repeats=0.0, controls=1)
    built = sheet.build(expert_cases.questions(), asked)
    sheet.write(built, tmp_path)
    return tmp_path


class Server:
    """`lexpro ratings serve` in a process of its own."""

    def __init__(self, folder: Path, port: int = 0):
        command = [sys.executable, "-m", "lexpro", "ratings", "serve", "--sheet", str(folder / "sheet")]
        command += ["--store", str(folder / "ratings.sqlite3"), "--port", str(port)]
        env = os.environ | {"PYTHONPATH": str(SCRIPTS), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
        self.links = []
        while len(self.links) < 2:
            line = self.process.stdout.readline()
            assert line, "the server ended"
            self.links += re.findall(r"http://\S+", line)
        self.port = int(re.search(r":(\d+)/", self.links[0])[1])

    def end(self, number=signal.SIGINT):
        self.process.send_signal(number)
        self.process.wait(timeout=600)
        return self.process.returncode


@pytest.fixture
def server(made):
    running = Server(made)
    yield running
    if running.process.poll() is None:
        running.end()


def ready(tab, done):
    tab.until(f"{COUNT}.startsWith('{done} /') && !document.body.hasAttribute('aria-busy')")


def test_an_expert_rates_with_the_keyboard_alone(tab, server, made):
    tab.open(server.links[0])
    ready(tab, 0)
    assert "token" not in tab.run("location.href")
    assert "某小区地下车库" in tab.text("#document")
    tab.press("1")
    ready(tab, 1)
    # A key in the comment is text, not a vote.
    tab.press("c")
    tab.until("document.activeElement.id === 'comment'")
    for key in "1u":
        tab.press(key)
    assert tab.run("document.querySelector('#comment').value") == "1u"
    tab.press("Escape")
    tab.press("r")
    tab.until("document.querySelector('#rubric').open")
    tab.click("input[name=left_law][value='4']")
    tab.press("t")
    ready(tab, 2)
    tab.press("s")
    tab.until("document.querySelector('#why').open")
    tab.press("2")
    tab.until("document.querySelector('#why-1').checked")
    tab.press("Enter")
    ready(tab, 3)
    tab.press("b")
    ready(tab, 4)
    tab.press("u")
    ready(tab, 3)
    tab.press("2")
    ready(tab, 4)
    given = Store(made / "ratings.sqlite3").ratings()
    assert [r.choice for r in given] == ["left", "tie", "skip", "right"]
    assert (given[1].comment, given[1].marks) == ("1u", {"left_law": 4})
    assert given[2].reason == "超出本人专业范围" and all(r.seconds >= 0 for r in given)
    assert tab.errors == [] and all("127.0.0.1" in address for address in tab.requests)


def test_two_experts_work_at_once(chromium, server, made):
    tabs = [chromium.page(apart=True) for _ in server.links]
    for tab, link in zip(tabs, server.links, strict=True):
        tab.open(link)
    for done in range(3):
        for tab, key in zip(tabs, "12", strict=True):
            ready(tab, done)
            tab.press(key)
    for tab in tabs:
        ready(tab, 3)
        tab.close()
    given = Store(made / "ratings.sqlite3").ratings()
    assert sorted((r.expert, r.choice) for r in given) == [(1, "left")] * 3 + [(2, "right")] * 3


def test_undo_shows_what_was_said(tab, server):
    tab.open(server.links[0])
    ready(tab, 0)
    tab.run("document.querySelector('#comment').value = '再想想'")
    tab.press("1")
    ready(tab, 1)
    tab.press("u")
    ready(tab, 0)
    assert tab.run("document.querySelector('#comment').value") == "再想想"


def test_nothing_is_lost_when_server_and_browser_go(tab, chromium, server, made):
    tab.open(server.links[0])
    ready(tab, 0)
    tab.press("1")
    ready(tab, 1)
    server.end(signal.SIGKILL)
    tab.press("2")
    tab.until("document.querySelector('#status').textContent.includes('尚未保存')")
    # The same address again: the page goes on, without a reload.
    again = Server(made, server.port)
    try:
        tab.press("2")
        ready(tab, 2)
        tab.close()
        other = chromium.page()
        other.open(f"http://127.0.0.1:{server.port}/experts/")
        ready(other, 2)
        # What stood in the comment when the page was left stands there again.
        other.run("document.querySelector('#comment').value = '未完'")
        other.run("document.querySelector('#comment').dispatchEvent(new Event('input'))")
        other.open(f"http://127.0.0.1:{server.port}/experts/")
        ready(other, 2)
        assert other.run("document.querySelector('#comment').value") == "未完"
        other.close()
    finally:
        assert again.end() == 0
    assert [r.choice for r in Store(made / "ratings.sqlite3").ratings()] == ["left", "right"]


def test_what_a_system_wrote_is_text(tab, server):
    tab.open(server.links[0])
    for done in range(13):
        ready(tab, done)
        assert tab.run("document.title") == "专家评测"
        assert tab.count("#left-text *") == tab.count("#right-text *") == 0
        tab.press("3")
    tab.until("!document.querySelector('#done').hidden")
    assert "谢谢" in tab.text("#done")


def test_a_carried_folder_needs_no_server(tab, made, tmp_path):
    address = (made / "sheet/index.html").as_uri()
    tab.open(address)
    tab.until("document.querySelectorAll('#seats button').length === 2")
    tab.click("#seats button:nth-of-type(2)")
    ready(tab, 0)
    tab.press("1")
    ready(tab, 1)
    tab.press("4")
    ready(tab, 2)
    tab.press("u")
    ready(tab, 1)
    tab.open(address)
    ready(tab, 1)
    assert tab.errors == [] and all(a.startswith("file:") for a in tab.requests if not a.startswith("blob:"))
    shown = sheet.read(made / "sheet")
    kept = tab.run(f"localStorage.getItem('lexpro-ratings:{shown['id']}:2')")
    (made / "carried.jsonl").write_text("".join(json.dumps(row) + "\n" for row in json.loads(kept)))
    (rating,) = exports.read(made / "carried.jsonl")
    assert (rating.expert, rating.choice, rating.sheet) == (2, "left", shown["id"])


@pytest.mark.parametrize("width, height", [(1280, 800), (390, 844)])
def test_nothing_is_wider_than_the_window_and_every_choice_is_in_view(tab, server, width, height, tmp_path):
    tab.size(width, height)
    tab.open(server.links[0])
    ready(tab, 0)
    assert tab.run("document.documentElement.scrollWidth") <= width
    tab.press("r")
    tab.until("document.querySelector('#rubric').open")
    assert tab.run("document.documentElement.scrollWidth") <= width
    boxes = tab.run(
        "[...document.querySelectorAll('footer button')].map((b) => b.getBoundingClientRect())"
        ".map((b) => [b.left, b.top, b.right, b.bottom])"
    )
    assert len(boxes) == 5
    assert all(a >= 0 and b >= 0 and c <= width and d <= height for a, b, c, d in boxes)
    # What stood there before the font was loaded is drawn in it too: no boxes for characters.
    tab.until("document.fonts.status === 'loaded'")
    assert tab.fonts("h1") == tab.fonts("#left-name") == tab.fonts("#title")
    if folder := os.environ.get("LEXPRO_PICTURES"):
        tab.run("document.fonts.ready.then(() => new Promise((go) => setTimeout(go, 3000)))")
        tab.press("r")
        for done in range(13):
            if "script" not in tab.text("#answers"):
                break
            tab.press("3")
            ready(tab, done + 1)
        tab.picture(Path(folder) / f"experts-{width}.png")
        tab.press("r")
        tab.run("document.querySelector('#more').scrollIntoView()")
        tab.picture(Path(folder) / f"experts-marks-{width}.png")


@axe.needed
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_serious_fault(chromium, server, width):
    tab = chromium.page(width)
    tab.call("Page.setBypassCSP", enabled=True)
    tab.open(f"{server.links[0].partition('#')[0]}")
    tab.until("!document.querySelector('#enter').hidden")
    assert axe.serious(tab) == [], "the token"
    # The link in the tab that is open already.
    tab.run(f"location.href = '{server.links[0]}'")
    ready(tab, 0)
    assert "token" not in tab.run("location.href")
    assert axe.serious(tab) == [], "a pair"
    for key, opened in (("r", "#rubric"), ("s", "#why"), ("?", "#guide")):
        tab.press(key)
        tab.until(f"document.querySelector('{opened}').open")
        assert axe.serious(tab) == [], opened
        tab.run("[...document.querySelectorAll('dialog[open]')].map((one) => one.close())")
    for done in range(13):
        ready(tab, done)
        tab.press("3")
    tab.until("!document.querySelector('#done').hidden")
    assert axe.serious(tab) == [], "the end"
    tab.close()
