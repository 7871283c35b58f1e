"""The raw judgments that a run starts from, a folder a province.

They are generated here, or copied from registered data sets.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from lexpro import datasets
from lexpro.config.corpus import Dataset, Synthetic
from lexpro.corpus.synthetic import generate
from lexpro.hashing import sha256
from lexpro.workflow.files import write_json_lines


def make(settings: Synthetic | Dataset, out: Path, log: logging.Logger) -> dict[str, int]:
    """Write the raw files of all provinces to `out`/raw/<province>/.

    Args:
        settings: of the stage `corpus`; their kind says whether judgments are generated or copied.
        out: folder of the run.
        log: gets a line for each province or data set.

    Returns:
        Counts: documents and noise of a synthetic corpus, files of data sets.

    Raises:
        UserError: a data set is not registered, not to be had, or not what was registered.
    """
    make_kind = _generate if isinstance(settings, Synthetic) else _copy
    return make_kind(settings, out, log)


def _generate(settings: Synthetic, out: Path, log: logging.Logger) -> dict[str, int]:
    """Synthetic judgments, and truth.jsonl with what is known of each."""
    rows, provinces = [], settings.provinces
    for number, province in enumerate(provinces, 1):
        rows += generate.write(settings, province, out / "raw" / province)
        log.info("%s: %d documents (%d of %d provinces)", province, len(rows), number, len(provinces))
    write_json_lines(out / "truth.jsonl", rows)
    return {"documents": len(rows), "noise": sum(row["noise"] is not None for row in rows)}


def _copy(settings: Dataset, out: Path, log: logging.Logger) -> dict[str, int]:
    """Registered data sets, as they are, in the one province folder that the settings name."""
    (province,) = settings.provinces
    folder = out / "raw" / province
    folder.mkdir(parents=True)
    for name in settings.datasets:
        source = datasets.resolve(datasets.find(name), datasets.CACHE)
        if source.is_dir():
            _copy_distinct(source, folder / name)
        else:
            shutil.copyfile(source, folder / f"{name}{source.suffix}")
        log.info("%s: %s (content as registered)", name, source)
    return {"files": sum(path.is_file() for path in folder.rglob("*"))}


def _copy_distinct(source: Path, target: Path) -> None:
    """The files of a folder; of those with the same bytes the first."""
    copied = set()
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        if (digest := sha256(path)) not in copied:
            copied.add(digest)
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
