"""Wrong input, a missing mirror, a full disk, an interrupt: a clear message, nothing half, and the
next run goes on.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import polars as pl
import pytest
from snakemake import cli as snakemake

from lexpro.dag import frozen, overrides
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_yaml

FOLDER = "overrides=[corpus=folder,corpus.path=raw]"


def judgment(number: int) -> str:
    """A small judgment of our own, different for each number."""
    return (
        f"武汉市江汉区人民法院\n刑事判决书\n（2021）鄂0103刑初{number}号\n被告人赵某甲，男，1970年生。\n"
        f"经审理查明，2020年3月{1 + number}日，被告人赵某甲窃取他人手机{1 + number}部，价值人民币{2000 + number}元。\n"
        "本院认为，被告人赵某甲数额较大，已构成盗窃罪。依照《中华人民共和国刑法》第二百六十四条之规定，判决如下：\n"
        f"被告人赵某甲犯盗窃罪，判处有期徒刑七个月，并处罚金人民币{1000 * (1 + number)}元。\n"
        "审判员李某\n二〇二一年五月六日\n"
    )


@pytest.fixture
def demo(fresh):
    """A fresh checkout set to the demo, whose corpus can be exchanged for another."""
    fresh.experiment = "demo"
    return fresh


def manifests(flow, stage: str) -> list:
    return sorted(flow.root.glob(f"results/{stage}/**/manifest.json"))


@pytest.mark.parametrize(
    "config, said",
    [
        (
            "overrides=[sft.learning_rat=1.0]",
            "--config overrides: sft.learning_rat: unknown key; did you mean",
        ),
        ("override=[sft=tiny]", "--config override=…: unknown key; did you mean overrides?"),
    ],
)
def test_a_bad_configuration_stops_before_any_job(fresh, config, said):
    result = fresh.run("--dry-run", config=[config])
    assert result.returncode != 0 and said in result.stdout, result.stdout
    assert "Traceback" not in result.stdout and not (fresh.root / "results/corpus").exists()


@pytest.mark.parametrize(
    "config, said",
    [
        ("overrides=[sft=enormous]", "config/sft has no choice 'enormous'; there are: "),
        (
            "overrides=[sft.learning_rate=-1.0]",
            "--config overrides: sft.learning_rate: should be greater than 0",
        ),
        ("overrides=[sft.epochs=1]", "exclude each other"),
        ("overrides=[corpus.provinces=[湖北,湖难]]", "corpus.provinces: unknown: 湖难"),
        ("experiments=", "experiments: none is named. There are: demo"),
        ("experiments=2024", "config/experiment/2024.yaml does not exist"),
    ],
)
def test_what_a_bad_configuration_is_told(fresh, monkeypatch, config, said):
    """As the Snakefile plans, of what Snakemake itself reads from the command line."""
    monkeypatch.chdir(fresh.root)
    given = snakemake.parse_config([f"experiments={fresh.experiment}", config])
    with pytest.raises(UserError, match=re.escape(said)):
        frozen.freeze(*overrides.request(read_yaml(Path("config/config.yaml")) | given, given))
    assert not Path("results").exists()


def test_lists_inside_overrides_reach_the_jobs(fresh):
    """Snakemake hands them on to its jobs, which read the same plan."""
    few = "overrides=[corpus.provinces=[湖北,湖南],corpus.documents_per_province=20]"
    fresh("--until", "ingest", config=[few])
    assert [path.parent.name for path in manifests(fresh, "ingest")] == ["湖北", "湖南"]


def test_unreadable_raw_files_are_rejected_with_reason_and_the_run_goes_on(demo):
    folder = demo.root / "raw/湖北 2021 (1)"
    folder.mkdir(parents=True)
    rows = [json.dumps({"text": judgment(n)}, ensure_ascii=False) for n in range(3)]
    (folder / "good.jsonl").write_text(
        "\n".join([rows[0], '{"text": "cut', rows[1], rows[2]]) + "\n", encoding="utf-8"
    )
    (folder / "empty.txt").touch()
    (folder / "noise.docx").write_bytes(b"\x00\x01 not a document")
    (folder / "gone.txt").symlink_to(demo.root / "nowhere")
    (folder / os.fsdecode("判决书.pages".encode("gbk"))).write_bytes(b"of another program")
    (manifest,) = ingest(demo)
    assert manifest.parent.name == folder.name
    counts = json.loads(manifest.read_text(encoding="utf-8"))["counts"]
    assert counts["documents"] == 3 and counts["rejects"] == 5 and counts["read"] == 8
    rejects = pl.read_parquet(manifest.with_name("rejects.parquet")).sort("file")
    start = len((rows[0] + "\n").encode())
    assert rejects.select("file", "reason", "record").rows() == [
        ("empty.txt", "empty", 1),
        ("gone.txt", "unreadable", None),
        ("good.jsonl", "bad_json", 2),
        ("noise.docx", "bad_docx", 1),
        ("判决书.pages", "unsupported_format", None),
    ]
    where = rejects.filter(reason="bad_json")["byte"].item()
    assert start <= where <= start + len('{"text": "cut') + 1
    assert "No such file" in rejects.filter(reason="unreadable")["detail"].item()


def ingest(flow) -> list:
    """Plan with the folder of raw files and run `ingest` only."""
    flow("--until", "ingest", config=[FOLDER])
    return manifests(flow, "ingest")


@pytest.mark.parametrize(
    "content, override, said",
    [
        ("", "filter.min_chars=100", "there is no judgment to filter: every raw file was rejected"),
        (judgment(1), "filter.min_chars=9999", "holds no judgment: everything was rejected or dropped"),
    ],
    ids=["nothing was read", "nothing was kept"],
)
def test_an_empty_corpus_says_so(demo, content, override, said):
    folder = demo.root / "raw/湖北"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text(content, encoding="utf-8")
    # Nothing is left to be compared with the benchmarks of a mirror.
    change = FOLDER.replace("]", f",{override}]")
    result = demo.run("corpus_ready", config=[change], env={"LEXPRO_MIRROR": ""})
    assert result.returncode != 0 and said in result.stdout, result.stdout[-3000:]
    assert "Traceback" not in result.stdout and not manifests(demo, "tasks")


def test_a_missing_mirror_is_named_before_any_job(demo):
    result = demo.run(
        "--dry-run", config=["overrides=[corpus=judge]"], env={"LEXPRO_MIRROR": "/no/such/mirror"}
    )
    assert result.returncode != 0 and "Traceback" not in result.stdout
    assert "LEXPRO_MIRROR=/no/such/mirror is not a folder" in result.stdout


def test_a_file_that_is_not_the_registered_one_is_refused(demo, tmp_path):
    mirrored = tmp_path / "mirror/oneal2000__JuDGE/data/test.json"
    mirrored.parent.mkdir(parents=True)
    mirrored.write_text("{}\n", encoding="utf-8")
    result = demo.run(
        "--until",
        "corpus",
        config=["overrides=[corpus=judge]"],
        env={"LEXPRO_MIRROR": str(tmp_path / "mirror")},
    )
    assert result.returncode != 0
    assert "SHA-256" in result.stdout and "judge_test" in result.stdout and not manifests(demo, "corpus")


def test_an_interrupt_leaves_no_half_and_the_next_run_goes_on(fresh):
    command = ["snakemake", "--cores", "2", "corpus_ready", "--config", f"experiments={fresh.experiment}"]
    process = fresh.start(command, start_new_session=True)
    deadline = time.monotonic() + 3000
    while not manifests(fresh, "structure") and time.monotonic() < deadline:
        time.sleep(0.05)
    # As Ctrl-C does: to Snakemake and its jobs at once.
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=600)
    # Snakemake makes a job's folder before the job begins: an empty one is no half.
    begun = [path for path in fresh.root.glob("results/structure/*/*") if any(path.iterdir())]
    half = [path for path in begun if not (path / "manifest.json").exists()]
    assert not half
    # What a finished structure job has read was finished before.
    finished = {path.parent.name for path in manifests(fresh, "structure")}
    done = [path for path in manifests(fresh, "ingest") if path.parent.name in finished]
    assert process.returncode != 0 and done and not manifests(fresh, "tasks")
    for manifest in done:
        for name in json.loads(manifest.read_text(encoding="utf-8"))["files"]:
            assert (manifest.parent / name).stat().st_size > 0
    before = {path: path.stat().st_mtime_ns for path in done}
    fresh("corpus_ready")
    assert manifests(fresh, "tasks")
    assert {path: path.stat().st_mtime_ns for path in done} == before


def test_a_full_disk_is_said_and_the_next_run_goes_on(fresh):
    results = fresh.root / "results"
    results.mkdir()
    small = ["mount", "-t", "tmpfs", "-o", "size=384k", "lexpro-test", str(results)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(small, check=False).returncode:
        pytest.skip("a small file system to fill needs root and mount")
    try:
        result = fresh.run("--until", "corpus", config=["overrides=[corpus.documents_per_province=3000]"])
        assert result.returncode != 0 and "the disk is full" in result.stdout, result.stdout[-3000:]
        assert not manifests(fresh, "corpus")
        subprocess.run(["mount", "-o", "remount,size=64m", str(results)], check=True)
        fresh("--until", "corpus", config=["overrides=[corpus.documents_per_province=3000]"])
        assert len(manifests(fresh, "corpus")) == 1
    finally:
        subprocess.run(["umount", "-l", str(results)], check=True)
