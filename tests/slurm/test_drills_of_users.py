"""Drills: what people do to a checkout while its jobs wait, and what machines do to disks."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from drills import UNTIL, Checkout

pytestmark = [pytest.mark.slurm, pytest.mark.drill, pytest.mark.timeout(3600)]
TEXT = (
    "武汉市江汉区人民法院\n刑事判决书\n（2021）鄂0103刑初{number}号\n被告人赵某甲，男，1970年生。\n"
    "经审理查明，2020年3月2日，被告人赵某甲窃取他人手机{number}部，价值人民币{number}000元。\n"
    "本院认为，被告人赵某甲数额较大，已构成盗窃罪。依照《中华人民共和国刑法》第二百六十四条之规定，判决如下：\n"
    "被告人赵某甲犯盗窃罪，判处有期徒刑七个月，并处罚金人民币{number}000元。\n审判员李某\n二〇二一年五月六日\n"
)
# Names of province folders: signs of lists, shells and patterns, and the longest that there may be.
LONG = "".join(chr(ord("一") + number) for number in range(66))
NAMES = ["京,津", "湖北 2021 (1)", '"a" and "b"', "c'd", "$HOME`x`", "-x", "%j {e}", LONG]


class Waiting:
    """Jobs that are submitted wait until the body is done."""

    def __init__(self, checkout: Checkout, rule: str, process: subprocess.Popen | None = None):
        self.checkout, self.rule, self.process = checkout, rule, process

    def __enter__(self) -> subprocess.Popen:
        self._set("DOWN")
        self.process = self.process or self.checkout.start(*UNTIL)
        wanted = f"rule_{self.rule}"
        self.checkout.wait_for(
            f"waiting job {self.rule}",
            lambda: [job for job in self.checkout.jobs("PENDING") if job[1].startswith(wanted)],
            self.process,
        )
        return self.process

    def __exit__(self, *_):
        self._set("UP")

    def _set(self, state: str) -> None:
        self.checkout.cluster.call("scontrol", "update", "partition=cpu", f"state={state}")


def complete(checkout, manifests):
    assert checkout.manifests() == manifests
    assert checkout.half_made() == []


def test_code_that_is_edited_while_jobs_wait(checkout, manifests, table):
    module = checkout.root / "workflow/scripts/lexpro/corpus/ingest.py"
    with Waiting(checkout, "ingest") as process:
        module.write_text(module.read_text(encoding="utf-8") + "\nANOTHER = 1\n", encoding="utf-8")
    assert checkout.end(process) != 0
    said = checkout.said()
    assert "edited since the workflow was planned: lexpro.corpus.ingest" in said and "Traceback" not in said
    began = time.monotonic()
    checkout(*UNTIL)
    complete(checkout, manifests)
    table.add("code edited while jobs wait", "nothing: refused in one line", [time.monotonic() - began], 1)


def test_settings_that_are_edited_while_jobs_wait(checkout, manifests, table):
    """The jobs that wait do what was planned; the next run does what is asked for now."""
    settings = checkout.root / "config/experiment/smoke.yaml"
    with Waiting(checkout, "ingest") as process:
        text = settings.read_text(encoding="utf-8")
        settings.write_text(
            text.replace("corpus:\n", "structure: {max_chars: 5000}\ncorpus:\n"), encoding="utf-8"
        )
    assert checkout.end(process) == 0, checkout.said()[-4000:]
    complete(checkout, manifests)
    began = time.monotonic()
    checkout(*UNTIL)
    table.add("settings edited while jobs wait", "nothing: done as planned", [time.monotonic() - began], 1)
    assert manifests.items() < checkout.manifests().items()
    assert len(list(checkout.root.glob("results/structure/*"))) == 2


def test_data_that_are_edited_while_jobs_wait(checkout, manifests, table):
    """A raw file more: the job reads it, and the next run knows what it was made from."""
    (folder,) = checkout.root.glob("results/corpus/*/raw/湖北")
    with Waiting(checkout, "ingest") as process:
        (folder / "新.txt").write_text(TEXT.format(number=77), encoding="utf-8")
    assert checkout.end(process) == 0, checkout.said()[-4000:]
    began = time.monotonic()
    checkout(*UNTIL)
    seconds = [time.monotonic() - began]
    found = checkout.manifests()
    (key,) = [name for name in found if name.startswith("ingest/") and "湖北" in name]
    assert found[key] != manifests[key] and '"新.txt"' not in checkout.said()
    (folder / "新.txt").unlink()
    checkout(*UNTIL)
    complete(checkout, manifests)
    table.add("a raw file added while jobs wait", "nothing: read, and noticed by the next run", seconds, 1)


def test_two_workflows_on_one_checkout(checkout, manifests, table):
    process = checkout.start(*UNTIL)
    checkout.running(process=process)
    second = checkout.run(*UNTIL)
    assert second.returncode != 0
    assert f"another Snakemake works on these results (process {process.pid} of" in second.stdout
    assert checkout.end(process) == 0, checkout.said()[-4000:]
    complete(checkout, manifests)
    table.add("a second workflow on one checkout", "nothing: refused, the first is named", [], 1)


def test_two_checkouts_on_one_results_folder(checkout, manifests, table, tmp_path):
    other = checkout.copy(tmp_path / "other")
    shutil.rmtree(other.root / "results")
    (other.root / "results").symlink_to(checkout.root / "results")
    process = checkout.start(*UNTIL)
    checkout.running(process=process)
    second = other.run(*UNTIL)
    assert second.returncode != 0 and "another Snakemake works on these results" in second.stdout
    assert checkout.end(process) == 0, checkout.said()[-4000:]
    complete(checkout, manifests)
    # Each of the two knows that there is nothing to do.
    other(*UNTIL)
    complete(checkout, manifests)
    table.add("two checkouts on one results folder", "nothing: refused, the first is named", [], 1)


def test_a_province_folder_of_any_name(checkout, table):
    checkout.forget("corpus")
    for number, name in enumerate(NAMES):
        folder = checkout.root / "raw" / name
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text(TEXT.format(number=number + 1), encoding="utf-8")
    began = time.monotonic()
    config = ("experiments=[demo]", "overrides=[corpus=folder,corpus.path=raw]")
    checkout("--until", "ingest", config=config)
    documents = [path.read_text() for path in checkout.root.glob("results/ingest/*/*/manifest.json")]
    assert all('"documents": 1' in text for text in documents) and len(documents) == len(NAMES)
    done = "province folders with comma, blank, quotes, `$`, `%`, 198 bytes"
    table.add(done, "nothing: all run", [time.monotonic() - began], 1)


def test_a_node_that_fails_each_job_at_once(checkout, manifests, table):
    cluster = checkout.cluster
    broken = cluster.folder / "broken"
    broken.write_text("node1")
    began = time.monotonic()
    try:
        said = checkout(*UNTIL)
    finally:
        broken.unlink()
    complete(checkout, manifests)
    named = re.findall(r"rule_(\w+)_wildcards_\S+ failed at once on node1: next elsewhere", said)
    assert named
    table.add("a node that fails each job at once", "the seconds of its jobs", [time.monotonic() - began], 1)


KINDS = {
    "a full disk": "the disk is full",
    "no inodes": "the disk is full",
    "a read-only disk": "nothing can be written",
}


@pytest.mark.parametrize("stage", ["ingest", "structure"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_takes_nothing(checkout, manifests, table, kind, stage):
    """It comes while the stage's jobs wait."""
    results = checkout.root / "results"
    aside = checkout.root / "aside"
    results.rename(aside)
    results.mkdir()
    mount("-t", "tmpfs", "-o", "size=64m", "lexpro-test", results)
    try:
        shutil.copytree(aside, results, dirs_exist_ok=True)
        if stage == "structure":
            checkout("--until", "ingest", slurm=False)
        with Waiting(checkout, stage) as process:
            close_disk(results, kind)
        status = checkout.end(process)
        said = checkout.said()
        assert status != 0 and KINDS[kind] in said, said[-4000:]
        open_disk(results, kind)
        began = time.monotonic()
        checkout(*UNTIL)
        complete(checkout, manifests)
        table.add(f"{kind} in {stage}", "the job's work; said in one line", [time.monotonic() - began], 1)
    finally:
        for pid in checkout.cluster.processes():
            os.kill(pid, signal.SIGKILL)
        while results.is_mount():
            subprocess.run(["umount", "-l", str(results)], check=True)


def close_disk(folder: Path, kind: str) -> None:
    """From now on a file system in memory takes nothing."""
    space = os.statvfs(folder)
    match kind:
        case "a full disk":
            used = (space.f_blocks - space.f_bfree) * space.f_frsize
            mount("-o", f"remount,size={used}", folder)
        case "no inodes":
            mount("-o", f"remount,nr_inodes={space.f_files - space.f_ffree}", folder)
        case "a read-only disk":
            # By a mount above it: itself it is not made read-only as long as a file is open to be
            # written, as Snakemake's lock is.
            mount("--bind", folder, folder)
            mount("-o", "remount,bind,ro", folder)


def open_disk(folder: Path, kind: str) -> None:
    match kind:
        case "a full disk":
            mount("-o", "remount,size=64m", folder)
        case "no inodes":
            mount("-o", "remount,nr_inodes=0", folder)
        case "a read-only disk":
            subprocess.run(["umount", "-l", str(folder)], check=True)


def mount(*args: object) -> None:
    subprocess.run(["mount", *map(str, args)], check=True)
