"""Debian's Chromium, driven through its DevTools protocol: a real browser without a driver package.

with browser.started(folder) as page:
    page.open("http://127.0.0.1:1234/")
    page.click("button")
    assert "要素" in page.text("main")
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from websockets.sync.client import ClientConnection, connect

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Seconds until something that has to come is given up: a guard, not a measurement.
PATIENCE = 600
KEYS = {"Tab": 9, "Enter": 13, " ": 32, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38}

needed = pytest.mark.skipif(
    PROGRAM is None, reason="Chromium is not installed (Debian: apt install chromium)"
)


def said(socket: ClientConnection, number: int, method: str, values: dict) -> dict:
    """The answer to one call."""
    socket.send(json.dumps({"id": number, "method": method, "params": values}))
    while (answer := json.loads(socket.recv(timeout=PATIENCE))).get("id") != number:
        pass
    return answer["result"]


class Page:
    """One tab of the browser."""

    def __init__(self, address: str):
        self.open_ = ExitStack()
        self.socket = self.open_.enter_context(
            connect(address, max_size=None, open_timeout=PATIENCE, proxy=None)
        )
        self.numbers = itertools.count(1)
        self.errors: list[str] = []
        self.requests: list[str] = []
        for name in ("Page", "Runtime", "Network", "DOM", "Log"):
            self.call(f"{name}.enable")

    def _heard(self, event: dict) -> None:
        name, values = event.get("method"), event.get("params", {})
        if name == "Log.entryAdded" and values["entry"]["level"] == "error":
            self.errors.append(values["entry"]["text"])
        elif name == "Runtime.exceptionThrown":
            details = values["exceptionDetails"]
            self.errors.append(f"{details['text']} {details.get('exception', {}).get('description', '')}")
        elif name == "Network.requestWillBeSent":
            self.requests.append(values["request"]["url"])

    def call(self, method: str, **values) -> dict:
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": values}))
        while True:
            answer = json.loads(self.socket.recv(timeout=PATIENCE))
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self._heard(answer)

    def run(self, script: str):
        """The value of an expression in the page; a promise is awaited."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def until(self, script: str):
        """Wait until an expression is true; its value."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                if value := self.run(script):
                    return value
            except AssertionError:
                # The page is being left.
                pass
            time.sleep(0.05)
        raise AssertionError(
            f"never true: {script}; the page is {self.run('location.href')}: {self.text('main')[:500]}"
        )

    def open(self, address: str) -> None:
        # The old page must be gone before the new one is asked about.
        self.run("window.left = true")
        self.call("Page.navigate", url=address)
        self.until("!window.left && document.readyState === 'complete'")

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """What is done inside loads another page, which is there afterwards."""
        self.run("window.left = true")
        yield
        self.until("!window.left && document.readyState === 'complete'")

    def text(self, selector: str) -> str:
        return self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def count(self, selector: str) -> int:
        return self.run(f"document.querySelectorAll({json.dumps(selector)}).length")

    def fonts(self, selector: str) -> set[str]:
        """The fonts that a text is drawn with."""
        self.call("CSS.enable")
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        used = self.call("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]
        return {font["familyName"] for font in used}

    def downloads(self, folder: Path) -> None:
        """Let the page save files, in a folder."""
        self.call("Page.setDownloadBehavior", behavior="allow", downloadPath=str(folder))

    def click(self, selector: str) -> None:
        self.run(f"document.querySelector({json.dumps(selector)}).click()")

    def fill(self, selector: str, value: str) -> None:
        self.run(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(value)}")

    def focus(self, selector: str) -> None:
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")

    def press(self, key: str) -> None:
        code = KEYS.get(key, 0)
        text = "\r" if key == "Enter" else key if len(key) == 1 else ""
        more = {"text": text} if text else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more)

    def choose(self, selector: str, *files: Path) -> None:
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file) for file in files])

    def size(self, width: int, height: int = 900) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def picture(self, path: Path, whole: bool = False) -> None:
        made = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(made["data"]))

    def close(self) -> None:
        self.open_.close()


class Browser:
    """A running browser."""

    def __init__(self, folder: Path):
        command = [PROGRAM, "--headless=new", "--no-first-run", "--disable-gpu", "--disable-dev-shm-usage"]
        command += ["--disable-background-networking", "--disable-component-update", "--hide-scrollbars"]
        command += [
            "--disable-extensions",
            "--no-proxy-server",
            f"--user-data-dir={folder}",
            "--remote-debugging-port=0",
        ]
        if os.geteuid() == 0:
            command.append("--no-sandbox")
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen([*command, "about:blank"], stdout=quiet, stderr=quiet)
        port = folder / "DevToolsActivePort"
        end = time.monotonic() + PATIENCE
        while not port.is_file() or not port.read_text():
            assert self.process.poll() is None and time.monotonic() < end, "Chromium did not start"
            time.sleep(0.05)
        self.port = int(port.read_text().split()[0])
        self.pages: list[Page] = []

    def _ask(self, path: str, method: str = "GET") -> dict:
        asked = urllib.request.Request(f"http://127.0.0.1:{self.port}/json/{path}", method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(asked, timeout=PATIENCE) as answer:
            return json.load(answer)

    def page(self, width: int = 1280, apart: bool = False) -> Page:
        """A new tab; `apart`: with cookies of its own, as another person's browser has."""
        if apart:
            with connect(self._ask("version")["webSocketDebuggerUrl"], proxy=None) as socket:
                context = said(socket, 1, "Target.createBrowserContext", {})["browserContextId"]
                wanted = {"url": "about:blank", "browserContextId": context}
                name = said(socket, 2, "Target.createTarget", wanted)["targetId"]
            made = Page(f"ws://127.0.0.1:{self.port}/devtools/page/{name}")
        else:
            made = Page(self._ask("new?about:blank", "PUT")["webSocketDebuggerUrl"])
        made.size(width)
        self.pages.append(made)
        return made

    def close(self) -> None:
        for page in self.pages:
            page.close()
        self.process.terminate()
        self.process.wait(PATIENCE)


@contextmanager
def started(folder: Path) -> Iterator[Browser]:
    made = Browser(folder)
    try:
        yield made
    finally:
        made.close()
