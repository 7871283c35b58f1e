"""The workbench in a real browser: every tab, uploads, keyboard, streaming and stop, attacks.

Debian's Chromium is driven through its DevTools protocol (tests/helpers/browser.py); where it is
not installed these tests are skipped.
"""

import threading
import time

import axe
import browser
import pytest
from ports import free
from sample_cases import FACTS, FILES, TEXT
from web import bench, dated, served

from lexpro.asking import streaming
from lexpro.serve.security import Policy

pytestmark = [pytest.mark.slow, browser.needed]

TABS = {
    "要素": "elements",
    "法条": "statutes",
    "类案": "cases",
    "量刑": "sentences",
    "核对": "checks",
    "问答": "questions",
}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    with browser.started(tmp_path_factory.mktemp("chromium")) as made:
        yield made


@pytest.fixture(scope="module")
def here():
    with served(bench(knowledge=dated())) as address:
        yield address


@pytest.fixture
def page(chromium):
    return chromium.page()


def paste(page, here, text=TEXT):
    page.open(f"{here}/")
    page.fill("#text", text)
    with page.leaving():
        page.click("#intake button.primary")


def case(page, here, text=TEXT) -> str:
    paste(page, here, text)
    return page.run("location.href").rsplit("/", 1)[0]


@pytest.fixture
def slowly(monkeypatch):
    """An answer of a character at a time; it ends when it is stopped or `finish` is set."""
    finish = threading.Event()

    def stream(engine, request, write, stop):
        for number in range(10_000):
            if stop.is_set() or finish.is_set():
                break
            write("字" if number % 20 else "\n")
            time.sleep(0.02)

    monkeypatch.setattr(streaming, "stream", stream)
    yield finish
    finish.set()


@pytest.mark.parametrize("width", [1280, 390])
def test_every_tab_is_drawn_in_chinese_within_the_width(chromium, here, width, tmp_path):
    page = chromium.page(width)
    case(page, here)
    for label, name in TABS.items():
        with page.leaving():
            page.run(
                f"[...document.querySelectorAll('.tabs a')].find((a) => a.textContent === '{label}').click()"
            )
        assert page.run("location.pathname").endswith(f"/{name}")
        assert page.text(".tabs a[aria-current]") == label
        assert page.run("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than {width}"
        # A font with Chinese glyphs is there: another character is not drawn as the same box.
        assert page.run(
            "(() => { const c = document.createElement('canvas').getContext('2d');"
            "c.font = `20px ${getComputedStyle(document.body).fontFamily}`;"
            "const draw = (s) => { c.clearRect(0, 0, 40, 40); c.fillText(s, 5, 25);"
            "return c.getImageData(0, 0, 40, 40).data.join(); };"
            "return document.fonts.load(c.font, '要素').then(() => draw('要') !== draw('素')); })()"
        )
    assert page.errors == []
    assert all(address.startswith((here, "data:")) for address in page.requests), (
        "a page asked another machine"
    )


def test_elements_and_their_places_light_each_other(page, here):
    case(page, here)
    page.click("tr[data-key='d1-缓刑考验期-12']")
    assert page.text("mark.on") == "缓刑一年"
    page.run("[...document.querySelectorAll('mark')].find((m) => m.textContent.includes('一万元')).click()")
    assert page.text("tr.on") == "罚金\t10,000元"
    page.until("document.querySelector('tr.on').getBoundingClientRect().top < innerHeight")


def test_elements_are_copied_as_json_csv_and_card(page, here):
    case(page, here)
    page.run("navigator.clipboard.writeText = (text) => { window.pasted = text; return Promise.resolve(); }")
    beginnings = {"复制 JSON": '{"document"', "复制 CSV": "主体,要素,值", "复制 卡片": "案件要素卡"}
    for label, beginning in beginnings.items():
        page.run(
            f"[...document.querySelectorAll('.copy-from')].find((b) => b.textContent === '{label}').click()"
        )
        page.until(f"window.pasted?.startsWith({beginning!r})")
        page.until(f"[...document.querySelectorAll('.copy-from')].some((b) => b.textContent === '{label}')")


def test_a_document_goes_through_without_a_mouse(page, here):
    page.open(f"{here}/")
    page.focus("#text")
    page.call("Input.insertText", text=TEXT)
    page.press("Tab")
    page.press("Tab")
    assert page.run("document.activeElement.textContent.trim()") == "开始"
    with page.leaving():
        page.press("Enter")
    page.focus("tr[data-key='d0-刑期-20']")
    page.press("Enter")
    assert page.text("mark.on") == "有期徒刑一年八个月"
    page.focus(".tabs a[href$='/checks']")
    with page.leaving():
        page.press("Enter")
    page.focus("li[data-key]")
    page.press(" ")
    assert page.count("mark.fault.on") == 1


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_is_uploaded(page, here, tmp_path, name):
    file = tmp_path / name
    file.write_bytes(FILES[name]())
    page.open(f"{here}/")
    page.choose("#file", file)
    with page.leaving():
        page.click("#intake button.primary")
    assert "林某甲" in page.text("h1") and "20个月" in page.text(".side")


def test_filters_and_comparison_of_cases(page, here):
    base = case(page, here)
    page.open(f"{base}/cases")
    page.run("document.querySelector('select[name=province]').value = '湖北'")
    with page.leaving():
        page.run("document.querySelector('form.bar').requestSubmit()")
    assert page.count("input[name=compare]") == 6
    for number in (0, 1):
        page.run(f"document.querySelectorAll('input[name=compare]')[{number}].click()")
    with page.leaving():
        page.click("#comparison button")
    assert page.count("#compared thead th") == 3 and "本案" in page.text("#compared")
    # The address is all there is to share.
    shared = page.run("location.href")
    page.open(f"{here}/")
    page.open(shared)
    assert page.count("#compared thead th") == 3 and page.count("input[name=compare]:checked") == 2


def ask(page, base):
    page.open(f"{base}/questions")
    with page.leaving():
        page.click("#ask button.primary")


def test_an_answer_is_streamed_and_stopped(page, here, slowly):
    base = case(page, here)
    ask(page, base)
    page.until("document.querySelector('#stream')?.textContent.length > 5")
    first = page.run("document.querySelector('#stream').textContent.length")
    page.until(f"document.querySelector('#stream').textContent.length > {first}")
    assert page.text("#state") == "正在回答" and "词元" in page.text("#progress-words")
    page.run("window.left = true")
    page.press("Escape")
    page.until("!window.left && document.querySelector('#state')?.textContent === '已停止'")
    assert "字字" in page.text("#answer")
    # It is not whole: its form, and what it does not cite, are no faults.
    assert "读不出来" not in page.text("main") and "多数类案" not in page.text("main")


def test_two_questions_at_once_queue(chromium, here, slowly):
    one, two = chromium.page(), chromium.page()
    base = case(one, here)
    other = case(two, here, FACTS)
    ask(one, base)
    one.until("document.querySelector('#stream')?.textContent.length > 5")
    ask(two, other)
    two.until("document.querySelector('#progress-words')?.textContent.includes('前面还有 1 个问题')")
    assert two.text("#state") == "排队"
    slowly.set()
    for page in (one, two):
        page.until("document.querySelector('#state')?.textContent === '已完成'")


def test_a_killed_server_is_said_and_the_document_comes_back(page, slowly):
    (port,) = free(1)
    with served(bench(), port) as address:
        base = case(page, address)
        ask(page, base)
        page.until("document.querySelector('#stream')?.textContent.length > 3")
    page.until("document.querySelector('#progress-words').textContent.includes('连接断了')")
    with served(bench(), port) as address:
        page.open(f"{base}/elements")
        assert "已不在内存里" in page.text("main")
        with page.leaving():
            page.click("button.restore")
        assert page.run("location.href") == f"{base}/elements" and "林某甲" in page.text("h1")
        # There is nothing to bring back where a text was refused.
        page.open(f"{address}/")
        page.fill("#text", "盗窃。")
        with page.leaving():
            page.click("button.primary")
        assert "文字太短" in page.text("h1") and "恢复" not in page.text("main")


class TestAttacks:
    def test_a_script_in_a_document_does_not_run(self, page, here):
        nasty = (
            "<script>window.hurt=1</script><img src=x onerror='window.hurt=2'>\"><svg onload=window.hurt=3>\n"
        )
        base = case(page, here, nasty + TEXT.replace("周某乙", "<b onclick=window.hurt=4>周</b>"))
        for name in TABS.values():
            page.open(f"{base}/{name}")
            assert page.run("window.hurt === undefined") and page.count("main img") == 0

    def test_a_script_that_gets_into_a_page_all_the_same_is_not_run(self, page, here):
        page.open(f"{here}/")
        page.run("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hurt=1\">')")
        page.run(
            "document.body.append(Object.assign(document.createElement('script'), {text: 'window.hurt=2'}))"
        )
        page.until("true")
        assert page.run("window.hurt === undefined")
        assert any("Content Security Policy" in error for error in page.errors)

    def test_an_upload_that_is_too_large(self, chromium, tmp_path):
        file = tmp_path / "large.txt"
        file.write_text("甲" * 50_000, encoding="utf-8")
        with served(bench(), policy=Policy(most_bytes=100_000)) as address:
            page = chromium.page()
            page.open(f"{address}/")
            page.choose("#file", file)
            with page.leaving():
                page.click("#intake button.primary")
            # The server may close the connection before the browser has sent everything.
            assert "请只上传本案的一份文书" in page.text("body") or "chrome-error" in page.run("document.URL")

    def test_a_path_in_a_file_name(self, page, here, tmp_path):
        page.open(f"{here}/")
        name = f"../../../../../..{tmp_path}/written.txt"
        there = page.run(
            f"(() => {{ const form = new FormData(); form.append('file', new File([{TEXT!r}], {name!r}));"
            "return fetch('/documents', {method: 'POST', body: form}).then((answer) => answer.url); })()"
        )
        page.open(there)
        assert "林某甲" in page.text("h1") and "written" not in page.text("body")
        assert list(tmp_path.iterdir()) == []

    def test_a_form_of_another_site(self, page, here):
        with served(bench()) as elsewhere:
            page.open(f"{elsewhere}/static/icon.svg")
            page.call("Page.setBypassCSP", enabled=True)
            page.open(f"{elsewhere}/")
            with page.leaving():
                page.run(
                    "(() => { const f = document.createElement('form'); f.method = 'post';"
                    f"f.enctype = 'multipart/form-data'; f.action = '{here}/documents';"
                    "f.innerHTML = '<textarea name=text></textarea>';"
                    "document.body.append(f); f.elements.text.value = '被告人窃得手机一部'; f.submit(); })()"
                )
            assert "来自别的网站" in page.text("main")

    def test_a_wrong_token_and_the_right_one(self, chromium):
        policy = Policy(frozenset({"127.0.0.1"}), "the-right-token")
        with served(bench(), policy=policy) as address:
            page = chromium.page()
            page.open(f"{address}/?token=wrong")
            assert "口令不对" in page.text("main")
            page.fill("#token", "the-right-token")
            with page.leaving():
                page.click("form button")
            assert page.count("#text") == 1 and "token" not in page.run("location.href")
            assert page.run("document.cookie") == ""

    def test_a_foreign_host(self, page, here):
        port = here.rpartition(":")[2]
        page.open(f"http://localhost:{port}/")
        assert page.count("#text") == 1
        page.open(f"http://foreign.localhost:{port}/")
        assert "不是本程序的地址" in page.text("main")


@axe.needed
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_serious_fault(chromium, here, width):
    page = chromium.page(width)
    page.call("Page.setBypassCSP", enabled=True)
    base = case(page, here)
    ask(page, base)
    page.until("document.querySelector('#state')?.textContent === '已完成'")
    answered = page.run("location.href")
    tabs = [f"{base}/{name}" for name in (*TABS.values(), "card", "cases?compare=case1&compare=case2")]
    for address in (f"{here}/", f"{here}/nothing", *tabs, answered):
        page.open(address)
        assert axe.serious(page) == [], address


@axe.needed
def test_axe_finds_no_serious_fault_where_a_token_is_asked_for(chromium):
    with served(bench(), policy=Policy(token="the-token")) as address:
        page = chromium.page()
        page.call("Page.setBypassCSP", enabled=True)
        page.open(f"{address}/")
        assert page.count("#token") == 1 and axe.serious(page) == []
