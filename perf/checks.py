"""核对 over real judgments: what it finds, what a reader said of that, which faults it finds.

LEXPRO_MIRROR=… python perf/checks.py KNOWLEDGE [--show 20] [--kind probation] [--lecard]

KNOWLEDGE is a run of the stage `knowledge` with statutes. Over the 501 judgments of JuDGE, findings
are counted and shown with their places: whether they are true only a reader can tell. Then one
fault of each kind is put into every judgment that has room for it, and the share that its check
finds is printed. `--lecard`: over the 7,558 convictions of first instance that LeCaRD has outside
JuDGE's test set, a quarter of an hour; what a reader said of them is in `READ`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sys
import tarfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from lexpro.checking import sums
from lexpro.checking.case import Case, Finding
from lexpro.checking.checks import CHECKS, run
from lexpro.corpus import days
from lexpro.corpus.parsing.structure import structure
from lexpro.encoding import tidy
from lexpro.serve.experiment import Knowledge, read_knowledge
from lexpro.workflow.files import read_json_lines

JUDGE = "oneal2000__JuDGE/expected.jsonl"
LECARD = "Wenorm__BERT-PLI"
# Findings that were read: the round of the reading, check, id of the document, whether it is true.
READ = Path(__file__).resolve().parents[1] / "tests/references/checks_read.jsonl"
# A case → (start, end, what stands there instead), or None where it has no room for the fault.
Fault = Callable[[Case], tuple[int, int, str] | None]


def case_of(text: str, knowledge: Knowledge) -> Case:
    return Case(text, structure(text, "x"), knowledge.law, knowledge.charges, knowledge.tiers)


def element(case: Case, field: str) -> tuple[int, int] | None:
    found = [one.span for one in case.elements if one.field == field and one.span]
    return found[0] if len(case.record.defendants) == 1 and found else None


def in_place(field: str, new: str) -> Fault:
    def fault(case: Case):
        span = element(case, field)
        return (*span, new) if span else None

    return fault


def day_in(section: str, change: Callable[[str], str], wanted: str = "") -> Fault:
    def fault(case: Case):
        part = case.part(section)
        for day in days.find(case.plain[slice(*part)]) if part else ():
            start, end = part[0] + day.start, part[0] + day.end
            words = case.text[start:end]
            if words[:4].isdigit() and wanted in case.plain[end : end + 30].partition("，")[0]:
                return start, end, change(words)
        return None

    return fault


def later(years: int) -> Callable[[str], str]:
    return lambda words: f"{int(words[:4]) + years}{words[4:]}"


def served(case: Case):
    part = case.part("judgment")
    match = re.search(r"起至((?:19|20)\d\d)年", case.plain[slice(*part)]) if part else None
    return (part[0] + match.start(1), part[0] + match.end(1), str(int(match[1]) + 2)) if match else None


def charge(case: Case):
    span = element(case, "罪名")
    other = "赌博罪" if case.record.defendants[:1] and "赌博罪" not in case.plain else "诬告陷害罪"
    return (*span, other) if span else None


def name(case: Case):
    part, people = case.part("judgment"), case.record.defendants
    place = case.plain.find(f"被告人{people[0].name}犯", *part) if part and len(people) == 1 else -1
    if place < 0 or len(people[0].name) < 2 or "×" in people[0].name:
        return None
    end = place + 3 + len(people[0].name)
    return end - 1, end, "琰"


def article(case: Case):
    part = case.part("reasoning")
    match = re.search("第[一二三四五六七八九十百]+条", case.plain[slice(*part)]) if part else None
    return (part[0] + match.start(), part[0] + match.end(), "第九百七十一条") if match else None


def paragraph(case: Case):
    part = case.part("reasoning")
    match = re.search("条第[一二三]款", case.plain[slice(*part)]) if part else None
    return (part[0] + match.start(), part[0] + match.end(), "条第九款") if match else None


def total(case: Case):
    for sentence in re.finditer(r"[^。\n]+", case.plain):
        for parts, stated in sums.totals(sentence[0]):
            if sum(part.amount for part in parts) == stated.amount:
                more = f"{stated.amount + 1111:.15g}元"
                return sentence.start() + stated.start, sentence.start() + stated.end, more
    return None


def joint(case: Case):
    people = case.record.defendants
    several = len(people) == 1 and len({term.charge for term in people[0].terms}) > 1
    span = element(case, "刑期") if several else None
    return (*span, "有期徒刑三十年") if span else None


def born(case: Case):
    part = case.part("parties")
    for day in days.find(case.plain[slice(*part)]) if part and case.act else ():
        start, end = part[0] + day.start, part[0] + day.end
        before = case.plain[max(0, start - 60) : start].rpartition("。")[2]
        if case.plain.startswith("出生", end) and "被告人" in before and case.text[start:end][:4].isdigit():
            return start, end, f"{int(case.act[:4]) - 2}{case.text[start + 4 : end]}"
    return None


def deprived(case: Case):
    part, people = case.part("judgment"), case.record.defendants
    life = len(people) == 1 and people[0].sentence and people[0].sentence.kind in ("无期徒刑", "死缓", "死刑")
    place = case.plain.find("剥夺政治权利终身", *part) if part and life else -1
    return (place, place + 8, "") if place >= 0 else None


FAULTS: dict[str, tuple[str, Fault]] = {
    "a total of 1,111 yuan more": ("sums", total),
    "a joint term of 30 years": ("joint", joint),
    "a birth two years before the act": ("born_after", born),
    "life without 剥夺政治权利": ("deprivation", deprived),
    "a term of 25 years": ("outside_tier", in_place("刑期", "有期徒刑二十五年")),
    "a probation of six months": ("probation", in_place("缓刑考验期", "缓刑六个月")),
    "a fine of 100 yuan": ("fines", in_place("罚金", "罚金人民币一百元")),
    "30 February": ("impossible", day_in("facts", lambda words: words[:5] + "2月30日")),
    "facts of ten years later": ("after_judgment", day_in("facts", later(10))),
    "an arrest of two years before": ("custody", day_in("parties", later(-2), "逮捕")),
    "an end of the term two years later": ("served", served),
    "article 971": ("citations", article),
    "a ninth paragraph": ("citations", paragraph),
    "another charge": ("charge", charge),
    "another name": ("names", name),
}


def convictions() -> dict[str, str]:
    """Id → text of LeCaRD's convictions of first instance, without JuDGE's test set."""
    folder = Path(os.environ["LEXPRO_MIRROR"]) / LECARD
    with (folder / "index.tsv").open(encoding="utf-8") as file:
        rows = {
            row["path"]: row["id"]
            for row in csv.DictReader(file, delimiter="\t")
            if row["first_instance_with_verdict"] == "1" and row["role"] in ("judge_train", "other")
        }
    with tarfile.open(folder / "LeCaRD-data.tar.xz") as archive:
        return {
            rows[member.name]: json.load(archive.extractfile(member))["qw"]
            for member in archive
            if member.name in rows
        }


def findings(texts: dict[str, str], knowledge: Knowledge, kinds: list[str], show: int) -> None:
    found: dict[str, list[tuple[str, str, Finding]]] = {kind: [] for kind in CHECKS}
    for name, raw in texts.items():
        text = tidy(raw)
        for one in run(case_of(text, knowledge)):
            place = f"…{text[max(0, one.start - 60) : one.start]}【{text[one.start : one.end]}】"
            found[one.kind].append((name, f"{place}{text[one.end : one.end + 40]}…", one))
    print("| check | findings | judgments |\n| --- | --- | --- |")
    for kind, rows in found.items():
        print(f"| {CHECKS[kind].title} | {len(rows)} | {len({name for name, *_ in rows})} |")
    for kind in kinds:
        for name, place, one in found[kind][:show]:
            print(f"\n{kind} [{name}] {one.reason}\n  {place.replace(chr(10), '/')}")


def as_read() -> None:
    """What the reader said, by check and round."""
    said = Counter((row["kind"], row["round"], row["true"]) for row in read_json_lines(READ))
    print("| check | first reading: true, false | second | third |\n| --- | --- | --- | --- |")
    for kind, check in CHECKS.items():
        cells = [f"{said[kind, n, True]}, {said[kind, n, False]}" for n in ("first", "second", "third")]
        print(f"| {check.title} | {' | '.join(cells)} |")


def put_in(texts: Iterable[str], knowledge: Knowledge) -> None:
    rooms, hits = Counter(), Counter()
    for raw in texts:
        text = tidy(raw)
        case = case_of(text, knowledge)
        for title, (kind, fault) in FAULTS.items():
            if place := fault(case):
                start, end, new = place
                broken = case_of(text[:start] + new + text[end:], knowledge)
                rooms[title] += 1
                hits[title] += any(one.kind == kind for one in run(broken))
    print("\n| fault put in | judgments | found |\n| --- | --- | --- |")
    for title in FAULTS:
        share = hits[title] / rooms[title] if rooms[title] else 0
        print(f"| {title} | {rooms[title]} | {share:.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("knowledge", type=Path)
    parser.add_argument("--show", type=int, default=0, help="findings of each kind to show")
    parser.add_argument("--kind", action="append", choices=CHECKS, help="of these checks (default: all)")
    parser.add_argument("--lecard", action="store_true", help="over LeCaRD, and what was read of it")
    args = parser.parse_args()
    file = Path(os.environ.get("LEXPRO_MIRROR", "")) / JUDGE
    if not file.is_file():
        sys.exit(f"LEXPRO_MIRROR must name a folder with {JUDGE} (docs/data.md)")
    knowledge = read_knowledge(args.knowledge)
    if args.lecard:
        findings(convictions(), knowledge, args.kind or list(CHECKS), args.show)
        as_read()
        return
    texts = {str(n): row["document"] for n, row in enumerate(read_json_lines(file))}
    findings(texts, knowledge, args.kind or list(CHECKS), args.show)
    put_in(texts.values(), knowledge)


if __name__ == "__main__":
    main()
