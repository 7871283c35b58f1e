"""The picture of a corpus, in counts: kept, duplicated, masked and left out.

It names no person and no case: a case number loses its serial number. Parquet files are read as
streams, the texts for their lengths alone, so that memory does not grow with the corpus.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import polars as pl

from lexpro.workflow.files import read_json
from lexpro.workflow.stage import parts

# What the picture needs of a judgment (lexpro/records.py); the rest of its JSON is not even
# decoded.
_SENTENCE = pl.Struct({"kind": pl.String, "months": pl.Int64})
_RECORD = pl.Struct({"date": pl.String, "defendants": pl.List(pl.Struct({"sentence": _SENTENCE}))})
_NUMBER = pl.Struct({"case_number": pl.String})

# Lengths fall into sixteenths of a decade: bars of one width on a logarithmic axis.
A_DECADE = 16
# Upper ends of the classes of terms, in months: those at which 刑法 moves to another tier, and some
# between.
MONTHS = (6, 12, 24, 36, 60, 84, 120, 180)
EXACT, NEAR = "exact_duplicate", "near_duplicate"
UNKNOWN, NO_ENDING = "?", "no ending"


def by_province(folder: Path) -> dict[str, dict[str, int]]:
    """Province → {read, <reason>…, kept} of the judgments that came to the filter (funnel.csv)."""
    with (folder / "funnel.csv").open(encoding="utf-8", newline="") as file:
        return {
            row.pop("province"): {step: int(count) for step, count in row.items()}
            for row in csv.DictReader(file)
            if row["province"] != "total"
        }


def _counted(frame: pl.LazyFrame, column: str) -> pl.LazyFrame:
    return frame.group_by(column).agg(judgments=pl.len()).sort(column, nulls_last=True)


def edge(place: int) -> int:
    """Where the class of lengths with this number begins, in characters."""
    return round(10 ** (place / A_DECADE))


def kept(folder: Path) -> dict:
    """Charges, years, lengths, and sentences of the kept judgments.

    charges: [{charge (the first), judgments, provinces: how many}]; years: [{year, judgments}];
    lengths: {median, longest, classes: [{from, to, judgments}]}, in characters; sentences: [{kind,
    defendants}], by 主刑; months: [{from, to, defendants}] of 有期徒刑, `to` None for no end.
    """
    length = pl.col("text").str.len_chars()
    judgments = (
        pl.scan_parquet(folder / "kept.parquet")
        .select("province", "charge", length.alias("length"), pl.col("judgment").str.json_decode(_RECORD))
        .unnest("judgment")
        .with_columns(
            year=pl.col("date").str.slice(0, 4),
            # The small number keeps 1000 in the class that it begins.
            place=(pl.col("length").clip(1).log10() * A_DECADE + 1e-9).floor().cast(pl.Int32),
        )
    )
    sentence = pl.col("defendants").struct.field("sentence")
    people = (
        judgments.select("defendants")
        .explode("defendants")
        .select(sentence.struct.field("kind"), sentence.struct.field("months"))
    )
    fixed = people.filter(pl.col("kind") == "有期徒刑").drop_nulls("months")
    whole = judgments.select(median=pl.col("length").median(), longest=pl.col("length").max())
    charge = judgments.group_by("charge").agg(judgments=pl.len(), provinces=pl.col("province").n_unique())
    years, places, kinds, terms, lengths, charges = pl.collect_all(
        [_counted(judgments, "year"), _counted(judgments, "place"), _counted(people, "kind")]
        + [
            _counted(fixed, "months"),
            whole,
            charge.sort("judgments", "charge", descending=[True, False], nulls_last=True),
        ],
        engine="streaming",
    )
    return {
        "charges": charges.to_dicts(),
        "years": [{"year": year and int(year), "judgments": count} for year, count in years.iter_rows()],
        "lengths": lengths.row(0, named=True)
        | {
            "classes": [
                {"from": edge(place), "to": edge(place + 1), "judgments": count}
                for place, count in places.iter_rows()
            ]
        },
        "sentences": [{"kind": kind, "defendants": count} for kind, count in kinds.iter_rows()],
        "months": classes(dict(terms.iter_rows())),
    }


def classes(months: dict[int, int]) -> list[dict]:
    """{months: defendants} → classes with an upper end each, the last without one."""
    lower = (0, *MONTHS)
    return [
        {
            "from": low,
            "to": high,
            "defendants": sum(
                count for month, count in months.items() if low < month and (not high or month <= high)
            ),
        }
        for low, high in zip(lower, (*MONTHS, None), strict=True)
    ]


def without_serial(case_number: str | None) -> str | None:
    """A case number without its serial number, which tells which case it is.

    （2020）京0102刑初1号 becomes （2020）京0102刑初×号: year, court and kind of the case remain.
    """
    return re.sub(r"\d+(?=\D*$)", "×", case_number) if case_number else None


def families(folder: Path, most: int) -> dict:
    """Families of duplicates: how many of which size, and the `most` largest.

    {families, exact, near, across: families in more than one province, sizes: [{size, families}],
    largest: [{case_number (without its serial number), province, charge, size, exact, near,
    provinces}]}

    A copy in dropped.parquet names the judgment that stands for its family first in `detail`.
    """
    copies = (
        pl.scan_parquet(folder / "dropped.parquet")
        .filter(pl.col("reason").is_in([EXACT, NEAR]))
        .select(
            pl.col("detail").str.split(" ").list.first().alias("doc_id"),
            pl.col("province").fill_null(UNKNOWN),
            pl.col("reason"),
        )
    )
    every = pl.scan_parquet(folder / "kept.parquet")
    stand = every.select("doc_id", "province", "charge").unique("doc_id")
    provinces = pl.concat([copies.select("doc_id", "province"), stand.select("doc_id", "province")])
    table = (
        copies.group_by("doc_id")
        .agg(exact=(pl.col("reason") == EXACT).sum(), near=(pl.col("reason") == NEAR).sum())
        .join(provinces.group_by("doc_id").agg(provinces=pl.col("province").n_unique()), on="doc_id")
        .join(stand, on="doc_id", how="left")
        .with_columns(size=1 + pl.col("exact") + pl.col("near"))
        .sort("size", "doc_id", descending=[True, False])
        .collect(engine="streaming")
    )
    first = table.head(most)
    numbers = (
        every.filter(pl.col("doc_id").is_in(first["doc_id"].to_list()))
        .select("doc_id", pl.col("judgment").str.json_decode(_NUMBER).struct.field("case_number"))
        .collect(engine="streaming")
    )
    number = dict(numbers.iter_rows())
    return {
        "families": table.height,
        "exact": int(table["exact"].sum()),
        "near": int(table["near"].sum()),
        "across": table.filter(pl.col("provinces") > 1).height,
        "sizes": table.group_by("size").agg(families=pl.len()).sort("size").to_dicts(),
        "largest": [
            {
                # None where the best copy was itself dropped, and has no record.
                "case_number": without_serial(number.get(row["doc_id"])),
                **{name: row[name] for name in ("province", "charge", "size", "exact", "near", "provinces")},
            }
            for row in first.iter_rows(named=True)
        ],
    }


def masked(folder: Path) -> dict[str, int]:
    """Kind of personal data → how often the filter replaced it, in kept and dropped documents."""
    counts = read_json(folder / "manifest.json")["counts"]
    return {name.removeprefix("masked_"): n for name, n in counts.items() if name.startswith("masked_")}


def _most(counts: dict[str, int], most: int) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most])


def rejects(folder: Path, provinces: list[str], most: int) -> list[dict]:
    """What a stage could not read, by reason.

    Folders and endings of file names are given, not the names themselves: those may be the names of
    people, and stay in rejects.parquet.

    Args:
        folder: of a run that is split by province, with rejects.parquet.
        provinces: the province folders of the run.
        most: how many provinces and endings are named for each reason, the most frequent.

    Returns:
        [{reason, documents, provinces, files}], most documents first; `documents` is a count,
        `provinces` and `files` are name → count.
    """
    by_reason: dict[str, list[tuple[str, str]]] = {}
    for part in parts(folder, provinces):
        for reason, name in pl.read_parquet(part / "rejects.parquet", columns=["reason", "file"]).iter_rows():
            by_reason.setdefault(reason, []).append((part.name, Path(name).suffix or NO_ENDING))
    return [
        {
            "reason": reason,
            "documents": len(places),
            "provinces": _most(Counter(province for province, _ in places), most),
            "files": _most(Counter(ending for _, ending in places), most),
        }
        for reason, places in sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def dropped(folder: Path, most: int, some: int) -> list[dict]:
    """What the filter dropped, by reason.

    Args:
        folder: of the run of the filter, with dropped.parquet.
        most: how many provinces are named for each reason, the most frequent.
        some: how many documents are named for each reason, by their doc_id.

    Returns:
        [{reason, documents, applies, provinces, examples}], most documents first. `documents`
        counts those that have it as the reason that counts, `applies` all that it applies to;
        `provinces` is name → count.
    """
    every = pl.scan_parquet(folder / "dropped.parquet")
    applies = every.select(pl.col("reasons").alias("reason")).explode("reason").group_by("reason")
    table = (
        every.group_by("reason")
        .agg(
            documents=pl.len(),
            provinces=pl.col("province").fill_null(UNKNOWN).value_counts(name="n"),
            examples=pl.col("doc_id").bottom_k(some).sort(),
        )
        .join(applies.agg(applies=pl.len()), on="reason")
        .sort(["documents", "reason"], descending=[True, False])
        .collect(engine="streaming")
    )
    return [
        row | {"provinces": _most({one["province"]: one["n"] for one in row["provinces"]}, most)}
        for row in table.iter_rows(named=True)
    ]


# How many families, provinces and endings of files, and documents are named.
FAMILIES, PLACES, EXAMPLES = 10, 3, 2


def build(inputs: dict[str, Path], provinces: list[str]) -> dict:
    """The picture of one experiment's corpus.

    Args:
        inputs: the folders of its runs `ingest`, `structure` and `filter`, by stage.
        provinces: the province folders of the runs.
    """
    return {
        "by_province": by_province(inputs["filter"]),
        **kept(inputs["filter"]),
        "families": families(inputs["filter"], FAMILIES),
        "masked": masked(inputs["filter"]),
        "left_out": {
            "ingest": rejects(inputs["ingest"], provinces, PLACES),
            "structure": rejects(inputs["structure"], provinces, PLACES),
            "filter": dropped(inputs["filter"], PLACES, EXAMPLES),
        },
    }
