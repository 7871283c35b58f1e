"""The report of a small made-up experiment: its upstream files are written here by hand."""

import base64
import json
import math
import random
import re
import shutil
import struct
import warnings
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import matplotlib.pyplot as plt
import planning
import polars as pl
import pytest
import rated_sheet
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

import report
from lexpro import hashing
from lexpro.cli.main import main
from lexpro.config import score as score_settings
from lexpro.evaluation import score_judgments
from lexpro.evaluation.grading import grade
from lexpro.evaluation.metrics import MAIN, summarise
from lexpro.law.provinces import PROVINCES as PROVINCES_OF_CHINA
from lexpro.report import (
    catalog,
    corpus_figures,
    corpus_page,
    effects,
    experts,
    figures,
    gather,
    labels,
    page,
    paper,
    sources,
    style,
    summary,
    table,
    tables,
)
from lexpro.report.tabs import ROOT, tabs
from lexpro.task_names import TASKS
from lexpro.workflow import fingerprint, stage
from lexpro.workflow.files import read_json, write_json, write_text

PROVINCES = {"湖北": 9, "山东": 6, "西藏": 1}
CHARGES = ["盗窃罪", "危险驾驶罪", "掩饰、隐瞒犯罪所得、犯罪所得收益罪"]
RUN = {
    "stage": "x", "commit": "0123456789abcdef", "dirty": False, "python": "3.11.2",
    "packages": {"polars": "2.1.0"}, "host": "secret-name", "processor": "x86_64", "cores": 2, "threads": 1,
    "gpus": [], "started": "2026-01-01T00:00:00+00:00", "seconds": 10.0, "peak_rss_mb": 100.0,
}  # fmt: skip
GOLD = {
    "被告人": [
        {"姓名": "张某甲", "罪名": ["盗窃罪"], "刑种": "有期徒刑", "刑期": 42, "缓刑": 0, "罚金": 5000}
        | {"情节": ["坦白", "累犯"]}
    ],
    "金额": 8500,
    "退赔": 8500,
    "赔偿": 0,
}


def jsonl(path: Path, rows: list[dict]) -> None:
    write_text(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def parquet(path: Path, **columns: list) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(columns).write_parquet(path)


def corpus(folder: dict[str, Path], provinces: list[str], kept: list[tuple[str, str]]) -> None:
    """11 records more than are kept: 2 unreadable, 1 unstructured, 8 dropped."""
    write_text(folder["corpus"] / "truth.jsonl", "{}\n")
    for name in provinces:
        count = sum(province == name for province, _ in kept) + 9 * (name == "湖北")
        parquet(folder["ingest"] / name / "documents.parquet", doc_id=[f"{name}{i}" for i in range(count)])
        broken = ["cannot decode", "empty file"] if name == "山东" else []
        parquet(folder["ingest"] / name / "rejects.parquet", file=["a.txt"] * len(broken), reason=broken)
        failed = ["no_text"] if name == "湖北" else []
        parquet(folder["structure"] / name / "rejects.parquet", file=["b.txt"] * len(failed), reason=failed)
        parquet(folder["structure"] / name / "judgments.parquet", doc_id=[""] * (count - len(failed)))
    selected(folder["filter"], kept)
    parquet(folder["tasks"] / "splits.parquet", split=["train"] * (len(kept) - 4) + ["heldout"] * 4)


def record(place: int) -> str:
    """A judgment's JSON: each third of another year and term; the first without a date, with two
    defendants.
    """
    months = (8, 42, 200)[place % 3]
    people = [{"name": "张某甲", "sentence": {"kind": "有期徒刑", "months": months, "charge": None}}]
    if place == 0:
        people.append({"name": "李某乙", "sentence": {"kind": "拘役", "months": 4, "charge": None}})
    date = f"20{17 + place % 3}-05-01" if place else None
    found = {"case_number": f"（2018）鄂0102刑初{place + 1}号", "date": date, "defendants": people}
    return json.dumps(found, ensure_ascii=False)


def selected(folder: Path, kept: list[tuple[str, str]]) -> None:
    """What the filter writes: of 8 dropped documents 5 are copies, in families of 4 and 3
    documents.
    """
    near, exact = "near_duplicate", "exact_duplicate"
    details = ["k0 0.91", "k0 0.88", "k0 1.00", "k1 0.75", "k1 1.00", "civil", "civil", "civil"]
    reasons = [near, near, exact, near, exact, *["not_criminal"] * 3]
    parquet(
        folder / "dropped.parquet",
        doc_id=[f"d{i}" for i in range(8)],
        province=["湖北", "山东", *["湖北"] * 5, None],
        reason=reasons,
        detail=details,
        reasons=[[name] for name in reasons[:-1]] + [["not_criminal", "too_short"]],
    )
    parquet(
        folder / "kept.parquet",
        doc_id=[f"k{i}" for i in range(len(kept))],
        province=[p for p, _ in kept],
        charge=[c for _, c in kept],
        text=["字" * (1000 if i else 999) for i in range(len(kept))],
        judgment=[record(i) for i in range(len(kept))],
    )
    counts = {"read": 24, "masked_name": 31, "masked_phone": 2}
    funnel = "province,read,not_criminal,exact_duplicate,near_duplicate,kept\n"
    funnel += "湖北,17,3,2,3,9\n山东,6,0,0,0,6\n西藏,1,0,0,0,1"
    write_text(folder / "funnel.csv", f"{funnel}\ntotal,24,3,2,3,16\n")
    write_json(folder / "manifest.json", {"counts": counts, "files": {}})


def model(folder: Path) -> None:
    """A model of 2 × 3 + 4 parameters."""
    header = {"a": {"dtype": "F32", "shape": [2, 3]}, "b": {"dtype": "F32", "shape": [4]}, "__metadata__": {}}
    data = json.dumps(header).encode()
    (folder / "model").mkdir(parents=True, exist_ok=True)
    (folder / "model/model.safetensors").write_bytes(struct.pack("<Q", len(data)) + data)
    write_json(folder / "model/config.json", {"model_type": "qwen2"})


def trained(folder: dict[str, Path], steps: int) -> None:
    noise = random.Random(1)
    loss = [
        {"step": s, "loss": 3 * math.exp(-s / 90) + noise.random() / 9, "grad_norm": 1 + noise.random()}
        for s in range(1, steps + 1)
    ]
    jsonl(folder["sft"] / "metrics.jsonl", loss)
    names = ("format", "elements", "charge", "article", "term")
    reward = [
        {"step": s, "reward": 2 + s / steps + noise.random() / 4}
        | {f"rewards/{name}/mean": 0.4 + s / steps / 2 + noise.random() / 9 for name in names}
        | {f"rewards/{name}/std": 0.1 for name in names}
        for s in range(1, steps // 2)
    ]
    jsonl(folder["grpo"] / "metrics.jsonl", reward)


def completion(level: int, place: int) -> str:
    """What a variant of quality `level` (0: babble, 1: mistakes, 2: nearly right) writes."""
    if level == 0:
        return "<think>被告人被告人被告人"
    found = json.loads(json.dumps(GOLD))
    if level == 1 or place == 2:
        found["被告人"][0] |= {"刑期": 36, "情节": ["坦白", "自首"]}
        found["退赔"] = 0
    return f"<think>三年六个月=3*12+6=42</think>{json.dumps(found, ensure_ascii=False)}"


def evaluated(folder: dict[str, Path]) -> None:
    heldout = [
        {
            "id": f"e{i}",
            "task": "elements",
            "province": "湖北",
            "charge": "盗窃罪",
            "gold": GOLD,
            "date": None,
        }
        | {"doc_id": f"d{i}", "input": f"被告人张某甲，男。第{i}次盗窃手机一部，价值8500元。"}
        for i in range(4)
    ]
    jsonl(folder["tasks"] / "heldout.jsonl", heldout)
    settings = score_settings.Settings.model_construct(draws=50, seed=1, confidence=0.95)
    for level, variant in enumerate(sources.VARIANTS):
        given = {"error": None, "sample": 0, "finish_reason": "stop", "retrieved": []}
        rows = [given | {"completion": completion(level, i)} for i in range(len(heldout))]
        grades = [grade(item, row) for item, row in zip(heldout, rows, strict=True)]
        made = [score_judgments.item_row(*triple) for triple in zip(heldout, rows, grades, strict=True)]
        jsonl(folder[f"score.{variant}.none"] / "items.jsonl", made)
        jsonl(folder[f"score.{variant}.rag"] / "items.jsonl", [])
        elements = summarise("elements", [[one] for one in grades], settings)
        for lift, retrieval in enumerate(sources.RETRIEVAL):
            scores = {} if retrieval == "rag" else {"elements": elements}
            for task in TASKS[1:]:
                value = min(0.97, 0.02 + 0.45 * level + 0.2 * lift * (task == "article"))
                scores[task] = {
                    MAIN[task]: value,
                    "main": MAIN[task],
                    "low": value - 0.02,
                    "high": value + 0.03,
                    "confidence": 0.95,
                }
                scores[task] |= {
                    "n": 4,
                    "right": level,
                    "wrong": 2,
                    "abstained": 2 - level,
                    "failed": 0,
                    "truncated": 1,
                }
            write_json(folder[f"score.{variant}.{retrieval}"] / "scores.json", scores)


def experiment(root: Path, provinces=PROVINCES, charges=CHARGES, steps: int = 40) -> dict[str, Path]:
    """The folders of all runs of an experiment (name → folder), made up; nothing in them is
    real.
    """
    names = ["corpus", "ingest", "structure", "filter", "knowledge", "tasks", "base_model", "sft", "grpo"]
    names += ["embed", "index", "expert_sheet", "expert"]
    pairs = [f"{variant}.{retrieval}" for variant in sources.VARIANTS for retrieval in sources.RETRIEVAL]
    names += [f"{made}.{pair}" for pair in pairs for made in ("predict", "score")]
    folder = {name: root / name.split(".")[0] / f"{name.replace('.', '-')}-0a1b2c3d" for name in names}
    for name, path in folder.items():
        for place, part in enumerate(provinces if name in ("ingest", "structure") else [""]):
            write_json(path / part / "provenance.json", RUN | {"peak_rss_mb": 100.0 + place})
            write_json(path / part / "manifest.json", {"counts": {}, "files": {}})
    kept = [(p, charges[(i * i + n) % len(charges)]) for p, n in provinces.items() for i in range(n)]
    corpus(folder, list(provinces), kept)
    model(folder["base_model"])
    trained(folder, steps)
    evaluated(folder)
    rated_sheet.write(folder["expert_sheet"], folder["expert"])
    systems = {
        name: {str(k): 1 - math.exp(-k / (3 + place)) for k in (1, 3, 5, 10)}
        for place, name in enumerate(["cases", "fused", "bm25", "dense", "constant"])
    }
    write_json(
        folder["index"] / "recall.json", {"n": 40, "recall_at_5": systems["fused"]["5"], "systems": systems}
    )
    return folder


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return experiment(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def found(inputs):
    return summary.build("demo", inputs, list(PROVINCES))


@pytest.fixture(scope="module")
def drawn(inputs, found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    with warnings.catch_warnings():
        # A missing glyph and a layout that does not fit are warnings of matplotlib's.
        warnings.simplefilter("error")
        figures.draw(found, inputs, folder, charges=30, window=5, dpi=72)
    return folder


@pytest.fixture(scope="module")
def html(inputs, found, drawn):
    made = {name: make(found) for name, make in tables.TABLES.items()}
    return page.render(found, made, gather.examples(inputs, 3), drawn, "")


# The summary


def test_the_funnel_accounts_for_every_record(found):
    assert found["funnel"] == {
        "read": 27, "unreadable": 2, "unstructured": 1, "dropped": 8, "kept": 16, "heldout": 4, "train": 12,
    }  # fmt: skip
    assert found["dropped"] == {"near_duplicate": 3, "not_criminal": 3, "exact_duplicate": 2}
    assert found["rejected"]["ingest"] == {"cannot decode": 1, "empty file": 1}
    assert sum(sum(charges.values()) for charges in found["provinces"].values()) == found["funnel"]["kept"]


def test_runs_split_by_province_cost_the_sum_of_seconds_and_the_largest_memory(found):
    cost = {"key": "structure-0a1b2c3d", "seconds": 30.0, "peak_rss_mb": 102.0}
    assert found["stages"]["structure"] == cost
    assert found["stages"]["sft"] == {"key": "sft-0a1b2c3d", "seconds": 10.0, "peak_rss_mb": 100.0}
    predict = found["stages"]["predict"]
    assert predict["seconds"] == 60.0
    assert predict["grpo"]["rag"]["key"] == "predict-grpo-rag-0a1b2c3d"


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"elements.{variant}.{name}"
            for variant in sources.VARIANTS
            for name in ("micro_f1", "low", "high", "n")
        ),
        "charge.base.none.f1",
        "article.sft.rag.f1",
        f"term.grpo.rag.{MAIN['term']}",
        "retrieval.recall_at_5",
        "funnel.kept",
        "stages.grpo.peak_rss_mb",
        "training.grpo.total.last",
    ],
)
def test_where_numbers_are(found, path):
    value = found
    for name in path.split("."):
        value = value[name]
    assert isinstance(value, int | float)


def test_runs_stand_in_the_order_of_the_workflow():
    """summary.json sorts its keys; a stage that is not known comes last."""
    cost = {"key": "a-01234567", "seconds": 1.0, "peak_rss_mb": 1.0}
    names = ["lengths", "grpo", "score", "pass_rate", "corpus", "sft"]
    rows = tables.stages({"stages": dict.fromkeys(sorted(names), cost)}).rows
    assert [row[0] for row in rows] == ["corpus", "sft", "pass_rate", "grpo", "score", "lengths"]


def test_the_model_is_measured_from_its_weights(found):
    assert found["model"] == {"architecture": "qwen2", "parameters": 10}


def test_the_name_of_the_machine_stays_out(found, html):
    assert "secret-name" not in json.dumps(found) + html
    assert found["provenance"]["hosts"] == ["x86_64, 2 cores, no GPU"]


# Tables


def leaves(tree) -> set:
    if isinstance(tree, dict):
        return set().union(*map(leaves, tree.values())) if tree else set()
    return set().union(*map(leaves, tree)) if isinstance(tree, list) else {tree}


@pytest.mark.parametrize("name", [*tables.TABLES, *paper.TABLES])
def test_every_number_of_a_table_is_in_the_summary(found, name):
    made = (
        paper.TABLES[name]([read_back(found)])
        if name in paper.TABLES
        else tables.TABLES[name](read_back(found))
    )
    keys = {int(k) for by_k in found["retrieval"]["systems"].values() for k in by_k}
    # What this experiment did not ask: public benchmarks, several answers to a prompt, and what
    # knows nothing.
    assert made.rows or name in ("benchmarks", "baselines", "margins", "consistency", "accepted")
    for row in made.rows:
        assert len(row) == len(made.columns)
        assert {cell for cell in row if isinstance(cell, int | float)} <= leaves(read_back(found)) | keys


def read_back(found: dict) -> dict:
    return json.loads(json.dumps(found, sort_keys=True))


def test_forms_of_a_table():
    made = table.Table(
        "A title of 100 %", ("name", "n", "score"), [("a_b|c", 12345, 0.98765), ("张某甲", 2, None)]
    )
    assert table.to_csv(made) == "name,n,score\na_b|c,12345,0.98765\n张某甲,2,\n"
    assert table.to_markdown(made).splitlines()[2:] == [
        "| name | n | score |",
        "| :-- | --: | --: |",
        "| a_b\\|c | 12,345 | 0.988 |",
        "| 张某甲 | 2 |  |",
    ]
    latex = table.to_latex(made)
    assert r"a\_b|c & 12,345 & 0.988 \\" in latex
    assert r"\caption{A title of 100 \%}" in latex
    assert r"\begin{tabular}{lrr}" in latex


# Figures


def test_all_figures_are_drawn_in_all_formats(drawn):
    names = {f"{name}.{suffix}" for name in catalog.FIGURES for suffix in style.FORMATS}
    assert {path.name for path in drawn.iterdir()} == names


def test_the_same_numbers_give_the_same_files(drawn, finished):
    for path in drawn.iterdir():
        assert hashing.sha256(path) == hashing.sha256(finished / "figures" / path.name), path.name


@pytest.fixture(scope="module")
def large(found):
    """As a full run: 31 provinces, 36 charges of which only 30 are shown, all reasons."""
    charges = [f"{CHARGES[i % 3][:-1]}{i}罪" for i in range(36)]
    crossed = {
        name: {c: 1 + (i * j) % 40 for j, c in enumerate(charges)}
        for i, name in enumerate(PROVINCES_OF_CHINA)
    }
    dropped = {name: 1000 + i for i, name in enumerate(labels.REASONS)}
    counts = {"read": 123_456, "unreadable": 40, "unstructured": 7000, "dropped": sum(dropped.values())}
    counts |= {"kept": 100_000, "grpo": 30_000, "heldout": 10_000, "sft": 60_000}
    by_province = {
        name: {"read": 2 * 10 ** (1 + i % 6), "kept": 10 ** (1 + i % 6)}
        for i, name in enumerate(PROVINCES_OF_CHINA)
    }
    lengths = [{"from": 10**p, "to": 10 ** (p + 1), "judgments": 10**p} for p in range(1, 6)]
    corpus = found["corpus"] | {
        "by_province": by_province | {"unknown": {"read": 3, "kept": 2}},
        "years": [{"year": year, "judgments": year * 9} for year in range(1997, 2026)],
        "lengths": {"median": 2345.0, "longest": 999_999, "classes": lengths},
        "sentences": [{"kind": kind, "defendants": 10**i} for i, kind in enumerate(labels.KINDS)],
        "months": [row | {"defendants": 123_456} for row in found["corpus"]["months"]],
    }
    return found | {"provinces": crossed, "dropped": dropped, "funnel": counts, "corpus": corpus}


def draw(name: str, found: dict, inputs: dict[str, Path]) -> plt.Figure:
    style.use(72)
    logs = {stage: sources.curves(inputs[stage] / "metrics.jsonl") for stage in ("sft", "grpo")}
    return {
        "funnel": lambda: corpus_figures.funnel(found),
        "map": lambda: corpus_figures.tiles(found),
        "spread": lambda: corpus_figures.spread(found),
        "provinces": lambda: corpus_figures.provinces(found, 30),
        "sft": lambda: figures.sft(logs["sft"], 5),
        "grpo": lambda: figures.grpo(logs["grpo"], 5),
        "scores": lambda: figures.scores(found),
        "retrieval": lambda: figures.retrieval(found),
        "experts": lambda: experts.strengths(found),
        "expert_metrics": lambda: experts.metrics(found),
    }[name]()


# The axis whose ticks are words needs no name: stages of the funnel, kinds of punishment, systems
# of retrieval. The map has neither axis.
@pytest.mark.parametrize(
    ("name", "panels", "named"),
    [
        ("funnel", 1, "x"),
        ("spread", 4, "x"),
        ("provinces", 1, "x"),
        ("sft", 2, "xy"),
        ("grpo", 6, "xy"),
        ("scores", 4, "xy"),
        ("retrieval", 4, "x"),
        ("experts", 2, "x"),
        ("expert_metrics", 1, "x"),
    ],
)
def test_panels_are_there_and_their_axes_named(name, panels, named, found, inputs):
    figure = draw(name, found, inputs)
    seen = [axes for axes in figure.axes if axes.get_visible() and axes.get_label() != "<colorbar>"]
    assert len(seen) == panels
    first = seen[0]
    for axis in named:
        whole = {"x": figure.get_supxlabel, "y": figure.get_supylabel}[axis]()
        apart = [getattr(axes, f"get_{axis}label")() for axes in (seen if axis == "x" else [first])]
        assert whole or all(apart), (name, axis, apart)
    plt.close(figure)


def test_the_interval_is_called_what_it_is(found):
    bolder = found | {"comparisons": found["comparisons"] | {"confidence": 0.9}}
    assert labels.interval(bolder) == "90 % interval" and labels.interval(found) == "95 % interval"
    said = [page.key_text(bolder), tables.scores(bolder).title, paper.extraction([bolder]).title]
    assert all("90 % interval" in text and "95 %" not in text for text in said)


@pytest.mark.parametrize("name", catalog.FIGURES)
def test_no_words_overlap_or_leave_the_figure(name, large, inputs):
    figure = draw(name, large, inputs)
    figure.canvas.draw()
    texts = [t for t in figure.findobj(plt.Text) if t.get_visible() and t.get_text().strip()]
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts if drawn_in(t, figure)]
    plt.close(figure)
    assert len(boxes) > 5
    for text, box in boxes:
        assert box.x0 >= -1 and box.y0 >= -1, text
        assert box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1, text
    for (one, a), (other, b) in combinations(boxes, 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert not (wide > 1 and high > 1), f"{one!r} overlaps {other!r}"


def test_systems_that_find_the_same_are_told_apart():
    """Lines of recall by k lay on one another where two systems are equally good."""
    same = {"1": 0.25, "10": 0.75}
    systems = dict.fromkeys(("fused", "dense", "bm25"), same)
    figure = figures.retrieval({"retrieval": {"systems": systems}})
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert len(panels) == len(same)
    for axes, recall in zip(panels, same.values(), strict=True):
        points = {tuple(line.get_xydata()[0]) for line in axes.lines if line.get_marker() == "o"}
        assert points == {(recall, row) for row in range(len(systems))}
        assert [text.get_text() for text in axes.texts] == [f"{recall:.3f}"] * len(systems)
    plt.close(figure)


def drawn_in(text: plt.Text, figure: plt.Figure) -> bool:
    """Whether a text is really drawn: tick labels beyond the limits of an axis are kept, but not
    drawn.
    """
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if any(text in (tick.label1, tick.label2) for tick in axis.get_major_ticks()):
                low, high = sorted(axis.get_view_interval())
                tick = next(t for t in axis.get_major_ticks() if text in (t.label1, t.label2))
                return axes.get_visible() and low <= tick.get_loc() <= high
    return True


@given(st.floats(-9, 9), st.floats(-9, 9), st.integers(1, 60), st.integers(1, 25))
def test_smoothing_leaves_a_straight_line_as_it_is(start, slope, count, window):
    line = [start + slope * place for place in range(count)]
    assert style.smooth(line, window) == pytest.approx(line, abs=1e-9)


def test_smoothing_takes_the_mean_of_the_window():
    assert style.smooth([0, 0, 9, 0, 0], 3) == [0, 3, 3, 3, 0]


def test_an_experiment_without_retrieval_and_training_has_all_files(found, inputs, tmp_path):
    """Fewer variants, nothing kept, nothing logged: the same files, saying so."""
    bare = found | {"elements": {}, "charge": {}, "article": {}, "term": {}, "retrieval": {}, "provinces": {}}
    bare |= {"funnel": dict.fromkeys(found["funnel"], 0), "dropped": {}}
    nothing = {"families": 0, "exact": 0, "near": 0, "across": 0, "sizes": [], "largest": []}
    bare["corpus"] = {name: [] for name in ("charges", "years", "sentences", "months")} | {
        "synthetic": True, "by_province": {}, "families": nothing, "masked": {}, "left_out": {},
        "lengths": {"median": None, "longest": None, "classes": []},
    }  # fmt: skip
    write_text(tmp_path / "log/metrics.jsonl", "")
    folders = inputs | {"sft": tmp_path / "log", "grpo": tmp_path / "log"}
    figures.draw(bare, folders, tmp_path / "figures", charges=30, window=5, dpi=72)
    made = {name: make(bare) for name, make in tables.TABLES.items()}
    html = page.render(bare, made, [], tmp_path / "figures", "")
    assert "0 records read = 0 could not be read" in html


# The page


def test_the_page_needs_no_other_file(html):
    loaded = re.findall(r'(?:src|href)="([^"]{0,60})', html) + re.findall(r"url\(([^)]{0,60})", html)
    assert loaded
    # Links to files of the results are beside the page, not in it.
    assert all(at.startswith(("data:", "#", "https://arxiv.org/abs/", ROOT)) for at in loaded)
    assert not re.search(r'(?:src="|url\()(?!data:)', html)
    assert "<script" not in html


def test_the_page_carries_its_chinese_type(html, tmp_path):
    data = re.search(r"url\(data:font/woff;base64,([^)]+)\)", html)[1]
    (tmp_path / "font.woff").write_bytes(base64.b64decode(data))
    glyphs = set(TTFont(tmp_path / "font.woff").getBestCmap())
    text = re.sub(r"data:[^\")]+", "", html)
    wanted = {char for char in text if "\u4e00" <= char <= "\u9fff"} | set("✓×∅、")
    assert len(wanted) > 50
    assert {ord(char) for char in wanted} <= glyphs
    assert len(glyphs) < len(wanted) + 200


def test_the_page_says_what_it_is(html):
    assert "synthetic judgments" in html
    assert "A model this small shows" in html
    assert "Nothing here is legal advice" in html


def test_the_page_says_what_grpo_adds_where_the_scores_stand(html, found):
    said = effects.of_grpo(found)
    assert said and said in html
    assert html.index('id="numbers"') < html.index(said) < html.index('id="evaluation"')


def test_real_judgments_are_not_called_synthetic(found):
    real = found | {
        "corpus": found["corpus"] | {"synthetic": False},
        "model": {"parameters": 14_770_000_000, "architecture": "qwen2"},
    }
    assert "synthetic" not in page.status(real)
    assert "14.8 billion parameters" in page.status(real)
    assert "A model this small" not in page.status(real)


def test_a_folder_that_is_no_longer_planned_is_not_counted(inputs, found, tmp_path):
    copied = {name: tmp_path / path.name for name, path in inputs.items() if name in ("ingest", "structure")}
    for name, path in copied.items():
        shutil.copytree(inputs[name], path)
        shutil.copytree(path / "湖北", path / "湖北省")
    assert summary.of_corpus(inputs | copied, list(PROVINCES))["funnel"] == found["funnel"]


def test_a_sum_that_does_not_add_up_stops_the_report(inputs, found, tmp_path):
    counted = found["funnel"]
    assert counted["read"] == sum(counted[name] for name in summary.FATES)
    assert f"{counted['read']:,} records read = " in corpus_page.sum_check(found)
    write_json(tmp_path / "manifest.json", {})
    parquet(tmp_path / "dropped.parquet", reason=["empty"])
    parquet(tmp_path / "kept.parquet", doc_id=["k0"])
    with pytest.raises(RuntimeError, match=f"{counted['read']} records were read, but .* 1 dropped"):
        summary.funnel(inputs | {"filter": tmp_path}, list(PROVINCES))


def test_what_a_model_writes_cannot_become_markup(inputs, found, drawn, tmp_path):
    text = "<script>alert(1)</script><b>"
    rows = sources.jsonl(inputs["score.base.none"] / "items.jsonl")
    jsonl(tmp_path / "items.jsonl", [row | {"completion": text} for row in rows])
    examples = gather.examples(inputs | {"score.base.none": tmp_path}, 1)
    made = {name: make(found) for name, make in tables.TABLES.items()}
    html = page.render(found, made, examples, drawn, "")
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)" in html


# Examples


def test_right_wrong_and_missed_are_marked_on_the_page(html):
    examples = html[html.index('id="examples"') : html.index('id="training"')]
    # Behind the legend, which has one of each.
    below = examples[examples.index("<table") :]
    assert 'class="m right"' in below and 'class="m wrong"' in below and 'class="m missed"' in below


@pytest.mark.parametrize(
    ("worth", "said"), [([1.0, 0.5, 0.2], "1 of the 3"), ([0.5, 0.4, 0.2], "0 of the 3")]
)
def test_the_page_says_how_examples_were_chosen(inputs, found, worth, said):
    shown = [
        replace(e, f1=e.f1 | {"grpo": f1}) for e, f1 in zip(gather.examples(inputs, 3), worth, strict=True)
    ]
    text = page.examples_text(found, shown)
    assert f"{said} examples" in text and f"of {found['elements']['grpo']['predictions']} answers" in text
    assert "answers" not in page.examples_text(found, [])


def test_examples_show_every_variant_from_better_to_worse(inputs):
    examples = gather.examples(inputs, 3)
    assert len(examples) == 3
    assert [list(example.f1) for example in examples] == [list(sources.VARIANTS)] * 3
    last = [example.f1["grpo"] for example in examples]
    assert last == sorted(last, reverse=True)
    assert last[0] == 1.0 > last[-1]
    assert examples[0].unreadable == {"base": "the reasoning never ends"}
    fine = next(line for line in examples[0].lines if line.field == "罚金")
    assert fine.gold == ["5000"] and [mark.kind for mark in fine.answers["sft"]] == ["right"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"error": "out of memory", "completion": None}, "out of memory"),
        ({"truncated": True, "completion": "<think>…"}, "the text is cut at the longest length allowed"),
        ({"truncated": False, "completion": "<think>…"}, "the reasoning never ends"),
        ({"truncated": False, "completion": "<think>…</think>无"}, "there is no whole JSON object in it"),
    ],
)
def test_an_answer_that_cannot_be_read_says_why(inputs, tmp_path, change, why):
    rows = sources.jsonl(inputs["score.grpo.none"] / "items.jsonl")
    jsonl(tmp_path / "items.jsonl", [row | {"answer": None, "score": 0.0} | change for row in rows])
    example = gather.examples(inputs | {"score.grpo.none": tmp_path}, 1)[0]
    assert example.unreadable["grpo"] == why
    assert all("grpo" not in line.answers for line in example.lines)


# The stage, captions, publishing


@pytest.fixture(scope="module")
def finished(inputs, tmp_path_factory):
    """The folder of a report made by its command line."""
    root = tmp_path_factory.mktemp("stage")
    lock = root / "lock.txt"
    write_text(lock, "polars==2.1.0\n")
    settings = {
        "examples": 2,
        "charges": 30,
        "window": 5,
        "dpi": 72,
        "note": "A note & more.",
        "experiment": "demo",
    }
    above = {name: str(path) for name, path in inputs.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        patch.setattr(stage, "lock_file", lambda: lock)
        report.main(
            planning.arguments(
                planning.plan("report", settings, above, "demo-11111111", provinces=list(PROVINCES))
            )
        )
    return root / "results/report/demo-11111111"


def test_the_stage_writes_summary_figures_tables_and_page(finished):
    assert read_json(finished / "summary.json")["experiment"] == "demo"
    assert "A note &amp; more." in (finished / "report.html").read_text(encoding="utf-8")
    counts = read_json(finished / "manifest.json")["counts"]
    assert counts["figures"] == len(catalog.FIGURES) == 10 and counts["examples"] == 2
    assert counts["tables"] == len(tables.TABLES) + len(paper.TABLES)
    assert (finished / "figures/scores.svg").is_file() and (finished / "tables/scores.tex").is_file()


def test_the_fingerprint_covers_the_page_and_its_style():
    modules, packages = fingerprint.closure(["report"])
    assert {"lexpro.report.templates/page.css", "lexpro.report.style", "lexpro.tasks.elements"} <= set(
        modules
    )
    assert {"matplotlib", "mplfonts", "fontTools", "jinja2"} <= packages


def test_everything_that_is_made_is_in_the_catalog_in_its_order():
    assert list(tables.TABLES) == list(catalog.TABLES)
    assert list(paper.TABLES) == list(catalog.PAPER_TABLES)


def test_titles_are_those_of_the_catalog(found):
    made = {name: make(found) for name, make in tables.TABLES.items()}
    made |= {name: make([found]) for name, make in paper.TABLES.items()}
    for name, entry in (catalog.TABLES | catalog.PAPER_TABLES).items():
        assert made[name].title.startswith(entry.title), name


def test_captions_say_what_the_catalog_says(tmp_path):
    catalog.write_captions(tmp_path)
    assert len(list(tmp_path.rglob("*.rst"))) == sum(len(entries) for _, entries in catalog.KINDS.values())
    caption = catalog.caption_file(tmp_path, "figures", "sft").read_text(encoding="utf-8")
    entry = catalog.FIGURES["sft"]
    assert " ".join(caption.split()) == f"**{entry.title}.** {entry.caption}"


def test_accepted_code_changes_are_shown_with_who_when_and_why(drawn, tmp_path):
    folders = experiment(tmp_path / "results")
    entry = {
        "modules": {"lexpro.rewards.charge": {"from": "a", "to": "b"}},
        "packages": {"trl": {"from": "1", "to": "2"}},
        "who": "Li Lei",
        "when": "2026-11-29T10:00:00+00:00",
        "commit": "6a51490" + "0" * 33,
        "dirty": False,
        "reason": "a variable has another name",
    }
    write_json(folders["grpo"] / "provenance.json", RUN | {"accepted": [entry]})
    made = summary.build("demo", folders, list(PROVINCES))
    (row,) = tables.accepted(made).rows
    assert row == (
        "grpo", "grpo-0a1b2c3d", "lexpro.rewards.charge, trl", "Li Lei", "2026-11-29T10:00:00+00:00",
        "6a5149000000", "a variable has another name",
    )  # fmt: skip
    shown = {name: make(made) for name, make in tables.TABLES.items()}
    html = page.render(made, shown, [], drawn, "")
    assert catalog.TABLES["accepted"].title in html and "a variable has another name" in html


def test_a_report_without_accepted_changes_does_not_speak_of_them(html):
    assert catalog.TABLES["accepted"].title not in html


def test_publishing_replaces_what_was_there(finished, tmp_path):
    out = tmp_path / "results/experiments/demo"
    write_text(out / "old.txt", "left over")
    main(["publish", "--experiment", "demo", "--report", str(finished), "--out", str(out)])
    assert sorted(path.name for path in out.iterdir()) == ["figures", "report.html", "summary.json", "tables"]
    assert [path.name for path in out.parent.iterdir()] == ["demo"]


def test_publishing_under_a_wrong_name_or_half_a_report_changes_nothing(finished, tmp_path, capsys):
    out = tmp_path / "other"
    write_text(out / "old.txt", "kept")
    with pytest.raises(SystemExit):
        main(["publish", "--experiment", "other", "--report", str(finished), "--out", str(out)])
    assert "is the report of experiment demo, not of other" in capsys.readouterr().err
    write_json(tmp_path / "half/summary.json", {"experiment": "other"})
    with pytest.raises(FileNotFoundError):
        main(["publish", "--experiment", "other", "--report", str(tmp_path / "half"), "--out", str(out)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["half", "other"]
    assert (out / "old.txt").read_text() == "kept"


def test_one_experiment_is_its_own_page_and_several_are_tabs(finished, tmp_path):
    whole = (finished / "report.html").read_text(encoding="utf-8")
    assert tabs({"demo": whole}) == whole.replace(f'href="{ROOT}', 'href="')
    assert 'href="filter/filter-0a1b2c3d/dropped.parquet"' in tabs({"demo": whole})
    for name in ("demo", "judge_tiny"):
        write_text(tmp_path / name / "report.html", whole)
    main(
        [
            "publish",
            "--page",
            str(tmp_path / "report.html"),
            str(tmp_path / "demo"),
            str(tmp_path / "judge_tiny"),
        ]
    )
    both = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert both.count("<iframe") == 2 and both.index(">demo<") < both.index(">judge_tiny<")
    assert 'srcdoc="&lt;!doctype html&gt;' in both
