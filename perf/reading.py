"""How right the reader of judgments is: its records against labels made by reading.

LEXPRO_MIRROR=… python perf/reading.py [--labels tests/references/lecard_labels.jsonl] [--json FILE]
[--errors FIELD] [--sections]

The labels are of 102 documents of LeCaRD that the rules were not developed on: fields typed by hand
from reading, before the rules saw them (`tests/references/README.md`). Prints how many records are
exact, by field, by number of defendants and by year; of lists also precision and recall. A document
that is to be kept and is dropped counts as wrong in none of the fields, but in the first table.
Labels may leave fields out: `lecard_labels_2.jsonl` has circumstances and amounts only.

--sections compares the sections of all 9,088 documents with those that LeCaRD itself gives: facts
(ajjbqk), reasoning (cpfxgc) and operative part (pjjg). `--errors SECTION` then lists the documents.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lexpro.config.filter import Settings
from lexpro.corpus.filtering.filters import FILTERS
from lexpro.corpus.parsing.sections import find_sections, plain
from lexpro.corpus.parsing.structure import structure
from lexpro.encoding import tidy
from lexpro.law import charges, numerals
from lexpro.law.articles import CRIMINAL_LAW
from lexpro.records import Defendant, Judgment
from lexpro.workflow.files import read_json_lines

ROOT = Path(__file__).resolve().parents[1]
LABELS = ROOT / "tests/references/lecard_labels.jsonl"
ARCHIVE = "Wenorm__BERT-PLI/LeCaRD-data.tar.xz"
KEPT = "keep"


def name_hash(name: str) -> str:
    """What the labels hold of a name."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def _sentence(term) -> tuple | None:
    return (term.kind, term.months) if term else None


def _articles(judgment: Judgment) -> set[tuple]:
    """(article, paragraph, item) of the Criminal Law. An item without paragraph is of the first."""
    return {
        (article.ref, article.paragraph or (1 if article.item else None), article.item)
        for article in judgment.articles
        if article.law == CRIMINAL_LAW
    }


def _labelled_articles(label: dict) -> set[tuple]:
    """The same of labels such as 刑法293.1.2 and 刑法133之一."""
    cited = set()
    for name in label["articles"]:
        if match := re.fullmatch(rf"{CRIMINAL_LAW}(\d+)(?:之(\w))?(?:\.(\d+))?(?:\.(\d+))?", name):
            number, sub, paragraph, item = match.groups()
            ref = f"{number}之{numerals.parse_int(sub)}" if sub else number
            cited.add((ref, paragraph and int(paragraph), item and int(item)))
    return cited


def _yuan(amount: float | None) -> float | None:
    """To the fen, as records have it; nothing is no amount."""
    return round(amount, 2) if amount else None


# Field of a defendant → (what the record says, what the label says).
OF_A_DEFENDANT: dict[str, tuple[Callable[[Defendant], object], Callable[[dict], object]]] = {
    "name": (lambda d: name_hash(d.name), lambda label: label["name"]),
    # 贩卖毒品罪 is 走私、贩卖、运输、制造毒品罪: one charge, of which the court names its part.
    "charges": (
        lambda d: set(d.charges),
        lambda label: {charges.canonical(name) or name for name in label["charges"]},
    ),
    "sentence": (
        lambda d: _sentence(d.sentence),
        lambda label: (label["sentence"]["kind"], label["sentence"]["months"]),
    ),
    "probation_months": (lambda d: d.probation_months, lambda label: label["probation_months"]),
    "fine": (lambda d: d.fine, lambda label: label["fine"]),
    "confiscation_all": (lambda d: d.confiscation_all, lambda label: label["confiscation_all"]),
    "deprivation_months": (lambda d: d.deprivation_months, lambda label: label["deprivation_months"]),
    "deprivation_life": (lambda d: d.deprivation_life, lambda label: label["deprivation_life"]),
    "compensation": (lambda d: d.compensation, lambda label: label["compensation"]),
    "restitution": (lambda d: d.restitution, lambda label: label["restitution"]),
    "circumstances": (lambda d: set(d.circumstances), lambda label: set(label["circumstances"])),
    "own_amount": (lambda d: _yuan(d.amount), lambda label: _yuan(label["amount"])),
}
# Where a label holds the field, if not under the field's own name.
_HELD = dict.fromkeys(("own_amount", "no_amount", "certain_amount", "uncertain_amount"), "amount")
# Field of a document → the same.
OF_A_DOCUMENT: dict[str, tuple[Callable[[Judgment], object], Callable[[dict], object]]] = {
    "case_number": (lambda j: j.case_number, lambda label: label["case_number"]),
    "court": (lambda j: j.court, lambda label: label["court"]),
    "date": (lambda j: j.date, lambda label: label["date"]),
    "instance": (lambda j: j.instance or "first", lambda label: label["instance"]),
    "defendants": (lambda j: len(j.defendants), lambda label: len(label["defendants"])),
    "articles": (_articles, _labelled_articles),
    "amount": (lambda j: _yuan(j.amount), lambda label: _yuan(label["amount"])),
}


@dataclass
class Tally:
    """Counts of one field: exact ones of all, and of lists the members."""

    right: int = 0
    all: int = 0
    both: int = 0
    said: int = 0
    true: int = 0

    def add(self, said: object, true: object) -> bool:
        self.right += said == true
        self.all += 1
        if isinstance(true, set):
            self.both += len(said & true)
            self.said += len(said)
            self.true += len(true)
        return said == true

    def row(self) -> dict:
        row = {"exact": self.right / self.all, "n": self.all}
        if self.true:
            row |= {"precision": self.both / max(1, self.said), "recall": self.both / self.true}
        return row


def candidates(wanted: set[str] | None = None) -> Iterator[tuple[str, dict]]:
    """(id, record) of LeCaRD's documents from the archive of the mirror, each once."""
    seen: set[str] = set()
    with tarfile.open(Path(os.environ["LEXPRO_MIRROR"]) / ARCHIVE) as archive:
        for member in archive:
            name = Path(member.name)
            new = name.stem not in seen and (wanted is None or name.stem in wanted)
            if "/candidates/" in member.name and name.suffix == ".json" and new:
                seen.add(name.stem)
                yield name.stem, json.load(archive.extractfile(member))


def documents(wanted: set[str]) -> dict[str, str]:
    """Texts of LeCaRD by id."""
    return {name: tidy(record["qw"]) for name, record in candidates(wanted)}


def _span(text: str, field: str) -> tuple[int, int] | None:
    """Where a field of LeCaRD stands in a document; blanks count in neither."""
    field = plain("".join(field.split()))
    at = text.rfind(field) if field else -1
    return None if at < 0 else (at, at + len(field))


def agreement(record: dict) -> dict[str, bool]:
    """Section → whether it agrees with LeCaRD's field of it, of those that have both.

    The reasoning begins where cpfxgc does, the operative part (behind 判决如下) where pjjg does. Of
    the facts 95 % or more lies in ajjbqk, and that is 95 % or more accusation, facts and evidence.
    """
    text = plain("".join(tidy(record["qw"]).split()))
    spans = find_sections(text)
    told, weighed, decided = (_span(text, record.get(key) or "") for key in ("ajjbqk", "cpfxgc", "pjjg"))
    agrees = {}
    if weighed:
        agrees["reasoning"] = "reasoning" in spans and abs(spans["reasoning"][0] - weighed[0]) <= 2
    if decided:
        agrees["judgment"] = "judgment" in spans and 0 <= decided[0] - spans["judgment"][0] <= 8
    if told:
        covered = sum(
            max(0, min(end, told[1]) - max(start, told[0]))
            for name, (start, end) in spans.items()
            if name in ("accusation", "facts", "evidence")
        )
        start, end = spans.get("facts", (0, 0))
        inside = max(0, min(end, told[1]) - max(start, told[0]))
        agrees["facts"] = covered >= 0.95 * (told[1] - told[0]) and inside >= 0.95 * (end - start) > 0
    return agrees


def compare_sections(show: str | None) -> None:
    """Print how often sections agree with LeCaRD's own fields."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for name, record in candidates():
        for section, same in agreement(record).items():
            tallies[section].add(same, True)
            if not same and show == section:
                print(name)
    for section, tally in sorted(tallies.items()):
        print(
            f"{section}: {tally.right / tally.all:.4f} of {tally.all} agree, {tally.all - tally.right} do not"
        )


def groups(label: dict) -> Iterable[str]:
    """Rows of the table that a document counts in."""
    yield "all"
    yield "one defendant" if len(label["defendants"]) == 1 else "several defendants"
    year = int((label.get("date") or "0")[:4])
    if year:
        yield "to 2015" if year <= 2015 else "2016 to 2017" if year <= 2017 else "from 2018"


def fate(judgment: Judgment, text: str, settings: Settings) -> str:
    """`keep`, or the first reason that drops a document."""
    for name in settings.filters:
        if drop := FILTERS[name](judgment, text, settings):
            return ": ".join(drop)
    return KEPT


def paired(defendants: Sequence[Defendant], people: Sequence[dict]) -> Iterator[tuple[Defendant, dict]]:
    """Each defendant with the label of that name; those without one in the order that is left."""
    left = list(people)
    order = {}
    for place, defendant in enumerate(defendants):
        person = next((one for one in left if one["name"] == name_hash(defendant.name)), None)
        if person is not None:
            left.remove(person)
            order[place] = person
    for place, defendant in enumerate(defendants):
        yield defendant, order[place] if place in order else left.pop(0)


def measure(labels: list[dict], show: str | None) -> dict:
    """{kept and dropped, fields by group}."""
    texts = documents({label["id"] for label in labels})
    # How long a judgment may be is a choice, no reading.
    settings = Settings(max_chars=1_000_000)
    tallies: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    fates: Counter = Counter()
    for label in labels:
        text = texts[label["id"]]
        judgment = structure(text, label["id"])
        said, true = fate(judgment, text, settings), label["decision"]
        fates[true == KEPT, said == KEPT] += 1
        if (true == KEPT) != (said == KEPT):
            print(f"{label['id']}: to be {true}, is {said}")
        if true != KEPT or said != KEPT:
            continue

        def tell(field: str, readings: tuple, record: object, of: dict, label: dict = label) -> None:
            held = _HELD.get(field, field)
            if held not in of or held in of.get("unsure", ()) or field in label.get("unsure", ()):
                return
            said, true = (reading(value) for reading, value in zip(readings, (record, of), strict=True))
            right = [tallies[group][field].add(said, true) for group in groups(label)]
            if not all(right) and show == field:
                print(f"{label['id']} {field}: {said}, right is {true}")

        for field, readings in OF_A_DOCUMENT.items():
            tell(field, readings, judgment, label)
        if len(judgment.defendants) == len(label["defendants"]):
            for defendant, person in paired(judgment.defendants, label["defendants"]):
                for field, readings in OF_A_DEFENDANT.items():
                    tell(field, readings, defendant, person)
                certain = "certain_amount" if defendant.amount_certain else "uncertain_amount"
                part = certain if defendant.amount else "no_amount"
                tell(part, OF_A_DEFENDANT["own_amount"], defendant, person)
    return {
        "kept that should be": fates[True, True],
        "dropped that should be kept": fates[True, False],
        "kept that should be dropped": fates[False, True],
        "dropped that should be": fates[False, False],
        "fields": {
            group: {field: tally.row() for field, tally in fields.items()}
            for group, fields in tallies.items()
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labels", type=Path, default=LABELS)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--errors", metavar="FIELD")
    parser.add_argument("--sections", action="store_true", help="compare with LeCaRD's own sections")
    args = parser.parse_args()
    if args.sections:
        compare_sections(args.errors)
        return
    result = measure(list(read_json_lines(args.labels)), args.errors)
    for name, value in result.items():
        if name != "fields":
            print(f"{name}: {value}")
    columns = sorted(result["fields"])
    print(f"\n| field | {' | '.join(columns)} | precision, recall |\n| --- |{' --- |' * (len(columns) + 1)}")
    for field in dict.fromkeys((*OF_A_DOCUMENT, *OF_A_DEFENDANT, *_HELD)):
        if field not in result["fields"]["all"]:
            continue
        rows = [result["fields"][group].get(field) for group in columns]
        cells = [f"{row['exact']:.3f} ({row['n']})" if row else "" for row in rows]
        whole = result["fields"]["all"].get(field, {})
        lists = f"{whole['precision']:.3f}, {whole['recall']:.3f}" if "recall" in whole else ""
        print(f"| {field} | {' | '.join(cells)} | {lists} |")
    if args.json:
        args.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
