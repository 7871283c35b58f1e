"""What every stage does at its start and at its end.

    with stage("sft", __doc__, argv) as run:
        ...                                   # read run.inputs, run.settings; write below run.out
        run.counts.update(examples=123)

At the start it reads flags and the planned settings, opens the log, and checks that every input is
complete and that the code on disk is the code that was planned with: a queued job runs the working
tree, which may have been edited since. At the end, only if nothing was raised, it writes
`provenance.json`, then `manifest.json`, each in one step. So a folder with a manifest is finished,
and one without is not.
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from lexpro import hashing
from lexpro.config import load
from lexpro.config.base import Model
from lexpro.workflow import accepted, disk, exclusive, fingerprint
from lexpro.workflow.errors import UserError
from lexpro.workflow.files import read_json, read_yaml, replace_folder, restore, write_json
from lexpro.workflow.provenance import PROVENANCE, provenance
from lexpro.workflow.province_names import unescaped

MANIFEST = "manifest.json"


class StaleCheckout(UserError):
    """The checkout was edited after the workflow was planned."""


@dataclass
class Run:
    """One run of a stage, as its script sees it.

    Attributes:
        stage: name of the stage.
        key: key of the run.
        settings: what was asked.
        runtime: how it is computed, for stages whose schema has that.
        inputs: name → folder of the run upstream.
        out: folder of what is made; it is there, and empty.
        work_dir: folder of checkpoints and partial results. It survives a kill; as soon as code or
            data differ it is another one.
        province: the province folder that is worked on, for stages that are split so; where raw
            files are read by the user's name, else by that of results (`province_names`).
        config: the planned `config.yaml`.
        log: where to tell what happens.
        counts: facts about the output, for the manifest.
        attest: facts about how it ran, for the provenance.
        unstable: files and sub-folders whose bytes differ between two builds of the same content
            (a database, times): not in the manifest.
        previous: what this run made last time, where the stage keeps that (`keep`).
    """

    stage: str
    key: str
    settings: Model
    runtime: Model | None
    inputs: dict[str, Path]
    out: Path
    work_dir: Path
    province: str | None
    config: dict
    log: logging.Logger
    counts: dict = field(default_factory=dict)
    attest: dict = field(default_factory=dict)
    unstable: list[str] = field(default_factory=list)
    previous: Path | None = None


def lock_file() -> Path:
    """The lock file that this Python environment was made from (written beside it by `make`)."""
    note = Path(sys.prefix) / "lexpro-lock"
    root = fingerprint.SCRIPTS.parents[1]
    return root / (note.read_text(encoding="utf-8").strip() if note.is_file() else "envs/cpu.txt")


def _check_code(plan: Path, stage_name: str, config: dict) -> list[dict]:
    """The accepted code changes that lie between the plan and the code on disk.

    Raises:
        StaleCheckout: the code differs from the plan, and nobody has accepted that.
    """
    planned = read_yaml(plan / "code.yaml")
    now = fingerprint.code(stage_name, config["settings"], lock_file())
    ledgered = accepted.entries(stage_name, config["key"])
    left = accepted.unaccepted(planned, now, ledgered)
    if changed := sorted(name for part in left.values() for name in part):
        raise StaleCheckout(
            f"edited since the workflow was planned: {', '.join(changed)}. Run snakemake again, so that it plans with "
            "the code as it is now."
        )
    return accepted.applied(planned, now, ledgered)


def parts(folder: Path, provinces: Iterable[str]) -> list[Path]:
    """The folders of a run that have a manifest: itself, or one for each of the planned provinces.

    Those of provinces that the user has removed since may lie beside them, and are not read.
    """
    return [part for part in (folder, *(folder / name for name in provinces)) if (part / MANIFEST).is_file()]


def _check_inputs(manifests: list[Path]) -> None:
    """Every file that an upstream manifest lists is there."""
    for manifest in manifests:
        for name in read_json(manifest)["files"]:
            if not (manifest.parent / name).is_file():
                raise UserError(
                    f"{manifest.parent / name} is missing although {manifest} lists it. Remove that manifest and "
                    "run snakemake again: it will make the folder anew."
                )


def manifest_of(folder: Path, counts: dict, unstable: Iterable[str] = ()) -> dict:
    """The manifest of a folder: facts about the output, nothing else.

    Args:
        folder: its files are hashed.
        counts: written beside the hashes.
        unstable: files and sub-folders that are left out.
    """
    files = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder)
        if name.as_posix() not in (MANIFEST, PROVENANCE) and name.parts[0] not in unstable:
            files[name.as_posix()] = hashing.sha256(path)
    return {"files": files, "counts": counts}


def _arguments(name: str, doc: str | None, argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"{name}.py", description=doc)
    parser.add_argument("--plan", type=Path, required=True, help=f"plan folder, results/.plan/{name}/<key>")
    parser.add_argument("--province", help="province folder to work on (ingest and structure)")
    parser.add_argument("--log", type=Path, help="log file, besides standard error")
    return parser.parse_args(argv)


def _logger(name: str, path: Path | None) -> logging.Logger:
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(logging.FileHandler(path, mode="w", encoding="utf-8"))
    logging.basicConfig(
        level=logging.INFO,
        handlers=handlers,
        force=True,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        datefmt="%H:%M:%S",
    )
    return logging.getLogger(name)


def _open(name: str, args: argparse.Namespace, log: logging.Logger) -> Run:
    config = read_yaml(args.plan / "config.yaml")
    attest = {"accepted": applied} if (applied := _check_code(args.plan, name, config)) else {}
    settings = load.settings(name, config["settings"], read_yaml(args.plan / "runtime.yaml"))
    inputs = {key: Path(folder) for key, folder in config["inputs"].items()}
    provinces = [args.province] if args.province else config.get("provinces", [])
    manifests = sorted(part / MANIFEST for folder in inputs.values() for part in parts(folder, provinces))
    _check_inputs(manifests)
    out = Path(config["out"])
    state = [(args.plan / "code.yaml").read_text(encoding="utf-8"), *map(hashing.sha256, manifests)]
    work_dir = Path("scratch") / name / f"{config['key']}-{hashing.digest(state)}"
    if args.province:
        out, work_dir = out / args.province, work_dir / args.province
    # Raw files lie in the user's own folder, all else in one with a name for jobs.
    province = unescaped(args.province) if args.province and "raw" in config else args.province
    return Run(
        stage=name,
        key=config["key"],
        settings=settings,
        runtime=getattr(settings, "runtime", None),
        inputs=inputs,
        out=out,
        work_dir=work_dir,
        province=province,
        config=config,
        log=log,
        attest=attest,
    )


@contextmanager
def stage(name: str, doc: str | None, argv: list[str] | None = None, keep: bool = False) -> Iterator[Run]:
    """Open a run of a stage from its command line; if the body succeeds, attest and sign it.

    Args:
        name: name of the stage.
        doc: description for its help.
        argv: its arguments; None takes those of the process.
        keep: work in a folder beside the planned one, which it replaces at the end. An interrupted
            run leaves what was there, and the body can take over from `run.previous`. The files
            must not be outputs of the rule, or Snakemake removes them first.

    Yields:
        The run. With several processes (torchrun) only rank 0 clears its folder and signs it.

    Raises:
        SystemExit: 2 and one line for a `UserError` and a full disk, which the user can mend; 128
            and the signal after an interrupt; 1 and a traceback otherwise. `run.out` is then
            removed, `run.work_dir` stays to go on from.
    """
    args = _arguments(name, doc, argv)
    started = time.time()
    main_process = int(os.environ.get("RANK", "0")) == 0
    # One file, one writer: the other processes of a training speak on standard error only.
    log = _logger(name, args.log if main_process else None)
    # An interrupt from the scheduler ends the body like Ctrl-C does: its clean-up runs, no manifest
    # is written.
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    # What a failure removes: the folder that this run has made, until it is signed.
    unsigned: Path | None = None
    run = None
    status: str | int | None
    lock: IO[str] | None = None
    try:
        if main_process:
            place = exclusive.RUNNING / name / args.plan.name / (args.province or "")
            lock = exclusive.wait_to_hold(place.with_name(f"{place.name}.lock"), log)
        run = _open(name, args, log)
        planned = sha_of_plan(args.plan)
        planned_out = run.out
        if keep:
            restore(planned_out)
            run.previous = planned_out if planned_out.is_dir() else None
            run.out = planned_out.with_name(f".{planned_out.name}.new")
        if main_process:
            shutil.rmtree(run.out, ignore_errors=True)
            run.out.mkdir(parents=True)
            unsigned = run.out
            run.work_dir.mkdir(parents=True, exist_ok=True)
        yield run
        if sha_of_plan(args.plan) != planned:
            raise StaleCheckout(f"{args.plan} changed while the stage was running. Run snakemake again.")
        if main_process:
            write_json(
                run.out / PROVENANCE,
                provenance(run.stage, run.key, started, read_yaml(args.plan / "code.yaml")) | run.attest,
            )
            write_json(run.out / MANIFEST, manifest_of(run.out, run.counts, run.unstable))
            if keep:
                replace_folder(run.out, planned_out)
                run.out = planned_out
            unsigned = None
            # Done: an interrupt while checkpoints are removed, which may take minutes, would only
            # undo it.
            for number in handlers:
                signal.signal(number, signal.SIG_IGN)
            shutil.rmtree(run.work_dir, ignore_errors=True)
            log.info("finished in %.1f s: %s", time.time() - started, run.counts)
        return
    except UserError as error:
        log.error("%s", error)
        status = 2
    except (KeyboardInterrupt, SystemExit) as ended:
        status = ended.code if isinstance(ended, SystemExit) else 128 + signal.SIGINT
        log.error("interrupted: nothing half made is kept. Run snakemake again: it goes on from here.")
    except Exception as error:
        # Not `gettempdir()`: that tries to write.
        temporary = Path(tempfile.tempdir or os.environ.get("TMPDIR", "/tmp"))
        written = [run.out, run.work_dir, temporary] if run else []
        if disk.full(error, written):
            log.error("%s", disk.message(error))
            status = 2
        else:
            log.exception("failed")
            status = 1
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if unsigned:
            shutil.rmtree(unsigned, ignore_errors=True)
        # Last: whoever waits for it finds nothing half made.
        if lock:
            lock.close()
    sys.exit(status)


def sha_of_plan(plan: Path) -> list[str]:
    """Hashes of what a run was planned with.

    If that changes while the run goes on, its result would be signed wrongly.
    """
    return [hashing.sha256(plan / name) for name in ("config.yaml", "code.yaml")]
