"""How the fusion's weights are chosen: the simplest choice that one standard error does not tell
from the best.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

spec = importlib.util.spec_from_file_location("fusion", Path(__file__).parents[2] / "perf/fusion.py")
fusion = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fusion)

BEST = ((0.2, 1.0, 0.5), 5)


def spread(mean: float) -> np.ndarray:
    """Five folds with a standard error of .01."""
    return mean + np.sqrt(5) * 0.01 * np.array([-1, -1, 0, 1, 1])


@pytest.mark.parametrize(
    ("others", "chosen"),
    [
        # One ranking is simpler than three, but too bad here.
        ({((0.0, 1.0, 0.0), 60): 0.88}, BEST),
        ({((0.0, 1.0, 0.0), 60): 0.895}, ((0.0, 1.0, 0.0), 60)),
        # Equal weights before different ones, then the constant nearest to 60, then the higher
        # recall.
        ({((0.0, 1.0, 0.5), 60): 0.899, ((0.0, 1.0, 1.0), 5): 0.892}, ((0.0, 1.0, 1.0), 5)),
        ({((0.0, 1.0, 0.0), 5): 0.899, ((0.0, 1.0, 0.0), 20): 0.892}, ((0.0, 1.0, 0.0), 20)),
        ({((0.0, 1.0, 0.0), 20): 0.892, ((0.0, 0.0, 1.0), 20): 0.899}, ((0.0, 0.0, 1.0), 20)),
    ],
)
def test_the_simplest_within_one_standard_error(others, chosen):
    found = {choice: spread(mean) for choice, mean in {BEST: 0.9, **others}.items()}
    assert fusion.simplest(found) == chosen


def test_the_grid_has_each_ratio_once():
    grid = fusion.grid()
    assert len(grid) == len(set(grid)) and all(max(weights) == 1 for weights, _ in grid)
    assert ((1.0, 1.0, 1.0), 60) in grid and ((0.0, 1.0, 0.1), 20) in grid
