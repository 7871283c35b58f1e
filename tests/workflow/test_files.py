"""Files that are written in one step."""

from concurrent.futures import ThreadPoolExecutor

from lexpro.workflow.files import read_json, write_json


def test_threads_that_write_one_file_do_not_hinder_each_other(tmp_path):
    """Those that submit jobs may ask for the same at the same time."""
    path = tmp_path / "cores.json"
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: write_json(path, number), range(400)))
    assert read_json(path) in range(400)
    assert [each.name for each in tmp_path.iterdir()] == ["cores.json"]
