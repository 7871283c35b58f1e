"""Stage corpus: raw judgments, generated with known truth or taken from a registered data set, a
folder a province.
"""

from __future__ import annotations

import shutil

from lexpro import datasets
from lexpro.corpus.synthetic import generate as synthetic
from lexpro.workflow.files import json_line
from lexpro.workflow.stage import Run, stage


def generate(run: Run) -> None:
    """Synthetic judgments: raw files and their truth."""
    rows, settings = [], run.settings
    for number, province in enumerate(settings["provinces"], 1):
        rows += synthetic.write(settings, province, run.out / "raw" / province)
        run.log.info(
            "%s: %d documents (%d of %d provinces)", province, len(rows), number, len(settings["provinces"])
        )
    with (run.out / "truth.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(map(json_line, rows))
    run.counts.update(documents=len(rows), noise=sum(row["noise"] is not None for row in rows))


def take(run: Run) -> None:
    """Registered data sets, as they are, in the one province folder that the settings name."""
    (province,) = run.settings["provinces"]
    folder = run.out / "raw" / province
    folder.mkdir(parents=True)
    for name in run.settings["datasets"]:
        source = datasets.resolve(datasets.find(name), datasets.CACHE)
        if source.is_dir():
            shutil.copytree(source, folder / name)
        else:
            shutil.copyfile(source, folder / f"{name}{source.suffix}")
        run.log.info("%s: %s (SHA-256 as registered)", name, source)
    run.counts.update(files=sum(path.is_file() for path in folder.rglob("*")))


def main(argv: list[str] | None = None) -> None:
    with stage("corpus", __doc__, argv) as run:
        {"synthetic": generate, "dataset": take}[run.settings["kind"]](run)


if __name__ == "__main__":
    main()
