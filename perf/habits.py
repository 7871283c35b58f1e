"""Do courts have habits of citing? What two judgments of the same court have in common, beside what
chance gives.

LEXPRO_MIRROR=… snakemake --cores 2 --config experiments=judge_tiny --until filter
python perf/habits.py results/filter/<key>/kept.parquet

Of the judgments where an article may be cited: the share that cites it; how many pairs of the same
court agree (both do or neither does), and how many would if courts were all alike. The shares stand
in workflow/scripts/lexpro/config/corpus.py (`citing_habits`).
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections import defaultdict
from pathlib import Path

import polars as pl

from lexpro.law import courts
from lexpro.records import Judgment
from lexpro.tasks import targets

# (article, where it may be cited, of that judgment and its refs)
OPEN = (
    ("52", "a fine", lambda judgment, refs: any(d.fine for d in judgment.defendants)),
    ("53", "a fine", lambda judgment, refs: any(d.fine for d in judgment.defendants)),
    ("53", "52 cited", lambda judgment, refs: "52" in refs),
    ("73", "probation", lambda judgment, refs: any(d.probation_months for d in judgment.defendants)),
    ("64", "any", lambda judgment, refs: True),
    ("61", "any", lambda judgment, refs: True),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("kept", type=Path, help="kept.parquet of the filter stage")
    rows = []
    for text in pl.read_parquet(parser.parse_args().kept, columns=["judgment"])["judgment"]:
        judgment = Judgment.from_dict(json.loads(text))
        rows.append((judgment, set(targets.refs(judgment)), courts.key(judgment.court)))
    print("| article | where | judgments | share | courts with two or more | pairs | agree | by chance |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for ref, where, may in OPEN:
        by_court: dict[str, list[bool]] = defaultdict(list)
        for judgment, refs, court in rows:
            if court and may(judgment, refs):
                by_court[court].append(ref in refs)
        citing = [cited for court in by_court.values() for cited in court]
        pairs = [a == b for court in by_court.values() for a, b in itertools.combinations(court, 2)]
        if pairs:
            share, agree = sum(citing) / len(citing), sum(pairs) / len(pairs)
            chance = share**2 + (1 - share) ** 2
            several = sum(len(court) > 1 for court in by_court.values())
            figures = f"{share:.2f} | {several} | {len(pairs)} | {agree:.3f} | {chance:.3f}"
            print(f"| {ref} | {where} | {len(citing)} | {figures} |")


if __name__ == "__main__":
    main()
