"""The tables of the corpus, made from summary.json alone."""

from __future__ import annotations

from lexpro.report import catalog, labels
from lexpro.report.table import Table
from lexpro.stage_names import STAGES


def funnel(summary: dict) -> Table:
    """Documents at each point from the raw records to the splits."""
    counts = summary["funnel"]
    rows = [(labels.split(name), counts[name]) for name in labels.ordered(counts, labels.FUNNEL)]
    return Table(catalog.TABLES["funnel"].title, ("point", "documents"), rows)


def dropped(summary: dict) -> Table:
    """What was left out: the reason that counts, where it is most frequent, and examples."""
    left_out = summary["corpus"]["left_out"]
    rows = [
        (
            stage,
            row["reason"],
            labels.reason(row["reason"]),
            row["documents"],
            row.get("applies"),
            counts(row["provinces"]),
            counts(row["files"]) if "files" in row else ", ".join(row["examples"]),
        )
        for stage in labels.ordered(left_out, STAGES)
        for row in left_out[stage]
    ]
    columns = ("stage", "name", "reason", "documents", "applies to", "most in", "for example")
    return Table(catalog.TABLES["dropped"].title, columns, rows)


def counts(by_name: dict[str, int]) -> str:
    """广东 7, 北京 4."""
    ranked = sorted(by_name.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{name} {count:,}" for name, count in ranked)


def provinces(summary: dict) -> Table:
    """The funnel of each province: judgments, what each reason removed, what is kept."""
    by_province = summary["corpus"]["by_province"]
    steps = {step for row in by_province.values() for step, count in row.items() if count} - {"read", "kept"}
    reasons = labels.ordered(steps, labels.REASONS)
    columns = ("province", "judgments", *map(labels.reason, reasons), "kept")
    rows = [
        (name, *(row.get(step, 0) for step in ("read", *reasons, "kept")))
        for name, row in sorted(by_province.items(), key=lambda item: (-item[1].get("kept", 0), item[0]))
    ]
    return Table(catalog.TABLES["provinces"].title, columns, rows)


def charges(summary: dict) -> Table:
    """Kept judgments by first charge, and the number of provinces that they are from."""
    rows = [
        (row["charge"] or "?", row["judgments"], row["provinces"]) for row in summary["corpus"]["charges"]
    ]
    return Table(catalog.TABLES["charges"].title, ("charge", "judgments", "provinces"), rows)


def spread(summary: dict) -> Table:
    """The numbers of the figure of the same name: what is counted, a class of it, how many."""
    corpus = summary["corpus"]
    rows = [("year of judgment", str(row["year"] or "no date"), row["judgments"]) for row in corpus["years"]]
    rows += [
        ("characters", f"{row['from']:,} to {row['to']:,}", row["judgments"])
        for row in corpus["lengths"]["classes"]
    ]
    rows += [
        ("defendants by punishment", row["kind"] or "not read", row["defendants"])
        for row in sorted(corpus["sentences"], key=lambda row: labels.KINDS.index(row["kind"]))
    ]
    rows += [
        ("defendants by years of 有期徒刑", labels.years(row["from"], row["to"]), row["defendants"])
        for row in corpus["months"]
    ]
    return Table(catalog.TABLES["spread"].title, ("of", "class", "number"), rows)


def families(summary: dict) -> Table:
    """The largest families of duplicates."""
    counted = summary["corpus"]["families"]
    rows = [
        (
            row["case_number"] or "(dropped itself)",
            *(row[name] or "" for name in ("province", "charge")),
            *(row[name] for name in ("size", "exact", "near", "provinces")),
        )
        for row in counted["largest"]
    ]
    columns = ("case that stands for it", "province", "charge", "documents", "exact", "near", "provinces")
    return Table(catalog.TABLES["families"].title, columns, rows)


def sizes(summary: dict) -> Table:
    """How many families of duplicates have how many documents."""
    rows = [(row["size"], row["families"]) for row in summary["corpus"]["families"]["sizes"]]
    return Table(catalog.TABLES["sizes"].title, ("documents", "families"), rows)


def masked(summary: dict) -> Table:
    """Replacements by kind of personal data."""
    replaced = summary["corpus"]["masked"]
    rows = [
        (labels.MASKED.get(kind, kind), replaced[kind]) for kind in labels.ordered(replaced, labels.MASKED)
    ]
    return Table(catalog.TABLES["masked"].title, ("kind", "replacements"), rows)


TABLES = {
    "funnel": funnel,
    "dropped": dropped,
    "provinces": provinces,
    "charges": charges,
    "spread": spread,
    "families": families,
    "sizes": sizes,
    "masked": masked,
}
