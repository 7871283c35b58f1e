"""The stage predict: its rows, what is made twice, and which failures it bears."""

import json
from pathlib import Path
from types import SimpleNamespace

import planning
import pytest
from api_server import Reply, answered
from echo_engine import Echo
from sample_judgments import plain_form

from lexpro.config import benchmark
from lexpro.config.predict import Decoding, Settings
from lexpro.dag.compose import choice
from lexpro.evaluation import predicting
from lexpro.workflow import stage
from lexpro.workflow.files import read_json, read_yaml, write_json, write_text

CONFIG = Path(__file__).resolve().parents[2] / "config"


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
