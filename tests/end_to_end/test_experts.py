"""From a finished experiment to its report with ratings: experts vote in a browser, export their
votes, and Snakemake reads them.
"""

import json
import re
import sys
import time

import browser

pytestmark = browser.needed

# Two systems of others: one whose answers are right, and one that never knows. The rule of who is
# left out asks for three seconds a pair; a key is pressed sooner here.
SHEET = """
items: 12
experts: 2
controls: 2
exclude: {min_seconds: 0}
systems:
  right: {path: right.jsonl}
  lost: {path: lost.jsonl}
"""
OTHERS = "overrides=[expert_sheet=with_others]"
# What these experts think: the first is the best; whatever is not named stands in the middle.
TASTE = {"gold": 0, "right": 1, "spoiled": 3, "lost": 4}
DONE = "document.querySelector('#count').textContent.startsWith('{} /') && !document.body.hasAttribute('aria-busy')"


def saved(folder, name):
    """Wait until the browser has saved a file."""
    end = time.monotonic() + browser.PATIENCE
    while not list(folder.glob(name)):
        assert time.monotonic() < end, f"{name} was not saved"
        time.sleep(0.1)


def votes(flow, folder, chromium, exports):
    """Everybody votes in a browser of their own, and saves the votes with the page's button."""
    key = [json.loads(line) for line in (folder / "key.jsonl").read_text(encoding="utf-8").splitlines()]
    command = [
        sys.executable,
        "-m",
        "lexpro",
        "ratings",
        "serve",
        "--sheet",
        str(folder / "sheet"),
        "--port",
        "0",
    ]
    server = flow.start(command, {"PYTHONUNBUFFERED": "1"})
    try:
        links: list[str] = []
        while len(links) < 2:
            links += re.findall(r"http://\S+", server.stdout.readline())
        for expert, link in enumerate(links, 1):
            tab = chromium.page(apart=True)
            tab.downloads(exports)
            tab.open(link)
            own = [row for row in key if row["kind"] != "same" and row["expert"] == expert]
            for done, row in enumerate(own):
                tab.until(DONE.format(done))
                first, second = (TASTE.get(row[side], 2) for side in ("left", "right"))
                tab.press("1" if first < second else "2" if second < first else "3")
            tab.until("!document.querySelector('#done').hidden")
            tab.click("#save")
            saved(exports, f"ratings-*-{expert}.csv")
            tab.close()
    finally:
        server.kill()
        server.wait()
    return key


def write_others(root):
    """The outputs of the other systems, and the settings that name them."""
    scored = next((root / "results/score").glob("heldout-*/items.jsonl"))
    items = [json.loads(line) for line in scored.read_text(encoding="utf-8").splitlines()]
    for name, answer in (("right", lambda row: row["gold"]), ("lost", lambda row: "不知道")):
        lines = [json.dumps({"id": row["id"], "response": json.dumps(answer(row))}) for row in items]
        (root / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "config/expert_sheet/with_others.yaml").write_text(SHEET, encoding="utf-8")


def test_ratings_that_the_page_exports_come_into_the_report(flow, tmp_path):
    write_others(flow.root)
    flow(config=[OTHERS])
    published = flow.root / "results/experiments/smoke/summary.json"
    before = json.loads(published.read_text(encoding="utf-8"))
    assert before["experts"]["ratings"] == {}
    assert "Nobody has rated it yet" in (flow.root / "results/report.html").read_text(encoding="utf-8")
    folder = flow.root / "results/expert_sheet" / before["stages"]["expert_sheet"]["key"]

    exports = tmp_path / "exports"
    exports.mkdir()
    with browser.started(tmp_path / "chromium") as chromium:
        key = votes(flow, folder, chromium, exports)
    assert len(list(exports.glob("ratings-*.csv"))) == 2

    rated = f"{OTHERS[:-1]},expert.ratings={exports}]"
    assert flow.planned(rated) == {"expert": 1, "report": 1}
    flow(config=[rated])
    found = json.loads(published.read_text(encoding="utf-8"))["experts"]["ratings"]
    assert found["ratings"] == sum(row["kind"] != "same" for row in key) > 10
    assert found["systems"][0]["system"] == "right" and found["systems"][-1]["system"] == "lost"
    for expert in found["experts"].values():
        assert expert["controls"] == {**expert["controls"], "value": 1, "n": 2} and not expert["excluded"]
    page = (flow.root / "results/report.html").read_text(encoding="utf-8")
    assert (
        "Nobody has rated it yet" not in page and f"2 experts have given {found['ratings']} ratings" in page
    )
