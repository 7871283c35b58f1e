"""The stages by their command line, the planner, and `lexpro ratings`, one after the other."""

import json
from pathlib import Path

import planning
import pytest

import expert
import expert_sheet
from lexpro.cli.main import main
from lexpro.dag import builder, plan_files
from lexpro.experts import sheet
from lexpro.experts.exports import Rating, to_csv, to_json_lines
from lexpro.experts.store import Store
from lexpro.workflow import stage
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, read_json_lines, write_json, write_json_lines, write_text

ROOT = Path(__file__).resolve().parents[2]


def scored(folder: Path, answer: str, score: float) -> str:
    rows = [
        {
            "id": f"d{n}:charge", "task": "charge", "sample": 0, "input": f"经审理查明：第{n}件。",
            "gold": {"罪名": [f"罪{n}"]}, "completion": json.dumps({"罪名": [f"{answer}{n}"]}, ensure_ascii=False),
            "score": score, "right": [], "wrong": [], "missed": [],
        }
        for n in range(8)
    ]  # fmt: skip
    folder.mkdir(parents=True)
    write_json_lines(folder / "items.jsonl", rows)
    write_json(folder / "manifest.json", {"files": {}, "counts": {}})
    return str(folder)


@pytest.fixture
def made(tmp_path, monkeypatch):
    """The folder of a sheet that the stage made, in a working directory of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stage, "lock_file", lambda: ROOT / "envs/cpu.txt")
    write_json(tmp_path / "results/tasks/t/manifest.json", {"files": {}, "counts": {}})
    heldout = [{"id": f"d{n}:charge", "charge": "盗窃罪", "province": "湖南"} for n in range(8)]
    write_json_lines(tmp_path / "results/tasks/t/heldout.jsonl", heldout)
    write_json_lines(tmp_path / "results/tasks/t/unseen.jsonl", [])
    inputs = {
        "tasks": "results/tasks/t",
        "score.sft.none": scored(tmp_path / "results/score/a", "甲", 0.2),
        "score.grpo.none": scored(tmp_path / "results/score/b", "乙", 0.7),
    }
    asked = {"experts": 2, "ratings_per_pair": 2, "controls": 2, "items": 8}
    expert_sheet.main(planning.arguments(planning.plan("expert_sheet", asked, inputs)))
    return tmp_path / "results/expert_sheet/k"


def rate_all(made) -> list[Rating]:
    """Everybody prefers GRPO and passes the controls."""
    shown = sheet.read(made / "sheet")
    return [
        Rating(
            shown["id"], row["expert"], row["id"],
            "left" if row["left"] in ("grpo.none", "gold") else "right", seconds=20.0, at=f"2026-01-01T00:00:{n:02d}",
        )
        for n, row in enumerate(sheet.read_key(made))
    ]  # fmt: skip


def test_from_scores_to_a_sheet_to_ratings(made):
    assert read_json(made / "manifest.json")["counts"]["items"] == 8
    write_text(Path("exports/one.jsonl"), to_json_lines(rate_all(made)[:5]))
    write_text(Path("exports/all.csv"), to_csv(rate_all(made)))
    expert.main(
        planning.arguments(
            planning.plan("expert", {"ratings": "exports", "draws": 100}, {"expert_sheet": str(made)})
        )
    )
    found = read_json(Path("results/expert/k/ratings.json"))
    assert [row["system"] for row in found["systems"]] == ["grpo.none", "sft.none"]
    assert found["ratings"] == len(rate_all(made)) and found["systems"][0]["win_rate"]["value"] == 1
    score = next(row for row in found["metrics"] if row["metric"] == "score")
    assert score["votes"]["value"] == 1
    rows = list(read_json_lines(Path("results/expert/k/rated.jsonl")))
    assert {row["preferred"] for row in rows} == {"grpo.none", "gold"}


def test_ratings_of_another_sheet_end_the_stage_with_a_sentence(made, caplog):
    write_text(Path("exports/one.jsonl"), to_json_lines([Rating("other", 1, "x", "left")]))
    plan = planning.plan("expert", {"ratings": "exports"}, {"expert_sheet": str(made)})
    with pytest.raises(SystemExit) as ended:
        expert.main(planning.arguments(plan))
    assert ended.value.code == 2 and not Path("results/expert/k").exists()


def test_the_command_moves_ratings(made, capsys):
    folder = ["--sheet", str(made / "sheet")]
    write_text(Path("carried.jsonl"), to_json_lines(rate_all(made)))
    assert main(["ratings", "import", *folder, "--from", "carried.jsonl"]) == 0
    assert main(["ratings", "export", *folder, "--out", "all.csv"]) == 0
    store = Path("ratings") / sheet.read(made / "sheet")["id"] / "ratings.sqlite3"
    assert Store(store).ratings() == rate_all(made)
    assert main(["ratings", "import", *folder, "--from", "all.csv"]) == 0
    assert f"0 of {len(rate_all(made))} ratings were new" in capsys.readouterr().out
    assert main(["ratings", "links", *folder, "--address", "http://127.0.0.1:1/experts"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    token = first.partition("http://127.0.0.1:1/experts/#token=")[2]
    assert Store(store).expert_of(sheet.read(made / "sheet")["id"], token) == 1 and first != second


@pytest.mark.parametrize(
    "arguments, says",
    [
        (["export"], "--out"),
        (["import"], "--from"),
        (["import", "--from", "foreign.jsonl"], "nothing was imported"),
    ],
)
def test_what_the_command_cannot_do_it_says(made, arguments, says, capsys):
    write_text(Path("foreign.jsonl"), to_json_lines([Rating("other", 1, "x", "left")]))
    with pytest.raises(SystemExit) as ended:
        main(["ratings", *arguments, "--sheet", str(made / "sheet")])
    assert ended.value.code == 2 and says in capsys.readouterr().err


class TestPlanner:
    """Which runs an experiment has."""

    @pytest.fixture(autouse=True)
    def in_checkout(self, monkeypatch):
        monkeypatch.chdir(ROOT)

    def runs(self, *overrides, name="smoke"):
        dag = builder.build([name], list(overrides))
        return {stage: dag.runs_of(stage) for stage in ("expert_sheet", "expert", "report")}

    def test_a_sheet_is_made_of_the_first_benchmark(self):
        found = self.runs()
        assert found["expert"] == []
        (made,) = found["expert_sheet"]
        named = {f"score.{v}.{r}" for v in ("base", "sft", "grpo") for r in ("none", "rag")}
        assert set(made.upstream) == {"tasks"} | named
        assert "expert_sheet" in found["report"][0].upstream

    def test_one_system_has_nothing_to_be_compared_with(self):
        assert self.runs("variants=[sft]", "retrieval=[none]")["expert_sheet"] == []

    def test_a_benchmark_that_is_not_evaluated(self):
        with pytest.raises(UserError, match=r"expert_sheet\.benchmark.*benchmarks: heldout"):
            self.runs("expert_sheet.benchmark=lawbench")

    def test_ratings_are_read_by_their_content(self, tmp_path):
        write_text(tmp_path / "one.jsonl", "")
        found = self.runs(f"expert.ratings={tmp_path}")
        (made,) = found["expert"]
        assert "expert" in found["report"][0].upstream
        listed = plan_files.OUTSIDE["expert"][-1]
        before = listed(made)
        write_text(tmp_path / "one.jsonl", "{}")
        assert listed(made) != before
        (tmp_path / "one.jsonl").unlink()
        with pytest.raises(UserError, match="holds no export"):
            listed(made)


def test_the_workbench_shows_the_sheet_of_its_experiment(made):
    from lexpro.serve import experts

    assert experts.of_experiment({"stages": {}}) is None
    assert experts.of_experiment({"stages": {"expert_sheet": {"key": "gone"}}}) is None
    section = experts.of_experiment({"stages": {"expert_sheet": {"key": "k"}}})
    assert (section.title, section.address) == ("专家评测", "/experts/")
    assert len(list(Path("ratings").glob("*/ratings.sqlite3"))) == 1
