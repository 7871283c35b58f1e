"""Ratings survive: a killed process, an undoing, a way through CSV and back."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lexpro.experts import exports
from lexpro.experts.exports import Rating
from lexpro.experts.store import Store
from lexpro.workflow.errors import UserError

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow/scripts"
ONE = Rating(
    "s", 1, "a", "left", "", "说理, 清楚\n“好”", 12.5, "2026-01-02T03:04:05.000+00:00", {"left_law": 4}
)
TWO = Rating("s", 1, "b", "skip", "=HYPERLINK(1)", "-1+2", 3.0, "2026-01-02T03:05:05.000+00:00")


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "beside/ratings.sqlite3")


def test_what_is_added_is_read_again_by_another_process(store):
    store.add([ONE, TWO])
    assert Store(store.path).ratings("s", 1) == [ONE, TWO]
    assert store.ratings("s", 2) == store.ratings("other") == []


def test_undo_takes_back_the_last_one_and_keeps_the_log(store):
    store.add([ONE])
    store.add([TWO])
    assert store.undo("s", 1) == TWO and store.ratings() == [ONE]
    assert store.undo("s", 1) == ONE and store.undo("s", 1) is None
    store.add([replace(ONE, choice="right")])
    assert [r.choice for r in store.ratings()] == ["right"]


def test_tokens_are_of_one_expert_and_one_sheet_and_are_not_kept(store):
    token, other = store.enrol("s", 1), store.enrol("s", 2)
    assert (store.expert_of("s", token), store.expert_of("s", other)) == (1, 2)
    assert store.expert_of("t", token) is None and store.expert_of("s", token[:-1]) is None
    files = [p for p in store.path.parent.iterdir() if p.is_file()]
    assert all(token.encode() not in p.read_bytes() for p in files)


def test_nothing_is_lost_when_the_server_is_killed(store):
    """Every rating whose writing was reported is there after kill -9."""
    code = (
        "import sys, itertools\n"
        "from pathlib import Path\n"
        "from lexpro.experts.exports import Rating\n"
        "from lexpro.experts.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "for n in itertools.count():\n"
        "    store.add([Rating('s', 1, str(n), 'tie')])\n"
        "    print(n, flush=True)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(store.path)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SCRIPTS)},
    )
    reported = [process.stdout.readline() for _ in range(20)]
    time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    reported += process.stdout.readlines()
    process.wait()
    told = {int(line) for line in reported if line.endswith("\n")}
    assert told <= {int(r.showing) for r in store.ratings("s", 1)}


@pytest.mark.parametrize("suffix, write", [("csv", exports.to_csv), ("jsonl", exports.to_json_lines)])
def test_exports_come_back_as_they_were(tmp_path, suffix, write):
    path = tmp_path / f"ratings.{suffix}"
    path.write_text(write([ONE, TWO]), encoding="utf-8", newline="")
    assert exports.read(path) == [ONE, TWO]
    assert exports.files(tmp_path) == exports.files(path) == [path]


def test_no_cell_of_a_spreadsheet_is_a_formula():
    cells = exports.to_csv([TWO]).replace("\r\n", ",").split(",")
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize(
    "line, says",
    [
        ("{", "cannot be read"),
        ("[1]", "not a rating"),
        ('{"sheet": "s"}', "not a rating"),
        ('{"sheet": "s", "expert": 1, "showing": "a", "choice": "both"}', "no such rating"),
        (
            '{"sheet": "s", "expert": 1, "showing": "a", "choice": "tie", "marks": {"left_law": 6}}',
            "left_law",
        ),
        ('{"sheet": "s", "expert": 1, "showing": "a", "choice": "tie", "seconds": NaN}', "no such rating"),
    ],
)
def test_what_is_no_rating_is_named(tmp_path, line, says):
    path = tmp_path / "ratings.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(UserError, match=says):
        exports.read(path)


def test_an_export_that_is_read_twice_counts_once():
    later = replace(ONE, choice="right", at="2026-02-01T00:00:00.000+00:00")
    assert exports.latest([later, ONE, TWO, ONE]) == [TWO, later] or exports.latest([later, ONE, TWO]) == [
        later,
        TWO,
    ]
    assert {r.showing: r.choice for r in exports.latest([later, ONE, TWO])} == {"a": "right", "b": "skip"}


def test_importing_keeps_what_is_newer(store):
    store.add([replace(ONE, choice="right", at="2026-02-01T00:00:00.000+00:00")])
    assert store.take_over([ONE, TWO]) == 1
    assert {r.showing: r.choice for r in store.ratings()} == {"a": "right", "b": "skip"}
    assert store.take_over([ONE, TWO]) == 0
