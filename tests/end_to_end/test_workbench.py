"""`lexpro serve` over a finished experiment: it opens, answers, stops, and writes nothing."""

import hashlib
import json
import re
import signal
import sys
import time

import httpx
import pytest
from sample_cases import TEXT


def contents(folder) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def server(finished):
    process = finished.start(
        [sys.executable, "-m", "lexpro", "serve", "--experiment", "smoke", "--port", "0"]
    )
    line = process.stdout.readline()
    yield process, re.search(r"http://\S+", line)[0].rstrip("/")
    process.kill()
    process.wait()


def test_the_workbench_of_a_finished_experiment(finished, server):
    process, address = server
    before = contents(finished.root / "results")
    with httpx.Client(base_url=address, timeout=600, trust_env=False) as web:
        path = web.post("/documents", data={"text": TEXT}).headers["location"].rsplit("/", 1)[0]
        for tab in ("elements", "statutes", "cases", "sentences", "checks", "questions"):
            while (answer := web.get(f"{path}/{tab}")).status_code == 503 and "正在载入" in answer.text:
                time.sleep(0.5)
            assert answer.status_code == 200, (tab, answer.text)
        asked = web.post(f"{path}/questions", data={"task": "article"}).headers["location"]
        job = asked.partition("job=")[2]
        stream = web.get(f"{path}/questions/{job}/events").text
        heard = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: ")]
        assert heard[-1]["state"] == "done" and heard[-1]["error"] == ""
        assert "引用核对" in web.get(asked).text
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=600)
    assert process.returncode == 0 and out.rstrip().endswith("已停止。")
    assert contents(finished.root / "results") == before
    # Neither the text nor its address is in the log.
    assert "林某甲" not in out and path.split("/")[2] not in out


def test_an_experiment_that_has_not_run_is_said(finished):
    done = finished.python("-m", "lexpro", "serve", "--experiment", "paper_14b", "--port", "0")
    assert done.returncode == 2 and "has not run here" in done.stdout and "Traceback" not in done.stdout
