"""Raw files of the synthetic corpus, as they lie on a user's disk.

There are several formats and encodings, and some files are damaged.
"""

from __future__ import annotations

import csv
import gzip
import html
import json
from pathlib import Path
from random import Random

from lexpro.workflow.files import json_line

PAGE = """<!DOCTYPE html>
<html><head><meta charset="{charset}"><title>{title}</title><style>p {{ margin: 0 }}</style>
<script>var page = 1;</script></head>
<body><div class="menu"><a href="/">首页</a></div><div class="PDF_pox">{body}</div></body></html>
"""


class Files:
    """Distributes documents over the files of a province folder; a context manager.

    Formats: jsonl, jsonl_gz, csv (many documents a file, UTF-8), txt, gb18030, utf16 (a text file a
    document), html (a page a document, UTF-8 or GB18030). An empty document is an empty .txt; a
    broken one is a line of damaged JSON or a file of bytes that no encoding explains.
    """

    def __init__(self, shares: dict[str, float], rng: Random, folder: Path) -> None:
        self.names, self.weights = list(shares), list(shares.values())
        self.rng, self.folder = rng, folder
        self.counts: dict[str, int] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Files:
        # Line ends and time stamps fixed: the same settings make the same bytes everywhere.
        self.lines = (self.folder / "judgments.jsonl").open("w", encoding="utf-8", newline="\n")
        self.packed_bytes = (self.folder / "archive.jsonl.gz").open("wb")
        self.packed = gzip.GzipFile(filename="", mode="wb", fileobj=self.packed_bytes, mtime=0)
        self.table = (self.folder / "table.csv").open("w", encoding="utf-8-sig", newline="")
        self.rows = csv.writer(self.table, lineterminator="\n")
        self.rows.writerow(["案号", "全文"])
        return self

    def __exit__(self, *_: object) -> None:
        for file in (self.lines, self.packed, self.packed_bytes, self.table):
            file.close()
        for name, counted in (
            ("judgments.jsonl", "jsonl"),
            ("archive.jsonl.gz", "jsonl_gz"),
            ("table.csv", "csv"),
        ):
            if not self.counts.get(counted):
                (self.folder / name).unlink()

    def _next(self, kind: str) -> int:
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind]

    def add(self, text: str, truth: dict) -> dict:
        """Write one document; returns {format, file, record}."""
        if truth["noise"] == "empty":
            return self._own("empty", "txt", text.encode("utf-8"))
        if truth["noise"] == "broken":
            return self._broken(text)
        kind = self.rng.choices(self.names, self.weights)[0]
        number = truth["case_number"]
        match kind:
            case "jsonl":
                self.lines.write(json_line({"案号": number, "全文": text}))
                return {"format": kind, "file": "judgments.jsonl", "record": self._next("jsonl")}
            case "jsonl_gz":
                self.packed.write(json_line({"id": truth["doc_id"], "text": text}).encode("utf-8"))
                return {"format": kind, "file": "archive.jsonl.gz", "record": self._next(kind)}
            case "csv":
                self.rows.writerow([number, text])
                return {"format": kind, "file": "table.csv", "record": self._next(kind)}
            case "html":
                charset = self.rng.choice(("utf-8", "gb18030"))
                body = "".join(f"<p>{html.escape(line)}</p>\n" for line in text.split("\n"))
                page = PAGE.format(charset=charset, title=html.escape(number or ""), body=body)
                return self._own(kind, "html", page.encode(charset))
        encoding = {"txt": "utf-8", "gb18030": "gb18030", "utf16": "utf-16"}[kind]
        return self._own(kind, "txt", text.encode(encoding))

    def _broken(self, text: str) -> dict:
        if self.rng.random() < 0.5:
            self.lines.write(
                json.dumps({"全文": text}, ensure_ascii=False)[: -self.rng.randint(3, 40)] + "\n"
            )
            return {"format": "broken_jsonl", "file": "judgments.jsonl", "record": self._next("jsonl")}
        noise = bytes(
            self.rng.choice((0x80, 0xFF, 0xFE, 0x81, 0x00)) for _ in range(self.rng.randint(50, 200))
        )
        return self._own("broken", "txt", b"\xff\xff" + noise)

    def _own(self, kind: str, suffix: str, data: bytes) -> dict:
        name = f"{kind}/{self._next(kind):04d}.{suffix}"
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return {"format": kind, "file": name, "record": 1}
