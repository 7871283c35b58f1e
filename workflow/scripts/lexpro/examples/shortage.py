"""What to tell a user whose corpus is too small for the splits."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from lexpro.config.tasks import Settings
from lexpro.examples.split import SPLITS, SplitRow
from lexpro.task_names import TASKS
from lexpro.workflow.files import read_json
from lexpro.workflow.stage import MANIFEST


def too_few(
    rows: Sequence[SplitRow], splits: Mapping[str, str], counts: Mapping[str, int], settings: Settings
) -> str:
    """What to do where a split was left without a question.

    It says what there was, what it takes, and which settings change that. How many judgments it
    takes is the number in which one question is to be expected: cases stay together, and not every
    judgment answers every task, so it may be some more.

    Args:
        rows: the judgments.
        splits: doc_id → split.
        counts: questions, as `<split>.<task>`.
        settings: shares and mix.

    Returns:
        The message; "" where each split has a question.
    """
    shares, mix = dict(settings.shares), dict(settings.mix)
    judgments, questions, takes = Counter(splits.values()), {}, {}
    for split in SPLITS:
        questions[split] = sum(counts.get(f"{split}.{task}", 0) for task in TASKS)
        asked = max(dict(mix[split]).values()) if split in mix else 1.0
        takes[split] = math.ceil(round(1 / (shares[split] * asked), 6))
    empty = [split for split in SPLITS if not questions[split]]
    if not empty:
        return ""
    raised = [f"tasks.shares.{split} (now {shares[split]:g})" for split in empty]
    others = ["tasks.min_facts", *(f"tasks.mix.{split}" for split in empty if split in mix)]
    return "\n  ".join(
        [
            f"too few judgments: {len(rows)} were kept, of {len({row.family for row in rows})} cases, and no "
            f"question is left for {' and '.join(empty)}.",
            *(
                f"{s}: share {shares[s]:g}, {judgments[s]} judgments, {questions[s]} questions"
                for s in SPLITS
            ),
            f"Each needs a question: that takes about {max(takes[split] for split in empty)} judgments that are kept.",
            f"Give more, or raise {' and '.join(raised)} at the cost of the others: the three are 1 together.",
            *(["Those of tasks.unseen_charges are left out of all."] if settings.unseen_charges else []),
            f"Which of its tasks a judgment is asked is said by {' and '.join(others)}.",
        ]
    )


def dropped(folder: Path) -> str:
    """A line on what the filter dropped, from the folder of its run; "" where that is nothing."""
    counts = read_json(folder / MANIFEST)["counts"]
    if not counts.get("dropped"):
        return ""
    reasons = {name.removeprefix("drop_"): n for name, n in counts.items() if name.startswith("drop_") and n}
    listed = ", ".join(f"{name} {number}" for name, number in reasons.items())
    return f"\n  The filter dropped {counts['dropped']} of {counts['read']} ({listed}): {folder}/dropped.parquet."
