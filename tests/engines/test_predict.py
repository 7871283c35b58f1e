"""Prediction: resuming after a kill, failures that are rows, engines, the stage."""

import http.server
import json
import threading
from pathlib import Path
from types import SimpleNamespace

import planning
import pytest
from sample_judgments import plain_form

from lexpro.config import benchmark
from lexpro.config.predict import Api, Decoding, Settings
from lexpro.dag.compose import choice
from lexpro.engines import api, load, resume
from lexpro.engines.base import Generation, Request, Sampling, failure
from lexpro.engines.resume import Ask, chunks
from lexpro.evaluation import predicting
from lexpro.hashing import seed_of
from lexpro.workflow import stage
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, read_yaml, write_json, write_text

CONFIG = Path(__file__).resolve().parents[2] / "config"


def said(rows: dict) -> dict:
    """Rows without their times: what does not differ between two runs."""
    return {
        key: {name: value for name, value in row.items() if name != "seconds"} for key, row in rows.items()
    }


class Killed(BaseException):
    pass


class Echo:
    """Answers with what was asked and its seed; dies at request number `dies`, fails those in
    `fails`.
    """

    def __init__(self, dies: int | None = None, fails: tuple[str, ...] = ()):
        self.asked: list[str] = []
        self.dies, self.fails = dies, fails

    def generate(self, requests):
        found = []
        for request in requests:
            self.asked.append(request.messages[0]["content"])
            if len(self.asked) == self.dies:
                raise Killed
            text = request.messages[0]["content"]
            made = Generation(f"{text}#{request.seed}", "stop", 3)
            found.append(failure("no connection") if text in self.fails else made)
        return found


def asks(count: int = 10, samples: int = 2) -> list[Ask]:
    return [
        Ask(
            f"i{n}",
            s,
            Request([{"role": "user", "content": "甲" * n}], 8 + n % 2, seed_of(n, s)),
            {"task": "term"},
        )
        for n in range(count)
        for s in range(samples)
    ]


def test_chunks_hold_every_ask_once_and_do_not_depend_on_order():
    made = list(chunks(asks(), 4))
    assert sorted(ask.key for part in made for ask in part) == sorted(ask.key for ask in asks())
    assert max(map(len, made)) == 4 and made == list(chunks(asks()[::-1], 4))
    assert all(len({ask.request.max_new_tokens for ask in part}) == 1 for part in made)


@pytest.mark.parametrize("dies", range(1, 21))
def test_killed_anywhere_it_goes_on_to_the_same_result(tmp_path, dies):
    path = tmp_path / "predictions.jsonl"
    whole, _ = resume.run(asks(), Echo, tmp_path / "whole.jsonl", 4)
    with pytest.raises(Killed):
        resume.run(asks(), lambda: Echo(dies), path, 4)
    again = Echo()
    rows, _ = resume.run(asks(), lambda: again, path, 4)
    assert said(rows) == said(whole)
    # Whole chunks that were finished are not asked again; the one that was under way is.
    assert len(again.asked) <= 20 - (dies - 1) // 4 * 4 + 2


def test_a_line_that_was_cut_is_asked_again(tmp_path):
    path = tmp_path / "predictions.jsonl"
    whole, _ = resume.run(asks(), Echo, path, 4)
    data = path.read_bytes()
    for cut in (len(data) - 1, len(data) - 5, len(data) // 2, 1):
        path.write_bytes(data[:cut])
        rows, _ = resume.run(asks(), Echo, path, 4)
        assert said(rows) == said(whole)
        assert len(path.read_text(encoding="utf-8").splitlines()) == 20


def test_nothing_left_to_do_makes_no_engine(tmp_path):
    path = tmp_path / "predictions.jsonl"
    whole, _ = resume.run(asks(), Echo, path, 4)

    def no_engine():
        raise AssertionError("an engine was made")

    assert resume.run(asks(), no_engine, path, 4)[0] == whole


def test_failures_are_rows_and_are_asked_again_by_the_next_attempt(tmp_path):
    path = tmp_path / "predictions.jsonl"
    first = Echo(fails=("甲甲",))
    rows, _ = resume.run(asks(), lambda: first, path, 4)
    failed = [row for row in rows.values() if row["error"]]
    assert [row["id"] for row in failed] == ["i2", "i2"] and failed[0]["finish_reason"] == "error"
    # They were asked once more before this attempt ended.
    assert len(first.asked) == 22 and first.asked[-2:] == ["甲甲", "甲甲"]
    again = Echo()
    rows, _ = resume.run(asks(), lambda: again, path, 4)
    assert not any(row["error"] for row in rows.values()) and len(again.asked) < 20


def test_samples_of_an_item_have_their_own_seeds():
    assert len({seed_of(1, "i", sample) for sample in range(100)}) == 100
    assert seed_of("a", "b") != seed_of("ab") and 0 <= seed_of(1) < 2**31


class Reply(http.server.BaseHTTPRequestHandler):
    replies: list = []
    seen: list = []
    keys: list = []

    def do_POST(self):
        self.keys.append(self.headers["Authorization"])
        self.seen.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        code, body, *location = self.replies.pop(0)
        self.send_response(code)
        if location:
            self.send_header("Location", location[0])
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(api.time, "sleep", lambda _: None)
    Reply.replies, Reply.seen, Reply.keys = [], [], []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Reply)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def answered(content: str, **message) -> str:
    choice = {"message": {"content": content, **message}, "finish_reason": "length"}
    return json.dumps({"choices": [choice], "usage": {"completion_tokens": 7}})


def engine(url: str, **changes) -> api.Engine:
    settings = {"base_url": url, "model": "m", "key_env": None, "concurrency": 1, "timeout": 5, "retries": 2}
    settings = Api(module="lexpro.engines.api", **settings | changes)
    return load.engine(settings, Path(), None, Sampling(temperature=0.5, top_p=0.9))


def test_a_server_is_asked_in_its_own_terms(server):
    Reply.replies = [(200, answered("{}", reasoning_content="想"))]
    made = engine(server).generate([Request([{"role": "user", "content": "甲"}], 5, 3)])
    assert made == [Generation("<think>想</think>{}", "length", 7)]
    assert Reply.seen == [
        {
            "model": "m",
            "messages": [{"role": "user", "content": "甲"}],
            "max_tokens": 5,
            "temperature": 0.5,
            "top_p": 0.9,
            "seed": 3,
        }
    ]


@pytest.mark.parametrize(
    ("replies", "error"),
    [
        ([(503, "busy"), (429, "slow"), (200, answered("{}"))], None),
        ([(503, "busy")] * 3, "HTTP 503: busy"),
        ([(400, "too long"), (200, answered("{}"))], "HTTP 400: too long"),
        ([(200, "no json")] * 3, "JSONDecodeError"),
        ([(200, "{}")] * 3, "KeyError"),
    ],
)
def test_what_passes_is_tried_again_and_what_does_not_is_a_failure(server, replies, error):
    Reply.replies = replies
    (made,) = engine(server).generate([Request([{"role": "user", "content": "甲"}], 5)])
    assert (made.error or "").startswith(error or "") and bool(made.error) == bool(error)


def test_the_key_comes_from_the_environment_and_goes_to_the_server_alone(server, monkeypatch, caplog):
    monkeypatch.setenv("LEXPRO_TEST_KEY", "secret-of-the-test")
    Reply.replies = [(400, "no"), (200, answered("{}"))]
    asked = engine(server, key_env="LEXPRO_TEST_KEY")
    made = asked.generate([Request([{"role": "user", "content": "甲"}], 5)] * 2)
    assert Reply.keys == ["Bearer secret-of-the-test"] * 2
    assert "secret" not in f"{made} {Reply.seen} {caplog.text}"


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_so_the_key_goes_nowhere_else(server, monkeypatch, code):
    """Neither to another host nor to another port; the prompt goes there no more than the key."""
    monkeypatch.setenv("LEXPRO_TEST_KEY", "secret-of-the-test")
    seen = []

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def answer(self):
            seen.append((self.command, self.headers["Authorization"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answered("{}").encode())

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    elsewhere = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=elsewhere.serve_forever, daemon=True).start()
    there = f"http://localhost:{elsewhere.server_port}/v1/chat/completions"
    try:
        Reply.replies = [(code, "", there)]
        asked = engine(server, key_env="LEXPRO_TEST_KEY")
        (made,) = asked.generate([Request([{"role": "user", "content": "甲"}], 5)])
    finally:
        elsewhere.shutdown()
        elsewhere.server_close()
    assert made.error.startswith(f"HTTP {code}: redirected to {there}") and not seen
    assert Reply.keys == ["Bearer secret-of-the-test"], "asked once, and not again"


def test_a_missing_key_is_the_users_error(server, monkeypatch):
    monkeypatch.delenv("LEXPRO_TEST_KEY", raising=False)
    with pytest.raises(UserError, match="LEXPRO_TEST_KEY"):
        engine(server, key_env="LEXPRO_TEST_KEY")


@pytest.mark.parametrize("path", sorted((CONFIG / "predict").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_configuration_is_valid(path):
    Settings.model_validate(read_yaml(path))


HELDOUT = [
    {
        "id": f"d{n}:{task}",
        "doc_id": f"d{n}",
        "task": task,
        "input": f"事实{n}",
        "gold": {},
        "province": "湖北",
    }
    | {"charge": "盗窃罪", "date": None}
    for n in range(5)
    for task in ("elements", "term")
]


@pytest.fixture
def planned(tmp_path, monkeypatch):
    """A planned run of `predict` with the rows above; `plan(**settings)` writes it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lock.txt").write_text("")
    monkeypatch.setattr(stage, "lock_file", lambda: tmp_path / "lock.txt")

    write_json(tmp_path / "results/tasks/x/form.json", plain_form().model_dump())
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in HELDOUT)
    write_text(tmp_path / "results/tasks/x/heldout.jsonl", lines)
    base = choice("predict", "transformers", CONFIG).model_dump()

    def plan(**changes) -> list[str]:
        settings = {**base, "benchmark": "heldout", "variant": "sft", "retrieval": "none", **changes}
        settings.setdefault("items", {"tasks": ["elements", "term"], "limit": 3})
        inputs = {"model": "results/sft/x", "tasks": "results/tasks/x"}
        return planning.arguments(planning.plan("predict", settings, inputs, "y"))

    return plan


def test_the_stage_writes_a_row_for_every_answer_in_the_order_of_the_benchmark(planned, monkeypatch):
    import predict
    from lexpro.engines import hf

    monkeypatch.setattr(hf, "Engine", lambda *_: Echo(fails=("预测刑期：\n事实1",)))
    predict.main(planned(max_failed=0.2))
    rows = [json.loads(line) for line in Path("results/predict/y/predictions.jsonl").read_text().splitlines()]
    assert [row["id"] for row in rows] == [row["id"] for row in HELDOUT[:6]]
    assert [row["error"] for row in rows] == [None, None, None, "no connection", None, None]
    assert rows[0]["completion"].startswith("提取要素：\n事实0") and rows[0]["retrieved"] == []
    named = {"prompt_sha256", "finish_reason", "tokens", "sample", "task"}
    assert named < rows[0].keys() and "seconds" not in rows[0]
    times = [json.loads(line) for line in Path("results/predict/y/times.jsonl").read_text().splitlines()]
    assert [row["id"] for row in times] == [row["id"] for row in rows] and all(
        r["seconds"] >= 0 for r in times
    )
    assert list(read_json(Path("results/predict/y/manifest.json"))["files"]) == [
        "predictions.jsonl",
        "repeats.jsonl",
    ]
    assert not Path("scratch/predict").is_dir() or not list(Path("scratch/predict").glob("*/*.jsonl"))


def test_some_greedy_answers_are_made_again_and_sampled_ones_are_not(planned, monkeypatch):
    import predict
    from lexpro.engines import hf

    made = []
    monkeypatch.setattr(hf, "Engine", lambda *_: made.append(Echo()) or made[-1])
    predict.main(planned(repeat_items=2))
    rows, again = (
        [json.loads(line) for line in Path("results/predict/y", name).read_text().splitlines()]
        for name in ("predictions.jsonl", "repeats.jsonl")
    )
    # Two of three items of each task, spread over it, by the same engine.
    assert [row["id"] for row in again] == ["d0:elements", "d1:elements", "d0:term", "d1:term"]
    assert len(made) == 1 and len(made[0].asked) == 6 + 4 and all(row in rows for row in again)
    sampled = choice("predict", "transformers", CONFIG).decoding.model_dump() | {
        "temperature": 0.5,
        "samples": 3,
    }
    predict.main(planned(decoding=sampled))
    assert Path("results/predict/y/repeats.jsonl").read_text() == ""


def test_a_server_is_an_engine_as_the_others_are(planned, server, monkeypatch):
    """Chosen by the configuration: what it answers are rows, what it refuses too, and the key is
    nowhere in them.
    """
    import predict

    monkeypatch.setenv("LEXPRO_TEST_KEY", "secret-of-the-test")
    Reply.replies = (
        [(200, answered("<think>想</think>{}"))] * 3 + [(400, "too long")] * 2 + [(200, answered("{}"))] * 9
    )
    settings = choice("predict", "api", CONFIG).engine.model_dump()
    settings |= {"base_url": server, "key_env": "LEXPRO_TEST_KEY", "concurrency": 1, "retries": 0}
    predict.main(planned(engine=settings, max_failed=0.5, repeat_items=0))
    text = Path("results/predict/y/predictions.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    # Two were refused, and answered when they were asked once more.
    assert [row["finish_reason"] for row in rows].count("length") == len(rows) == 6
    assert rows[0]["completion"] == "<think>想</think>{}" and len(Reply.seen) == 8
    provenance = Path("results/predict/y/provenance.json").read_text(encoding="utf-8")
    assert "secret" not in text + provenance


@pytest.mark.parametrize(
    ("stage_says", "benchmark_says", "samples"),
    [
        ({"temperature": 0.6, "samples": 3}, {"temperature": 0}, 1),
        ({"temperature": 0.6, "samples": 3}, {"temperature": None}, 3),
        ({"temperature": 0.0, "samples": 1}, {"temperature": 0.6, "samples": 5}, 5),
    ],
)
def test_greedy_answers_are_made_once_and_sampled_ones_as_often_as_asked(stage_says, benchmark_says, samples):
    own = benchmark_says and benchmark.Decoding.model_validate(benchmark_says)
    decoding = Decoding.model_validate(
        choice("predict", "transformers", CONFIG).decoding.model_dump() | stage_says
    )
    merged = predicting.decoding_of(SimpleNamespace(decoding=decoding, items=SimpleNamespace(decoding=own)))
    assert merged.samples == samples


@pytest.mark.parametrize("decoding", [{"temperature": 0.6}, {"temperature": 0.6, "samples": 2}])
def test_a_benchmark_is_not_sampled_with_fewer_than_three_seeds(decoding):
    with pytest.raises(ValueError, match="at least 3"):
        benchmark.Decoding.model_validate(decoding)


def test_the_stage_fails_above_the_allowed_share_of_failures(planned, monkeypatch, caplog):
    import predict
    from lexpro.engines import hf

    monkeypatch.setattr(hf, "Engine", lambda *_: Echo(fails=("预测刑期：\n事实1",)))
    with pytest.raises(SystemExit) as ended:
        predict.main(planned(max_failed=0.1))
    assert ended.value.code == 2 and not Path("results/predict/y/manifest.json").exists()


def test_a_benchmark_without_items_is_an_error(planned):
    import predict

    with pytest.raises(SystemExit) as ended:
        predict.main(planned(items={"tasks": ["charge"], "limit": 0}))
    assert ended.value.code == 2
