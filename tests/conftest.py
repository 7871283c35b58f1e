"""What all tests share: one thread, markers by folder, data that may be absent, two workers.

`@pytest.mark.slow` marks what takes more than two seconds of processor time: `make test-fast`
leaves it out, with all of `end_to_end/` and `slurm/` and all that trains a model.
`@pytest.mark.mirror("a/file")` skips a test where the folder that LEXPRO_MIRROR names lacks that
file.
"""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

# One thread, and said before anything loads torch: the reference curves of the trainings are those
# of one thread. Two add in another order, and a completion that is drawn otherwise makes another
# curve.
os.environ["OMP_NUM_THREADS"] = "1"

# A shell that starts the tests in the background lets them, and all that they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

# A busy machine, or a library that loads at its first use, is not a failure: no test asserts a
# time. Properties are checked on the same examples each time, so that no run fails by chance;
# `pytest --hypothesis-profile search` draws others.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("search", patient)
settings.register_profile("lexpro", patient, derandomize=True)
settings.load_profile("lexpro")

# Its assertions say what they compared, as those of a test do.
pytest.register_assert_rewrite("interrupted")

TESTS = Path(__file__).parent
# Folders whose tests bear the folder's name as a marker, and are slow.
SLOW_FOLDERS = ("end_to_end", "slurm")
# A fixture that trains a model: what uses it is slow.
TRAINING = "workplace"
# Files whose tests one worker runs in turn: they share a run of the workflow, or the processes that
# trainings are forked from (`preloaded`).
TOGETHER = {
    "end_to_end/test_experts.py": "end_to_end/test_reruns.py",
    "end_to_end/test_results.py": "end_to_end/test_reruns.py",
    "end_to_end/test_workbench.py": "end_to_end/test_reruns.py",
    "training/test_vllm_weight_sync.py": "training/test_ranks.py",
}


# Files that take minutes come first, so that no worker ends long after the others. The first
# one waits for Slurm most of the time.
LONG = (
    "slurm/test_slurm.py",
    "end_to_end/test_reruns.py",
    "training/test_ranks.py",
    "slurm/test_drills.py",
    "end_to_end/test_bad_input.py",
    "engines/test_vllm.py",
)


class ByFile(LoadScopeScheduling):
    """Gives each worker whole files, so that what a file builds once is built once."""

    def _split_scope(self, nodeid: str) -> str:
        name = nodeid.split("::")[0].removeprefix("tests/")
        return TOGETHER.get(name, name)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """Files in the order of the collection, not by their number of tests."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--drills 20`: also the drills of tests/slurm, those at random moments 20 times."""
    parser.addoption("--drills", type=int, default=0, help="run the drills on the test cluster, N times each")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of the slow folders; long files come first, then others with slow tests."""
    if not config.getoption("--drills"):
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("drill")])
        items[:] = [item for item in items if not item.get_closest_marker("drill")]
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0]
        if folder in SLOW_FOLDERS:
            item.add_marker(folder)
        if folder in SLOW_FOLDERS or TRAINING in getattr(item, "fixturenames", ()):
            item.add_marker("slow")
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    place = {TESTS / name: number for number, name in enumerate(LONG)}
    items.sort(key=lambda item: (place.get(item.path, len(LONG)), item.path not in slow))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose data the mirror does not have."""
    mirror = os.environ.get("LEXPRO_MIRROR", "")
    for marker in item.iter_markers("mirror"):
        missing = [name for name in marker.args if not (Path(mirror) / name).exists()]
        if not mirror or missing:
            pytest.skip(f"LEXPRO_MIRROR with {', '.join(missing)} is not here (docs/data.md)")
