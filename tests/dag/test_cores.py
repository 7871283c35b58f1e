"""How cores are shared out among the jobs of the provinces."""

import pytest

from lexpro.dag import builder, cores, frozen
from lexpro.dag.runs import Run
from lexpro.workflow.stage import StaleCheckout


def test_a_large_folder_gets_more_cores_and_an_only_one_all(elsewhere):
    for name, size in (("all", 900), ("湖北", 50), ("湖南", 50)):
        (elsewhere / "raw" / name).mkdir(parents=True)
        (elsewhere / "raw" / name / "a.txt").write_bytes(b"x" * size)
    corpus = [f"corpus.path={elsewhere / 'raw'}", "corpus=folder"]
    (ingest,) = frozen.freeze(["demo"], corpus).runs_of("ingest")
    assert [cores.share(ingest, name, 16) for name in ingest.provinces] == [14, 1, 1]
    assert cores.share(ingest, "all", 1) == 1
    (generated,) = builder.build(["demo"], []).runs_of("ingest")
    assert {cores.share(generated, name, 2) for name in generated.provinces} == {1}
    assert cores.share(Run("ingest", "x", generated.settings, provinces=("all",)), "all", 16) == 16


def test_jobs_share_out_the_cores_of_the_main_process(elsewhere):
    with pytest.raises(StaleCheckout, match="cores.json is gone.*Run snakemake again"):
        cores.thaw()
    cores.freeze(64)
    assert cores.thaw() == 64
